"""Small tables of an assessment for tests: rows by column, written as CSV or XLSX; and the pack that they are for."""

from functools import cache
from pathlib import Path

from duban.actions.registry import Registry
from duban.assessment.columns import COLUMNS
from duban.assessment.hierarchy import Hierarchy
from duban.assessment.opening import opened
from duban.assessment.shape import checked
from duban.assessment.vocabulary import Vocabulary
from duban.engine.definition.pack import load_pack
from duban.engine.definition.places import find_pack
from duban.engine.guards.cel import CelGuards
from duban.engine.model.pack import Pack
from duban.importing.cells import letters
from duban.importing.sheets import write_sheet

Row = dict[str, str | int]

NONE_BELOW = {"majors": 0, "subs": 0, "minors": 0, "indicators": 0, "points": 0, "households": 0}


@cache
def civility() -> Pack:
    """The pack `civility`."""
    return load_pack(find_pack("civility"), CelGuards(), Registry())


def small() -> list[Row]:
    """A table that holds: one major item, two of each level below, three indicators, two points, five households.

    Its rows are numbered from 2, below the header.
    """
    return [
        {"level": "total", "code": "T-1", "title": "合成小表", "majors": 1, "subs": 2, "minors": 2, "indicators": 3,
         "points": 2, "households": 5},
        {"level": "major", "code": "1", "title": "大项一", "subs": 2, "minors": 2, "indicators": 3, "points": 2},
        {"level": "sub", "code": "1.1", "parent": "1", "title": "子项一", "minors": 1, "indicators": 2, "points": 2},
        {"level": "minor", "code": "1.1.1", "parent": "1.1", "title": "小项一", "indicators": 2, "points": 2},
        {"level": "indicator", "code": "1.1.1.1", "parent": "1.1.1", "title": "楼道照明", "link": "实地考察",
         "unit": "规建办", "points": 2},
        {"level": "point", "code": "P1", "parent": "1.1.1.1", "title": "一号楼", "community": "人和街社区",
         "place": "一号楼"},
        {"level": "point", "code": "P2", "parent": "1.1.1.1", "title": "二号楼"},
        {"level": "indicator", "code": "1.1.1.2", "parent": "1.1.1", "title": "制度文件", "link": "submission",
         "unit": "party-government", "standard": "有文件、有记录"},
        {"level": "sub", "code": "1.2", "parent": "1", "title": "子项二", "minors": 1, "indicators": 1},
        {"level": "minor", "code": "1.2.1", "parent": "1.2", "title": "小项二", "indicators": 1, "points": 0},
        {"level": "indicator", "code": "1.2.1.1", "parent": "1.2.1", "title": "满意度", "link": "Questionnaire",
         "unit": "民社办"},
        {"level": "household", "title": "入户", "community": "renhejie", "households": 3},
        {"level": "入户", "title": "入户", "community": "罗家院社区", "households": 2},
    ]  # fmt: skip


def cells(rows: list[Row]) -> list[list[str | int]]:
    """The rows below their header."""
    return [list(COLUMNS), *([row.get(column, "") for column in COLUMNS] for row in rows)]


def as_xlsx(folder: Path, rows: list[Row], name: str = "table.xlsx") -> Path:
    """The rows as a workbook."""
    path = folder / name
    path.write_bytes(write_sheet(cells(rows), "测评"))
    return path


def as_csv(folder: Path, rows: list[Row], encoding: str = "utf-8", name: str = "table.csv") -> Path:
    """The rows as a CSV file."""
    path = folder / name
    path.write_bytes("".join(",".join(map(str, row)) + "\n" for row in cells(rows)).encode(encoding))
    return path


def read(path: Path, sheet: str | None = None, encoding: str = "utf-8") -> Hierarchy:
    """What the table tells to the pack `civility`."""
    return checked(opened(path, sheet, encoding), Vocabulary.of(civility()))


def cell(row: int, column: str) -> str:
    """The name of a cell in the worksheet of ``as_xlsx``; ``row`` as the sheet counts."""
    return f"{letters(COLUMNS.index(column))}{row}"
