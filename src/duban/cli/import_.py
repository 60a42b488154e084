"""``duban import``: rows of a table become cases, by a declared map."""

import sys
from pathlib import Path

from duban.app import Engine
from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Facts, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.references import as_written
from duban.engine.definition.mapping import load_map
from duban.engine.errors import UsageError
from duban.engine.messages import text
from duban.engine.model.mapping import ImportMap
from duban.engine.ports.clock import SystemClock
from duban.importing.rejects import Rejects
from duban.importing.replay import Replay, ReplayReport, claim_store
from duban.importing.run import Importer, ImportReport
from duban.importing.table import Table
from duban.testing import FrozenClock

INCOMPLETE = 7
"""The exit code when some rows were rejected or stopped; all others are imported then."""


def _import(
    desk: Desk, file: str, map_: str, encoding: str, replay: bool, report: str | None, on: str | None
) -> Answer:  # fmt: skip
    clock = FrozenClock(SystemClock().now()) if replay else None
    engine = desk.place.opened(clock=clock) if clock is not None else desk.engine
    try:
        mapping = _map(engine, map_)
        if replay and mapping.replay is None:
            raise UsageError("no-replay", map=map_)
        table = Table(Path(file), encoding)
        with Rejects(table, Path(report) if report else None, desk.lang, encoding) as rejects:
            importer = Importer(engine, mapping, table, rejects, replay=replay, on=on)
            replayed = _replayed(desk, importer, clock) if clock is not None else None
            if replayed is None:
                importer.run(lambda done, total: _progress(desk, done, total))
            result = importer.finish()
        _progress(desk, 0, 0)
        return _answer(desk, result, replayed)
    finally:
        if clock is not None:
            engine.close()


def _replayed(desk: Desk, importer: Importer, clock: FrozenClock) -> ReplayReport:
    claim_store(importer)
    return Replay(importer, clock).run(lambda done, total: _progress(desk, done, total))


def _map(engine: Engine, name: str) -> ImportMap:
    """The map in a file, or the one of this name that the pack brings."""
    brought = engine.pack.folder / "maps" / f"{name}.yaml"
    is_name = "/" not in name and not Path(name).exists() and brought.is_file()
    return load_map(brought if is_name else Path(name), engine.pack)


def _progress(desk: Desk, done: int, total: int) -> None:
    if sys.stderr.isatty() and not desk.json:
        words = f"{text('import.progress', desk.lang)} {100 * done // total} %" if total else ""
        sys.stderr.write(f"\r\x1b[K{words}")
        sys.stderr.flush()


def _answer(desk: Desk, result: ImportReport, replayed: ReplayReport | None) -> Answer:
    counts = {name: getattr(result, name) for name in ("read", "imported", "already", "passed", "rejected", "stopped")}
    document = {**counts, "report": str(result.report) if result.report else None}
    lines = [text("import.summary", desk.lang, **counts)]
    if result.stopped:
        lines.append(text("import.stopped", desk.lang, **counts))
    if replayed is not None:
        at = replayed.at.isoformat() if replayed.at else ""
        document |= {"fired": replayed.fired, "climbed": replayed.climbed, "clock_at": at}
        shown = desk.teller.moment(replayed.at).shown
        lines.append(text("import.replayed", desk.lang, fired=replayed.fired, climbed=replayed.climbed, at=shown))
    if result.report is not None:
        lines.append(text("import.see-report", desk.lang, report=str(result.report)))
    facts = Facts([(name, name, cell(value)) for name, value in document.items()])
    exit_code = INCOMPLETE if result.rejected or result.stopped else 0
    return Answer(document, [Words(lines) if desk.is_person else facts], exit_code)


command = Command(
    "import",
    "command.import",
    _import,
    [
        Argument("file", says="argument.import-file", metavar="FILE"),
        Option(["--map", "map_"], says="option.import-map", metavar="MAP", required=True),
        Option(["--encoding"], says="option.import-encoding", metavar="NAME", default="utf-8"),
        Option(["--replay"], says="option.import-replay", is_flag=True),
        Option(["--on"], says="option.import-on", metavar="REF", type=as_written, shell_complete=complete.refs),
        Option(["--report"], says="option.import-report", metavar="FILE"),
    ],
)
