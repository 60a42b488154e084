"""Reads a row by its map: columns become fields, values choices, times moments. Pure; writes nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from duban.engine.definition.values import FieldFault, ValueChecker, parse_text
from duban.engine.model.definition import Event, Field
from duban.engine.model.hint import hint
from duban.engine.model.mapping import Cell, ImportMap, Recorded, Who
from duban.engine.model.organization import Organization
from duban.importing.errors import rejected, told
from duban.importing.prepared import Actor, PreparedRow, PreparedStep
from duban.importing.table import Row, Table

MAX_KEY: Final = 120
"""Characters in the key of a row: the keys of its steps are longer, and a key has 200 at most."""

_EXAMPLE: Final = datetime(2020, 11, 19, 9, 30, tzinfo=UTC)


class Preparer:
    """Prepares the rows of one table. ``repeated`` are the lines whose key an earlier line has."""

    def __init__(
        self, mapping: ImportMap, table: Table, organization: Organization, repeated: Mapping[int, int], *,
        replay: bool, on: str | None = None,
    ) -> None:  # fmt: skip
        self._mapping = mapping
        self._header = table.header
        self._register = mapping.register if on is None else f"{mapping.register}:{on}"
        self._repeated = repeated
        self._replay = mapping.replay if replay else None
        self._zone = mapping.times.zone if mapping.times is not None else organization.zone
        # Whether a case exists is the engine's to judge, which knows who asks.
        self._values = ValueChecker(organization, lambda _ref, _workflow: True)

    def prepared(self, row: Row) -> PreparedRow | None:
        """The row as it will be started; None when the map passes it over.

        Raises:
            RowRejected: the first reason why it does not fit.
        """
        if len(row.cells) != len(self._header):
            raise rejected("ragged", found=len(row.cells), expected=len(self._header))
        cells = {name: cell.strip() for name, cell in zip(self._header, row.cells, strict=True)}
        if not _fits(self._mapping.keep, cells):
            return None
        key = self._key(row, cells)
        event = self._mapping.workflow.events[self._chosen(self._mapping.event, cells)]
        at = self._moment(self._replay.start_at, cells, event.name) if self._replay is not None else None
        return PreparedRow(
            row=row,
            key=key,
            event=event.name,
            by=self._actor(self._mapping.by, cells),
            data=self._data(self._mapping.fields, event, cells, at),
            at=at,
            steps=self._steps(cells, at) if at is not None else (),
        )

    def _key(self, row: Row, cells: Mapping[str, str]) -> str:
        value = cells[self._mapping.key]
        if not value:
            raise rejected("no-key", column=self._mapping.key)
        if len(value) > MAX_KEY or not value.isprintable():
            raise rejected("key-form", found=_shown(value))
        if row.line in self._repeated:
            raise rejected("key-twice", line=self._repeated[row.line], found=_shown(value))
        return f"import:{self._register}:{value}"

    def _steps(self, cells: Mapping[str, str], start_at: datetime) -> tuple[PreparedStep, ...]:
        assert self._replay is not None
        steps: list[PreparedStep] = []
        before = start_at
        for name in self._course(cells):
            step = self._replay.steps[name]
            before = max(before, self._moment(step.at, cells, name))
            steps.append(self._step(step, cells, before))
        return tuple(steps)

    def _course(self, cells: Mapping[str, str]) -> tuple[str, ...]:
        assert self._replay is not None
        for course in self._replay.courses:
            if _fits(course.when, cells):
                return tuple(self._chosen(course.steps, cells))
        raise rejected("no-course", columns=sorted({name for course in self._replay.courses for name in course.when}))

    def _step(self, step: Recorded, cells: Mapping[str, str], at: datetime) -> PreparedStep:
        event = self._mapping.workflow.events[step.event]
        data = self._data(step.fields, event, cells, at)
        return PreparedStep(step.step, step.event, at, self._actor(step.by, cells), data, step.evidence)

    def _data(
        self, fields: Mapping[str, Cell], event: Event, cells: Mapping[str, str], at: datetime | None
    ) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, cell in fields.items():
            field = self._mapping.workflow.fields[name]
            value = self._value(cell, field, cells, at)
            if value is not None:
                data[name] = value
            elif name in event.needs:
                columns = [cell.column] if cell.column else [column for _, column in cell.parts if column]
                raise rejected("missing", name=name, label=field.label, columns=columns)
        return data

    def _value(self, cell: Cell, field: Field, cells: Mapping[str, str], at: datetime | None) -> Any:
        try:
            value = self._drawn(cell, field, cells, at)
            return None if value is None else self._values.check(field, value)
        except FieldFault as fault:
            why = told(f"field.{fault.key}", **fault.data)
            raise rejected("field", name=field.name, label=field.label, why=why) from None

    def _drawn(self, cell: Cell, field: Field, cells: Mapping[str, str], at: datetime | None) -> Any:
        if cell.kind == "value":
            return cell.value
        if cell.kind == "days":
            if at is None:
                return None
            return (at.astimezone(self._zone) + timedelta(days=cell.value)).date()
        if cell.kind == "template":
            return "".join(before + cells.get(column, "") for before, column in cell.parts).strip() or None
        found = cells[cell.column]
        if not found:
            return None
        if cell.values is not None:
            return self._looked_up(cell, found)
        if field.kind == "date" and self._mapping.times is not None:
            return self._time(cell.column, found).astimezone(self._zone).date()
        return parse_text(field, found)

    def _chosen(self, cell: Cell, cells: Mapping[str, str]) -> Any:
        """The outcome of a table that always has one: an event, a course, an actor."""
        value = cell.value if cell.kind == "value" else self._looked_up(cell, cells[cell.column])
        if not value and not isinstance(value, list):
            raise rejected("actor", column=cell.column, found=_shown(cells.get(cell.column, "")))
        return value

    def _looked_up(self, cell: Cell, found: str) -> Any:
        if cell.values is None:
            return found
        if found in cell.values:
            return cell.values[found]
        if cell.closed:
            raise rejected("unknown-value", column=cell.column, found=_shown(found), hint=hint(found, cell.values))
        return cell.otherwise

    def _actor(self, who: Who, cells: Mapping[str, str]) -> Actor:
        return Actor(self._chosen(who.cell, cells) if who.cell is not None else None, who)

    def _moment(self, columns: tuple[str, ...], cells: Mapping[str, str], step: str) -> datetime:
        column = next((name for name in columns if cells[name]), None)
        if column is None:
            raise rejected("no-time", step=step, columns=list(columns))
        return self._time(column, cells[column])

    def _time(self, column: str, found: str) -> datetime:
        times = self._mapping.times
        assert times is not None  # the map was refused without
        try:
            # The clock on the wall is moved, not the instant: nine in the morning stays nine in the morning.
            wall = datetime.strptime(found, times.format).replace(tzinfo=times.zone)
            return (wall + timedelta(days=times.shift_days)).astimezone(UTC)
        except (ValueError, OverflowError):
            example = _EXAMPLE.strftime(times.format)
            raise rejected("time", column=column, found=_shown(found), example=example) from None


def _fits(wanted: Mapping[str, tuple[str, ...]], cells: Mapping[str, str]) -> bool:
    return all(cells[column] in values for column, values in wanted.items())


def _shown(value: str) -> str:
    words = "".join(sign if sign.isprintable() else "�" for sign in value)
    return words if len(words) <= 40 else words[:37] + "…"
