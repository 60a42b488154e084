"""Evidence: durable, complete or absent, the same content once, and nothing but plain files."""

import errno
import hashlib
import io
import os
import stat
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.contract.samples import started

from duban.engine.errors import StoreError
from duban.persistence import evidence as module
from duban.persistence.evidence import FolderEvidence
from duban.persistence.store import SqlStore

PHOTO = b"\xff\xd8 a photograph " * 50
LIMIT = 1 << 20


@pytest.fixture
def evidence(tmp_path: Path) -> FolderEvidence:
    """A folder that is not there yet."""
    return FolderEvidence(tmp_path / "kept" / "evidence")


def _files(evidence: FolderEvidence) -> list[Path]:
    return sorted(file for file in evidence.folder.rglob("*") if file.is_file())


def _aged(evidence: FolderEvidence, digest: str, days: int) -> None:
    then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(evidence.folder / digest[:2] / digest, (then, then))


def test_content_is_kept_under_its_digest_whether_given_as_bytes_or_as_a_file(
    evidence: FolderEvidence, tmp_path: Path
) -> None:
    (tmp_path / "after.jpg").write_bytes(PHOTO)
    digest = hashlib.sha256(PHOTO).hexdigest()
    assert evidence.put(PHOTO, max_bytes=LIMIT) == (digest, len(PHOTO))
    assert evidence.put(tmp_path / "after.jpg", max_bytes=LIMIT) == (digest, len(PHOTO))
    assert _files(evidence) == [evidence.folder / digest[:2] / digest]
    with evidence.open(digest) as content:
        assert content.read() == PHOTO
    assert evidence.matches(digest)
    assert [kept for kept, _ in evidence.digests()] == [digest]


@pytest.mark.asvs("12.4.1")
def test_only_the_user_who_runs_duban_may_read_it(evidence: FolderEvidence) -> None:
    evidence.put(PHOTO, max_bytes=LIMIT)
    (file,) = _files(evidence)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(("content", "why"), [(b"", "empty"), (b"x" * (LIMIT + 1), "larger")])
@pytest.mark.parametrize("as_file", [True, False])
@pytest.mark.asvs("12.1.1")
def test_what_is_empty_or_too_large_is_refused_and_leaves_nothing(
    evidence: FolderEvidence, tmp_path: Path, content: bytes, why: str, as_file: bool
) -> None:
    (tmp_path / "given").write_bytes(content)
    with pytest.raises(ValueError, match=why):
        evidence.put(tmp_path / "given" if as_file else content, max_bytes=LIMIT)
    assert _files(evidence) == []


def test_a_file_as_large_as_allowed_is_taken(evidence: FolderEvidence) -> None:
    assert evidence.put(b"x" * LIMIT, max_bytes=LIMIT)[1] == LIMIT


@pytest.mark.parametrize("kind", ["link", "folder", "pipe", "device", "missing"])
def test_only_a_regular_file_is_taken(evidence: FolderEvidence, tmp_path: Path, kind: str) -> None:
    given = tmp_path / "given"
    (tmp_path / "real").write_bytes(PHOTO)
    if kind == "link":
        given.symlink_to(tmp_path / "real")
    elif kind == "folder":
        given.mkdir()
    elif kind == "pipe":
        os.mkfifo(given)
    elif kind == "device":
        given = Path("/dev/zero")
    with pytest.raises(OSError, match=str(given)):
        evidence.put(given, max_bytes=LIMIT)
    assert _files(evidence) == []


def test_a_large_file_is_never_in_memory_as_a_whole(evidence: FolderEvidence, tmp_path: Path) -> None:
    given = tmp_path / "film.mp4"
    with given.open("wb") as film:
        film.truncate(48 * module.CHUNK)
    tracemalloc.start()
    digest, size = evidence.put(given, max_bytes=1 << 30)
    assert evidence.matches(digest)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 48 * module.CHUNK
    assert peak < 6 * module.CHUNK


@pytest.mark.parametrize("call", ["mkdir", "fsync", "replace"])
@pytest.mark.parametrize(
    ("number", "found", "remedy"),
    [
        (errno.ENOSPC, "the disk is full", "请腾出空间后重做"),
        (errno.EDQUOT, "the disk is full", "请腾出空间后重做"),
        (errno.EROFS, "only be read", "请解除只读状态后重做"),
        (errno.EACCES, "not permitted", "请授予运行 duban 的账户读写权限后重做"),
        (errno.EIO, "the disk failed", "请查看系统日志后重做"),
        (errno.EMFILE, "too many files are open", "打开的文件过多"),
    ],
)
def test_a_folder_that_cannot_be_written_is_told_with_what_to_do_and_keeps_nothing(
    evidence: FolderEvidence, monkeypatch: pytest.MonkeyPatch, call: str, number: int, found: str, remedy: str
) -> None:
    def fails(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(StoreError, match=found) as caught:
        evidence.put(PHOTO, max_bytes=LIMIT)
    assert caught.value.data["url"] == str(evidence.folder)
    assert remedy in caught.value.message("zh")
    assert _files(evidence) == []
    monkeypatch.undo()
    evidence.put(PHOTO, max_bytes=LIMIT)
    assert len(_files(evidence)) == 1


def test_a_source_that_fails_while_it_is_read_is_not_told_as_a_fault_of_the_folder(
    evidence: FolderEvidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(module, "_opened", lambda _source: Failing())
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        evidence.put(tmp_path / "given", max_bytes=LIMIT)
    assert _files(evidence) == []


def test_content_that_may_not_be_read_is_told_and_is_no_match(
    evidence: FolderEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)

    def refused(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("builtins.open", refused)
    with pytest.raises(StoreError, match="not permitted"):
        evidence.open(digest)
    assert not evidence.matches(digest)


def test_orphans_that_cannot_be_removed_are_told(evidence: FolderEvidence, monkeypatch: pytest.MonkeyPatch) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)
    _aged(evidence, digest, days=9)

    def refused(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "replace", refused)
    with pytest.raises(StoreError, match="only be read"):
        evidence.collect_orphans(set(), datetime.now(UTC) - timedelta(days=1))
    assert evidence.matches(digest)


def test_the_content_is_on_the_disk_before_its_name_and_the_name_before_the_answer(
    evidence: FolderEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    fsync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        calls.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "content")
        fsync(handle)

    def renamed(source: str, target: Path) -> None:
        calls.append("name")
        replace(source, target)

    evidence.put(b"first, to make the folders", max_bytes=LIMIT)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    evidence.put(b"first, to make the folders", max_bytes=LIMIT)
    assert calls == ["content", "name", "folder"]


def test_a_damaged_file_does_not_match_and_is_healed_by_its_content(evidence: FolderEvidence) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)
    (file,) = _files(evidence)
    file.write_bytes(PHOTO[:-1])
    assert not evidence.matches(digest)
    evidence.put(PHOTO, max_bytes=LIMIT)
    assert evidence.matches(digest)


@pytest.mark.parametrize("name", ["", "a" * 63, "A" * 64, "../" * 20 + "etc/passwd0", "a" * 64 + "\n", "/etc/passwd"])
@pytest.mark.asvs("12.3.1")
def test_nothing_but_a_digest_names_a_file(evidence: FolderEvidence, name: str) -> None:
    evidence.put(PHOTO, max_bytes=LIMIT)
    with pytest.raises(KeyError):
        evidence.open(name)
    assert not evidence.matches(name)
    evidence.remove(name)
    assert len(_files(evidence)) == 1


def test_what_is_removed_is_gone_and_removing_again_is_quiet(evidence: FolderEvidence) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)
    evidence.remove(digest)
    evidence.remove(digest)
    assert not evidence.matches(digest)
    with pytest.raises(KeyError):
        evidence.open(digest)
    assert list(evidence.digests()) == []


def test_strangers_in_the_folder_are_not_taken_for_evidence(evidence: FolderEvidence) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)
    (evidence.folder / digest[:2] / "notes.txt").write_text("a stranger")
    (evidence.folder / digest[:2] / ("00" * 32)).write_text("on the wrong shelf")
    assert [kept for kept, _ in evidence.digests()] == [digest]


def test_orphans_are_collected_when_they_are_old_and_nobody_refers_to_them(
    evidence: FolderEvidence, store: SqlStore
) -> None:
    referred, old, young = (evidence.put(content, max_bytes=LIMIT)[0] for content in (b"referred", b"old", b"young"))
    left = evidence.folder / "arriving" / "left-by-a-crash"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    _aged(evidence, referred, days=9)
    _aged(evidence, old, days=9)
    case = started(store)
    with store.write() as writer:
        writer.add_evidence(case.id, 1, [("photo", referred)])
    with store.read() as reader:
        gone = evidence.collect_orphans(reader.evidence_digests(), datetime.now(UTC) - timedelta(days=1))
    assert gone == [old]
    assert sorted(kept for kept, _ in evidence.digests()) == sorted([referred, young])
    assert not left.exists()


def test_content_that_is_kept_again_is_young_again(evidence: FolderEvidence) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)
    _aged(evidence, digest, days=9)
    evidence.put(PHOTO, max_bytes=LIMIT)
    assert evidence.collect_orphans(set(), datetime.now(UTC) - timedelta(days=1)) == []
    assert evidence.matches(digest)


def test_content_that_is_kept_while_it_is_being_collected_stays(
    evidence: FolderEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest, _ = evidence.put(PHOTO, max_bytes=LIMIT)
    _aged(evidence, digest, days=9)
    listed = list(evidence.digests())
    evidence.put(PHOTO, max_bytes=LIMIT)
    monkeypatch.setattr(evidence, "digests", lambda: iter(listed))
    assert evidence.collect_orphans(set(), datetime.now(UTC) - timedelta(days=1)) == []
    assert evidence.matches(digest)
    assert len(_files(evidence)) == 1
