"""File names that mean the same on every system: readable, unique, and harmless wherever they are unpacked."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 100
"""The most bytes of a file name in UTF-8, without what makes it unique."""

_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\ud800-\udfff]')
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Cn"})
_RESERVED: Final = re.compile(
    r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?=\.|$)", re.IGNORECASE
)


def harmless(name: str) -> str:
    """The name without a path, control or invisible characters, and nothing that any system keeps for itself.

    Its ending stays, at most 12 bytes of it; what is left of it is cut to ``LONGEST`` bytes.
    """
    bare = re.split(r"[/\\]", name)[-1]
    bare = unicodedata.normalize("NFC", bare.encode("utf-8", "replace").decode())
    bare = "".join("_" if unicodedata.category(one) in _INVISIBLE else one for one in bare)
    bare = _UNFIT.sub("_", bare).strip(" .")
    stem, dot, ending = bare.rpartition(".")
    if not dot or not stem.strip(" .") or len(ending.encode()) > 12:
        stem, ending = bare, ""
    tail = f".{ending}" if ending else ""
    most = LONGEST - len(tail.encode())
    stem = _cut(stem.rstrip(" ."), most) or "file"
    if _RESERVED.match(f"{stem}{tail}"):
        stem = _cut(f"_{stem}", most)
    return f"{stem}{tail}"


class Unique:
    """Gives each name out once, whatever case a system tells apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def path(self, folder: str, name: str) -> str:
        """``folder/name``, with a number before the ending where that is taken."""
        bare, made, number = harmless(name), "", 1
        while not made or made.casefold() in self._taken:
            made, number = f"{harmless(folder)}/{_numbered(bare, number)}", number + 1
        self._taken.add(made.casefold())
        return made


def _numbered(name: str, number: int) -> str:
    """The name itself, or with a number before its ending, still no longer than a name may be."""
    if number == 1:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending.encode()) > 12:
        stem, ending = name, ""
    tail = f" ({number})" + (f".{ending}" if ending else "")
    return f"{_cut(stem, LONGEST - len(tail.encode()))}{tail}"


def is_harmless(path: str) -> bool:
    """Whether a path of an archive is one that is given out here: a folder and a name, both harmless."""
    parts = path.split("/")
    return len(parts) == 2 and all(part and harmless(part) == part for part in parts)


def _cut(words: str, most: int) -> str:
    return words.encode()[:most].decode("utf-8", "ignore").rstrip(" .")
