"""Imports a table: every row that fits becomes one case, once."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from duban.app import Engine
from duban.engine.definition.mapping import check_columns
from duban.engine.errors import DubanError, StoreError, UsageError
from duban.engine.log import log
from duban.engine.model.case import Case
from duban.engine.model.label import Label
from duban.engine.model.mapping import ImportMap
from duban.engine.runtime.operations import Operations
from duban.importing.errors import RowRejected, why
from duban.importing.prepared import Actor, PreparedRow
from duban.importing.preparing import Preparer
from duban.importing.rejects import Rejects
from duban.importing.table import Row, Table

T = TypeVar("T")
Progress = Callable[[int, int], None]

BATCH: Final = 100
"""Rows in one transaction: a commit costs as much as several rows, and other writers wait while it is open."""


@dataclass(slots=True)
class ImportReport:
    """What an import came to, in rows. ``report`` is the file of those that want a look, where there are any.

    ``stopped`` are imported, but a step of their recorded course was refused; they are counted as imported too.
    """

    read: int = 0
    imported: int = 0
    already: int = 0
    passed: int = 0
    rejected: int = 0
    stopped: int = 0
    report: Path | None = None


class Importer:
    """Prepares the rows of a table and starts a case for each.

    ``replay`` prepares the recorded course as well. ``on`` is the case on which every row's event is fired, for a map
    whose event does not start a case. Making one reads the table once and refuses a broken one, so that
    nothing of it is imported.

    Raises:
        DefinitionError: the map names a column that the table does not have.
        BrokenTable: the table cannot be read.
        UsageError: ``on`` is missing, or the map's event starts a case of its own.
    """

    def __init__(
        self, engine: Engine, mapping: ImportMap, table: Table, rejects: Rejects, *, replay: bool = False,
        on: str | None = None,
    ) -> None:  # fmt: skip
        check_columns(mapping, table.header, table.path.name)
        survey = table.survey(mapping.key)
        if mapping.fires != (on is not None):
            event = str(mapping.event.value)
            raise UsageError("import-without-on" if mapping.fires else "import-on", event=event, map=mapping.path)
        self.engine = engine
        self._on = on
        self.mapping = mapping
        self.table = table
        self.total = survey.rows
        self.report = ImportReport()
        self._rejects = rejects
        self._preparer = Preparer(mapping, table, engine.pack.organization, survey.repeated, replay=replay, on=on)

    def run(self, progress: Progress = lambda _done, _total: None) -> ImportReport:
        """Start a case for every row (``finish`` comes after); ``progress`` hears how many rows of how many are done.

        Raises:
            StoreError: the store gave up; what was committed stays, and running again goes on from there.
        """
        for rows in chunks(self.prepared_rows(), BATCH):
            started = self._started(rows)
            for row, outcome in started:
                self.note(row, outcome)
            progress(self.report.read, self.total)
        return self.report

    def prepared_rows(self) -> Iterator[PreparedRow]:
        """The rows that fit the map; those that do not are written to the report."""
        for row in self.table.rows():
            self.report.read += 1
            try:
                prepared = self._preparer.prepared(row)
            except RowRejected as fault:
                self.reject(row, fault.reason)
                continue
            if prepared is None:
                self.report.passed += 1
                log.info("import.row", row=row.line, outcome="passed")
            else:
                yield prepared

    def known_keys(self, rows: Iterable[PreparedRow]) -> set[str]:
        """The keys of those rows that were imported before."""
        with self.engine.store.read() as reader:
            return {
                row.key for row in rows if reader.row_by_key(row.key, acting(self.engine, row.by, None)) is not None
            }

    def start(self, operations: Operations, row: PreparedRow) -> Case:
        """Start the row's case, or fire its event on the case that was named.

        Raises:
            DubanError: the engine refuses it.
        """
        by = acting(self.engine, row.by, None)
        if self._on is not None:
            return operations.fire(self._on, row.event, by=by, data=row.data, key=row.key).case
        workflow = self.mapping.workflow.name
        return operations.start(workflow, by=by, data=row.data, event=row.event, key=row.key)

    def note(self, row: PreparedRow, outcome: "str | Label") -> None:
        """Count what became of a row: ``imported``, ``already``, or the reason of its rejection."""
        if isinstance(outcome, Label):
            self.reject(row.row, outcome)
            return
        if outcome == "imported":
            self.report.imported += 1
        else:
            self.report.already += 1
        log.info("import.row", row=row.row.line, outcome=outcome)

    def stop(self, row: PreparedRow, reason: Label) -> None:
        """Write down a row whose case could not go on."""
        self._rejects.add(row.row, reason)
        self.report.stopped += 1
        log.info("import.row", row=row.row.line, outcome="stopped")

    def reject(self, row: Row, reason: Label) -> None:
        """Write a row to the report."""
        self._rejects.add(row, reason)
        self.report.rejected += 1
        log.info("import.row", row=row.line, outcome="rejected")

    def finish(self) -> ImportReport:
        """Put the report of the rejected rows in its place; the end of every import."""
        self.report.report = self._rejects.finish()
        return self.report

    def _started(self, rows: list[PreparedRow]) -> list[tuple[PreparedRow, "str | Label"]]:
        known = self.known_keys(rows)
        outcomes: list[tuple[PreparedRow, str | Label]] = []
        with self.engine.batch() as operations:
            for row in rows:
                try:
                    self.start(operations, row)
                except StoreError:
                    raise
                except DubanError as fault:
                    outcomes.append((row, why(fault)))
                else:
                    outcomes.append((row, "already" if row.key in known else "imported"))
        return outcomes


def acting(engine: Engine, actor: Actor, unit: str | None) -> str:
    """The name under which the actor acts on a case of this unit."""
    if actor.name is not None:
        return actor.name
    carriers = engine.world.directory.carriers(actor.who.role or "", unit if actor.who.in_unit else None)
    return carriers[0].name


def chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in lists of ``size``, the last perhaps shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
