"""What ``duban history`` says that a row changed: a level where it is another one, and nothing where there is none."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conftest import PACK, Street

RETENTION = "rules: {words: {workflow: issue, erase: [title], after: 30 days}}\n"


def changed(street: Street, ref: str) -> dict[str, str]:
    """What each row of the history changed."""
    head, *rows = street.types("history", ref, "--as", "office").out.splitlines()
    told = [dict(zip(head.split("\t"), row.split("\t"), strict=True)) for row in rows]
    return {row["event"]: row["changed"] for row in told}


def test_a_step_tells_the_level_that_it_raised_and_a_reminder_tells_none(street: Street) -> None:
    ref = street.reports()
    street.assigns(ref)
    street.clock.advance("5 working days")
    street.types("sweep")

    told = changed(street, ref)

    assert told["rectification@75%"] == ""
    assert told["rectification@due"] == "level=1"
    assert told["rectification@due + 1 working day"] == "level=2"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_retention_erased_is_told_without_a_level(
    bare: Street, tmp_path: Path, person: Callable[[], None], lang: str
) -> None:
    pack = shutil.copytree(PACK, tmp_path / "pack")
    words = (pack / "issue.yaml").read_text(encoding="utf-8")
    words = words.replace("events:", "events:\n  drop: {from: reported, to: closed, by: [office]}", 1)
    (pack / "issue.yaml").write_text(words, encoding="utf-8")
    (pack / "retention.yaml").write_text(RETENTION, encoding="utf-8")
    assert bare.types("init", "--pack", str(pack)).code == 0
    ref = bare.reports()
    assert bare.types("fire", ref, "drop", "--as", "office").code == 0
    assert bare.types("deliver").code == 0
    bare.clock.advance("40 working days")
    bare.types("sweep")

    assert "erased=1" in list(changed(bare, ref).values())[-1]
    assert "level" not in "".join(changed(bare, ref).values())
    person()
    shown = bare.types("history", ref, "--as", "office", "--lang", lang).out
    assert ("0 级" not in shown) if lang == "zh" else ("level 0" not in shown)
