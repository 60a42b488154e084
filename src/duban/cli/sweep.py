"""``duban sweep``: climbs every ladder step and carries out every cadence that is due."""

from duban.cli.cadences import called, carried_document, failing
from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.progress import counting
from duban.engine.runtime.agenda import Carried


def sweep(desk: Desk) -> Answer:
    """Sweep once. Safe to run anywhere, any number of times."""
    with counting(desk, "sweeping") as progress:
        report = desk.engine.sweep(progress, by=desk.told_to)
    heads = desk.head("climbed", "cadences", "failed", "failed_cadences")
    done = sum(not one.passed for one in report.cadences)
    rows: list[tuple[str, str, Cell | str]] = [
        ("climbed", heads["climbed"], cell(report.climbed)),
        ("cadences", heads["cadences"], cell(done)),
    ]
    parts: list[Part] = [Facts(rows)]
    if report.cadences:
        columns = desk.head("cadence", "day", "started", "fired", "refused", "passed")
        parts.append(Table(columns, [_row(desk, one) for one in report.cadences], hidden=frozenset({"passed"})))
    if report.erased:
        rows.append(("erased", desk.head("erased")["erased"], cell(report.erased)))
    if report.archived:
        rows.append(("archived", desk.head("archived")["archived"], cell(report.archived)))
    if report.failed:
        rows.append(("failed", heads["failed"], ",".join(report.failed)))
        parts.append(Words([desk.say("swept-failed")]))
    if report.failed_cadences:
        rows.append(("failed_cadences", heads["failed_cadences"], ",".join(report.failed_cadences)))
        parts.append(Words([failing(desk, report.failed_cadences)]))
    document = {
        "climbed": report.climbed,
        "failed": list(report.failed),
        "cadences": [carried_document(one) for one in report.cadences],
        "failed_cadences": list(report.failed_cadences),
        "erased": report.erased,
        "archived": report.archived,
    }
    return Answer(document, parts)


def _row(desk: Desk, one: Carried) -> list[Cell | str]:
    day = one.day.isoformat()
    shown = Cell(day, desk.say("cadence-passed", at=day)) if one.passed else cell(day)
    counts = [cell(count) for count in (one.started, one.fired, one.refused)]
    return [Cell(one.name, called(desk, one.name)), shown, *counts, str(one.passed).lower()]


command = Command("sweep", "command.sweep", sweep)
