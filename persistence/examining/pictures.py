"""Photographs: JPEG, PNG and WebP, taken apart into their segments and put together without what tells too much.

The picture itself is never decoded nor encoded again, so it stays bit for bit what the camera made, and a picture that
would fill the memory when it is unfolded harms nobody.
"""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Final

from PIL import Image

from duban.engine.model.frozen import frozen
from duban.persistence.examining.exif import reduced

EXIF: Final = b"Exif\0\0"
_SCAN_ENDS: Final = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD hIST pHYs acTL fcTL fdAT".split()
)
_WEBP_KEPT: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04


class Damaged(Exception):
    """The content is not a whole picture of its kind."""


@frozen
class Cleaned:
    """A picture without what tells too much: its content, width and height in pixels, and what was taken out."""

    content: bytes
    width: int
    height: int
    taken_out: tuple[str, ...]


def cleaned(content: bytes, kind: str) -> Cleaned:
    """Take a picture of ``kind`` (``jpeg``, ``png`` or ``webp``) apart and leave out what is not the picture.

    Raises:
        Damaged: it is not whole.
    """
    try:
        found = {"jpeg": _jpeg, "png": _png, "webp": _webp}[kind](content)
    except (IndexError, ValueError) as fault:
        raise Damaged from fault
    names = tuple(dict.fromkeys(found.taken_out))
    return Cleaned(found.content if names else content, found.width, found.height, names)


def readable(content: bytes, kind: str) -> bool:
    """Whether the library reads the picture's head and finds its parts whole. Ask only where the size is bounded."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind.upper()]) as picture:
            picture.verify()
    except Exception:  # whatever the library trips over: such a picture is not kept
        return False
    return True


def _jpeg(content: bytes) -> Cleaned:
    kept, gone, size = [content[:2]], list[str](), (0, 0)
    place, ended = 2, False
    while not ended:
        if content[place] != 0xFF:
            raise Damaged
        while content[place] == 0xFF:
            place += 1
        marker = content[place]
        place += 1
        if marker == 0xD9:
            ended = True
            kept.append(b"\xff\xd9")
            continue
        length = int.from_bytes(content[place : place + 2], "big")
        body = content[place + 2 : place + length]
        if length < 2 or len(body) != length - 2:
            raise Damaged
        place += length
        if marker in _FRAMES:
            size = (int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
        body_, names = _jpeg_segment(marker, body)
        gone += names
        if body_ is not None:
            kept.append(bytes([0xFF, marker]) + (len(body_) + 2).to_bytes(2, "big") + body_)
        if marker == 0xDA:
            end = _SCAN_ENDS.search(content, place)
            if end is None:
                raise Damaged
            kept.append(content[place : end.start()])
            place = end.start()
    if content[place:].strip(b"\0"):
        gone.append("appended")  # other pictures and short films lie there, with positions of their own
    return Cleaned(b"".join(kept), *size, tuple(gone))


def _jpeg_segment(marker: int, body: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """The segment as it is kept, or None; and what was taken out of it."""
    if marker == 0xE1 and body.startswith(EXIF):
        return reduced(body)
    if marker == 0xE0 and body.startswith(b"JFIF\0"):
        return (body[:12] + b"\0\0", ("thumbnail",)) if len(body) > 14 else (body, ())
    if marker == 0xFE:
        return None, ("comment",)
    if not 0xE0 <= marker <= 0xEF:
        return body, ()
    if (marker == 0xE2 and body.startswith(b"ICC_PROFILE\0")) or (marker == 0xEE and body.startswith(b"Adobe")):
        return body, ()
    return None, ("xmp",) if b"adobe.com/xap" in body[:40] or b"adobe.com/xmp" in body[:40] else ("other",)


def _png(content: bytes) -> Cleaned:
    kept, gone = [_PNG], list[str]()
    size, place, kind = (0, 0), len(_PNG), b""
    while kind != b"IEND":
        length, kind = int.from_bytes(content[place : place + 4], "big"), content[place + 4 : place + 8]
        chunk = content[place : place + 12 + length]
        if len(chunk) != 12 + length or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise Damaged
        if kind == b"IHDR":
            size = (int.from_bytes(chunk[8:12], "big"), int.from_bytes(chunk[12:16], "big"))
        if kind in _PNG_KEPT:
            kept.append(chunk)
        elif kind == b"eXIf":
            block, names = reduced(EXIF + chunk[8:-4])
            gone += names
            if block is not None:
                made = kind + block.removeprefix(EXIF)
                kept.append((len(made) - 4).to_bytes(4, "big") + made + zlib.crc32(made).to_bytes(4, "big"))
        else:
            gone.append("xmp" if b"XML:com.adobe.xmp" in chunk[:40] else "comment" if b"Xt" in kind else "other")
        place += len(chunk)
    if content[place:].strip(b"\0"):
        gone.append("appended")
    return Cleaned(b"".join(kept), *size, tuple(gone))


def _webp(content: bytes) -> Cleaned:
    total = 8 + int.from_bytes(content[4:8], "little")
    if len(content) < total:
        raise Damaged
    kept, gone, size = list[tuple[bytes, bytes]](), list[str](), (0, 0)
    for kind, body in _riff(content[12:total]):
        size = size if any(size) else _webp_size(kind, body)
        if kind in _WEBP_KEPT:
            kept.append((kind, body))
        elif kind == b"EXIF":
            block, names = reduced(body if body.startswith(EXIF) else EXIF + body)
            gone += names
            if block is not None:
                kept.append((kind, block.removeprefix(EXIF)))
        else:
            gone.append("xmp" if kind == b"XMP " else "other")
    if content[total:].strip(b"\0"):
        gone.append("appended")
    turned = any(kind == b"EXIF" for kind, _ in kept)
    chunks = b"".join(_webp_chunk(kind, body, turned) for kind, body in kept)
    made = b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WEBP" + chunks
    return Cleaned(made, *size, tuple(gone))


def _riff(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place < len(content):
        kind, length = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        body = content[place + 8 : place + 8 + length]
        if len(kind) != 4 or len(body) != length:
            raise Damaged
        yield kind, body
        place += 8 + length + length % 2


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if kind == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    if kind == b"VP8L":
        packed = int.from_bytes(body[1:5], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    return 0, 0


def _webp_chunk(kind: bytes, body: bytes, turned: bool) -> bytes:
    if kind == b"VP8X":
        # Its flags tell which chunks follow.
        flags = body[0] & ~(_WEBP_EXIF | _WEBP_XMP) | (_WEBP_EXIF if turned else 0)
        body = bytes([flags]) + body[1:]
    return kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
