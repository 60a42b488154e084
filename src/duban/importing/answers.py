"""Reads a table of answer sheets: a column for the community and one for each question, by name or by label."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from duban.engine.errors import DubanError, InvalidData
from duban.engine.messages import LANGUAGES, text
from duban.engine.model.frozen import frozen
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.model.survey import Sheet, SurveyPlan
from duban.engine.surveys.sheets import COMMUNITY
from duban.importing.errors import BrokenTable, told
from duban.importing.table import Row, Table


@frozen
class SheetTable:
    """A table as sheets: rows and sheets in the same order, rows that are none, headings by what they mean.

    ``key`` names the content whatever the order of its rows, so that the order is in no key.
    """

    rows: tuple[Row, ...]
    sheets: tuple[Sheet, ...]
    broken: tuple[tuple[Row, Label], ...]
    headings: Mapping[str, str]
    key: str


def read_sheets(table: Table, plan: SurveyPlan) -> SheetTable:
    """All sheets of a table. Answers and communities are taken by name or label; an empty cell is no answer.

    Raises:
        BrokenTable: it cannot be read, or a column means nothing or the same as another.
    """
    questions = {question.name: question for question in plan.questionnaire.questions}
    columns = _columns(table, plan)
    meanings: dict[str, Mapping[str, str]] = {COMMUNITY: _by_word(plan.labels)}
    meanings |= {name: _by_word(question.answers) for name, question in questions.items()}
    rows: list[Row] = []
    sheets: list[Sheet] = []
    broken: list[tuple[Row, Label]] = []
    for row in table.rows():
        given = {
            name: meanings[name].get(row.cells[place].strip(), row.cells[place].strip())
            for place, name in columns.items()
            if place < len(row.cells) and row.cells[place].strip()
        }
        if len(row.cells) > len(table.header):
            broken.append((row, told("row.ragged", found=len(row.cells), expected=len(table.header))))
            continue
        rows.append(row)
        sheets.append(Sheet(given.pop(COMMUNITY, ""), given))
    headings = {name: table.header[place] for place, name in columns.items()}
    return SheetTable(tuple(rows), tuple(sheets), tuple(broken), headings, _key(rows))


def why_rejected(fault: DubanError, headings: Mapping[str, str]) -> Label:
    """What an error says of a row: for each problem the column as it stands in the table."""
    if not isinstance(fault, InvalidData):
        return Label(fault.message("en"), fault.message("zh"))
    parts = [
        told(
            "row.answer",
            column=headings.get(name, name),
            why=Label(*(text(f"field.{key}", lang, **data) for lang in LANGUAGES)),
        )
        for name, (key, data) in fault.problems.items()
    ]
    return Label("; ".join(part.en for part in parts), "；".join(part.zh for part in parts))


def _columns(table: Table, plan: SurveyPlan) -> dict[int, str]:
    """What each column means, by its place; those that a report of rejected rows adds are passed over."""
    words = {COMMUNITY: COMMUNITY, **{text("head.community", lang): COMMUNITY for lang in LANGUAGES}}
    for question in plan.questionnaire.questions:
        words |= dict.fromkeys((question.name, question.label.en, question.label.zh), question.name)
    known = [question.name for question in plan.questionnaire.questions]
    found: dict[int, str] = {}
    for place, name in enumerate(table.header):
        if name not in words:
            if place >= len(table.header) - 2 and name in _report_columns():
                continue
            raise BrokenTable("answer-column", table.path.name, name=name, known=known, hint=hint(name, words))
        if words[name] in found.values():
            other = next(table.header[at] for at, meant in found.items() if meant == words[name])
            raise BrokenTable("answer-twice", table.path.name, name=other, other=name, column=words[name])
        found[place] = words[name]
    if COMMUNITY not in found.values():
        raise BrokenTable("answer-no-community", table.path.name)
    return found


def _report_columns() -> Iterator[str]:
    return (text(f"import.report-{column}", lang) for column in ("line", "reason") for lang in LANGUAGES)


def _by_word(labels: Mapping[str, Label]) -> dict[str, str]:
    """Names by every word for them; a name goes before a label of the same word."""
    words = {label.text(lang): name for name, label in labels.items() for lang in LANGUAGES}
    return words | {name: name for name in labels}


def _key(rows: Sequence[Row]) -> str:
    lines = sorted("\t".join(cell.strip() for cell in row.cells) for row in rows)
    return "csv:" + hashlib.sha256("\n".join(lines).encode(errors="surrogatepass")).hexdigest()
