"""``duban refusals``: what was tried and refused."""

from duban.cli.kit.answer import Answer, Cell, Table
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import refusal_document
from duban.cli.options import limit
from duban.engine.messages import has_text, text
from duban.engine.ports.records import Refusal


def refusals(desk: Desk, limit: int) -> Answer:
    """List refused attempts, newest first."""
    found = desk.engine.refusals(by=desk.by, limit=limit)
    heads = desk.head("at", "actor", "ref", "event", "code", "reasons")
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-refusals"))
    return Answer([refusal_document(one, desk.lang) for one in found], [table])


def _row(desk: Desk, one: Refusal) -> list[Cell | str]:
    key = f"code.{one.code}"
    code = Cell(one.code, text(key, desk.lang) if has_text(key) else one.code)
    who = desk.teller.actor(one.actor)
    reasons = [label.text(desk.lang) for label in one.labels]
    because = Cell("; ".join(reasons), desk.say("semicolon").join(reasons))
    return [desk.teller.moment(one.at), who, one.ref or one.workflow or "", one.event, code, because]


command = Command("refusals", "command.refusals", refusals, [limit(50)])
