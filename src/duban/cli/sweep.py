"""``duban sweep``: climbs every ladder step that is due."""

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.progress import counting


def sweep(desk: Desk) -> Answer:
    """Sweep once. Safe to run anywhere, any number of times."""
    with counting(desk, "sweeping") as progress:
        report = desk.engine.sweep(progress, by=desk.told_to)
    heads = desk.head("climbed", "failed")
    rows: list[tuple[str, str, Cell | str]] = [("climbed", heads["climbed"], cell(report.climbed))]
    parts: list[Part] = [Facts(rows)]
    if report.failed:
        rows.append(("failed", heads["failed"], ",".join(report.failed)))
        parts.append(Words([desk.say("swept-failed")]))
    return Answer({"climbed": report.climbed, "failed": list(report.failed)}, parts)


command = Command("sweep", "command.sweep", sweep)
