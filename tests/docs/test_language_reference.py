"""The reference of the language holds every key as it is, and each of its examples loads."""

from pathlib import Path

import pytest
from tests.docs.language import PAGE, Example, examples, fences, tables
from tests.engine.definition.broken_packs import load, pack_with, sound_text

from duban.engine.definition.names import COMMANDS
from duban.engine.definition.tree import MAX_DEPTH, MAX_DIGITS
from duban.engine.definition.values import MAX_ITEMS, MAX_TEXT
from duban.engine.guards.cel import MAX_LENGTH


@pytest.mark.parametrize("kind", sorted({kind for kind, rows in tables() if rows}))
def test_every_key_stands_in_the_reference_with_type_default_and_meaning(kind: str) -> None:
    page = PAGE.splitlines()
    assert [row for name, rows in tables() if name == kind for row in rows if row not in page] == []


def test_the_reference_names_no_key_that_is_none() -> None:
    known = {row for _, rows in tables() for row in rows}
    shown = [line for line in PAGE.splitlines() if line.count(" | ") == 3]
    assert [line for line in shown if line.startswith("| `") and line not in known] == []


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.text.splitlines()[0])
def test_an_example_loads(example: Example, tmp_path: Path) -> None:
    text = example.spliced(sound_text(example.file))
    assert all(line in text.splitlines() for line in example.text.splitlines() if line.startswith(" "))
    assert load(pack_with(tmp_path, example.file, text)).workflows


def test_every_block_of_yaml_is_an_example_that_is_loaded() -> None:
    assert len(examples()) == fences() > 9


def test_the_limits_are_those_of_the_code() -> None:
    page = PAGE.replace("\n", " ")
    assert f"at most {MAX_DEPTH} collections deep" in page
    assert f"up to {MAX_DIGITS} digits" in page
    assert f"({MAX_TEXT:,})" in page
    assert f"up to {MAX_ITEMS:,} different items" in page
    assert f"most {MAX_LENGTH:,} characters, and" in page
    assert "sweep" in COMMANDS
