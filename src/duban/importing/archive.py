"""Looks into an XLSX file before anything reads it: an archive of XML parts that others wrote.

What is too large once unpacked, what declares entities, and what is no workbook at all is refused here, so that the
reader proper meets only what it can read in bounded time and memory.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile, ZipInfo

from duban.engine.model.saying import why_not_regular, why_of
from duban.importing.errors import BrokenTable

MAX_FILE: Final = 20 * 1024 * 1024
"""Bytes of the file itself."""

MAX_UNPACKED: Final = 64 * 1024 * 1024
"""Bytes of all parts together, unpacked. An archive cannot unpack to more than it declares: reading stops there."""

MAX_PARTS: Final = 1_000
_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 64
_OLD: Final = b"\xd0\xcf\x11\xe0"
_ENTITIES: Final = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7}(?::[A-Z]{1,3}[0-9]{1,7})?)"
)
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def checked(path: Path) -> dict[str, str]:
    """The worksheets of a workbook, each with its part of the archive, in order; refuses what is not safe to read.

    Raises:
        BrokenTable: it is not a workbook, too large, or holds what a workbook has no use for.
    """
    if why_not_regular(path) is not None:
        raise BrokenTable("not-a-file", path.name)
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            first = file.read(4)
    except OSError as fault:
        raise BrokenTable("unreadable", path.name, reason=why_of(fault)) from None
    if first == _OLD:
        raise BrokenTable("old-workbook", path.name)
    if size > MAX_FILE:
        raise BrokenTable("large", path.name, limit=MAX_FILE // 1024**2)
    try:
        with ZipFile(path) as archive:
            _bounded(path, archive.infolist())
            for part in archive.infolist():
                if part.filename.endswith((".xml", ".rels")):
                    _without_entities(path, archive, part)
            return _sheets(archive)
    except (BadZipFile, KeyError, ElementTree.ParseError, NotImplementedError, RuntimeError, EOFError, OSError):
        raise BrokenTable("no-workbook", path.name) from None


def merged_ranges(path: Path, part: str) -> list[str]:
    """The merged ranges of a worksheet, such as ``A3:A7``. The file was ``checked`` before."""
    with ZipFile(path) as archive:
        found = [match.decode() for chunk in _chunks(archive, part) for match in _MERGED.findall(chunk)]
    return list(dict.fromkeys(found))


def _bounded(path: Path, parts: list[ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED:
        raise BrokenTable("bomb", path.name, found=unpacked // 1024**2, limit=MAX_UNPACKED // 1024**2)


def _without_entities(path: Path, archive: ZipFile, part: ZipInfo) -> None:
    for chunk in _chunks(archive, part.filename):
        # In UTF-16 every other byte is a NUL: without them it reads as the same letters.
        if _ENTITIES.search(chunk) or _ENTITIES.search(chunk.replace(b"\0", b"")):
            raise BrokenTable("entities", path.name, part=part.filename)


def _chunks(archive: ZipFile, part: str) -> Iterator[bytes]:
    """A part in pieces that overlap, so that nothing is missed between two of them."""
    with archive.open(part) as stream:
        before = b""
        while piece := stream.read(_CHUNK):
            yield before + piece
            before = piece[-_OVERLAP:]


def _sheets(archive: ZipFile) -> dict[str, str]:
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = [one for one in workbook.iter() if one.tag.rpartition("}")[2] == "sheet"]
    parts = {one.get("name", ""): targets.get(one.get(_RELATION), "") for one in sheets}
    return {name: part.lstrip("/") if part.startswith("/") else f"xl/{part}" for name, part in parts.items()}
