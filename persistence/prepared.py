"""Statements compiled once: their SQL, how values are bound, how columns are read. The hot path runs on the driver.

Built by SQLAlchemy, so that both dialects come from one text; executed without it, which is half of a step's work.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Processor = Callable[[Any], Any]
_MANY: Final = 8
"""From so many rows on it is faster to go column by column."""

PIPELINE: Final = "pipeline"
"""PostgreSQL by way of ``pipeline.py``, past the cursors of its driver."""


class Prepared:
    """One statement of one dialect. ``columns`` are those that an INSERT without VALUES writes."""

    __slots__ = ("_binds", "_get", "_read", "_read_all", "_write", "sql")

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str] = ()) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        if compiled.post_compile_params:
            raise ValueError("a statement with an expanding list has another text each time")
        self.sql: Final[str] = compiled.string
        binds = [compiled.binds[name] for name in compiled.positiontup or ()]
        names = tuple(compiled.positiontup or ())
        self._binds = tuple((name, bind.value, bind.required) for name, bind in zip(names, binds, strict=True))
        # All at once where each has to be given: that is most of what binding costs.
        is_plain = len(names) > 1 and all(bind.required for bind in binds)
        self._get = itemgetter(*names) if is_plain else None
        writers = enumerate(_writer(bind.type, dialect) for bind in binds)
        self._write = tuple((place, process) for place, process in writers if process is not None)
        found = [_reader(column.type, dialect) for column in compiled._result_columns]
        self._read = tuple((place, process) for place, process in enumerate(found) if process is not None)
        kinds = [column.type for column in compiled._result_columns]
        self._read_all = tuple((place, _reader_of_many(kinds[place], process)) for place, process in self._read)

    def bound(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The values in the order of their places, as the driver takes them.

        Raises:
            KeyError: one is missing.
        """
        if self._get is None:
            found = [values[name] if required else values.get(name, default) for name, default, required in self._binds]
        else:
            found = list(self._get(values))
        for place, process in self._write:
            found[place] = process(found[place])
        return tuple(found)

    def bound_all(self, names: Sequence[str], values: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Many rows of values, each in the order of these names, as the driver takes them.

        Raises:
            ValueError: a name is missing.
        """
        columns: list[Any] = list(zip(*values, strict=True))
        if not columns:
            return []
        bound = [columns[names.index(bind[0])] for bind in self._binds]
        for place, process in self._write:
            bound[place] = _processed(process, bound[place])
        return list(zip(*bound, strict=True))

    def read(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Rows of the driver with their columns as values."""
        if not self._read or not rows:
            return rows
        if len(rows) < _MANY:
            return [self._read_one(list(row)) for row in rows]
        columns: list[Any] = list(zip(*rows, strict=True))
        for place, process in self._read_all:
            columns[place] = process(columns[place])
        return list(zip(*columns, strict=True))

    def _read_one(self, values: list[Any]) -> list[Any]:
        for place, process in self._read:
            values[place] = process(values[place])
        return values


@lru_cache(maxsize=3)
def _dialect(name: str) -> Dialect:
    # Values by place: all drivers take a tuple.
    if name == "sqlite":
        from sqlalchemy.dialects import sqlite

        from duban.persistence.sqlite_compiler import HintingCompiler

        found = sqlite.dialect(paramstyle="qmark")
        found.statement_compiler = HintingCompiler
        return found
    from sqlalchemy.dialects import postgresql

    # In a pipeline nobody stands between the text and the server, who counts the places.
    return postgresql.psycopg.dialect(paramstyle="numeric_dollar" if name == PIPELINE else "format")  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1024)
def prepared(statement: Any, dialect: str, columns: tuple[str, ...] = ()) -> Prepared:
    """The statement for a dialect, ``sqlite``, ``postgresql`` or ``PIPELINE``; compiled at its first use."""
    return Prepared(statement, _dialect(dialect), columns)


def columns_of(statement: Any, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that an INSERT without VALUES writes when it is given these; none of any other statement."""
    return tuple(values) if statement.is_insert else ()


def _processed(process: _Processor, column: Iterable[Any]) -> Iterator[Any]:
    """The values of a column as they are stored. What several rows share is worked out once."""
    written: dict[int, Any] = {}
    for value in column:
        place = id(value)
        if place not in written:
            written[place] = process(value)
        yield written[place]


def _reader(kind: Any, dialect: Dialect) -> _Processor | None:
    found: _Processor | None = getattr(kind, "read", None) or kind.dialect_impl(dialect).result_processor(dialect, None)
    return found


def _reader_of_many(kind: Any, process: _Processor) -> Callable[[Sequence[Any]], Iterable[Any]]:
    found: Callable[[Sequence[Any]], Iterable[Any]] | None = getattr(kind, "read_all", None)
    return partial(map, process) if found is None else found


def _writer(kind: Any, dialect: Dialect) -> _Processor | None:
    # duban's own types say it themselves: by way of SQLAlchemy it is two calls more for each value.
    found: _Processor | None = getattr(kind, "write", None) or kind.dialect_impl(dialect).bind_processor(dialect)
    return found
