"""Without Chinese fonts or without the packages nothing is printed, and the remedy is told; nothing is loaded early."""

import builtins
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from duban.actions.documents.fonts import Face, chosen, fonts
from duban.actions.documents.inert import breakable, mark, printable
from duban.actions.documents.printer import Papers
from duban.engine.errors import DocumentError
from duban.engine.model.document import Material

CHINESE = frozenset(range(0x3000, 0xA000)) | frozenset(range(0x20, 0x7F))
PRINTS = ("duban.actions.documents", "docx", "docxtpl", "fontTools", "jinja2", "matplotlib", "typst", "xlsxwriter")


def test_a_machine_without_chinese_fonts_is_told_what_to_install() -> None:
    latin = [Face("DejaVu Serif", "dejavu.ttf", 0), Face("SimHei", "broken.ttf", 0)]
    with pytest.raises(DocumentError) as caught:
        chosen(latin, lambda _face: frozenset(range(0x20, 0x7F)))
    for lang in ("en", "zh"):
        told = caught.value.message(lang)
        assert "fonts-noto-cjk" in told
        assert "pip install 'duban[documents]'" in told
        assert "FangSong" in told


def test_the_fonts_of_official_papers_go_before_those_that_come_close() -> None:
    faces = [Face(name, name, 0) for name in ("Noto Serif CJK SC", "SimHei", "FangSong", "KaiTi", "STZhongsong")]
    found = chosen(faces, lambda _face: CHINESE)
    assert {role: names[0] for role, names in found.families.items()} == {
        "title": "STZhongsong", "body": "FangSong", "head": "SimHei", "sans": "SimHei", "kai": "KaiTi"
    }  # fmt: skip


def test_a_role_without_its_font_is_set_in_the_next_one() -> None:
    found = chosen([Face("WenQuanYi Zen Hei", "wqy.ttc", 0)], lambda _face: CHINESE)
    assert {names[0] for names in found.families.values()} == {"WenQuanYi Zen Hei"}


def test_this_machine_has_fonts_for_what_offices_write() -> None:
    assert all(ord(one) in fonts().glyphs for one in "督办通报〔2020〕12号—①％ Größe, №")


def test_only_what_has_no_glyph_is_marked() -> None:
    assert printable("督办🏮 a\n", CHINESE) == "督办〔U+1F3EE〕 a\n"
    assert mark("\x00") == "〔U+0000〕"


def test_a_long_word_can_be_broken_and_a_sentence_is_left_alone() -> None:
    assert breakable("x" * 40).replace("\u200b", "") == "x" * 40
    assert breakable("x" * 40).count("\u200b") == 2
    assert breakable("short words only, and 中文中文中文中文中文中文中文中文中文") == (
        "short words only, and 中文中文中文中文中文中文中文中文中文"
    )


@pytest.mark.parametrize(
    ("kind", "package"), [("docx", "docxtpl"), ("md", "jinja2"), ("pdf", "typst"), ("xlsx", "xlsxwriter")]
)
def test_a_missing_package_is_told_with_what_installs_it(
    material: Callable[..., Material], monkeypatch: pytest.MonkeyPatch, kind: str, package: str
) -> None:
    imported = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(f"No module named {package!r}", name=package)
        return imported(name, *rest)

    fonts.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DocumentError) as caught:
        Papers().printed(material("bulletin"), [kind], "zh")
    monkeypatch.undo()
    assert caught.value.data["package"] == package
    assert "pip install 'duban[documents]'" in caught.value.message()


def test_what_prints_is_loaded_when_something_is_printed_and_not_before() -> None:
    program = (
        "import sys, duban; duban.Engine('sqlite://', pack='civility');"
        f"print([name for name in {PRINTS!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
