"""``duban document``: files in a folder, told with their digests; nothing half written, no fault without a remedy."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from duban import Engine


def test_a_paper_is_put_into_the_folder_in_each_of_its_formats(street, tmp_path: Path) -> None:
    ref = street.reports("Boxes *on* the stairs")

    said = street.types("document", ref, "--out", str(tmp_path / "papers"), "--as", "office", "--json")

    assert said.code == 0
    told = said.document
    assert [Path(one["file"]).name for one in told] == [f"{ref}-slip.zh.xlsx", f"{ref}-slip.zh.md"]
    for one in told:
        content = Path(one["file"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert "# 办理单 " in content.decode()
    assert "Boxes \\*on\\* the stairs" in content.decode()
    assert sorted(file.name for file in (tmp_path / "papers").iterdir()) == [f"{ref}-slip.zh.md", f"{ref}-slip.zh.xlsx"]


def test_papers_are_chinese_unless_another_language_is_asked_for(street, tmp_path: Path) -> None:
    ref = street.reports()

    for words, name in (([], "zh"), (["--lang", "en"], "en")):
        line = ["document", ref, "slip", "--format", "md", "--out", str(tmp_path), "--as", "office", "--json", *words]
        (told,) = street.types(*line, DUBAN_LANG="en").document
        assert Path(told["file"]).name == f"{ref}-slip.{name}.md"


def test_what_cannot_be_printed_is_told_with_what_can(street, tmp_path: Path) -> None:
    ref = street.reports()

    for words, code, says in (
        ([ref, "slipp"], 4, "did you mean `slip`?"),
        ([ref, "slip", "--format", "pdf"], 2, "possible: xlsx, md"),
        (["ISS-000099"], 4, "There is no case ISS-000099"),
        ([ref, "--out", str(street.folder / "street.db")], 2, "Name another folder with --out"),
    ):
        said = street.types("document", *words, "--as", "office")
        assert (said.code, said.out) == (code, ""), words
        assert says in said.err


def test_who_may_not_see_a_case_gets_no_paper_of_it(street, tmp_path: Path) -> None:
    street.reports()

    said = street.types("document", "ISS-000001", "--out", str(tmp_path / "papers"), "--as", "nobody", "--json")

    assert said.code == 4
    assert json.loads(said.out or said.err)["error"]["code"] == "unknown-actor"
    assert not (tmp_path / "papers").exists()


@pytest.fixture
def usual_mask() -> Iterator[None]:
    """What others may do with new files on most machines."""
    earlier = os.umask(0o022)
    yield
    os.umask(earlier)


@pytest.mark.usefixtures("usual_mask")
def test_papers_of_a_confidential_case_and_their_new_folder_are_their_owners_alone(street, tmp_path: Path) -> None:
    db = f"sqlite:///{tmp_path / 'civility.db'}"
    with Engine(db, pack="civility") as engine:
        engine.migrate()
        data = {"title": "Passed on", "unit": "civil-affairs", "grounds": "duty"}
        ref = engine.start("referral", by="discipline-secretary", data=data).ref
        about = {"title": "Stalls", "unit": "law-enforcement"}
        order = engine.start("supervision_order", by="supervision-member-1", data=about).ref
    opened = tmp_path / "opened"
    opened.mkdir()
    # What an earlier one left behind, open to all, is not written on.
    (opened / f"{ref}-transfer.zh.md").write_text("earlier")
    (opened / f".{ref}-transfer.zh.md.part").write_text("half")

    for case, by, folder, modes in (
        (ref, "discipline-secretary", tmp_path / "made", (0o700, 0o600)),
        (ref, "discipline-secretary", opened, (0o755, 0o600)),
        (order, "supervision-member-1", tmp_path / "plain", (0o755, 0o644)),
    ):
        line = ("--db", db, "document", case, "--format", "md", "--out", str(folder), "--as", by, "--json")
        (told,) = street.types(*line).document
        assert (S_IMODE(folder.stat().st_mode), S_IMODE(Path(told["file"]).stat().st_mode)) == modes
        assert [file.name for file in folder.iterdir()] == [Path(told["file"]).name]
