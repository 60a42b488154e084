"""Fields are told in the order in which the workflow declares them, and a move that is none is not told as one."""

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import PACK, Street

REPORT = ("issue", "report", "--title", "x", "--severity", "serious", "--category", "litter", "--as", "grid-worker")


def test_a_case_and_its_history_tell_fields_as_they_are_declared(street: Street) -> None:
    street.types(*REPORT)
    street.assigns("ISS-000001")

    shown = street.types("show", "ISS-000001", "--as", "office").out.split("name\tvalue\n")[2]
    (first, *_) = street.types("history", "ISS-000001", "--as", "office").out.splitlines()[1:]

    assert [line.split("\t")[0] for line in shown.strip().splitlines()] == ["title", "category", "severity", "unit"]
    assert "title=x category=litter severity=serious" in first


def test_an_event_that_leaves_the_state_names_it_once(bare: Street, person: Callable[[], None], tmp_path: Path) -> None:
    pack = shutil.copytree(PACK, tmp_path / "pack")
    words = (pack / "issue.yaml").read_text(encoding="utf-8")
    note = "  note: {from: reported, by: [office], takes: [reason]}\n"
    (pack / "issue.yaml").write_text(words.replace("events:", f"events:\n{note}", 1), encoding="utf-8")
    bare.types("init", "--pack", str(pack))
    bare.types(*REPORT)
    person()

    tried = bare.types("issue", "note", "ISS-000001", "--as", "office", "--dry-run").out
    noted = bare.types("issue", "note", "ISS-000001", "--as", "office").out
    moved = bare.types("issue", "assign", "ISS-000001", "--unit", "office", "--as", "office").out

    assert "Note would be done: Reported. Nothing was kept." in tried
    assert "Note: Reported, version 2." in noted
    assert "Assign: Reported → Assigned, version 3." in moved
