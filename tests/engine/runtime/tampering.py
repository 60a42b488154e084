"""Ways to change a store behind duban's back, as somebody with the database open could."""

import random
import sqlite3
from collections.abc import Callable

Tamper = Callable[[sqlite3.Connection, random.Random], str | None]
"""Changes something and tells the reference of the case at which that must be found (None: at no case)."""

_HISTORY = (
    "kind event from_state to_state actor post unit at level data salt data_digest key request definition hash"
).split()
_CASES = (
    "workflow definition version state data unit level opened_by opened_at updated_at closed_at due_at due_provisional"
    " audience parent parent_id follow head"
).split()


def _other(old: object, chance: random.Random) -> object:
    if isinstance(old, int):
        return old + chance.choice([-1, 1, 3_600_000_000])
    if old is None:
        return chance.choice(["x", 7])
    text = str(old)
    if text.startswith("{"):
        return chance.choice(['{"title":"another"}', text.replace("litter", "parked"), "{", "null", "[]"])
    return chance.choice([text + "x", text[:-1] + "~", ""])


def _edit(table: str, column: str) -> Tamper:
    def tamper(connection: sqlite3.Connection, chance: random.Random) -> str | None:
        keys = "case_id, seq" if table == "duban_history" else "id"
        case = "case_id" if table == "duban_history" else "id"
        rows = connection.execute(f'SELECT {keys}, "{column}", {case} FROM {table}').fetchall()
        *key, old, case_id = chance.choice(rows)
        new = old
        while new == old:
            new = _other(old, chance)
        if column in ("from_state", "unit", "post", "key", "request", "parent", "follow") and old is not None:
            new = chance.choice([None, new])
        where = " AND ".join(f"{name.strip()} = ?" for name in keys.split(","))
        ref = _ref(connection, case_id)
        connection.execute(f'UPDATE {table} SET "{column}" = ? WHERE {where}', (new, *key))
        return ref

    tamper.__name__ = f"{table.removeprefix('duban_')}.{column}"
    return tamper


def _ref(connection: sqlite3.Connection, case_id: int) -> str:
    ref: str = connection.execute("SELECT ref FROM duban_cases WHERE id = ?", (case_id,)).fetchone()[0]
    return ref


def _some(connection: sqlite3.Connection, chance: random.Random) -> int:
    ids = connection.execute("SELECT case_id FROM duban_history GROUP BY 1 HAVING count(*) > 2 ORDER BY 1")
    number: int = chance.choice([row[0] for row in ids])
    return number


def _row_gone(connection: sqlite3.Connection, chance: random.Random) -> str:
    case_id = _some(connection, chance)
    connection.execute("DELETE FROM duban_history WHERE case_id = ? AND seq = ?", (case_id, chance.choice([1, 2])))
    return _ref(connection, case_id)


def _tail_cut(connection: sqlite3.Connection, chance: random.Random) -> str:
    case_id = _some(connection, chance)
    connection.execute("DELETE FROM duban_history WHERE case_id = ? AND seq > 2", (case_id,))
    return _ref(connection, case_id)


def _rows_swapped(connection: sqlite3.Connection, chance: random.Random) -> str:
    case_id = _some(connection, chance)
    for old, new in ((1, -1), (2, 1), (-1, 2)):
        connection.execute("UPDATE duban_history SET seq = ? WHERE case_id = ? AND seq = ?", (new, case_id, old))
    return _ref(connection, case_id)


def _history_gone(connection: sqlite3.Connection, chance: random.Random) -> str:
    case_id = _some(connection, chance)
    connection.execute("DELETE FROM duban_history WHERE case_id = ?", (case_id,))
    return _ref(connection, case_id)


def _histories_exchanged(connection: sqlite3.Connection, chance: random.Random) -> str:
    one, other = chance.sample([row[0] for row in connection.execute("SELECT id FROM duban_cases")], 2)
    for old, new in ((one, -1), (other, one), (-1, other)):
        connection.execute("UPDATE duban_history SET case_id = ? WHERE case_id = ?", (new, old))
    return _ref(connection, one)


def _case_gone(connection: sqlite3.Connection, chance: random.Random) -> str:
    ref = chance.choice(["ISS-000001", "ISS-000002"])
    connection.execute("DELETE FROM duban_cases WHERE ref = ?", (ref,))
    return ref


def _renamed(connection: sqlite3.Connection, chance: random.Random) -> str:
    connection.execute("UPDATE duban_cases SET ref = 'ISS-000009' WHERE ref = 'ISS-000002'")
    return "ISS-000009"


def _definition_changed(connection: sqlite3.Connection, chance: random.Random) -> None:
    words = chance.choice([("supervisor", "reporter"), ("1 working day", "9 working days"), ("{", "[")])
    connection.execute("UPDATE duban_definitions SET source = replace(source, ?, ?)", words)


def _definition_renamed(connection: sqlite3.Connection, chance: random.Random) -> None:
    connection.execute("UPDATE duban_definitions SET version = version + 1")


def _definition_gone(connection: sqlite3.Connection, chance: random.Random) -> str:
    connection.execute("DELETE FROM duban_definitions")
    return "ISS-000001"


def _watch(change: str, wanted: str = "next_at IS NOT NULL") -> Tamper:
    def tamper(connection: sqlite3.Connection, chance: random.Random) -> str:
        found = connection.execute(f"SELECT case_id FROM duban_stopwatches WHERE {wanted} ORDER BY 1").fetchall()
        case_id = chance.choice(found)[0]
        connection.execute(f"UPDATE duban_stopwatches SET {change} WHERE case_id = ? AND {wanted}", (case_id,))
        due = "SELECT min(due_at) FROM duban_stopwatches WHERE case_id = id AND since IS NOT NULL"
        connection.execute(f"UPDATE duban_cases SET due_at = ({due}) WHERE id = ? AND due_at IS NOT NULL", (case_id,))
        return _ref(connection, case_id)

    tamper.__name__ = f"stopwatches: {change}"
    return tamper


def _watch_gone(connection: sqlite3.Connection, chance: random.Random) -> str:
    case_id = chance.choice(connection.execute("SELECT case_id FROM duban_stopwatches ORDER BY 1").fetchall())[0]
    connection.execute("DELETE FROM duban_stopwatches WHERE case_id = ?", (case_id,))
    connection.execute("UPDATE duban_cases SET due_at = NULL, due_provisional = 0 WHERE id = ?", (case_id,))
    return _ref(connection, case_id)


def _frozen(wanted: str) -> Tamper:
    def tamper(connection: sqlite3.Connection, chance: random.Random) -> str:
        case_id = chance.choice(connection.execute(f"SELECT id FROM duban_cases WHERE {wanted}").fetchall())[0]
        connection.execute("UPDATE duban_cases SET archive = 'closed-2021-deadbeef.db' WHERE id = ?", (case_id,))
        return _ref(connection, case_id)

    tamper.__name__ = f"frozen: {wanted}"
    return tamper


DAY = 86_400_000_000
"""In microseconds."""

WATCHES: list[Tamper] = [
    _watch("next_at = NULL"),
    _watch(f"next_at = next_at + {DAY}"),
    _watch(f"due_at = due_at + {DAY}, next_at = next_at + {DAY}"),
    _watch(f"since = since + {DAY}, due_at = due_at + {DAY}, next_at = next_at + {DAY}"),
    _watch('"limit" = "limit" + 28800'),
    _watch("next_step = next_step + 1"),
    _watch("entry = entry + 1"),
    _watch("used = used + 3600", "since IS NULL"),
    _watch("original_due_at = due_at"),
    _watch_gone,
]

TAMPERINGS: list[Tamper] = [
    *(_edit("duban_history", column) for column in _HISTORY),
    *(_edit("duban_cases", column) for column in _CASES),
    *[_row_gone, _tail_cut, _rows_swapped, _history_gone, _histories_exchanged] * 4,
    *[_case_gone, _renamed, _definition_changed, _definition_renamed, _definition_gone],
    _definition_changed,
    _frozen("closed_at IS NULL"),
    _frozen("closed_at IS NOT NULL"),
    *WATCHES,
]
