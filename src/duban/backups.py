"""Backups: a store with its evidence in one file, taken while it is at work, and put into a new store of either kind.

A backup is a ZIP archive: ``store.db``, an SQLite store that holds every row as it stood at one moment; ``evidence/``,
each file that a case refers to, under its SHA-256; ``manifest.json``, which names each of them with its size and
SHA-256. Evidence is written before the transaction that refers to it and is not removed while it is referred to, so
what the rows of the moment refer to is there.
"""

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from duban.arriving import private, replacing
from duban.engine.errors import BrokenBackup, UsageError
from duban.engine.model.frozen import frozen
from duban.engine.model.saying import why_not_regular, why_of
from duban.engine.ports.evidence import EvidenceStore
from duban.persistence.evidence import FolderEvidence, default_evidence_folder
from duban.persistence.ownership import OFFICE
from duban.persistence.store import SqlStore

FORMAT: Final = "duban-backup/1"
MANIFEST: Final = "manifest.json"
STORE: Final = "store.db"
EVIDENCE: Final = "evidence/"
CHUNK: Final = 1 << 20
LARGEST_MANIFEST: Final = 1 << 30
LARGEST_FILE: Final = 1 << 40
_NAMED: Final = 5
"""The most missing files that an error names."""

Progress = Callable[[int], None]


@frozen
class Backup:
    """What a backup holds. ``missing`` are evidence files that were gone when it was taken."""

    taken_at: datetime
    pack: str | None
    rows: int
    files: int
    missing: tuple[str, ...]


def back_up(
    store: SqlStore, evidence: EvidenceStore, place: Path, at: datetime, progress: Progress = lambda _count: None
) -> Backup:
    """Write a backup; an earlier one of this name is replaced once the new one is whole and on the disk.

    Where evidence files are gone, ``missing`` names them, and an earlier backup that lacks none is not replaced.

    Raises:
        UsageError: the file cannot be written, or is something else than an earlier backup, or an earlier one in its
            place is whole and this one would not be.
        StoreError: the store cannot be read.
    """
    with replacing(place, _is_backup) as whole:
        copy = whole.with_name(STORE)
        with closing(SqlStore(f"sqlite:///{copy}", durable=False)) as target:
            target.migrate()
            rows = sum(store.copy_to(target, progress).values())
            with target.read() as reader:
                digests, pack = sorted(reader.evidence_digests()), reader.setting("pack")
        done = _packed(whole, copy, evidence, digests, at, pack, rows)
        if done.missing and _lacks_nothing(place):
            some = [*done.missing[:_NAMED], *(["…"] if len(done.missing) > _NAMED else [])]
            raise UsageError("backup-incomplete", file=str(place), missing=some)
        return done


def _is_backup(place: Path) -> bool:
    try:
        with zipfile.ZipFile(place) as archive:
            return {MANIFEST, STORE} <= set(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return False  # what cannot be read is somebody's, too


def _lacks_nothing(place: Path) -> bool:
    """Whether a backup lies there that has all of its evidence, by what its manifest says."""
    try:
        with _opened(place) as archive:
            return not _manifest(archive, place)["missing"]
    except (BrokenBackup, UsageError):
        return False


def _packed(
    whole: Path, copy: Path, evidence: EvidenceStore, digests: list[str], at: datetime, pack: str | None, rows: int
) -> Backup:
    files: dict[str, dict[str, Any]] = {}
    missing = []
    with private(whole, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        with copy.open("rb") as content:
            files[STORE] = _put(archive, STORE, content)
        for digest in digests:
            try:
                kept = evidence.open(digest)
            except KeyError:
                missing.append(digest)
                continue
            with kept:
                files[EVIDENCE + digest] = _put(archive, EVIDENCE + digest, kept)
        document = {
            "format": FORMAT, "taken_at": at.astimezone(UTC).isoformat(), "pack": pack, "rows": rows,
            "files": files, "missing": missing,
        }  # fmt: skip
        archive.writestr(MANIFEST, json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True))
    return Backup(at, pack, rows, len(files) - 1, tuple(missing))


def _put(archive: zipfile.ZipFile, name: str, content: IO[bytes]) -> dict[str, Any]:
    found, size = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as member:
        while chunk := content.read(CHUNK):
            found.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return {"sha256": found.hexdigest(), "size": size}


def check(place: Path) -> Backup:
    """Read a whole backup and compare every file in it with the manifest.

    Raises:
        BrokenBackup: it is no backup, or something in it is missing, changed or too much.
        UsageError: the file cannot be read.
    """
    with _opened(place) as archive:
        manifest = _manifest(archive, place)
        for name in manifest["files"]:
            with archive.open(name) as member:
                _same(member, None, name, manifest, place)
        return _told(manifest)


def restore(
    place: Path, url: str, evidence: Path | None = None, progress: Progress = lambda _count: None,
    *, office: str | None = None,
) -> Backup:  # fmt: skip
    """Put a backup into the empty store at ``url``, of either kind, and its files into the folder ``evidence``.

    Everything is compared with the manifest before the first row is written. The evidence comes before the rows, and
    the rows come together or not at all. ``office`` is the office of a deployment that the store is for.

    Raises:
        BrokenBackup, UsageError: as of :func:`check`; also where the store at ``url`` is not empty, or the backup is
            that of another office.
        StoreError: the store cannot be used, or the backup is of a later version of duban.
    """
    check(place)
    with _opened(place) as archive, tempfile.TemporaryDirectory(prefix="duban-restore-") as folder:
        manifest = _manifest(archive, place)
        copy = Path(folder) / STORE
        with archive.open(STORE) as member, copy.open("wb") as file:
            _same(member, file, STORE, manifest, place)
        with closing(SqlStore(f"sqlite:///{copy}", durable=False)) as source, closing(SqlStore(url)) as target:
            source.migrate()  # a backup may be older than this duban
            _of_same_office(source, office, place)
            target.migrate()
            if not target.is_empty():
                raise UsageError("store-not-empty", url=target.url)
            kept = FolderEvidence(evidence or default_evidence_folder(url))
            _evidence(archive, manifest, kept, place)
            source.copy_to(target, progress)
            target.archives.part_from_others()
            if office is not None:
                with closing(SqlStore(url, owner=office)) as owned:
                    owned.migrate()
        return _told(manifest)


def _of_same_office(source: SqlStore, office: str | None, place: Path) -> None:
    with source.read() as reader:
        owner = reader.setting(OFFICE)
    if office is not None and owner not in (None, office):
        raise UsageError("backup-of-office", file=place.name, found=owner, office=office)


def _evidence(archive: zipfile.ZipFile, manifest: Mapping[str, Any], store: FolderEvidence, place: Path) -> None:
    for name in manifest["files"]:
        if name != STORE:
            with archive.open(name) as member, tempfile.NamedTemporaryFile() as file:
                _same(member, file, name, manifest, place)
                file.flush()
                store.put(Path(file.name), max_bytes=LARGEST_FILE)


@contextmanager
def _opened(place: Path) -> Iterator[zipfile.ZipFile]:
    strange = why_not_regular(place)
    if strange is not None:
        raise UsageError("file-unreadable", file=str(place), why=strange)
    try:
        with zipfile.ZipFile(place) as archive:
            yield archive
    except OSError as fault:
        raise UsageError("file-unreadable", file=str(place), why=why_of(fault)) from None
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ):
        raise BrokenBackup("archive", file=place.name) from None


def _manifest(archive: zipfile.ZipFile, place: Path) -> dict[str, Any]:
    names = archive.namelist()
    if MANIFEST not in names or archive.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
        raise BrokenBackup("manifest", file=place.name)
    try:
        found = json.loads(archive.read(MANIFEST))
        datetime.fromisoformat(found["taken_at"])
        whole = found["format"] == FORMAT and STORE in found["files"] and isinstance(found["rows"], int)
        whole = whole and isinstance(found["missing"], list)
        whole = whole and all(set(told) == {"sha256", "size"} for told in found["files"].values())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise BrokenBackup("manifest", file=place.name)
    if len(set(names)) != len(names) or set(names) != {MANIFEST, *found["files"]}:
        odd = sorted(set(names) ^ {MANIFEST, *found["files"]})
        raise BrokenBackup("names", file=place.name, names=odd[:5] or [STORE])
    for name, told in found["files"].items():
        if name != STORE and name != EVIDENCE + str(told["sha256"]):
            raise BrokenBackup("names", file=place.name, names=[name])
    return dict(found)


def _same(member: IO[bytes], copy: IO[bytes] | None, name: str, manifest: Mapping[str, Any], place: Path) -> None:
    """Read a file of the archive, never more than its manifest says, and copy it out."""
    told, found, size = manifest["files"][name], hashlib.sha256(), 0
    while chunk := member.read(CHUNK):
        size += len(chunk)
        if size > told["size"]:
            break
        found.update(chunk)
        if copy is not None:
            copy.write(chunk)
    if (size, found.hexdigest()) != (told["size"], told["sha256"]):
        raise BrokenBackup("changed", file=place.name, name=name)


def _told(manifest: Mapping[str, Any]) -> Backup:
    taken_at, files = datetime.fromisoformat(manifest["taken_at"]), len(manifest["files"]) - 1
    return Backup(taken_at, manifest["pack"], manifest["rows"], files, tuple(manifest["missing"]))
