"""The rules that CONTRIBUTING.md states and that no linter checks."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

# Who may import what. A package that is missing here may not be imported at all.
IMPORTERS = {
    "PIL": "persistence/",
    "alembic": "persistence/",
    "apprise": "actions/",
    "apscheduler": "src/duban/scheduler.py",
    "cel_expr_python": "engine/guards/",
    "chinese_calendar": "engine/deadlines/",
    "click": "src/duban/cli/",
    "docx": "actions/documents/",
    "docxtpl": "actions/documents/",
    "fontTools": "actions/documents/",
    "holidays": "engine/deadlines/",
    "jinja2": "actions/documents/",
    "matplotlib": "actions/documents/",
    "openpyxl": "src/duban/importing/",
    "opentelemetry": "src/duban/observing/",
    "prometheus_client": "src/duban/observing/",
    "psycopg": "persistence/",
    "puremagic": "persistence/",
    "pydantic": "engine/definition/",
    "rich": "src/duban/cli/",
    "ruamel": "engine/definition/",
    "sqlalchemy": "persistence/",
    "structlog": "engine/log.py",
    "transitions": "engine/interpreter.py",
    "typst": "actions/documents/",
    "urllib3": "actions/",
    "xlsxwriter": "actions/documents/",
}
DISTRIBUTIONS = {
    "PIL": "pillow",
    "cel_expr_python": "cel-expr-python",
    "chinese_calendar": "chinesecalendar",
    "docx": "docxtpl",  # which needs python-docx
    "fontTools": "fonttools",
    "opentelemetry": "opentelemetry-api",
    "prometheus_client": "prometheus-client",
    "ruamel": "ruamel.yaml",
}
LONGEST = 300

MACHINE_PATHS = re.compile(r"(?<![\w.\-/*])/(?:work|root|home|Users)/\w")
REGISTRIES = re.compile(r"py" r"pi\.org|python" r"hosted\.org|npm" r"js\.(?:com|org)")


def texts(files: list[Path]) -> Iterator[tuple[Path, str]]:
    for file in files:
        if file.is_symlink() or b"\0" in (raw := file.read_bytes()):
            continue
        yield file, raw.decode("utf-8", errors="replace")


def imported_packages(file: Path) -> set[str]:
    """The top-level names of every import in a file, also of those inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def calls_of(name: str, file: Path) -> list[int]:
    """The lines on which something called `name` is called, whatever it belongs to."""
    calls = (node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    return [call.lineno for call in calls if name in {getattr(call.func, "id", ""), getattr(call.func, "attr", "")}]


def product(root: Path, files: list[Path]) -> list[Path]:
    return [file for file in files if file.relative_to(root).parts[0] not in ("bench", "tests")]


def targets(root: Path) -> set[str]:
    return set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_no_python_file_is_longer_than_three_hundred_lines(root: Path, python_files: list[Path]) -> None:
    lengths = {str(file.relative_to(root)): len(file.read_text(encoding="utf-8").splitlines()) for file in python_files}
    lengths = {name: length for name, length in lengths.items() if not name.startswith("persistence/migrations/")}

    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_test_sleeps(root: Path, python_files: list[Path]) -> None:
    tests = [file for file in python_files if file.is_relative_to(root / "tests")]

    assert {str(file): lines for file in tests if (lines := calls_of("sleep", file))} == {}


def test_the_tests_are_no_package_that_could_hide_a_room(root: Path) -> None:
    assert [str(file) for file in (root / "tests").rglob("__init__.py")] == []


def test_each_third_party_package_has_one_importer(root: Path, python_files: list[Path]) -> None:
    known = {*sys.stdlib_module_names, "duban"}
    wrong = [
        f"{name} imports {package}"
        for file in product(root, python_files)
        for package in sorted(imported_packages(file) - known)
        for name in [file.relative_to(root).as_posix()]
        if package not in IMPORTERS or not name.startswith(IMPORTERS[package])
    ]

    assert wrong == []


def test_every_package_that_is_imported_is_declared(root: Path, python_files: list[Path]) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [extra for name, extra in project["optional-dependencies"].items() if name not in ("bench", "dev")]
    wanted = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    declared = {re.split(r"[\[<>=! ]", requirement)[0] for requirement in wanted}
    used = {package for file in product(root, python_files) for package in imported_packages(file)} & set(IMPORTERS)

    assert {DISTRIBUTIONS.get(package, package) for package in used} - declared == set()


def test_a_floor_that_exists_is_not_optional(root: Path) -> None:
    linter = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (floors,) = [contract["layers"] for contract in linter["contracts"] if contract["type"] == "layers"]
    optional = re.findall(r"\(duban\.([\w.]+)\)", " ".join(floors))
    places = [root / start / name.replace(".", "/") for name in optional for start in ("", "src/duban")]

    assert [place for place in places if place.with_suffix(".py").exists() or (place / "__init__.py").exists()] == []


def test_no_file_names_a_machine_or_a_package_registry(root: Path, project_files: list[Path]) -> None:
    found = [
        f"{file.relative_to(root)}: {match[0]}"
        for file, text in texts(project_files)
        for match in [*MACHINE_PATHS.finditer(text), *REGISTRIES.finditer(text)]
    ]

    assert found == []


def test_the_two_commands_of_the_readme_exist(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"(?:^\s*|`)(?:\$ )?make ([a-z]+)", readme, flags=re.MULTILINE))

    assert {"demo", "test"} <= commands
    assert commands <= targets(root)


def test_every_target_explains_itself(root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z]+):.*## \w", makefile, flags=re.MULTILINE))

    assert targets(root) - explained == {"links"}


def test_the_ci_runs_lint_and_test_and_nothing_else(root: Path) -> None:
    lines = (root / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]

    assert commands == ["make lint", "make test"]
    assert (root / ".ci" / "run").stat().st_mode & 0o111


def test_every_hook_of_pre_commit_is_local(root: Path) -> None:
    config = (root / ".pre-commit-config.yaml").read_text(encoding="utf-8")

    assert re.findall(r"repo: (.*)", config) == ["local"]


def test_every_place_that_contributing_names_exists(root: Path) -> None:
    guide = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = re.findall(r"`((?:src|engine|actions|persistence|workflows|tests)/[\w./]*)`", guide)

    assert len(places) > len(IMPORTERS)
    assert [place for place in places if not (root / place).exists()] == []


def test_every_text_stands_in_one_file_of_the_catalogue(root: Path) -> None:
    """The files are laid over one another: a second text of a name would silently take the place of the first."""
    places: dict[str, list[str]] = {}
    for file in sorted((root / "engine" / "catalogue").glob("*.toml")):
        for subject, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
            for name in texts:
                places.setdefault(f"{subject}.{name}", []).append(file.name)

    assert {name: files for name, files in places.items() if len(files) > 1} == {}
