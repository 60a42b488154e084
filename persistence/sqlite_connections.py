"""Connections to SQLite: set up, and their transactions taken out of the driver's hands."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

from duban.persistence.sqlite_compiler import HintingCompiler


def listen_sqlite(engine: Engine, *, wal: bool, synchronous: str) -> None:
    """Set up each connection of ``engine``, take its transactions out of the driver's hands, and let hints through."""
    engine.dialect.statement_compiler = HintingCompiler

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        # The driver opens no transactions of its own; this attribute means the same on every Python since 3.6.
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        if wal and connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                # Another process is in it, most likely switching it itself. This connection follows the file.
                if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                    raise

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # Straight to the driver: this is a tenth of a step, and there is nothing to compile or to fetch.
        driver: Any = connection.connection.driver_connection
        if not driver.in_transaction:
            driver.execute(connection.get_execution_options().get("duban_begin", "BEGIN IMMEDIATE"))
