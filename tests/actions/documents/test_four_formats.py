"""From one snapshot, four formats tell the same; and each is what an office expects of it."""

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.actions.documents.opened import (
    book,
    markdown_words,
    pdf_pages,
    pdf_places,
    pdf_words,
    squeezed,
    word_file,
    word_texts,
)
from tests.actions.documents.samples import TITLES, UNITS, label, share, snapshot

from duban.actions.documents.printer import Papers
from duban.engine.model.document import Material

ISSUED = {"sign": "party-secretary", "issue": "office-coordination-1"}
WORDS = {"number": 12, "overall": "总体平稳。", "demands": "按期销号。"}
CORRECTS = {
    "case": "BUL-000002", "digest": "0" * 64,
    "differences": [{"where": label("销号率"), "kind": "share", "was": share(30, 40), "is": share(31, 40)}],
}  # fmt: skip


@pytest.fixture(scope="module")
def bulletin(material: Callable[..., Material]) -> dict[str, bytes]:
    """An issued bulletin, by format."""
    told = snapshot(corrects=CORRECTS)
    made = Papers().printed(material("bulletin", told, data=WORDS, happened=ISSUED), (), "zh")
    return {name.rpartition(".")[2]: content for name, content in made}


def test_every_unit_title_and_rate_stands_in_all_four(bulletin: dict[str, bytes]) -> None:
    texts = {
        "docx": squeezed("\n".join(word_texts(bulletin["docx"]))),
        "pdf": pdf_words(bulletin["pdf"]),
        "md": squeezed(markdown_words(bulletin["md"])),
        "xlsx": squeezed(
            "\n".join(str(cell.value) for sheet in book(bulletin["xlsx"]) for row in sheet for cell in row)
        ),
    }
    for words in (*UNITS, *TITLES, "ISS-000040", "已销号件数÷（到期应销号件数−挂账件数）"):
        assert [kind for kind, text in texts.items() if squeezed(words) not in text] == [], words
    for rate in (
        "77.5%",
        "55.0%",
        "66.7%",
        "2小时44分钟",
        "大文明通报〔2020〕12号",
        "2020年12月14日",
        "BUL-000002",
        "75.0%",
    ):
        assert [kind for kind in ("docx", "pdf", "md") if rate not in texts[kind]] == [], rate


def test_nothing_of_a_pdf_stands_outside_the_margins(bulletin: dict[str, bytes]) -> None:
    places = list(pdf_places(bulletin["pdf"]))
    assert min(x for x, _ in places) > 27.5
    assert max(x for x, _ in places) < 210 - 26
    assert min(y for _, y in places) > 35
    assert max(y for _, y in places) < 297 - 20
    assert len(places) > 200


def test_a_table_repeats_its_head_on_each_page(bulletin: dict[str, bytes]) -> None:
    pages = [page for page in pdf_pages(bulletin["pdf"]) if "ISS-0000" in page]
    assert len(pages) > 1
    assert all("责任单位" in page for page in pages)
    heads = [table.rows[0]._tr.xml for table in word_file(bulletin["docx"]).tables if len(table.rows) > 4]
    assert len(heads) == 2
    assert all("w:tblHeader" in head for head in heads)


def test_numbers_stand_at_the_right_in_word_and_tables_fill_the_page(bulletin: dict[str, bytes]) -> None:
    document = word_file(bulletin["docx"])
    (units,) = [table for table in document.tables if len(table.rows) == 23]
    section = document.sections[0]
    assert units.rows[1].cells[1].paragraphs[0].alignment == 2
    assert units.rows[1].cells[0].paragraphs[0].alignment is None
    total = section.page_width - section.left_margin - section.right_margin
    assert abs(sum(cell.width for cell in units.rows[0].cells) - total) < 2_000
    assert len(document.inline_shapes) == 2


def test_a_workbook_has_typed_cells_and_the_cases_behind_every_number(bulletin: dict[str, bytes]) -> None:
    sheets = {sheet.title: sheet for sheet in book(bulletin["xlsx"]).worksheets}
    assert list(sheets) == [
        "表1 各单位整改情况", "表2 突出问题清单", "图1 各单位销号率", "图2 近八周销号率", "指标与口径", "数据来源事项"
    ]  # fmt: skip
    units, items = sheets["表1 各单位整改情况"], sheets["表2 突出问题清单"]
    assert units.freeze_panes == "A2"
    assert [cell.value for cell in units[3]] == ["人大办", 7, 5, 5 / 7, 2 / 7, 127, 71.42, 2]
    assert units["D3"].number_format == "0.0%"
    assert items["E2"].value == datetime.fromisoformat("2020-12-01")
    assert items["F2"].value == datetime.fromisoformat("2020-12-11T18:00")
    drilled = [tuple(cell.value for cell in row) for row in sheets["数据来源事项"].iter_rows(min_row=2)]
    behind = [row[4] for row in drilled if row[:3] == ("表1  各单位整改情况", "人大办", "已销号")]
    assert behind == [f"ISS-{number:06d}" for number in range(11, 16)]


def test_a_share_of_nothing_is_a_dash_and_an_empty_cell(bulletin: dict[str, bytes]) -> None:
    sheets = {sheet.title: sheet for sheet in book(bulletin["xlsx"]).worksheets}
    assert sheets["表1 各单位整改情况"]["D2"].value is None
    assert "退回整改率 | — | 0" in markdown_words(bulletin["md"])


def test_a_bulletin_that_is_not_issued_says_so_and_has_no_day(material: Callable[..., Material]) -> None:
    draft = dict(Papers().printed(material("bulletin", data={"overall": "x", "demands": "y"}), (), "zh"))
    docx, pdf, _, md = draft.values()
    for words in ("\n".join(word_texts(docx)), pdf_words(pdf), md.decode()):
        assert "（送审稿）" in words
        assert "2020年12月14日" not in words
        assert "〔2020〕12号" not in words


def test_english_papers_are_english(material: Callable[..., Material]) -> None:
    made = dict(Papers().printed(material("bulletin", data=WORDS, happened=ISSUED), ("pdf", "md"), "en"))
    words = made["BUL-000003-bulletin.en.md"].decode()
    assert "Bulletin 12 (2020)" in words
    assert "week 50 of 2020" in words
    assert "closed / (due to close − suspended)" in words
    assert squeezed("7 December 2020 to 13 December 2020") in pdf_words(made["BUL-000003-bulletin.en.pdf"])


def test_a_transfer_letter_is_marked_and_signed_by_posts(material: Callable[..., Material]) -> None:
    data = {"title": "推诿", "unit": "civil-affairs", "grounds": "duty", "proposed_as": ["discipline-secretary"]}
    happened = {"approve": "party-secretary", "transfer": "discipline-secretary"}
    made = Papers().printed(material("transfer", data=data, happened=happened), ("docx", "pdf", "md"), "zh")
    opened = {"docx": lambda content: "\n".join(word_texts(content)), "pdf": pdf_words, "md": markdown_words}
    for name, content in made:
        told = opened[name.rpartition(".")[2]](content)
        for part in ("内部", "大文明移〔2020〕3号", "民社办", "履职不到位", "组长（街道党工委书记）", "2020年12月14日"):
            assert part in told, (name, part)


def test_a_reply_has_its_code_and_no_word_of_the_report(material: Callable[..., Material]) -> None:
    data = {"title": "某户堆物", "description": "某某投诉", "category": "litter", "answer": "已清理。"}
    made = Papers().printed(material("reply", data=data, follow="ABCDE-12345"), ("docx", "pdf", "md"), "zh")
    for told in ("\n".join(word_texts(made[0][1])), pdf_words(made[1][1]), markdown_words(made[2][1])):
        assert "ABCDE-12345" in told
        assert "已清理。" in told
        assert "某" not in told
