"""The JSON Schemas of the language: in step with the code, and taken by a program that editors and hooks use."""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import PACKS, load, pack_with, sound_text

from duban.engine.definition.schema import KINDS, schema_of, schema_text, write_schemas
from duban.engine.errors import DefinitionError

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "workflows" / "schema"
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")
FOLDERS = [PACKS / "sample", PACKS / "rich", PACKS / "surveyed", PACKS / "district", ROOT / "workflows" / "civility"]
BROKEN = {
    "issue": [
        ("version: 1", 'version: "1"'),
        ("version: 1\n", ""),
        ("workflow: issue", "workflow: Issue"),
        ("reference: ISS", "reference: iss"),
        ("to: reported, by: [reporter]", "too: reported, by: [reporter]"),
        ("{type: evidence}", "{type: evidense}"),
        ("final: true", "final: yes"),
        ("needs: [title, category]", "needs: title"),
        ("{en: Title, zh: 标题}", "{en: Title}"),
        ("{type: choice, of: [litter, parking, hanging]}", "{type: choice}"),
        ("{type: unit}", "{type: unit, max: 3}"),
        ("serious: 8 working hours}", "serious: 8}"),
        ("within: {by: severity", "until: due_on\n    within: {by: severity"),
        ("level: 3", "level: 100"),
        ("{at: 75%", "{at: later"),
        ("        else: {en: whoever rectified it cannot verify it, zh: 整改人不得自核}\n", ""),
        ("  assigned:  {label", "  Assigned:  {label"),
        ("report:  {to: reported, by", "report:  {by"),
    ],
    "organization": [
        ("timezone: Asia/Shanghai\n", ""),
        ("{unit: office, roles: [office]}", "{roles: [office]}"),
        ("{posts: [office, city-handler]}", "{posts: []}"),
    ],
}


def kind_of(path: Path) -> str:
    return path.stem if path.stem in KINDS else "workflow"


def checked(kind: str, files: Sequence[Path]) -> dict[str, list[str]]:
    """What check-jsonschema says of files: messages by path."""
    command = [sys.executable, "-m", "check_jsonschema", "--output-format", "json", "--no-cache"]
    command += ["--schemafile", str(SCHEMAS / f"{kind}.schema.json"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = json.loads(done.stdout)
    assert said.get("parse_errors", []) == []
    found: dict[str, list[str]] = {str(file): [] for file in files}
    for error in said["errors"]:
        found[error["filename"]].append(error["message"])
    assert bool(said["errors"]) == bool(done.returncode)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_schema_is_the_one_that_the_code_makes(kind: str) -> None:
    shipped = (SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert shipped == schema_text(kind), "rewrite the schemas with: python -m duban.engine.definition.schema"


def test_schemas_are_written_into_any_folder(tmp_path: Path) -> None:
    assert [path.name for path in write_schemas(tmp_path)] == [f"{kind}.schema.json" for kind in KINDS]
    assert sorted(path.name for path in SCHEMAS.iterdir()) == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_names_no_machine_and_describes_every_key(kind: str) -> None:
    schema = schema_of(kind)
    assert schema["$id"] == f"urn:duban:schema:{kind}"
    assert schema["description"]
    for name, node in schema["definitions"].items():
        assert node["description"], name
        assert [key for key, value in node.get("properties", {}).items() if not value.get("description")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_sound_file_fits_its_schema(kind: str) -> None:
    files = [file for folder in FOLDERS for file in sorted(folder.glob("*.yaml")) if kind_of(file) == kind]
    assert files
    assert {file: said for file, said in checked(kind, files).items() if said} == {}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_do_not_fit(name: str, tmp_path: Path) -> None:
    sound = sound_text(f"sample/{name}.yaml")
    files = []
    for number, (old, new) in enumerate(BROKEN[name]):
        assert old in sound
        files.append(tmp_path / f"{number:02}.yaml")
        files[-1].write_text(sound.replace(old, new, 1), encoding="utf-8")
    found = checked("organization" if name == "organization" else "workflow", files)
    passed = [BROKEN[name][number] for number, file in enumerate(files) if not found[str(file)]]
    assert passed == []


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_schema_refuses_the_engine_refuses_too(name: str, tmp_path: Path) -> None:
    sound = sound_text(f"sample/{name}.yaml")
    for number, (old, new) in enumerate(BROKEN[name]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(DefinitionError, match=name):
            load(pack_with(folder, f"sample/{name}.yaml", sound.replace(old, new, 1)))


def test_every_modeline_points_to_the_schema_of_its_file() -> None:
    files = [file for folder in FOLDERS for file in sorted(folder.glob("*.yaml"))]
    modelines = [(file, MODELINE.search(file.read_text(encoding="utf-8"))) for file in files]
    named = [(file, (file.parent / line[1]).resolve()) for file, line in modelines if line]
    assert named
    assert [(file, schema) for file, schema in named if schema != SCHEMAS / f"{kind_of(file)}.schema.json"] == []


BROKEN_CADENCES = [
    ("on: working day", "on: workingday"),
    ("[monday, thursday]", "[monday, working day]"),
    ("[monday, thursday]", "[]"),
    ("day 25 of month", "25 of month"),
    ('at: "09:00"', 'at: "9"'),
    ("missed: all", "missed: every"),
    ("closed: previous", "closed: before"),
    ("event: remind, in: planned", "in: planned"),
    ("    fire: {workflow: watch, event: remind, with: {told_on: date, note: {value: the month ends}}}\n", ""),
    ("while: {workflow: plan, in: [made, running]}", "while: {workflow: plan}"),
]


def test_broken_cadences_fit_neither_the_schema_nor_the_engine(tmp_path: Path) -> None:
    sound, files = sound_text("cadences.yaml"), []
    for number, (old, new) in enumerate(BROKEN_CADENCES):
        assert old in sound
        folder = tmp_path / str(number)
        folder.mkdir()
        files.append(pack_with(folder, "cadences.yaml", sound.replace(old, new, 1)) / "cadences.yaml")
        with pytest.raises(DefinitionError, match=r"cadences\.yaml"):
            load(files[-1].parent)
    found = checked("cadences", files)
    assert [BROKEN_CADENCES[number] for number, file in enumerate(files) if not found[str(file)]] == []


BROKEN_SURVEYS = [
    ("frame: catalogue.areas.homes\n", ""),
    ("entered_by: [asker, lead]\n", ""),
    ("minimum: 5", "minimum: 2"),
    ("reserve: 20", "reserve: 101"),
    ("kind: scale, from: 1, to: 5", "kind: scale, from: 1"),
    ("kind: scale, from: 1, to: 5", "kind: yes-no, from: 1, to: 5"),
    ("kind: scale, from: 1, to: 5", "kind: choice"),
    ("spare: {kind: yes-no", "spare: {kind: yes-no, answers: {a: , b: }"),
    ("spare: {kind: yes-no", "spare: {kind: yesno"),
    ("spare: {kind: yes-no", "spare: {kind: yes-no, rate: involved"),
    ("counts: any", "counts: some"),
    ("version: 2", "version: two"),
]


def test_broken_surveys_fit_neither_the_schema_nor_the_engine(tmp_path: Path) -> None:
    sound, files = sound_text("surveyed/surveys.yaml"), []
    for number, (old, new) in enumerate(BROKEN_SURVEYS):
        assert old in sound
        folder = tmp_path / str(number)
        folder.mkdir()
        files.append(pack_with(folder, "surveyed/surveys.yaml", sound.replace(old, new, 1)) / "surveys.yaml")
        with pytest.raises(DefinitionError, match=r"surveys\.yaml"):
            load(files[-1].parent)
    found = checked("surveys", files)
    assert [BROKEN_SURVEYS[number] for number, file in enumerate(files) if not found[str(file)]] == []
