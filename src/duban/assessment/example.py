"""Makes a table of exactly the shape that the pack tells, in synthetic words; the official one is not public here.

The same pack gives the same bytes. Every title says that it is synthetic, and so do the code of the table, the sheet,
and the name of the file.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from duban.assessment.columns import COLUMNS, COUNTS, labels
from duban.assessment.shape import ABOVE, TOTAL
from duban.assessment.vocabulary import Vocabulary
from duban.engine.errors import UsageError
from duban.engine.model.pack import Pack
from duban.engine.model.saying import why_of
from duban.importing.sheets import write_sheet

CODE: Final = "SYNTHETIC"
TITLE: Final = "合成测评表，非官方 (synthetic table, not the official one)"
SHEET: Final = "合成 synthetic"
FILE: Final = "assessment-synthetic.xlsx"

_LINKS: Final = (0, 1, 0, 1, 2)
"""Which link an indicator has, in turn: of five, two are submitted, two inspected in the field, one asked about."""

_WIDTHS: Final = {
    "level": 10,
    "code": 14,
    "parent": 14,
    "title": 46,
    "standard": 40,
    "unit": 22,
    "community": 16,
    "place": 24,
}

Row = dict[str, str | int]


def example(pack: Pack, lang: str) -> list[Row]:
    """The rows of the table: the total, the hierarchy from the top down, the households.

    Raises:
        UsageError: the pack has no assessment.
    """
    return list(_Maker(pack, lang).rows())


def written(path: Path, rows: Sequence[Row], lang: str) -> None:
    """Write the table as XLSX or CSV, by the ending of the file.

    Raises:
        UsageError: another ending, a name that does not say synthetic, or a place that cannot be written.
    """
    name = path.name.lower()
    if "synthetic" not in name and "合成" not in name:
        raise UsageError("not-named-synthetic", found=path.name, example=f"{path.stem}-synthetic{path.suffix}")
    names = labels()
    table: list[list[str | int]] = [
        [names[column].text(lang) for column in COLUMNS],
        *([row.get(column, "") for column in COLUMNS] for row in rows),
    ]
    if path.suffix.lower() == ".xlsx":
        content = write_sheet(table, SHEET, [_WIDTHS.get(column, 9) for column in COLUMNS])
    elif path.suffix.lower() == ".csv":
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(table)
        # With a byte order mark, office programs read it as UTF-8.
        content = text.getvalue().encode("utf-8-sig")
    else:
        raise UsageError("table-ending", found=path.name)
    try:
        path.write_bytes(content)
    except OSError as fault:
        raise UsageError("file-unwritable", file=str(path), why=why_of(fault)) from None


class _Maker:
    def __init__(self, pack: Pack, lang: str) -> None:
        self._words = words = Vocabulary.of(pack)
        self._lang = lang
        self._links = list(words.links)
        # Those that owe reports are the units that lead something, where the pack tells them.
        owing = [str(entry.get("unit")) for entry in pack.catalogues.get("reporting-units", {}).values()]
        leading = [name for name in owing if name in words.units and name not in words.communities]
        self._units = leading or [name for name in words.units if name not in words.communities] or list(words.units)
        self._communities = list(words.communities)
        self._children = _spread_out(words, self._link)
        self._below: dict[tuple[str, int], dict[str, int]] = {}

    def rows(self) -> Iterator[Row]:
        counts = {column: self._words.numbers[level] for column, level in COUNTS.items()}
        yield {"level": self._level(TOTAL), "code": CODE, "title": TITLE, **counts}
        for number in range(self._words.numbers["major"]):
            yield from self._item("major", number, "", str(number + 1))
        for community, count in zip(
            self._communities, _spread(self._words.numbers["household"], len(self._communities)), strict=True
        ):
            label = self._words.communities[community].text(self._lang)
            yield {
                "level": self._level("household"),
                "title": f"合成入户 {label} (synthetic)",
                "community": label,
                "households": count,
            }

    def _item(self, level: str, number: int, parent: str, code: str) -> Iterator[Row]:
        row: Row = {"level": self._level(level), "code": code, "parent": parent}
        row["title"] = f"合成{self._words.levels[level].zh} {code} (synthetic)"
        row |= {
            column: count for column, of in COUNTS.items() if (count := self._counts(level, number).get(of)) is not None
        }
        if level == "indicator":
            row["link"] = self._words.links[self._link(number)].text(self._lang)
            row["unit"] = self._words.units[self._units[number % len(self._units)]].text(self._lang)
            row["standard"] = f"合成标准 {number + 1} (synthetic)"
        if level == "point":
            row["community"] = self._words.communities[self._communities[number % len(self._communities)]].text(
                self._lang
            )
            row["place"] = f"合成地点 {number + 1} (synthetic)"
        yield row
        below = _below(level)
        for place, child in enumerate(self._children.get((level, number), ()), start=1):
            yield from self._item(str(below), child, code, f"{code}.{place}")

    def _counts(self, level: str, number: int) -> dict[str, int]:
        """How many of each deeper level lie below an item."""
        known = self._below.get((level, number))
        if known is None:
            known = dict.fromkeys(list(ABOVE)[list(ABOVE).index(level) + 1 :], 0)
            for child in self._children.get((level, number), ()):
                known[str(_below(level))] += 1
                for deeper, count in self._counts(str(_below(level)), child).items():
                    known[deeper] += count
            self._below[level, number] = known
        return known

    def _link(self, number: int) -> str:
        return self._links[_LINKS[number % len(_LINKS)] % len(self._links)]

    def _level(self, level: str) -> str:
        if level == TOTAL:
            return "合计" if self._lang == "zh" else TOTAL
        return self._words.levels[level].text(self._lang)


def _spread_out(words: Vocabulary, link: Callable[[int], str]) -> dict[tuple[str, int], list[int]]:
    """The items below each item, by number; points lie below the indicators of the second link, field inspection."""
    children: dict[tuple[str, int], list[int]] = {}
    for level, above in ABOVE.items():
        if above is None:
            continue
        parents: Sequence[int] = range(words.numbers[above])
        if level == "point":
            second = list(words.links)[1 % len(words.links)]
            parents = [number for number in parents if link(number) == second] or parents
        start = 0
        for parent, count in zip(parents, _spread(words.numbers[level], len(parents)), strict=True):
            children[above, parent] = list(range(start, start + count))
            start += count
    return children


def _below(level: str) -> str | None:
    return next((deeper for deeper, above in ABOVE.items() if above == level), None)


def _spread(total: int, over: int) -> list[int]:
    """So many spread over so many, as evenly as it goes; the remainder goes to every n-th and not to the first."""
    return [total * (place + 1) // over - total * place // over for place in range(over)] if over else []
