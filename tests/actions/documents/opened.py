"""Opens papers with other programs' eyes and tells the words that stand in them."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
import openpyxl
import pypdf

MM = 72 / 25.4


def word_file(content: bytes) -> Any:
    """The document."""
    return docx.Document(io.BytesIO(content))


def word_texts(content: bytes) -> list[str]:
    """Every paragraph, those of tables too; a line break within one as ``\\n``."""
    document = word_file(content)
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [one.text for holder in (document, *cells) for one in holder.paragraphs]


def book(content: bytes) -> Any:
    """The workbook, with formulas as formulas."""
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(content: bytes) -> Iterator[Any]:
    """Every cell that holds something."""
    for sheet in book(content).worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def pdf_pages(content: bytes) -> list[str]:
    """The words of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def pdf_words(content: bytes) -> str:
    """All words without blanks and places to break, for a page breaks words where it likes."""
    return squeezed("".join(pdf_pages(content)))


def squeezed(words: str) -> str:
    """The words without blanks, hyphens at the end of a line and places to break."""
    return re.sub(r"[\s\u200b\u00ad]", "", words)


def pdf_places(content: bytes) -> Iterator[tuple[float, float]]:
    """Where words begin, in millimetres from the left and the top of their page."""
    for page in pypdf.PdfReader(io.BytesIO(content)).pages:
        height, found = float(page.mediabox.height), []

        def visit(words: str, page: Any, text: Any, _font: Any, _size: Any, found: list[Any] = found) -> None:
            if words.strip():
                x, y = text[4], text[5]
                found.append((x * page[0] + y * page[2] + page[4], x * page[1] + y * page[3] + page[5]))

        page.extract_text(visitor_text=visit)
        yield from ((x / MM, (height - y) / MM) for x, y in found)


def markdown_words(content: bytes) -> str:
    """The words as a reader of Markdown sees them: escapes undone, breaks as new lines."""
    words = content.decode("utf-8").replace("<br>", "\n")
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", words)


def parts(content: bytes) -> list[tuple[str, tuple[int, ...]]]:
    """The parts of a Word file or workbook with the time that each bears."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return [(one.filename, one.date_time) for one in packed.infolist()]
