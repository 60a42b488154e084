"""Writes evidence into a ZIP with its manifest: complete under its name, or not there at all."""

import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from duban.engine.errors import StoreError
from duban.engine.model.canonical import canonical
from duban.engine.model.case import Case
from duban.engine.model.exhibit import Exhibit, Exported
from duban.engine.model.saying import Saying
from duban.engine.ports.evidence import EvidenceStore
from duban.engine.runtime.archiving.names import Unique

FORMAT: Final = "duban-evidence/1"
MANIFEST: Final = "manifest.json"
SEAL: Final = "manifest.sha256"
_CHUNK: Final = 1 << 20
_MIDNIGHT: Final = (1980, 1, 1, 0, 0, 0)
"""The one time that every entry has: the manifest tells the real ones."""


def write_archive(
    out: Path, cases: Sequence[Case], exhibits: Sequence[Exhibit], store: EvidenceStore, pack: str, at: datetime
) -> Exported:
    """Write every file, ``manifest.json`` and its hash; ``out`` is replaced only by a whole archive.

    Raises:
        StoreError: a file is gone or is not what its case says; ``duban verify`` tells more.
        OSError: the archive cannot be written.
    """
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(partial, "x", zipfile.ZIP_DEFLATED, allowZip64=True) as packed:
            unique, files = Unique(), list[dict[str, Any]]()
            for one in exhibits:
                path = unique.path(one.ref, f"{one.seq:03} {one.field} {one.name}")
                _add(packed, path, one, store)
                files.append({"path": path, **_told(one)})
            heads = [{"ref": c.ref, "workflow": c.workflow, "version": c.version, "head": c.head} for c in cases]
            manifest = canonical(
                {"format": FORMAT, "pack": pack, "exported_at": at.isoformat(), "cases": heads, "files": files}
            ).encode() + b"\n"  # fmt: skip
            seal = hashlib.sha256(manifest).hexdigest()
            for name, content in ((MANIFEST, manifest), (SEAL, f"{seal}  {MANIFEST}\n".encode())):
                packed.writestr(_entry(name), content)
        os.replace(partial, out)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    return Exported(len(cases), len(files), sum(one.size for one in exhibits), seal)


def _add(packed: zipfile.ZipFile, path: str, one: Exhibit, store: EvidenceStore) -> None:
    found, size = hashlib.sha256(), 0
    try:
        with store.open(one.digest) as content, packed.open(_entry(path), "w", force_zip64=True) as written:
            while chunk := content.read(_CHUNK):
                found.update(chunk)
                size += len(chunk)
                written.write(chunk)
    except KeyError:
        raise StoreError(url="", why=Saying("store.no-exhibit", ref=one.ref, file=one.name)) from None
    if (found.hexdigest(), size) != (one.digest, one.size):
        raise StoreError(url="", why=Saying("store.no-exhibit", ref=one.ref, file=one.name))


def _entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _MIDNIGHT)
    made.compress_type, made.external_attr, made.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
    return made


def _told(one: Exhibit) -> Mapping[str, Any]:
    return {
        "ref": one.ref, "seq": one.seq, "event": one.event, "field": one.field, "post": one.post,
        "at": one.at.isoformat(), "name": one.name, "hash": one.digest, "size": one.size, "type": one.media,
        "taken_out": list(one.taken_out), "current": one.current,
    }  # fmt: skip
