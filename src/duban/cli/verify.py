"""``duban verify``: checks every history, state, definition and evidence file."""

from pathlib import Path
from typing import Any

from duban.cli.checkpoint import KEY, key_of, read_file
from duban.cli.kit.answer import Answer, Cell, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Option
from duban.cli.kit.progress import counting
from duban.cli.kit.telling import iso
from duban.engine.messages import has_text, text


def verify(desk: Desk, against: str | None) -> Answer:
    """Check the whole store, also against a checkpoint; leave with 1 when something does not hold."""
    checked = 0
    kept = None if against is None else read_file(Path(against), key_of(desk))
    with counting(desk, "verifying") as progress:

        def heard(count: int) -> None:
            nonlocal checked
            checked = count
            progress(count)

        broken = desk.engine.verify(heard, kept.heads if kept else None, by=desk.told_to)
    rows: list[list[Cell | str]] = [[one.ref, cell(one.seq), _what(desk, one.what)] for one in broken]
    unchecked = sum(one.unchecked for one in broken)
    document: dict[str, Any] = {
        "holds": not broken,
        "cases": checked,
        "unchecked": unchecked,
        "broken": [{"ref": one.ref, "seq": one.seq, "what": one.what} for one in broken],
    }
    parts: list[Part] = []
    if kept is not None:
        document["checkpoint"] = {
            "taken_at": iso(kept.taken_at), "root": kept.root, "cases": kept.cases, "seal": kept.seal
        }  # fmt: skip
        at = desk.teller.moment(kept.taken_at).shown
        told = desk.say(f"against-{kept.seal}", count=kept.cases, at=at, root=kept.root, name=KEY)
        parts.append(Words([told]))
    table = Table(desk.head("ref", "seq", "what"), rows, empty=desk.say("holds", count=checked))
    parts.append(table)
    unseen = sum(one.unchecked for one in broken if one.what == "heads-unseen")
    if unchecked > unseen:
        parts.append(Words([desk.say("not-all-checked", count=unchecked - unseen)]))
    if unseen:
        parts.append(Words([desk.say("heads-unseen", count=unseen)]))
    if any(not one.unchecked or one.what == "archive-damaged" for one in broken):
        parts.append(Words([desk.say("does-not-hold")]))
    return Answer(document, parts, exit_code=FAULT if broken else 0)


def _what(desk: Desk, what: str) -> Cell:
    key = f"broken.{what}"
    return Cell(what, text(key, desk.lang) if has_text(key) else what)


command = Command(
    "verify",
    "command.verify",
    verify,
    [Option(["--against"], says="option.against", metavar="FILE")],
)
