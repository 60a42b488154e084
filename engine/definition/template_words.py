"""The words of a template's tags, from a file that other people wrote: read in bounded time and memory."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

MOST_UNPACKED: Final = 50 * 1024 * 1024
"""Bytes of all parts of a Word file together, unpacked; an archive never unpacks to more than it declares."""
MOST_PARTS: Final = 2_000
_READ: Final = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")


def template_words(file: Path) -> str:
    """The words of a template; of a Word file, those of all its tags, whatever pieces Word cut them into.

    Raises:
        UnicodeDecodeError, zipfile.BadZipFile, KeyError, OSError: it is no such file, or too large once unpacked.
    """
    if file.suffix != ".docx":
        return file.read_text(encoding="utf-8")
    with zipfile.ZipFile(file) as packed:
        parts = packed.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise zipfile.BadZipFile("too large once unpacked")
        _ = packed.getinfo("word/document.xml")
        names = sorted(part.filename for part in parts if _READ.fullmatch(part.filename))
        texts = [_without_markup(packed.read(name).decode("utf-8")) for name in names]
    return "\n".join(tag for words in texts for tag in _tags(words))


# Both are searches and no regular expressions: those would look to the end again from each sign that is never closed.


def _without_markup(xml: str) -> str:
    first, *rest = xml.split("<")
    return first + "".join(piece.partition(">")[2] for piece in rest)


def _tags(words: str) -> Iterator[str]:
    ends = re.compile(r"[}%]\}")
    at = 0
    while (found := re.compile(r"\{[{%]").search(words, at)) is not None:
        end = ends.search(words, found.end())
        if end is None:
            return
        yield words[found.start() : end.end()]
        at = end.end()
