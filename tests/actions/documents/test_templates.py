"""Templates can be replaced; one that does not work, or reaches for more than its data, is told with its place."""

import io
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from tests.workflows.machines import PACK

from duban.actions.documents.printer import Papers
from duban.actions.registry import Registry
from duban.engine.definition.pack import load_pack
from duban.engine.errors import DefinitionError, DocumentError
from duban.engine.guards.cel import CelGuards
from duban.engine.model.document import Material
from duban.engine.model.pack import Pack

IMPORT = '#import "official.typ": *\n#show: official\n'
BROKEN = [
    ("md", "# {{ words.mark }}\n{% if %}", 2, "tags"),
    ("md", "{{ nothing }}", 1, "`nothing`"),
    ("md", "{% for x in tables %}", 1, "tags"),
    ("md", "one\n{% include 'x' %}", 2, "`include`"),
    ("md", "{% autoescape false %}{{ number }}{% endautoescape %}", 1, "modifier"),
    ("md", "{{ number | safe }}", 1, "safe"),
    ("pdf", IMPORT + '\n#import "@preview/x:1.0.0"', 4, "`import`"),
    ("pdf", IMPORT + '#include "/etc/passwd"', 3, "`include`"),
    ("pdf", IMPORT + '#eval("1")', 3, "`eval`"),
]
FAILING = [
    ("md", "{{ ''.__class__.__mro__ }}", "unsafe"),
    ("md", "{{ fields.nothing }}", "nothing"),
    ("md", "{{ 'x' * 999999999 }}", "`*`"),
    ("md", "{% for x in range(9999999) %}x{% endfor %}", "Range too big"),
    ("md", "{{ number.format.__globals__ }}", "unsafe"),
    ("pdf", IMPORT + "#paper.nothing", "nothing"),
    ("pdf", IMPORT + '#read("/etc/passwd")', "file not found"),
    ("pdf", IMPORT + '#read("../../etc/passwd")', "escape"),
    ("pdf", IMPORT + "🏮", "no font here has"),
    ("pdf", IMPORT + "#while true {}", "condition is always true"),
]
SUFFIXES = {"md": ".md", "pdf": ".typ", "docx": ".docx"}


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The pack as an office's own, to be changed."""
    return Path(shutil.copytree(PACK, tmp_path / "pack", ignore=shutil.ignore_patterns("demo")))


def checked(folder: Path) -> Pack:
    return load_pack(folder, CelGuards(), Registry(), Papers())


def word_with(*paragraphs: str) -> bytes:
    document = docx.Document()
    for words in paragraphs:
        document.add_paragraph(words)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_the_templates_of_the_pack_work(own: Path) -> None:
    assert set(checked(own).documents) >= {"bulletin", "order", "transfer", "reply"}


@pytest.mark.parametrize(("kind", "words", "line", "says"), BROKEN)
def test_a_broken_template_is_found_with_its_line(own: Path, kind: str, words: str, line: int, says: str) -> None:
    template = own / "templates" / f"reply{SUFFIXES[kind]}"
    template.write_text(words, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        checked(own)
    (problem,) = caught.value.problems
    assert (Path(problem.path), problem.line) == (template, line)
    assert says in problem.message("en")
    assert "模板无法使用" in problem.message("zh")


@pytest.mark.parametrize(
    ("words", "says"),
    [("{{ nothing }}", "`nothing`"), ("{% if number %}", "tags"), ("{{ words.nothing }}", "`words.nothing`")],
)
def test_a_broken_word_template_is_found(own: Path, words: str, says: str) -> None:
    (own / "templates" / "reply.docx").write_bytes(word_with(words))
    with pytest.raises(DefinitionError) as caught:
        checked(own)
    assert says in caught.value.message()
    assert "reply.docx:1:1" in caught.value.message()


def test_what_a_template_names_is_looked_up_without_loading_what_prints(own: Path) -> None:
    (own / "templates" / "order.typ").write_text(IMPORT + "\n  #paper.fields.titel", encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_pack(own, CelGuards(), Registry())
    (problem,) = caught.value.problems
    assert (Path(problem.path).name, problem.line, problem.column) == ("order.typ", 4, 17)
    assert "did you mean `title`?" in problem.message()


@pytest.mark.parametrize(("kind", "words", "says"), FAILING)
@pytest.mark.asvs("5.2.5")
def test_a_template_that_fails_at_its_work_is_told_and_reads_nothing(
    material: Callable[..., Material], tmp_path: Path, kind: str, words: str, says: str
) -> None:
    broken = replaced(material("reply", data={"answer": "x"}), tmp_path, kind, words.encode())
    with pytest.raises(DocumentError) as caught:
        Papers().printed(broken, [kind], "zh")
    assert caught.value.key == "template-fault"
    assert says in caught.value.message()
    assert "duban workflow check" in caught.value.message("zh")


@pytest.mark.asvs("5.2.5")
def test_a_word_template_cannot_reach_the_machine(material: Callable[..., Material], tmp_path: Path) -> None:
    for words in ("{{ ''.__class__ }}", "{{ charts.append(1) }}", "{{ cycler }}", "{{ lipsum }}"):
        broken = replaced(material("reply", data={"answer": "x"}), tmp_path, "docx", word_with(words))
        with pytest.raises(DocumentError):
            Papers().printed(broken, ["docx"], "zh")


def test_a_replaced_template_is_the_one_that_is_used(material: Callable[..., Material], tmp_path: Path) -> None:
    closed = material("reply", data={"answer": "已*清理*"}, happened={"close": "office-coordination-1"})
    mine = replaced(closed, tmp_path, "md", b"{{ number }}: {{ fields.answer }}")
    ((_, content),) = Papers().printed(mine, ["md"], "zh")
    assert content.decode() == "大文明复〔2020〕3号: 已\\*清理\\*\n"


def replaced(material: Material, folder: Path, kind: str, content: bytes) -> Material:
    (folder / f"own{SUFFIXES[kind]}").write_bytes(content)
    document = replace(material.document, templates={kind: f"own{SUFFIXES[kind]}"})
    return replace(material, document=document, folder=folder)
