"""``duban readings``: who was told of a confidential case."""

from duban.cli.kit.answer import Answer, Cell, Table
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import reading_document
from duban.cli.options import REF, limit
from duban.engine.messages import has_text, text
from duban.engine.model.case import Reading


def readings(desk: Desk, ref: str, limit: int) -> Answer:
    """List readings, newest first."""
    found = desk.engine.readings(ref, by=desk.by, limit=limit)
    heads = desk.head("at", "actor") | {"what": desk.head("read_with")["read_with"]}
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-readings"))
    return Answer([reading_document(one) for one in found], [table])


def _row(desk: Desk, one: Reading) -> list[Cell | str]:
    key = f"reading.{one.what}"
    what = Cell(one.what, text(key, desk.lang) if has_text(key) else one.what)
    return [desk.teller.moment(one.at), desk.teller.actor(one.actor), what]


command = Command("readings", "command.readings", readings, [REF, limit(50)])
