"""``duban archive``: moves the histories of finished cases out of the working store, and tells where they lie."""

from typing import Any, Final

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.progress import counting
from duban.cli.kit.telling import iso, period_cell
from duban.cli.options import REF
from duban.engine.runtime.archives import ArchiveReport, DueArchive

NAME: Final = Argument("name", says="argument.archive-name", metavar="ARCHIVE")
DRY_RUN: Final = Option(["--dry-run"], says="option.archive-dry-run", is_flag=True)


def run(desk: Desk, dry_run: bool) -> Answer:
    """Move all that may be moved, or tell how many it would be."""
    if dry_run:
        return _due(desk)
    with counting(desk, "archiving") as progress:
        report = desk.engine.archive(progress, by=desk.told_to)
    rows: list[tuple[str, str, Cell | str]] = [("archived", desk.head("archived")["archived"], cell(report.moved))]
    parts: list[Part] = [Facts(rows)]
    if report.unsound:
        rows.append(("failed", desk.head("failed")["failed"], ",".join(report.unsound)))
        parts.append(Words([desk.say("archive-unsound")]))
    if report.away:
        rows.append(("away", desk.head("away")["away"], ",".join(sorted(report.away))))
        parts.append(Words([_waiting(desk, report, name) for name in sorted(report.away)]))
    return Answer({"archived": report.moved, "failed": list(report.unsound), "away": dict(report.away)}, parts)


def _waiting(desk: Desk, report: ArchiveReport, name: str) -> str:
    why = report.passed_over[name].message(desk.lang)
    return desk.say("archive-waiting", archive=name, count=report.away[name], why=why)


def _due(desk: Desk) -> Answer:
    found = desk.engine.archivable(by=desk.told_to)
    heads = desk.head("rule", "workflow", "moved_after", "ended_before", "movable", "held")
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-archive"))
    return Answer([_document(one) for one in found], [table])


def _row(desk: Desk, one: DueArchive) -> list[Cell | str]:
    rule = one.rule
    return [
        Cell(rule.name, rule.label.text(desk.lang)), desk.teller.workflow(rule.workflow),
        period_cell(rule.period, desk.lang), desk.teller.moment(one.wanted.before), cell(one.count), cell(one.held),
    ]  # fmt: skip


def _document(one: DueArchive) -> dict[str, Any]:
    rule = one.rule
    return {
        "rule": rule.name, "workflow": rule.workflow, "after": rule.period.text,
        "ended_before": iso(one.wanted.before), "movable": one.count, "held": one.held,
    }  # fmt: skip


def list_archives(desk: Desk) -> Answer:
    """List the archives that cases lie in that the reader may know of."""
    found = desk.engine.archives(by=desk.told_to)
    rows: list[list[Cell | str]] = [
        [
            one.name, cell(one.cases), desk.teller.moment(one.ended_from), desk.teller.moment(one.ended_until),
            Cell(one.standing, desk.say(f"standing-{one.standing}")),
        ]
        for one in found
    ]  # fmt: skip
    heads = desk.head("archive", "cases", "ended_from", "ended_until", "standing")
    documents = [
        {
            "archive": one.name, "cases": one.cases, "ended_from": iso(one.ended_from),
            "ended_until": iso(one.ended_until), "at_hand": one.at_hand,
            "standing": one.standing,
        }
        for one in found
    ]  # fmt: skip
    return Answer(documents, [Table(heads, rows, empty=desk.say("no-archives"))])


def bring_back(desk: Desk, ref: str) -> Answer:
    """Put the history of a case back into the store."""
    name = desk.engine.bring_back(ref, by=desk.by)
    heads = desk.head("ref", "archive")
    said = [desk.say("archive-returned", ref=ref, archive=name)]
    if name in desk.engine.unsettled(by=desk.by):
        said.append(desk.say("archive-unclean", archive=name))
    told: Part = Words(said)
    return Answer({"ref": ref, "archive": name}, [told if desk.is_person else Table(heads, [[ref, name]])])


def adopt(desk: Desk, name: str) -> Answer:
    """Make an archive that came with a backup one of this store."""
    desk.engine.adopt_archive(name, by=desk.told_to)
    told: Part = Words([desk.say("archive-adopted", archive=name)])
    return Answer({"archive": name}, [told if desk.is_person else Table(desk.head("archive"), [[name]])])


command = Group(
    "archive",
    "command.archive",
    [
        Command("run", "command.archive-run", run, [DRY_RUN]),
        Command("list", "command.archive-list", list_archives),
        Command("return", "command.archive-return", bring_back, [REF]),
        Command("adopt", "command.archive-adopt", adopt, [NAME]),
    ],
)
