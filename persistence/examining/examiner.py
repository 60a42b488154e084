"""Tells what a file is by its content, and gives back what of it is kept.

What looks into files is imported when the first file comes: every engine has an examiner, and few commands bring files.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from duban.engine.model.label import Label
from duban.engine.ports.evidence import Examined, Unfit
from duban.persistence.evidence import content_of

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final[Mapping[str, int]] = {"photo": 20 * MEGABYTE, "document": 50 * MEGABYTE}
MOST_PIXELS: Final = 80_000_000
"""Width times height of a photograph."""

MEDIA: Final[Mapping[str, str]] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text": "text/plain",
}
_ENDINGS: Final[Mapping[str, frozenset[str]]] = {
    "jpeg": frozenset({"jpg", "jpeg", "jfif"}),
    "png": frozenset({"png"}),
    "webp": frozenset({"webp"}),
    "pdf": frozenset({"pdf"}),
    "docx": frozenset({"docx"}),
    "xlsx": frozenset({"xlsx"}),
    "text": frozenset({"txt", "text", "csv", "tsv", "md", "json", "log"}),
}
_PHOTOS: Final = ("jpeg", "png", "webp")
_HEIC: Final = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"})
_NAMES: Final[Mapping[str, Label | str]] = {
    "jpeg": "JPEG", "png": "PNG", "webp": "WebP", "pdf": "PDF", "docx": "Word (.docx)", "xlsx": "Excel (.xlsx)",
    "text": Label("plain text", "纯文本"),
}  # fmt: skip
_UNKNOWN: Final = Label("of an unknown kind", "未知类型")


class FileExaminer:
    """See :class:`duban.engine.ports.evidence.Examiner`."""

    def examined(
        self, source: Path | bytes, name: str, *, accept: Collection[str], keep_metadata: bool = False
    ) -> Examined:
        """What of the file is kept, and what it is.

        Raises:
            OSError: it cannot be read.
            Unfit: it is empty, too large, none of what is accepted, or not what its name says.
        """
        most = max(MOST_BYTES[kind] for kind in accept)
        content = content_of(source, most) if isinstance(source, Path) else source
        if not 0 < len(content) <= most:
            raise Unfit("evidence-size", found=name, limit=most // MEGABYTE)
        kind = _kind_of(content)
        expected = [_NAMES[one] for one in _NAMES if _group(one) in accept]
        if kind is None or _group(kind) not in accept:
            raise Unfit("evidence-kind", name=name, found=_NAMES.get(kind or "") or _guess(content), expected=expected)
        ending = Path(name).suffix.lower().removeprefix(".")
        if ending and ending not in _ENDINGS[kind]:
            raise Unfit("evidence-ending", name=name, found=_NAMES[kind], expected=sorted(_ENDINGS[kind]))
        if len(content) > MOST_BYTES[_group(kind)]:
            raise Unfit("evidence-size", found=name, limit=MOST_BYTES[_group(kind)] // MEGABYTE)
        kept, taken_out = _picture(content, kind, name) if kind in _PHOTOS else _paper(content, kind, name)
        if keep_metadata:
            return Examined(content, MEDIA[kind], ())
        return Examined(kept, MEDIA[kind], taken_out)


def _group(kind: str) -> str:
    return "photo" if kind in _PHOTOS else "document"


def _kind_of(content: bytes) -> str | None:
    """What the content is, of what can be kept; None for anything else.

    Raises:
        Unfit: of a kind that could be kept, but not like this.
    """
    from duban.persistence.examining import papers

    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        office = papers.office_kind(content)
        if office in ("macros", "bomb"):
            raise Unfit(f"evidence-{office}")
        return office
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC:
        raise Unfit("evidence-heic")
    return "text" if papers.is_text(content) else None


def _picture(content: bytes, kind: str, name: str) -> tuple[bytes, tuple[str, ...]]:
    from duban.persistence.examining import pictures

    try:
        found = pictures.cleaned(content, kind)
    except pictures.Damaged:
        raise Unfit("evidence-damaged", name=name, found=_NAMES[kind]) from None
    if found.width * found.height > MOST_PIXELS:
        size = f"{found.width} × {found.height}"
        raise Unfit("evidence-pixels", name=name, found=size, limit=MOST_PIXELS // 1_000_000)
    if not found.width or not found.height or not pictures.readable(found.content, kind):
        raise Unfit("evidence-damaged", name=name, found=_NAMES[kind])
    return found.content, found.taken_out


def _paper(content: bytes, kind: str, name: str) -> tuple[bytes, tuple[str, ...]]:
    from duban.persistence.examining import papers

    try:
        if kind == "pdf" and not papers.is_pdf(content):
            raise ValueError
        return papers.without_persons(content) if kind in ("docx", "xlsx") else (content, ())
    except ValueError:
        raise Unfit("evidence-damaged", name=name, found=_NAMES[kind]) from None


def _guess(content: bytes) -> Label | str:
    """What it is called that cannot be kept."""
    import puremagic

    try:
        found = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError):
        return _UNKNOWN
    telling = [one for one in found if len(one.byte_match.strip(b"\0")) >= 2]
    best = max(telling, key=lambda one: one.confidence, default=None)
    return f"{best.name} ({best.extension})" if best is not None and best.name else _UNKNOWN
