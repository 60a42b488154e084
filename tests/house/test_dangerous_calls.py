"""What the product never does: run text as code, unpack objects, start programs, trust whoever answers."""

import ast
from pathlib import Path

import pytest

BUILTINS = {"eval", "exec", "compile", "__import__"}
MODULES = {"pickle", "marshal", "shelve", "subprocess", "dill", "telnetlib", "ftplib"}
CALLS = {
    "os.system", "os.popen", "os.execv", "os.spawnv", "ssl._create_unverified_context", "hashlib.md5", "hashlib.sha1",
    "random.choice", "random.randint", "random.choices",
}  # fmt: skip
NAMES = {"CERT_NONE", "check_hostname"}


def dangers(source: str) -> set[str]:
    """What stands in a module that is not to."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
                found.add(node.func.id)
            if isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in CALLS:
                found.add(ast.unparse(node.func))
            if any(word.arg == "shell" for word in node.keywords):
                found.add("shell")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            found.add(node.module)
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            found.add(node.attr)
    return found


@pytest.mark.asvs("1.5.2", "5.2.4", "5.3.8", "5.5.3")
def test_no_file_of_the_product_does_any_of_it(root: Path, python_files: list[Path]) -> None:
    product = [file for file in python_files if file.relative_to(root).parts[0] not in ("bench", "tests")]
    found = {str(file): wrong for file in product if (wrong := dangers(file.read_text(encoding="utf-8")))}
    assert len(product) > 300
    assert found == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("eval('1')", "eval"), ("import pickle", "pickle"), ("from subprocess import run", "subprocess"),
        ("import os\nos.system('x')", "os.system"), ("c.verify_mode = ssl.CERT_NONE", "CERT_NONE"),
        ("run('x', shell=True)", "shell"), ("c.check_hostname = False", "check_hostname"),
    ],
)  # fmt: skip
def test_each_of_it_would_be_found(source: str, found: str) -> None:
    assert dangers(source) == {found}
    assert dangers("expression.eval(data={})\nre.compile('x')") == set()
