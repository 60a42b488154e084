"""Finds the fonts that papers are printed with: the official ones where the machine has them, else what comes close.

Chinese official papers have their titles in 小标宋, their words in 仿宋, headings in 黑体 and 楷体 (GB/T 9704). Where a
machine has none of these, the fonts of the package mplfonts serve; they are found without importing it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from duban.actions.documents.needs import printing
from duban.engine.errors import DocumentError
from duban.engine.model.frozen import frozen

_SONG: Final = (
    "Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC", "SimSun", "NSimSun", "STSong",
    "AR PL UMing CN", "AR PL SungtiL GB",
)  # fmt: skip
_HEI: Final = (
    "SimHei", "STHeiti", "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC",
    "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "PingFang SC", "Droid Sans Fallback",
)  # fmt: skip
_SANS: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC", "Microsoft YaHei")
_FANG: Final = ("FangSong", "FangSong_GB2312", "STFangsong", "FZFangSong-Z02")
_KAI: Final = ("KaiTi", "KaiTi_GB2312", "STKaiti", "AR PL UKai CN")
_XIAOBIAO: Final = ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong")
ROLES: Final[Mapping[str, tuple[str, ...]]] = {
    "title": (*_XIAOBIAO, *_SONG, *_FANG, *_HEI),
    "body": (*_FANG, *_SONG, *_KAI, *_HEI),
    "head": (*_HEI, *_SONG, *_FANG),
    "sans": (*_SANS, *_HEI, *_SONG, *_FANG),
    "kai": (*_KAI, *_FANG, *_SONG, *_HEI),
}
"""What each kind of words is set in: the first family of the list that is there."""

_SAMPLE: Final = "督办通报整改问题〔〕年月日"


@frozen
class Face:
    """One font of a file; ``index`` is its place in a collection."""

    family: str
    path: str
    index: int


@frozen
class Fonts:
    """The chosen fonts. ``families`` names, for each role, the family and those that stand in for it, in order.

    ``glyphs`` are the code points that one of them has; ``chart`` is the font of charts, with glyphs of its own.
    ``collection`` is what Typst compiles with.
    """

    families: Mapping[str, tuple[str, ...]]
    glyphs: frozenset[int]
    chart: Face
    chart_glyphs: frozenset[int]
    collection: Any


@cache
def fonts() -> Fonts:
    """The fonts of this machine, looked for once.

    Raises:
        DocumentError: none of them has Chinese characters, or the packages are missing.
    """
    with printing():
        import typst
    brought = find_spec("mplfonts")
    folders = [str(Path(place) / "fonts") for place in (brought.submodule_search_locations or [])] if brought else []
    collection = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=folders)
    faces = [Face(one.family, one.path, one.index) for one in _regular(collection.fonts()) if one.path]
    return chosen(faces, glyphs_of, collection)


def chosen(faces: Sequence[Face], covered: Callable[[Face], frozenset[int]], collection: Any = None) -> Fonts:
    """The fonts to print with, among these; ``covered`` tells the code points of a font.

    Raises:
        DocumentError: none of them has Chinese characters.
    """
    by_family: dict[str, Face] = {}
    for face in faces:
        by_family.setdefault(face.family, face)
    usable: dict[str, frozenset[int]] = {}
    for family in dict.fromkeys(name for role in ROLES.values() for name in role if name in by_family):
        glyphs = covered(by_family[family])
        if all(ord(one) in glyphs for one in _SAMPLE):
            usable[family] = glyphs
    if not usable:
        raise DocumentError("no-font", known=list(dict.fromkeys((*_FANG, *_SONG, *_HEI))))
    # The first is what the role is set in. The rest are few: each costs time, and they hold much the same.
    families = {
        role: tuple(dict.fromkeys([next(name for name in names if name in usable), *list(usable)[:4]]))
        for role, names in ROLES.items()
    }
    shared = [frozenset().union(*(usable[name] for name in names)) for names in families.values()]
    chart = families["sans"][0]
    return Fonts(families, frozenset.intersection(*shared), by_family[chart], usable[chart], collection)


def glyphs_of(face: Face) -> frozenset[int]:
    """The code points that a font has a glyph for; none where the file cannot be read."""
    with printing():
        from fontTools.ttLib import TTFont, TTLibError
    try:
        with TTFont(face.path, fontNumber=face.index, lazy=True) as font:
            return frozenset(font.getBestCmap() or {})
    except (TTLibError, OSError, KeyError, AssertionError, AttributeError):
        return frozenset()


def _regular(found: Iterable[Any]) -> list[Any]:
    """Upright and ordinary weight first, and always in the same order."""
    return sorted(found, key=lambda one: (one.style != "normal", abs(one.weight - 400), str(one.path), one.index))
