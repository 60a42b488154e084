"""Small faults in sound packs: each is told at its place, in both languages, and no other exception leaks."""

import tomllib
from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import PACKS, Broken, load, pack_with, refusal, sound_text

from duban.engine.definition.places import find_pack
from duban.engine.definition.source import restore
from duban.engine.errors import DefinitionError

ISSUE, PLAN = "sample/issue.yaml", "plan.yaml"
CHECK = "actor != last.rectify.actor"
CATALOGUES = [
    Path(__file__).parents[3] / "engine" / "catalogue" / f"{name}.toml"
    for name in ("findings", "cadences", "figures", "channels", "documents", "surveys", "snapshots")
]

TABLES = sorted((Path(__file__).parent / "broken").glob("*.toml"))
EXTREME = [
    Broken("yaml.too-deep", ISSUE, "[litter, parking, hanging]", "[" * 17 + "▼[" + "[" * 2982 + "]" * 3000),
    Broken("schema.string_too_long", ISSUE, CHECK, f"▼{'x' * 2001}", "shorten it"),
    Broken("finding.guard", PLAN, "\"data.title + '!'\"", f"▼{'x' * 2001}", "at most 2000 are allowed"),
    Broken("finding.guard", PLAN, "\"data.title + '!'\"", f"▼{'(' * 200}data.title{')' * 200}", "too deep"),
    Broken("finding.unknown-field", ISSUE, "takes: [severity]", f"takes: [▼{'x' * 5000}]"),
    Broken("yaml.key-twice", ISSUE, "fields:\n", "fields:\n" + "".join(f"  f{n}: {{type: text}}\n" for n in range(2000))
           + "  ▼f7: {type: text}\n", "the first is in line 14"),
]  # fmt: skip
EVERY = [Broken(**row) for table in TABLES for row in tomllib.loads(table.read_text(encoding="utf-8"))["broken"]]
EVERY += EXTREME
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1}, ' * 9}]\n" for n in range(1, 99))
WHOLE_FILES = {
    "yaml.anchor": BOMB,
    "yaml.no-mapping": "[" * 3000,
    "yaml.control": "workflow: issue\0",
    "yaml.too-large": "a: " + "x" * 400_000,
    "yaml.empty": "# nothing\n",
    "yaml.not-utf8": b"workflow: \xff",
    "finding.not-a-workflow": "a: 1\n",
    "schema.missing": "workflow: issue\n",
    "schema.type": "workflow: {a: 1}\n",
    "finding.too-many": sound_text(ISSUE).replace("states:\n", "states:\n" + "".join(f"  s{n}:\n" for n in range(500))),
}
OF_FOLDERS = {"finding.no-pack", "finding.suffix", "finding.stored"}
HOSTILE = {"finding.expands", "finding.file-outside", "finding.file-strange", "finding.more"}
"""What takes more than a small change: in ``tests/hostile``."""


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.name)
def test_a_fault_is_told_at_its_place_in_both_languages(case: Broken, tmp_path: Path) -> None:
    text, line, column = case.source()
    place = (case.key, Path(case.told or case.file).name, line, column)

    error = refusal(pack_with(tmp_path, case.file, text))

    found = [(problem.key, Path(problem.path).name, problem.line, problem.column) for problem in error.problems]
    assert place in found
    problem = error.problems[found.index(place)]
    english, chinese = (problem.message(lang).removeprefix(f"{problem.place}: ") for lang in ("en", "zh"))
    assert case.says in english
    assert len(english) < 700
    assert english != chinese
    assert any("\u4e00" <= character <= "\u9fff" for character in chinese)
    assert english.endswith((".", "?", "…"))
    for message in (english, chinese):
        assert not message.endswith(("..", "。。", "?.", "？。", " .", ": .", "：。", "。."))


@pytest.mark.parametrize(("key", "content"), WHOLE_FILES.items(), ids=list(WHOLE_FILES))
def test_a_file_that_is_something_else_is_refused(key: str, content: str | bytes, tmp_path: Path) -> None:
    error = refusal(pack_with(tmp_path, ISSUE, content))
    assert key in [problem.key for problem in error.problems]
    assert Path(error.path).name == "issue.yaml"
    assert all(0 < len(error.message(lang)) < 2000 for lang in ("en", "zh"))


def test_the_first_problem_names_the_place_of_the_error(tmp_path: Path) -> None:
    text = sound_text(ISSUE).replace("to: assigned, by: [office]", "to: asigned, by: [ofice]")
    error = refusal(pack_with(tmp_path, ISSUE, text))
    assert (Path(error.path).name, error.line, error.column) == ("issue.yaml", 25, 33)
    assert [problem.key for problem in error.problems] == ["finding.unknown-state", "finding.unknown-role"]
    assert len(error.message().splitlines()) == 2


def test_a_folder_that_is_no_pack_says_what_is_missing(tmp_path: Path) -> None:
    assert "has no organization.yaml" in refusal(tmp_path).message()
    (tmp_path / "organization.yaml").write_text(sound_text("organization.yaml"), encoding="utf-8")
    assert "no workflow file lies beside" in refusal(tmp_path).message()
    with pytest.raises(DefinitionError) as caught:
        find_pack("civilty")
    assert [problem.key for problem in caught.value.problems] == ["finding.no-pack"]
    assert "neither a folder nor a built-in pack" in caught.value.message()


def test_a_workflow_whose_name_ends_in_yml_is_not_passed_over(tmp_path: Path) -> None:
    folder = pack_with(tmp_path, ISSUE, sound_text(ISSUE))
    (folder / "more.yml").write_text("workflow: more\n", encoding="utf-8")
    error = refusal(folder)
    assert [problem.key for problem in error.problems] == ["finding.suffix"]
    assert "Rename it to more.yaml" in error.message()


@pytest.mark.parametrize("source", ["", "{", "[]", "{}", '{"workflow": 1}', "null"])
def test_a_stored_source_that_is_none_is_refused(source: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        restore(source)
    assert [problem.key for problem in caught.value.problems] == ["finding.stored"]


def test_every_text_about_declared_files_is_told_by_some_fault() -> None:
    texts = [tomllib.loads(path.read_text(encoding="utf-8"))["finding"] for path in CATALOGUES]
    declared = {f"finding.{key}" for found in texts for key in found}
    assert declared - {case.key for case in EVERY} - set(WHOLE_FILES) - OF_FOLDERS - HOSTILE == set()


@pytest.mark.parametrize("name", ["sample", "rich", "surveyed"])
def test_the_packs_that_are_broken_here_are_sound(name: str) -> None:
    assert load(PACKS / name).workflows
