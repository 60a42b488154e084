"""Words of several lines are paragraphs, each with its indent; and what is a draft has no number yet."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.actions.documents.opened import markdown_words, pdf_places, pdf_words, word_file, word_texts

from duban.actions.documents.printer import Papers
from duban.engine.model.document import Material

LINES = "第一段。\n\n　　第二段。\n第三段。\n"
PARTS = ["第一段。", "第二段。", "第三段。"]
INDENT = 2 * 16 * 0.3528
"""Millimetres of two characters of 16 pt."""


def printed(material: Material, *formats: str) -> list[bytes]:
    return [content for _, content in Papers().printed(material, formats, "zh")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("reply", {"answer": LINES}),
        ("bulletin", {"overall": LINES, "demands": "x"}),
        ("bulletin", {"overall": "x", "demands": LINES}),
        ("bulletin", {"overall": "x", "praise": LINES, "demands": "x"}),
    ],
)
def test_in_word_each_line_of_a_value_is_a_paragraph_with_its_indent(
    material: Callable[..., Material], name: str, data: dict[str, Any]
) -> None:
    (content,) = printed(material(name, data=data), "docx")

    found = [one for one in word_file(content).paragraphs if "段。" in one.text]
    assert [one.text for one in found] == PARTS
    assert {int(one.paragraph_format.first_line_indent) for one in found} == {406_400}
    assert len({one.runs[0].font.size for one in found}) == 1


def test_in_a_pdf_each_line_of_a_value_begins_with_the_indent(material: Callable[..., Material]) -> None:
    one, several = (
        [
            (round(x, 1), round(y, 1))
            for x, y in pdf_places(printed(material("reply", data={"answer": words}, follow="A"), "pdf")[0])
        ]
        for words in ("第一段。", LINES)
    )
    edge = min(x for x, _ in several)

    def indented(places: list[tuple[float, float]]) -> int:
        return sum(abs(x - edge - INDENT) < 0.5 for x, _ in places)

    assert indented(several) == indented(one) + 2
    assert len({y for _, y in several}) == len({y for _, y in one}) + 2


def test_the_cells_of_a_form_keep_the_lines_of_their_words(material: Callable[..., Material]) -> None:
    (content,) = printed(material("order", data={"title": "x", "demand": "第一行\n第二行"}), "docx")

    assert "第一行\n第二行" in word_texts(content)


@pytest.mark.parametrize("name", ["reply", "bulletin"])
def test_in_markdown_each_line_of_a_value_among_paragraphs_is_one(material: Callable[..., Material], name: str) -> None:
    data = {"answer": LINES} if name == "reply" else {"overall": LINES, "demands": LINES}
    (content,) = printed(material(name, data=data), "md")

    assert "\n\n第一段。\n\n第二段。\n\n第三段。\n\n" in content.decode()
    assert "<br>" not in content.decode()


def test_in_a_table_of_markdown_the_lines_of_a_value_stay_in_their_cell(material: Callable[..., Material]) -> None:
    (content,) = printed(material("order", data={"title": "一\n二", "demand": "1. 甲\n- 乙 | 丙\n"}), "md")

    lines = content.decode().splitlines()
    assert "| 督办要求 | 1\\. 甲<br>\\- 乙 \\| 丙 |" in lines
    assert "## 关于督办“一<br>二”的通知" in lines


def test_a_draft_bears_no_number_where_the_paper_takes_it_from_the_reference(
    material: Callable[..., Material],
) -> None:
    letter = {"title": "推诿", "unit": "civil-affairs", "grounds": "duty"}
    for name, data, numbered in (
        ("transfer", letter, "大文明移〔2020〕3号"),
        ("reply", {"answer": "x"}, "大文明复〔2020〕3号"),
    ):
        event = {"transfer": "transfer", "reply": "close"}[name]
        for happened, bears in (({}, False), ({event: "party-secretary"}, True)):
            docx, pdf, md = printed(material(name, data=data, happened=happened), "docx", "pdf", "md")
            for words in ("\n".join(word_texts(docx)), pdf_words(pdf), markdown_words(md)):
                assert (numbered in words, "（送审稿）" in words) == (bears, not bears), (name, words)


def test_a_bulletin_has_its_number_when_it_is_issued_and_not_before(material: Callable[..., Material]) -> None:
    data = {"number": 12, "overall": "x", "demands": "y"}

    assert "12号" not in markdown_words(printed(material("bulletin", data=data), "md")[0])
    issued = material("bulletin", data=data, happened={"issue": "office-coordination-1"})
    assert "〔2020〕12号" in markdown_words(printed(issued, "md")[0])
