"""Writes answers: JSON for programs, tab-separated text for pipes, tables for people."""

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Raw, Table, Words, shown_words
from duban.cli.kit.inert import inert, inert_json, inert_lines

if TYPE_CHECKING:
    from rich.console import Console

    from duban.cli.kit.desk import Desk


def write(desk: "Desk", answer: Answer) -> None:
    """Write the answer to standard output, as one document or part by part."""
    if desk.json:
        write_document(answer.document)
    elif desk.is_person and not all(isinstance(part, Raw) for part in answer.parts):
        _write_for_people(answer.parts)
    else:
        _write_plain(answer.parts)


def write_document(document: Any) -> None:
    """Write one JSON document and nothing else."""
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    written = json.dumps(document, ensure_ascii=encoding != "utf8", indent=2)
    sys.stdout.write(inert_json(written) + "\n")
    sys.stdout.flush()


def _write_plain(parts: Iterable[Part]) -> None:
    """Tables with a header line, parts apart by an empty line; the names of the columns are those of the JSON."""
    blocks: list[list[str]] = []
    for part in parts:
        match part:
            case Table():
                rows = ["\t".join(inert(_plain(value)) for value in row) for row in part.rows]
                blocks.append(["\t".join(part.heads), *rows])
            case Facts():
                blocks.append(["name\tvalue", *(f"{name}\t{inert(_plain(value))}" for name, _, value in part.rows)])
            case Raw():
                blocks.append([inert_lines(part.text)])
            case Words():
                pass
    sys.stdout.write("\n".join("\n".join(block) + "\n" for block in blocks))
    sys.stdout.flush()


def _write_for_people(parts: Iterable[Part]) -> None:
    console = _console()
    for number, part in enumerate(parts):
        if number:
            console.print()
        match part:
            case Table():
                _table(console, part)
            case Facts():
                _facts(console, part)
            case Raw():
                console.print(inert_lines(part.text), soft_wrap=True)
            case Words():
                for line in part.lines:
                    for piece in _folded(inert(line), console.width):
                        console.print(piece, soft_wrap=True)
    sys.stdout.flush()


def _folded(line: str, width: int) -> list[str]:
    """The line in pieces that fit; whole where it is a command, which somebody may copy."""
    from duban.cli.kit.help import width_of, wrapped

    is_typed = "duban " in line and "`" not in line
    return [line] if width_of(line) <= width or is_typed else wrapped(line, width)


def _console(width: int | None = None) -> "Console":
    from rich.console import Console

    # Words of others are never markup, and nothing is highlighted by guessing.
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def _table(console: "Console", part: Table) -> None:
    from duban.cli.kit.grid import grid_of

    _title(console, part.title)
    if part.rows:
        grid, width = grid_of(part, console.width)
        (console if width <= console.width else _console(width)).print(grid)
    else:
        console.print(inert(part.empty), style="dim")


def _facts(console: "Console", part: Facts) -> None:
    from rich.table import Table as Grid
    from rich.text import Text

    _title(console, part.title)
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for _, heading, value in part.rows:
        grid.add_row(Text(inert(heading), style="dim"), Text(inert_lines(shown_words(value))))
    console.print(grid)


def _title(console: "Console", title: str) -> None:
    if title:
        console.print(inert(title), style="bold", soft_wrap=True)


def _plain(value: Cell | str) -> str:
    return value.plain if isinstance(value, Cell) else value
