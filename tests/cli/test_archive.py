"""``duban archive`` as an operator types it, and what else tells of archives."""

import shutil
from pathlib import Path

import pytest
from tests.engine.runtime.shelf import pack

LATER = "2020-12-24T09:00:00+08:00"


@pytest.fixture
def notes(bare, tmp_path: Path):
    """A store with a finished note whose time is over, and one that is open."""
    bare.types("init", "--pack", str(pack(tmp_path / "pack")))
    for title in ("over", "open"):
        assert bare.types("note", "write", "--title", title, "--as", "clerk").code == 0
    bare.types("note", "close", "NOT-000001", "--as", "clerk")
    bare.types("deliver")
    bare.clock.move_to(LATER)
    return bare


def test_a_preview_moves_nothing(notes) -> None:
    (due, _slips) = notes.types("--json", "archive", "run", "--dry-run").document
    assert due == {
        "rule": "notes", "workflow": "note", "after": "30 days", "ended_before": "2020-11-24T00:00:00+08:00",
        "movable": 1, "held": 0,
    }  # fmt: skip
    assert notes.types("--json", "archive", "list").document == []
    assert notes.types("--json", "show", "NOT-000001", "--as", "clerk").document["archive"] is None


def test_a_case_is_moved_shown_and_brought_back(notes) -> None:
    assert notes.types("--json", "archive", "run").document == {"archived": 1, "failed": [], "away": {}}
    (lies,) = notes.types("--json", "archive", "list").document
    assert (lies["cases"], lies["at_hand"]) == (1, True)
    shown = notes.types("--json", "show", "NOT-000001", "--as", "clerk").document
    assert (shown["archive"], shown["next"], shown["data"]["title"]) == (lies["archive"], [], "over")
    assert len(notes.types("--json", "history", "NOT-000001", "--as", "clerk").document) == 2
    refused = notes.types("--json", "note", "reopen", "NOT-000001", "--as", "chief")
    assert (refused.code, refused.document["error"]["code"]) == (3, "case-archived")
    assert "duban archive return NOT-000001" in refused.document["error"]["message"]

    back = notes.types("--json", "archive", "return", "NOT-000001", "--as", "chief")
    assert (back.code, back.document) == (0, {"ref": "NOT-000001", "archive": lies["archive"]})
    assert notes.types("note", "reopen", "NOT-000001", "--as", "chief").code == 0
    assert notes.types("verify").code == 0


def test_a_sweep_tells_how_many_it_moved(notes) -> None:
    assert notes.types("--json", "sweep").document["archived"] == 1
    assert notes.types("--json", "sweep").document["archived"] == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_case_is_shown_although_its_archive_is_elsewhere(notes, person, tmp_path: Path, lang: str) -> None:
    notes.types("archive", "run")
    shutil.move(tmp_path / "street.db.archives", tmp_path / "elsewhere")
    assert notes.types("--json", "show", "NOT-000001", "--as", "clerk").code == 0
    said = notes.types("--json", "history", "NOT-000001", "--as", "clerk")
    assert (said.code, said.document["error"]["code"]) == (1, "archive-not-at-hand")
    assert str(tmp_path / "street.db.archives") in said.document["error"]["message"]
    checked = notes.types("--json", "verify")
    assert (checked.code, [one["what"] for one in checked.document["broken"]]) == (1, ["archive-not-at-hand"])
    assert (checked.document["cases"], checked.document["unchecked"]) == (1, 1)
    person()
    assert "closed-2020-" in notes.types("--lang", lang, "archive", "list").out
    said = notes.types("--lang", lang, "verify").out
    assert "closed-2020-" in said
    assert {"en": "1 could not be checked", "zh": "有 1 件未能检查"}[lang] in said
    assert {"en": "changed outside of duban", "zh": "之外被改动"}[lang] not in said


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_run_names_the_archive_that_it_passed_over(notes, person, tmp_path: Path, lang: str) -> None:
    notes.types("archive", "run")
    notes.types("note", "close", "NOT-000002", "--as", "clerk")
    notes.types("deliver")
    notes.clock.move_to("2021-03-01T09:00:00+08:00")
    (file,) = (tmp_path / "street.db.archives").iterdir()
    file.write_bytes(b"no database at all" * 1_000)
    assert notes.types("--json", "archive", "run").document == {"archived": 0, "failed": [], "away": {file.name: 1}}
    assert notes.types("init").code == 0
    person()
    said = notes.types("--lang", lang, "archive", "run")
    assert (said.code, said.out.count(file.name)) == (0, 3)
    assert {"en": "does not hold what was moved", "zh": "不含移入该档案的内容"}[lang] in said.out.replace("\n", " ")


def test_a_backup_says_that_the_archives_are_not_in_it(notes, tmp_path: Path) -> None:
    words = ("--json", "backup", "--out", str(tmp_path / "kept.backup"))
    assert notes.types(*words).document["archives"] is None
    notes.types("archive", "run")
    assert notes.types(*words).document["archives"] == str(tmp_path / "street.db.archives")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_backup_names_the_archives_of_which_no_copy_can_be_kept(notes, person, tmp_path: Path, lang: str) -> None:
    words = ("backup", "--out", str(tmp_path / "kept.backup"))
    notes.types("archive", "run")
    assert notes.types("--json", *words).document["archives_lacking"] == []
    (file,) = (tmp_path / "street.db.archives").iterdir()
    file.rename(tmp_path / "tape")
    said = notes.types("--json", *words)
    assert (said.code, said.document["archives_lacking"]) == (0, [file.name])
    assert file.name in notes.types("--lang", lang, *words).err
    (tmp_path / "pack" / "organization.yaml").write_text("no pack", encoding="utf-8")
    assert notes.types("--json", *words, "--as", "clerk").document["archives_lacking"] == [file.name]
    person()
    assert file.name in notes.types("--lang", lang, *words).out


def test_a_backup_names_no_archive_of_hidden_cases_to_who_may_see_none(notes, tmp_path: Path) -> None:
    notes.types("note", "hide", "NOT-000002", "--as", "chief")
    notes.types("note", "close", "NOT-000002", "--as", "chief")
    notes.types("note", "reopen", "NOT-000001", "--as", "chief")
    notes.types("deliver")
    notes.clock.move_to("2021-03-01T09:00:00+08:00")
    notes.types("archive", "run")
    (file,) = (tmp_path / "street.db.archives").iterdir()
    file.write_bytes(b"no database at all" * 1_000)
    told = {
        who: notes.types("--json", "--as", who, "backup", "--out", str(tmp_path / "kept.backup")).document
        for who in ("", "clerk", "chief", "nobody")
    }
    assert {who: one["archives_lacking"] for who, one in told.items()} == {
        "": [], "clerk": [], "chief": [file.name], "nobody": [],
    }  # fmt: skip


def test_a_restored_store_goes_on_with_copies_of_its_archives(notes, tmp_path: Path) -> None:
    notes.types("archive", "run")
    notes.types("backup", "--out", str(tmp_path / "kept.backup"))
    there = ("--db", f"sqlite:///{tmp_path / 'restored.db'}")
    notes.types(*there, "restore", str(tmp_path / "kept.backup"))
    assert notes.types(*there, "verify").code == 1
    shutil.copytree(tmp_path / "street.db.archives", tmp_path / "restored.db.archives")
    assert notes.types(*there, "verify").code == 0
    refused = notes.types(*there, "--json", "archive", "return", "NOT-000001", "--as", "chief").document
    assert refused["error"]["code"] == "archive-foreign"  # else the store that it was copied from might miss it
    (file,) = (tmp_path / "restored.db.archives").iterdir()
    assert notes.types(*there, "archive", "adopt", "closed-2020-00000000.db").code == 2
    assert notes.types(*there, "archive", "adopt", file.name).code == 0
    assert notes.types(*there, "archive", "return", "NOT-000001", "--as", "chief").code == 0
    assert notes.types("verify").code == 0
