"""``duban board``: what anybody may read, without an account."""

from typing import Any

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument
from duban.cli.options import limit
from duban.engine.model.label import Label
from duban.engine.runtime.public_reads import MAX_PAGE
from duban.engine.runtime.views import Posted

BOARD = Argument("name", says="argument.board", metavar="[BOARD]", required=False)


def board(desk: Desk, name: str | None, limit: int) -> Answer:
    """Show a board, newest first; or list the boards of the pack."""
    if name is None:
        return _boards(desk)
    engine = desk.engine
    entries = engine.board(name.replace("-", "_"), limit=limit)
    parts: list[Part] = [_entry(desk, one) for one in entries]
    return Answer([_document(one) for one in entries], parts or [Words([desk.say("board-empty")])])


def _boards(desk: Desk) -> Answer:
    engine, lang = desk.engine, desk.lang
    declared: list[tuple[str, Label]] = [
        (one.name, one.label) for loaded in engine.pack.workflows.values() for one in loaded.workflow.boards.values()
    ]
    counts = {name: len(engine.board(name, limit=MAX_PAGE)) for name, _ in declared}
    rows: list[list[Cell | str]] = [[name, label.text(lang), cell(counts[name])] for name, label in declared]
    table = Table(desk.head("board", "label", "posted"), rows, empty=desk.say("no-boards"))
    document = [{"board": name, "label": label.text(lang), "entries": counts[name]} for name, label in declared]
    return Answer(document, [table])


def _entry(desk: Desk, entry: Posted) -> Facts:
    rows: list[tuple[str, str, Cell | str]] = [("ref", desk.head("ref")["ref"], entry.ref)]
    rows += [(field.name, field.label.text(desk.lang), desk.teller.value(field, value)) for field, value in entry.shown]
    return Facts(rows)


def _document(entry: Posted) -> dict[str, Any]:
    return {"ref": entry.ref, "shown": {field.name: value for field, value in entry.shown}}


command = Command("board", "command.board", board, [BOARD, limit(50)])
