"""Evidence exported: the archive that verifies, and every way of tampering with it that is found."""

import hashlib
import json
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.street import assigned, rectified

import duban
from duban.engine.model.exhibit import Flaw
from duban.engine.runtime.archiving.names import Unique, harmless, is_harmless
from duban.engine.runtime.archiving.verifying import verify_archive
from duban.testing import photograph

HOSTILE = [
    "../../etc/passwd", "..", ".", "...", "", " ", "/", "\\", "/etc/shadow", "C:\\Windows\\system32\\cmd.exe",
    "a/../b.jpg", "..\\..\\a.jpg", "con", "CON.jpg", "con.tar.gz", "prn.txt", "AUX", "aux.", "nul.jpg", "NUL",
    "com1.jpg", "COM9", "lpt1.doc", "LPT9.jpg", "com¹.txt", "conin$", "clock$.txt", "a\0b.jpg", "a\nb.jpg",
    "a\r\nb.jpg", "\x1b[2J.jpg", "a\tb.jpg", "\x7f.jpg", "\x9bjpg", "gpj.\u202eexe", "photo\u202egpj.exe",
    "\u2066a\u2069.jpg", "a\u200b.jpg", "a\u2028b.jpg", "\ufeffa.jpg", "half\ud800.jpg", "a:b.jpg", "a:$DATA",
    'a"b.jpg', "a|b.jpg", "a?.jpg", "a*.jpg", "<script>.jpg", "a.jpg.", "a.jpg ", " a.jpg", ".hidden", "..jpg",
    "x" * 300 + ".jpg", "照" * 200 + ".jpg", "a." + "x" * 200, "e\u0301.jpg", "~", "-rf", "%2e%2e%2f.jpg", "$(id).jpg",
    "`id`.jpg", "a" * 120, "照片 1.jpg", "\U000e0001a.jpg", "con." + "x" * 120, "con" + " ." * 60 + "x" * 20,
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.asvs("12.3.1")
def test_no_name_leads_out_of_its_folder_or_means_something_to_a_system(name: str) -> None:
    made = harmless(name)
    assert made not in ("", ".", "..")
    assert not any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Zl", "Zp") for one in made)
    assert not set(made) & set('<>:"/\\|?*')
    assert len(made.encode()) <= 100
    assert made == made.strip(" .")
    assert made.partition(".")[0].casefold() not in ("con", "prn", "aux", "nul", "com1", "com9", "lpt1", "lpt9", "com¹")
    assert harmless(made) == made
    assert is_harmless(f"ISS-000001/{made}")


def test_sixty_hostile_names_are_tried_and_each_path_is_given_out_once() -> None:
    assert len(HOSTILE) >= 60
    unique = Unique()
    paths = [unique.path("ISS-000001", name) for name in [*HOSTILE, *HOSTILE, "A.JPG", "a.jpg", "A.jpg"]]
    assert len({path.casefold() for path in paths}) == len(paths)
    assert all(is_harmless(path) for path in paths)
    assert Unique().path("ISS-000001", "照片 1.jpg") == "ISS-000001/照片 1.jpg"
    assert [paths[-3], paths[-1]] == ["ISS-000001/A (9).JPG", "ISS-000001/A (11).jpg"], "systems differ about capitals"


@pytest.fixture
def archive(engine: duban.Engine, tmp_path: Path) -> Path:
    """An archive of two cases with a file each."""
    refs = []
    for _ in range(2):
        case = assigned(engine)
        rectified(engine, case)
        refs.append(case.ref)
    done = engine.export_evidence(tmp_path / "out.zip", by="office", refs=refs)
    assert (done.cases, done.files) == (2, 2)
    assert verify_archive(tmp_path / "out.zip", done.manifest).flaws == ()
    return tmp_path / "out.zip"


def contents(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def written(archive: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(archive, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)


def manifest_of(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["manifest.json"])
    return found


def test_the_manifest_tells_case_row_field_post_time_and_hash_of_each_file_and_the_head_of_each_case(
    engine: duban.Engine, archive: Path
) -> None:
    files = contents(archive)
    manifest = manifest_of(files)
    assert manifest["format"] == "duban-evidence/1"
    for told in manifest["cases"]:
        assert engine.history(told["ref"], by="office")[-1].hash == told["head"]
    for one in manifest["files"]:
        row = engine.history(one["ref"], by="office")[one["seq"] - 1]
        assert (row.event, row.post, row.at.isoformat()) == (one["event"], one["post"], one["at"])
        assert hashlib.sha256(files[one["path"]]).hexdigest() == one["hash"] == row.data[one["field"]][0]["hash"]
        assert len(files[one["path"]]) == one["size"]
    seal = hashlib.sha256(files["manifest.json"]).hexdigest()
    assert files["manifest.sha256"].decode().split() == [seal, "manifest.json"]


def test_the_same_files_make_the_same_archive(engine: duban.Engine, archive: Path, tmp_path: Path) -> None:
    refs = [one["ref"] for one in manifest_of(contents(archive))["cases"]]
    engine.export_evidence(tmp_path / "again.zip", by="office", refs=refs)
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()


def _changed(files: dict[str, bytes], path: str) -> None:
    files[path] = photograph("something else")


def _missing(files: dict[str, bytes], path: str) -> None:
    del files[path]


def _swapped(files: dict[str, bytes], path: str) -> None:
    files[path] = files[path] + b"\0"


@pytest.mark.parametrize(("harm", "what"), [(_changed, "changed"), (_missing, "missing"), (_swapped, "changed")])
def test_each_changed_and_each_missing_file_is_found(
    archive: Path, harm: Callable[[dict[str, bytes], str], None], what: str
) -> None:
    for path in [one["path"] for one in manifest_of(contents(archive))["files"]]:
        files = contents(archive)
        harm(files, path)
        written(archive.with_name("harmed.zip"), files)
        assert verify_archive(archive.with_name("harmed.zip")).flaws == (Flaw(path, what),)  # type: ignore[arg-type]


def test_an_added_file_and_one_that_stands_there_twice_are_found(archive: Path) -> None:
    files = contents(archive)
    path = manifest_of(files)["files"][0]["path"]
    written(archive, {**files, "ISS-000001/more.jpg": photograph()})
    assert verify_archive(archive).flaws == (Flaw("ISS-000001/more.jpg", "added"),)
    written(archive, files)
    with zipfile.ZipFile(archive, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr(path, files[path])
    assert verify_archive(archive).flaws == (Flaw(path, "twice"),)


def test_a_changed_manifest_is_found_and_one_made_to_match_by_the_hash_kept_elsewhere(archive: Path) -> None:
    files = contents(archive)
    kept_elsewhere = hashlib.sha256(files["manifest.json"]).hexdigest()
    files["manifest.json"] = files["manifest.json"].replace(b'"event":"rectify"', b'"event":"recitfy"')
    written(archive, files)
    assert verify_archive(archive).flaws == (Flaw("manifest.json", "manifest"),)
    files["manifest.sha256"] = hashlib.sha256(files["manifest.json"]).hexdigest().encode() + b"  manifest.json\n"
    written(archive, files)
    assert verify_archive(archive).flaws == ()
    assert verify_archive(archive, kept_elsewhere).flaws == (Flaw("manifest.json", "manifest"),)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b'{"format":"duban-evidence/1","files":[{}]}', b"[" * 99_999])
def test_a_manifest_that_is_none_is_told_and_no_fault(archive: Path, manifest: bytes) -> None:
    files = {**contents(archive), "manifest.json": manifest}
    written(archive, files)
    assert Flaw("manifest.json", "unreadable") in verify_archive(archive).flaws
    del files["manifest.json"]
    written(archive, files)
    assert verify_archive(archive).flaws == (Flaw("manifest.json", "missing"),)


def test_a_path_that_leads_elsewhere_is_told_before_anybody_unpacks_it(archive: Path) -> None:
    files = contents(archive)
    path = manifest_of(files)["files"][0]["path"]
    files["manifest.json"] = files["manifest.json"].replace(path.encode(), b"../../evil.jpg")
    files["../../evil.jpg"] = files.pop(path)
    files["manifest.sha256"] = hashlib.sha256(files["manifest.json"]).hexdigest().encode()
    written(archive, files)
    assert verify_archive(archive).flaws == (Flaw("../../evil.jpg", "unsafe"),)


def test_a_truncated_archive_and_what_is_none_are_refused_in_words(archive: Path) -> None:
    whole = archive.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"PK\x03\x04", photograph()):
        archive.write_bytes(content)
        with pytest.raises(duban.UsageError, match="cannot be read as an archive"):
            verify_archive(archive)
    with pytest.raises(duban.UsageError, match="cannot be read as an archive"):
        verify_archive(archive.with_name("nothing.zip"))


def test_bytes_damaged_anywhere_are_never_called_whole_and_never_a_fault(archive: Path) -> None:
    whole = archive.read_bytes()
    before = contents(archive)
    for place in range(0, len(whole), 5):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            verdict = verify_archive(archive)
        except duban.UsageError:
            continue
        # Some bytes of a ZIP mean nothing for its content, such as times; all else is told.
        assert verdict.flaws or contents(archive) == before


def test_nothing_is_left_where_an_export_fails(engine: duban.Engine, tmp_path: Path) -> None:
    case = assigned(engine)
    rectified(engine, case)
    [exhibit] = engine.evidence(case.ref, by="office")
    engine.world.evidence.remove(exhibit.digest)
    with pytest.raises(duban.StoreError, match=r"after\.jpg"):
        engine.export_evidence(tmp_path / "out.zip", by="office", refs=[case.ref])
    assert not list(tmp_path.glob("*out.zip*"))
    with pytest.raises(duban.StoreError, match=r"after\.jpg"):
        engine.evidence_file(case.ref, "photo_after", by="office")


def test_a_file_is_taken_out_by_its_field_or_its_hash(engine: duban.Engine) -> None:
    case = assigned(engine)
    rectified(engine, case)
    [exhibit] = engine.evidence(case.ref, by="office")
    assert (exhibit.field, exhibit.post, exhibit.media, exhibit.current) == (
        "photo_after",
        "city-handler",
        "image/jpeg",
        True,
    )
    for which in ("photo_after", exhibit.digest, exhibit.digest[:6].upper()):
        found, content = engine.evidence_file(case.ref, which, by="office")
        assert (found, content) == (exhibit, photograph("after"))
    for which in ("photo", exhibit.digest[:5], "000000"):
        with pytest.raises(duban.UnknownEvidence, match="photo_after"):
            engine.evidence_file(case.ref, which, by="office")
    with pytest.raises(duban.UnknownCase):
        engine.evidence("ISS-000099", by="office")
