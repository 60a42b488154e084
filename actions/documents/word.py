"""Prints a paper as a Word file from a template that an office edits in Word.

Tags are worked out once. Words of others are out of reach of that: while it happens, their braces, per cent signs and
hashes are characters that no text can hold, and are put back afterwards.
"""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from duban.actions.documents.archive import repacked
from duban.actions.documents.needs import printing
from duban.actions.documents.paper import Paper, changed, shares_of
from duban.actions.documents.sandbox import room

_HIDDEN: Final = {"{": "\ufdd0", "}": "\ufdd1", "%": "\ufdd2", "#": "\ufdd3"}
_SHOWN: Final = str.maketrans({hidden: sign for sign, hidden in _HIDDEN.items()})
_HIDE: Final = str.maketrans(_HIDDEN)
_NUMBER: Final = "\ufdd5"
_PLAIN: Final = "\ufdd6"
_PARAGRAPH: Final = re.compile(r"<w:p(?: [^>]*)?>(?:(?!</w:p>).)*?<w:pPr>.*?</w:pPr>.*?</w:p>", re.DOTALL)
_INDENTED: Final = re.compile(r'<w:ind\b[^>]*\bw:firstLine(?:Chars)?="[1-9]')
_TEXT: Final = re.compile(r"(<w:t(?: [^>]*)?>)(.*?)(?=</w:t>)", re.DOTALL)
_NEXT: Final = "\a"
"""What the package makes a new paragraph of, which looks as the one before."""

_CHART_MM: Final = 156
_MANY_COLUMNS: Final = 8
_SMALL: Final = "17"
"""Half points: what tables of many columns are set in."""


def printed(paper: Paper, template: Path, charts: Mapping[str, bytes]) -> bytes:
    """The paper as .docx. Each table takes the width of the page, numbers stand at the right.

    Raises:
        jinja2.TemplateError, KeyError, ValueError: the template does not work.
        DocumentError: the package is missing.
    """
    made = _template(template)
    made.render(_told(paper, charts, made), room(escape=True))
    _arrange(made.docx)
    properties = made.docx.core_properties
    stamp = paper.at.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.created, properties.modified = paper.title[:255], stamp, stamp
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.language, properties.revision = ("zh-CN" if paper.lang == "zh" else "en"), 1
    content = io.BytesIO()
    made.docx.save(content)
    return repacked(content.getvalue(), paper.at)


def source_of(template: Path) -> Iterator[str]:
    """The parts of a template as they are handed to the tags' language, for looking at them."""
    made = _template(template)
    made.init_docx()
    made.render_init()
    yield made.patch_xml(made.get_xml())
    for uri in (made.HEADER_URI, made.FOOTER_URI):
        for _, part in made.get_headers_footers(uri):
            yield made.patch_xml(made.get_part_xml(part))


def _template(template: Path) -> Any:
    with printing():
        from docxtpl import DocxTemplate

    class Template(DocxTemplate):  # type: ignore[misc]
        """Puts the signs of others back, and nothing else: the package would turn ``{_{`` into a tag as well."""

        def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
            self.current_rendering_part = part
            made = jinja_env.from_string(src_xml).render(context)
            return str(self.resolve_listing(_in_paragraphs(made)).translate(_SHOWN))

    return Template(template)


def _in_paragraphs(xml: str) -> str:
    """Words of several lines, where a paragraph is indented, as a paragraph each; elsewhere they keep their lines."""

    def apart(text: re.Match[str]) -> str:
        return text[1] + (re.sub(r"\s*\n\s*", _NEXT, text[2].strip()) if "\n" in text[2] else text[2])

    def looked_at(paragraph: re.Match[str]) -> str:
        return _TEXT.sub(apart, paragraph[0]) if _INDENTED.search(paragraph[0]) else paragraph[0]

    return _PARAGRAPH.sub(looked_at, xml)


class _Picture:
    """A chart as a template places it; it is drawn into the part that is being rendered, and can do nothing else."""

    __slots__ = ("_content", "_owner")

    def __init__(self, owner: Any, content: bytes) -> None:
        self._owner, self._content = owner, content

    def __html__(self) -> str:
        from docx.shared import Mm
        from docxtpl import InlineImage

        return str(InlineImage(self._owner, io.BytesIO(self._content), width=Mm(_CHART_MM)))


def _told(paper: Paper, charts: Mapping[str, bytes], made: Any) -> dict[str, Any]:
    told: dict[str, Any] = changed(paper.told, lambda words: words.translate(_HIDE))
    for chart, content in zip(told["charts"], charts.values(), strict=True):
        chart["picture"] = _Picture(made, content)
    for table in told["tables"]:
        numbers = [column["number"] for column in table["columns"]]
        for column in table["columns"]:
            column["label"] = _PLAIN + column["label"]
        table["rows"] = [
            [(_NUMBER if number else _PLAIN) + cell for number, cell in zip(numbers, row, strict=True)]
            for row in table["rows"]
        ]
    return told


def _arrange(document: Any) -> None:
    """Give data tables their widths and alignments, and take the signs away that told which they are."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    for element in list(document.element.body.iter(qn("w:tbl"))):
        rows = [list(row.iterchildren(qn("w:tc"))) for row in element.iterchildren(qn("w:tr"))]
        words = [["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row] for row in rows]
        if any(_PLAIN in cell or _NUMBER in cell for row in words for cell in row):
            _widen(document, Table(element, document), rows, words)
    for element in document.element.body.iter(qn("w:p")):
        for text in element.iter(qn("w:t")):
            if text.text and _NUMBER in text.text:
                Paragraph(element, document).alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if text.text:
                text.text = text.text.replace(_NUMBER, "").replace(_PLAIN, "")


def _widen(document: Any, table: Any, rows: list[list[Any]], words: list[list[str]]) -> None:
    """The table as wide as the page between its margins, each column by what stands in it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Twips

    section = document.sections[0]
    total = (section.page_width - section.left_margin - section.right_margin) // Twips(1)
    most = max(len(row) for row in rows)
    full = [row for row in words if len(row) == most]
    firm = [any(_NUMBER in row[index] for row in full) for index in range(most)]
    even = [[cell.strip(_NUMBER + _PLAIN) for cell in row] for row in full]
    widths = [total * share // 100 for share in shares_of(even, firm)]
    widths[widths.index(max(widths))] += total - sum(widths)
    table.autofit = False
    for width in table._tbl.tblPr.iterchildren(qn("w:tblW")):
        width.set(qn("w:type"), "dxa")
        width.set(qn("w:w"), str(total))
    grid = table._tbl.tblGrid
    for column in list(grid):
        grid.remove(column)
    for one in widths:
        column = OxmlElement("w:gridCol")
        column.set(qn("w:w"), str(one))
        grid.append(column)
    for row in rows:
        for cell, one in zip(row, widths, strict=False):
            cell.width = Twips(one)
            if most > _MANY_COLUMNS:
                for size in cell.iter(qn("w:sz"), qn("w:szCs")):
                    size.set(qn("w:val"), _SMALL)
