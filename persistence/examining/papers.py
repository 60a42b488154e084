"""Documents: PDF, Word and Excel in their present forms, and plain text."""

import io
import re
import zipfile
from typing import Final

MOST_UNPACKED: Final = 300 * 1024 * 1024
MOST_PARTS: Final = 10_000
"""What a Word or Excel file may unfold to, in bytes and in parts."""

_CORE, _APP = "docProps/core.xml", "docProps/app.xml"
_PERSONS: Final = {
    _CORE: re.compile(rb"(<(?:dc:creator|cp:lastModifiedBy)(?:\s[^>]*)?>)[^<]+(?=</)"),
    _APP: re.compile(rb"(<(?:Manager|Company)(?:\s[^>]*)?>)[^<]+(?=</)"),
}
_UNREADABLE: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def is_pdf(content: bytes) -> bool:
    """Whether it begins as a PDF does, at its first byte, and ends as one."""
    return content.startswith(b"%PDF-") and b"%%EOF" in content[-2048:] and b"startxref" in content[-4096:]


def is_text(content: bytes) -> bool:
    """Whether all of it is text in UTF-8, UTF-16 with its mark, or GB 18030, without control characters."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            words = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return _UNREADABLE.search(words) is None
    return False


def office_kind(content: bytes) -> str | None:
    """``docx`` or ``xlsx``; ``macros`` where one carries a program, ``bomb`` where it unfolds too far; else None."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        return None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        return "bomb"
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return "macros"
    return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else None


def without_persons(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """A Word or Excel file without the names of author, last editor, manager and company; the same where it has none.

    Raises:
        ValueError: its parts cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            changed: dict[str, bytes] = {}
            for name, persons in _PERSONS.items():
                if name in packed.namelist():
                    before = packed.read(name)
                    after = persons.sub(rb"\1", before)
                    changed |= {name: after} if after != before else {}
            if not changed:
                return content, ()
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as again:
                for part in packed.infolist():
                    again.writestr(part, changed.get(part.filename, packed.read(part)))
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, zipfile.LargeZipFile) as fault:
        raise ValueError("damaged") from fault
    return made.getvalue(), ("owner",)
