"""What a photograph tells of itself in EXIF: what is told of it, and what of it stays."""

from typing import Any, Final

from PIL import ExifTags, Image

_ORIENTATION: Final = 0x0112
_DETAILS: Final = 0x8769
_POSITION: Final = 0x8825
_TAKEN: Final = (0x9003, 0x9011, 0x9291)
"""When the picture was taken: the time, its offset from UTC, fractions of a second."""

_OWNER: Final = frozenset({0x013B, 0x8298, 0x9C9D, 0xA430})
_CAMERA: Final = frozenset({0x010F, 0x0110, 0x0131, 0x013C, 0x927C, 0xA420, 0xA431, 0xA432, 0xA433, 0xA434, 0xA435})


def reduced(block: bytes) -> tuple[bytes | None, tuple[str, ...]]:
    """The EXIF block (from ``Exif\\0\\0``) with nothing but how the picture is turned and when it was taken.

    None where neither is there. And what was taken out: ``position``, ``owner``, ``camera``, ``thumbnail``, ``exif``
    for anything else.
    """
    try:
        found = Image.Exif()
        found.load(block)
        details, position = dict(found.get_ifd(_DETAILS)), dict(found.get_ifd(_POSITION))
        thumbnail = dict(found.get_ifd(ExifTags.IFD.IFD1))
        tags = {**{tag: value for tag, value in found.items() if tag not in (_DETAILS, _POSITION)}, **details}
        kept = _kept(tags)
        return kept, _taken_out(tags, position, thumbnail)
    except Exception:  # whatever the library trips over: what cannot be read is not kept
        return None, ("exif",)


def _kept(tags: dict[int, Any]) -> bytes | None:
    made = Image.Exif()
    turned = tags.get(_ORIENTATION)
    if isinstance(turned, int) and 2 <= turned <= 8:
        made[_ORIENTATION] = turned
    for tag in _TAKEN:
        value = tags.get(tag)
        if isinstance(value, str) and len(value) <= 32 and value.isascii() and value.isprintable():
            made.get_ifd(_DETAILS)[tag] = value
    return made.tobytes() if len(made) or made.get_ifd(_DETAILS) else None


def _taken_out(tags: dict[int, Any], position: dict[int, Any], thumbnail: dict[int, Any]) -> tuple[str, ...]:
    names = set(tags)
    rest = names - _OWNER - _CAMERA - {_ORIENTATION, *_TAKEN}
    found = {
        "position": bool(position), "owner": bool(names & _OWNER), "camera": bool(names & _CAMERA),
        "thumbnail": bool(thumbnail), "exif": bool(rest),
    }  # fmt: skip
    return tuple(name for name, there in found.items() if there)
