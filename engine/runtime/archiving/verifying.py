"""Checks an archive against its manifest, without any store: what was changed, taken away, or put in."""

import hashlib
import json
import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any, Final

from duban.engine.errors import UsageError
from duban.engine.model.exhibit import Flaw, Verdict
from duban.engine.model.saying import why_not_regular, why_of
from duban.engine.runtime.archiving.names import is_harmless
from duban.engine.runtime.archiving.writing import FORMAT, MANIFEST, SEAL

_CHUNK: Final = 1 << 20
_LARGEST_MANIFEST: Final = 256 * 1024 * 1024
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)


def verify_archive(archive: Path, manifest: str | None = None) -> Verdict:
    """Check every file of an archive; the paths of a broken manifest are not believed.

    Whoever changes files and makes a manifest to match is found out by ``manifest``, the hash that the export told.

    Raises:
        UsageError: it is no archive, or cannot be read.
    """
    strange = why_not_regular(archive)
    if strange is not None:
        raise UsageError("no-archive", file=str(archive), why=strange)
    try:
        with zipfile.ZipFile(archive) as packed:
            return _checked(packed, manifest)
    except _BROKEN as fault:
        why = why_of(fault)
        raise UsageError("no-archive", file=str(archive), why=why) from None


def _checked(packed: zipfile.ZipFile, expected: str | None) -> Verdict:
    entries = Counter(entry.filename for entry in packed.infolist())
    flaws = [Flaw(name, "twice") for name, count in entries.items() if count > 1]
    raw = _read(packed, MANIFEST) if MANIFEST in entries else None
    if raw is None:
        return Verdict(0, None, (*flaws, Flaw(MANIFEST, "missing")))
    found = hashlib.sha256(raw).hexdigest()
    seal = (_read(packed, SEAL) or b"").split(b" ")[0].decode("ascii", "replace")
    if found != seal or expected not in (None, found):
        flaws.append(Flaw(MANIFEST, "manifest"))
    files = _files(raw)
    if files is None:
        return Verdict(0, found, (*flaws, Flaw(MANIFEST, "unreadable")))
    for path, wanted in files.items():
        if not is_harmless(path):
            flaws.append(Flaw(path, "unsafe"))
        if path not in entries:
            flaws.append(Flaw(path, "missing"))
        elif not _matches(packed, path, *wanted):
            flaws.append(Flaw(path, "changed"))
    known = {MANIFEST, SEAL, *files, *(f"{path.rpartition('/')[0]}/" for path in files)}  # and their folders
    flaws += [Flaw(name, "added") for name in entries if name not in known]
    return Verdict(len(files), found, tuple(flaws))


def _files(raw: bytes) -> dict[str, tuple[str, int]] | None:
    """The hash and the size that the manifest tells of each path; None where it is no manifest."""
    try:
        manifest: Any = json.loads(raw)
        if manifest["format"] != FORMAT:
            return None
        return {str(one["path"]): (str(one["hash"]), int(one["size"])) for one in manifest["files"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _read(packed: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        with packed.open(name) as content:
            return content.read(_LARGEST_MANIFEST)
    except (KeyError, *_BROKEN):
        return None


def _matches(packed: zipfile.ZipFile, path: str, digest: str, size: int) -> bool:
    found, read = hashlib.sha256(), 0
    try:
        with packed.open(path) as content:
            # One byte more than is told is enough to know; so nothing that unfolds without end is followed.
            while read <= size and (chunk := content.read(min(_CHUNK, size + 1 - read))):
                found.update(chunk)
                read += len(chunk)
    except (KeyError, *_BROKEN):
        return False
    return (found.hexdigest(), read) == (digest, size)
