"""Copies all rows of one database into an empty one, whichever kinds they are: for backup, restore and moving."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Boolean, Connection, Table, text

from duban.engine.errors import UsageError
from duban.persistence.database import Database
from duban.persistence.faults import Faults
from duban.persistence.tables import metadata

ROWS: Final = 1_000
"""How many rows are in memory at a time."""

_TAKEN: Final = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(concat(current_schema(), '!duban-copying'), 0))"
)

Row = Sequence[Any]


def is_empty(database: Database) -> bool:
    """Whether no table holds a row."""
    with database.reading() as connection, database.faults.translated():
        return _holds_nothing(connection)


def _holds_nothing(connection: Connection) -> bool:
    return all(connection.execute(text(f"SELECT 1 FROM {table.name} LIMIT 1")).first() is None for table in _all())


def copied(source: Database, target: Database, progress: Callable[[int], None]) -> dict[str, int]:
    """Copy every table as it stood at one moment of the source, in one transaction of the target; rows by table.

    The source is only read and goes on working. ``progress`` hears the count of rows so far. Errors of either database
    come out as duban's, and the target then is as it was.

    Raises:
        UsageError: the target holds something by now, or somebody else is copying into it.
    """
    counts: dict[str, int] = {}
    with source.reading() as reading, target.writing() as writing:
        with target.faults.translated():
            is_free = _alone(writing) and _holds_nothing(writing)
        if not is_free:
            raise UsageError("store-not-empty", url=target.faults.url)
        for table in _all():
            counts[table.name] = 0
            for rows in raw_rows(reading, table, source.faults):
                with target.faults.translated():
                    put_raw(writing, table, rows)
                counts[table.name] += len(rows)
                progress(sum(counts.values()))
        if target.dialect == "postgresql":
            with target.faults.translated():
                _number_on(writing)
    return counts


def _alone(connection: Connection) -> bool:
    """Whether nobody else copies into this database, until the transaction ends. SQLite has one writer anyway."""
    return connection.dialect.name == "sqlite" or bool(connection.execute(_TAKEN).scalar())


def _all() -> list[Table]:
    return list(metadata.sorted_tables)


def raw_rows(
    connection: Connection, table: Table, faults: Faults, where: str = "", without: str | None = None
) -> Iterator[Sequence[Row]]:
    """The rows as the driver gives them, by primary key: a parent comes before its children.

    ``where`` bounds them, as SQL; ``without`` leaves out a column.
    """
    key = ", ".join(f"{table.name}.{column.name}" for column in table.primary_key)
    names = _names(connection, table, without)
    statement = text(f"SELECT {names} FROM {table.name} {where and 'WHERE '}{where} ORDER BY {key}")
    with faults.translated():
        result = connection.execution_options(yield_per=ROWS).execute(statement)
    while True:
        with faults.translated():
            rows = result.fetchmany(ROWS)
        if not rows:
            return
        yield rows


def put_raw(connection: Connection, table: Table, rows: Sequence[Row], without: str | None = None) -> None:
    """Insert rows as :func:`raw_rows` gave them, of whichever kind of database."""
    names, driver = _names(connection, table, without), connection.connection.driver_connection
    columns = [column for column in table.columns if column.name != without]
    assert driver is not None
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", [tuple(row) for row in rows])
        return
    flags = [isinstance(column.type, Boolean) for column in columns]
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([bool(value) if flag else value for value, flag in zip(row, flags, strict=True)])


def _names(connection: Connection, table: Table, without: str | None) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return ", ".join(quote(column.name) for column in table.columns if column.name != without)


def _number_on(connection: Connection) -> None:
    """PostgreSQL counts its numbers apart from the rows: go on after the highest."""
    for table in _all():
        column = table.autoincrement_column
        if column is not None:
            counter = text("SELECT pg_get_serial_sequence(:table, :column)")
            name = connection.execute(counter, {"table": table.name, "column": column.name}).scalar()
            if name is not None:
                # The third word says whether the number was given out already.
                connection.execute(text(
                    f"SELECT setval('{name}', coalesce(max({column.name}), 1), max({column.name}) IS NOT NULL)"
                    f" FROM {table.name}"
                ))  # fmt: skip
