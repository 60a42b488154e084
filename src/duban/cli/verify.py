"""``duban verify``: checks every history, state, definition and evidence file."""

from duban.cli.kit.answer import Answer, Cell, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.progress import counting
from duban.engine.messages import has_text, text


def verify(desk: Desk) -> Answer:
    """Check the whole store; leave with 1 when something does not hold."""
    checked = 0
    with counting(desk, "verifying") as progress:

        def heard(count: int) -> None:
            nonlocal checked
            checked = count
            progress(count)

        broken = desk.engine.verify(heard, by=desk.told_to)
    rows: list[list[Cell | str]] = [[one.ref, cell(one.seq), _what(desk, one.what)] for one in broken]
    document = {
        "holds": not broken,
        "cases": checked,
        "broken": [{"ref": one.ref, "seq": one.seq, "what": one.what} for one in broken],
    }
    table = Table(desk.head("ref", "seq", "what"), rows, empty=desk.say("holds", count=checked))
    parts: list[Part] = [table, *([Words([desk.say("does-not-hold")])] if broken else [])]
    return Answer(document, parts, exit_code=FAULT if broken else 0)


def _what(desk: Desk, what: str) -> Cell:
    key = f"broken.{what}"
    return Cell(what, text(key, desk.lang) if has_text(key) else what)


command = Command("verify", "command.verify", verify)
