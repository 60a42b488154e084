"""Words that some program would take for more than words come out of every format as they went in, and do nothing."""

import re
from collections.abc import Callable

import pytest
from tests.actions.documents.opened import (
    cells,
    markdown_words,
    pdf_words,
    squeezed,
    word_file,
    word_texts,
)
from tests.actions.documents.samples import HOSTILE, MARKED, snapshot

from duban.actions.documents.inert import inert
from duban.actions.documents.printer import Papers
from duban.engine.model.document import Material

TITLES = (*HOSTILE, *MARKED)
EXPECTED = [*HOSTILE, *MARKED.values()]
RARE = "督办🏮\U00020bb7"
LONG = "整改" * 5_000


@pytest.fixture(scope="module")
def bulletin(material: Callable[..., Material]) -> dict[str, bytes]:
    """A bulletin whose table of issues, unit names, notes, labels and charts all mean harm."""
    told = snapshot(TITLES)
    hostile = {"en": HOSTILE[4], "zh": HOSTILE[4]}
    told["tables"][0]["rows"][0]["cells"][0] = {"en": HOSTILE[0], "zh": HOSTILE[0]}
    told["tables"][0]["notes"].append(hostile)
    told["tables"][1]["label"] = hostile
    told["charts"][0]["label"] = hostile
    told["charts"][0]["x"][0] = {"en": "$\\frac{", "zh": "$\\frac{"}
    told["charts"][1]["series"][0]["label"] = {"en": "_hidden", "zh": "_hidden"}
    data = {"overall": HOSTILE[0], "praise": HOSTILE[4], "demands": HOSTILE[8], "number": 7}
    made = Papers().printed(material("bulletin", told, data=data), (), "zh")
    return {name.rpartition(".")[2]: content for name, content in made}


@pytest.mark.asvs("5.3.1")
def test_a_word_file_holds_them_as_they_are_and_works_nothing_out(bulletin: dict[str, bytes]) -> None:
    texts = word_texts(bulletin["docx"])
    assert [words for words in EXPECTED if words not in texts] == []
    assert "49" not in texts
    xml = word_file(bulletin["docx"]).element.xml
    assert "w:fldSimple" not in xml
    assert re.search("[\ufdd0-\ufdef]", xml) is None


@pytest.mark.asvs("5.3.10")
def test_a_workbook_holds_them_as_text_and_no_formula(bulletin: dict[str, bytes]) -> None:
    found = list(cells(bulletin["xlsx"]))
    values = [cell.value for cell in found]
    assert [words for words in EXPECTED if words not in values] == []
    assert {cell.data_type for cell in found} <= {"s", "n", "d"}
    assert [cell.hyperlink for cell in found if cell.hyperlink is not None] == []


def test_a_pdf_shows_them_as_they_are(bulletin: dict[str, bytes]) -> None:
    shown = pdf_words(bulletin["pdf"])
    assert [words for words in EXPECTED if squeezed(words) not in shown] == []


@pytest.mark.asvs("5.2.8")
def test_markdown_shows_them_as_they_are_and_has_no_markup_but_its_own(bulletin: dict[str, bytes]) -> None:
    source = bulletin["md"].decode()
    shown = markdown_words(bulletin["md"])
    assert [words for words in EXPECTED if words not in shown] == []
    assert set(re.findall(r"(?<!\\)<[^>]*>", source)) == {"<br>"}
    assert re.findall(r"(?<!\\)[{`$]|(?<!\\)\[", source) == []
    assert re.findall(r"[a-z](?<!\\)://", source) == []


@pytest.mark.parametrize("words", HOSTILE)
def test_a_letter_takes_each_of_them_as_a_title(material: Callable[..., Material], words: str) -> None:
    made = dict(Papers().printed(material("order", data={"title": words, "unit": "safety"}), (), "zh"))
    docx, pdf, md = (next(made[name] for name in made if name.endswith(kind)) for kind in ("docx", "pdf", "md"))
    assert f"关于督办“{words}”的通知" in word_texts(docx)
    assert squeezed(words) in pdf_words(pdf)
    assert words in markdown_words(md)


def test_ten_thousand_characters_fill_pages_and_lose_none(material: Callable[..., Material]) -> None:
    made = dict(Papers().printed(material("order", data={"title": LONG, "unit": "safety"}), ("docx", "pdf"), "zh"))
    assert LONG in word_texts(made["ORD-000003-order.zh.docx"])
    assert pdf_words(made["ORD-000003-order.zh.pdf"]).count("整改") >= 5_000


def test_what_no_font_has_is_marked_in_print_and_kept_in_word(material: Callable[..., Material]) -> None:
    made = dict(Papers().printed(material("order", data={"title": RARE, "unit": "safety"}), ("docx", "pdf"), "zh"))
    assert RARE in word_texts(made["ORD-000003-order.zh.docx"])
    assert "督办〔U+1F3EE〕" in pdf_words(made["ORD-000003-order.zh.pdf"])


def test_ends_of_lines_and_tabs_are_those_of_paper() -> None:
    assert inert("a\r\nb\rc\u2028d\te") == "a\nb\nc\nd e"
    assert inert("e\u0301督办🏮") == "e\u0301督办🏮"
