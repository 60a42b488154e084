"""``duban backup`` and ``duban restore`` as an operator types them."""

from collections.abc import Callable
from pathlib import Path

import pytest


def test_what_was_backed_up_is_restored_and_works_on(street, tmp_path: Path) -> None:
    ref = street.reports("Litter")
    taken = street.types("--json", "backup", "--out", str(tmp_path / "kept.backup"))
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    restored = street.types("--json", "--db", url, "restore", str(tmp_path / "kept.backup"))

    assert (taken.code, taken.document["done"]) == (0, "whole")
    assert (restored.code, restored.document["done"], restored.document["taken_at"]) == (
        0, "restored", taken.document["taken_at"],
    )  # fmt: skip
    assert street.types("--json", "--db", url, "show", ref, "--as", "office").document["state"] == "reported"
    assert street.types("--db", url, "verify").code == 0


def test_a_folder_of_evidence_that_is_not_there_is_told(street, person: Callable[[], None], tmp_path: Path) -> None:
    person()
    for folder, is_told in ((tmp_path / "none", True), (tmp_path, False)):
        said = street.types("backup", "--out", str(tmp_path / "kept.backup"), "--evidence-folder", str(folder))
        assert (said.code, "no evidence was read from it" in " ".join(said.out.split())) == (0, is_told)


def test_a_backup_without_its_evidence_never_calls_itself_whole(street, tmp_path: Path, person) -> None:
    ref = street.reports("Litter")
    street.assigns(ref)
    (tmp_path / "a.txt").write_text("a photograph")
    words = ("issue", "rectify", ref, "--measures", "swept", "--photo-after", str(tmp_path / "a.txt"))
    assert street.types(*words, "--as", "city-handler").code == 0
    kept, url = str(tmp_path / "kept.backup"), f"sqlite:///{tmp_path / 'restored.db'}"
    assert street.types("backup", "--out", kept).code == 0
    nowhere = ("--evidence-folder", str(tmp_path / "none"))
    refused = street.types("--json", "backup", "--out", kept, *nowhere)
    assert (refused.code, refused.document["error"]["code"]) == (2, "usage")
    assert street.types("restore", "--check", kept).code == 0

    other = str(tmp_path / "other.backup")
    piped = street.types("backup", "--out", other, *nowhere)
    assert piped.code == 1
    assert piped.err.startswith("Not whole: 1 evidence files")
    assert len(piped.err.splitlines()) == 1
    for said in (
        street.types("--json", "backup", "--out", other, *nowhere),
        street.types("--json", "restore", "--check", other),
    ):
        assert (said.code, said.document["done"], len(said.document["missing"])) == (1, "incomplete", 1)
        assert said.err.startswith("Not whole: 1 evidence files")
    restored = street.types("--json", "--db", url, "restore", other)
    assert (restored.code, restored.document["done"], len(restored.document["missing"])) == (1, "restored", 1)
    person()
    shown = street.types("restore", "--check", other)
    assert "Not whole" in shown.out
    assert shown.err == ""


def test_a_check_restores_nothing(street, tmp_path: Path) -> None:
    street.types("backup", "--out", str(tmp_path / "kept.backup"))
    url = f"sqlite:///{tmp_path / 'restored.db'}"

    assert street.types("--db", url, "restore", "--check", str(tmp_path / "kept.backup")).code == 0
    assert not (tmp_path / "restored.db").exists()


def test_a_store_with_something_in_it_is_never_overwritten(street, tmp_path: Path) -> None:
    street.reports("Litter")
    street.types("backup", "--out", str(tmp_path / "kept.backup"))
    said = street.types("--json", "restore", str(tmp_path / "kept.backup"))

    assert (said.code, said.document["error"]["code"]) == (2, "usage")
    assert street.types("--json", "list", "--as", "office").document != []


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("backup", "--out", "none/kept.backup"), 2, "usage"), (("restore", "none"), 2, "usage"),
        (("restore", "street.db"), 7, "broken-backup"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(street, monkeypatch, words: tuple[str, ...], code: int, kind: str) -> None:
    monkeypatch.chdir(street.folder)
    said = street.types("--json", *words)

    assert (said.code, said.document["error"]["code"]) == (code, kind)


def test_no_password_is_told(street, tmp_path: Path) -> None:
    street.types("backup", "--out", str(tmp_path / "kept.backup"))
    said = street.types(
        "--db", "postgresql://duban:the-secret-word@127.0.0.1:1/none", "restore", str(tmp_path / "kept.backup")
    )

    assert said.code == 1
    assert "the-secret-word" not in said.out + said.err


@pytest.mark.parametrize("command", ["backup", "checkpoint"])
def test_only_an_earlier_one_is_replaced_and_never_a_store(street, tmp_path: Path, command: str) -> None:
    own = tmp_path / "kept"
    for _ in range(2):
        assert street.types(command, "--out", str(own)).code == 0
    letter = tmp_path / "letter.txt"
    letter.write_text("dear street")
    other = "checkpoint" if command == "backup" else "backup"
    street.types(other, "--out", str(tmp_path / "other"))
    store = street.folder / "street.db"
    before = {place: place.read_bytes() for place in (letter, tmp_path / "other", store)}
    for place, content in before.items():
        said = street.types(command, "--out", str(place))
        assert (said.code, "nothing was changed" in said.err) == (2, True), place
        assert place.read_bytes() == content
