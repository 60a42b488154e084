"""``duban checkpoint`` and ``duban verify --against``: what an operator does to have the store checked from outside."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

KEY = "DUBAN_CHECKPOINT_KEY"


@pytest.fixture
def file(street, tmp_path: Path) -> Path:
    """Where a checkpoint is written."""
    street.reports("Litter")
    return tmp_path / "evening.checkpoint"


def test_a_store_that_nobody_touched_holds_against_its_checkpoint(street, file: Path) -> None:
    written = street.types("--json", "checkpoint", "--out", str(file)).document
    street.reports("More litter")
    checked = street.types("--json", "verify", "--against", str(file))

    assert (written["cases"], written["sealed"], len(written["root"])) == (1, False, 64)
    assert checked.code == 0
    assert (checked.document["holds"], checked.document["checkpoint"]["root"]) == (True, written["root"])
    assert checked.document["checkpoint"]["seal"] == "none"


def test_a_case_that_is_gone_is_told_with_its_reference(street, file: Path) -> None:
    street.types("checkpoint", "--out", str(file))
    with closing(sqlite3.connect(street.folder / "street.db")) as connection, connection:
        for table in ("history", "stopwatches", "outbox", "evidence"):
            connection.execute(f"DELETE FROM duban_{table}")
        connection.execute("DELETE FROM duban_cases")
    connection.close()

    assert street.types("verify").code == 0
    checked = street.types("--json", "verify", "--against", str(file))
    assert checked.code == 1
    assert [(one["ref"], one["what"]) for one in checked.document["broken"]] == [("ISS-000001", "case-missing")]


def test_a_checkpoint_that_was_changed_is_refused_and_nothing_is_checked(street, file: Path) -> None:
    street.types("checkpoint", "--out", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace("ISS-000001", "ISS-000002"), encoding="utf-8")

    refused = street.types("--json", "verify", "--against", str(file))

    assert (refused.code, refused.document["error"]["code"]) == (7, "broken-checkpoint")


def test_with_the_key_only_sealed_checkpoints_count(street, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    street.types("checkpoint", "--out", str(file))
    monkeypatch.setenv(KEY, "k" * 40)
    assert street.types("verify", "--against", str(file)).code == 7

    street.types("checkpoint", "--out", str(file))
    assert street.types("--json", "verify", "--against", str(file)).document["checkpoint"]["seal"] == "holds"
    monkeypatch.setenv(KEY, "o" * 40)
    assert street.types("verify", "--against", str(file)).code == 7


@pytest.mark.asvs("1.6.2")
def test_the_key_is_in_no_file_and_no_answer(street, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = "the-secret-of-the-safe-" * 2
    monkeypatch.setenv(KEY, key)
    said = [street.types(*flags, "checkpoint", "--out", str(file)) for flags in ((), ("--json",), ("--verbose",))]

    assert key not in file.read_text(encoding="utf-8") + "".join(one.out + one.err for one in said)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("checkpoint", "--out", "no-such-folder/file"), 2), (("verify", "--against", "no-such-file"), 2),
        (("verify", "--against", "."), 2), (("checkpoint", "--out", "."), 2),
    ],
)  # fmt: skip
def test_a_place_that_is_none_is_told(street, tmp_path: Path, monkeypatch, words: tuple[str, ...], code: int) -> None:
    monkeypatch.chdir(tmp_path)
    said = street.types("--json", *words)

    assert (said.code, said.document["error"]["code"]) == (code, "usage")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_is_not_waited_for(street, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    said = street.types("--json", "verify", "--against", str(tmp_path / "pipe"))

    assert (said.code, said.document["error"]["code"]) == (2, "usage")
    assert "no plain file" in said.document["error"]["message"]


def test_a_key_that_keeps_nobody_out_is_refused(street, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "short")

    assert street.types("checkpoint", "--out", str(file)).code == 2
    assert not file.exists()


def test_an_earlier_checkpoint_is_not_lost_when_the_store_cannot_be_read(street, file: Path) -> None:
    street.types("checkpoint", "--out", str(file))
    before = file.read_bytes()
    with closing(sqlite3.connect(street.folder / "street.db")) as connection, connection:
        connection.execute("DROP TABLE duban_cases")
    connection.close()

    assert street.types("checkpoint", "--out", str(file)).code != 0
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".evening")] == []
