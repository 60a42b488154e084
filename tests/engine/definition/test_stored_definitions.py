"""What is stored of a definition: complete, independent of the catalogue, and named by its hash."""

import json
from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import PACKS, load, pack_with, sound_text

from duban.engine.definition.source import digest_of, restore
from duban.engine.model.definition import Workflow

CIVILITY = Path(__file__).parents[3] / "workflows" / "civility"


def changed(tmp_path: Path, file: str, old: str, new: str, workflow: str) -> Workflow:
    text = sound_text(file)
    assert old in text
    return load(pack_with(tmp_path, file, text.replace(old, new, 1))).workflows[workflow].workflow


@pytest.mark.parametrize("folder", [PACKS / "sample", PACKS / "rich", CIVILITY], ids=lambda folder: folder.name)
def test_a_stored_definition_is_the_one_that_was_loaded(folder: Path) -> None:
    for loaded in load(folder).workflows.values():
        assert restore(loaded.source) == loaded.workflow
        assert loaded.workflow.hash == digest_of(loaded.source)
        assert len(loaded.workflow.hash) == 64


def test_a_stored_definition_is_the_same_wherever_the_pack_lies(tmp_path: Path) -> None:
    copy = load(pack_with(tmp_path, "plan.yaml", sound_text("plan.yaml")))
    original = load(PACKS / "rich")
    assert {n: p.source for n, p in copy.workflows.items()} == {n: p.source for n, p in original.workflows.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("workflow: plan\n", "# a remark\nworkflow:   plan   # its name\n\n"),
        ("follow: {shows: [title]}", "follow:\n  shows:\n    - title"),
        ("label: {en: Plan, zh: 计划}", 'label: {"en": "Plan", "zh": "\\u8ba1\\u5212"}'),
    ],
)
def test_a_remark_or_another_style_changes_nothing(tmp_path: Path, old: str, new: str) -> None:
    before = load(PACKS / "rich").workflows["plan"].workflow
    assert changed(tmp_path, "plan.yaml", old, new, "plan").hash == before.hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("label: {en: Plan, zh: 计划}", "label: {en: Plan, zh: 方案}"),
        ("data.share > 3", "data.share > 4"),
        ("  running:\n  over: {final: true}\n", "  over: {final: true}\n  running:\n"),
        ("version: 3", "version: 4"),
        ("5 working days", "6 working days"),
    ],
)
def test_a_label_a_condition_or_the_order_that_people_read_makes_another_definition(
    tmp_path: Path, old: str, new: str
) -> None:
    before = load(PACKS / "rich").workflows["plan"].workflow
    assert changed(tmp_path, "plan.yaml", old, new, "plan").hash != before.hash


def test_a_definition_keeps_the_catalogue_that_it_was_loaded_with(tmp_path: Path) -> None:
    before = load(PACKS / "rich").workflows["part"]
    after = changed(tmp_path, "catalogue.yaml", "limit: 1 working day", "limit: 9 working days", "part")

    kept = restore(before.source)
    assert after.hash != kept.hash
    table = kept.deadlines["limit"].table
    assert table is not None
    assert dict(table.rows) == {"market": "1 working day", "station": "3 working days"}
    assert list(kept.fields["site"].choices or {}) == ["market", "station"]
    assert "catalogue." not in json.dumps(json.loads(before.source))


def test_the_entries_of_a_catalogue_are_kept_where_cases_are_started_from_them() -> None:
    kept = restore(load(PACKS / "rich").workflows["plan"].source)
    entries = kept.events["go"].starts[1].each_entry
    assert entries is not None
    assert [(entry.key, entry.label.zh, entry.attributes["weight"]) for entry in entries] == [
        ("market", "市场", 3),
        ("station", "车站", 1),
    ]
