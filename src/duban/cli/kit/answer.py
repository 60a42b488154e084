"""What a command answers: one document for programs, and parts for people and pipes."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from duban.engine.model.frozen import frozen


@frozen
class Cell:
    """One value: ``plain`` as a pipe gets it, in every language the same; ``shown`` as a person reads it."""

    plain: str
    shown: str


@frozen
class Table:
    """Rows under headings. ``heads`` maps the name of each column to its heading for people.

    ``hidden`` columns are for pipes only. ``empty`` is told to a person when there are no rows.
    """

    heads: Mapping[str, str]
    rows: Sequence[Sequence[Cell | str]]
    title: str = ""
    empty: str = ""
    hidden: frozenset[str] = frozenset()


@frozen
class Facts:
    """Names with their values, one a line; ``rows`` holds (name, heading, value)."""

    rows: Sequence[tuple[str, str, Cell | str]]
    title: str = ""


@frozen
class Words:
    """Sentences for a person; a pipe does not get them."""

    lines: Sequence[str]


@frozen
class Raw:
    """Text that is the same for people and pipes, such as a diagram."""

    text: str


Part = Table | Facts | Words | Raw


@frozen
class Answer:
    """The whole answer of a command."""

    document: Any
    parts: Sequence[Part] = field(default_factory=tuple)
    exit_code: int = 0


def facts(heads: Mapping[str, str], cells: Sequence[Cell | str], title: str = "") -> Facts:
    """Facts from headings and their values in the same order; what is empty is left out."""
    rows = zip(heads.items(), cells, strict=True)
    told = [(name, head, value) for (name, head), value in rows if shown_words(value)]
    return Facts(told, title)


def cell(value: object, shown: object = None) -> Cell:
    """A cell; None is empty. Without ``shown`` a person reads what a pipe gets."""
    plain = "" if value is None else str(value)
    return Cell(plain, plain if shown is None else str(shown))


def shown_words(value: Cell | str) -> str:
    """What a person reads of a value."""
    return value.shown if isinstance(value, Cell) else value
