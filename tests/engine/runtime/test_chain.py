"""Whatever is changed in the database is found, and where; what was not changed raises no alarm."""

import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.engine.runtime.family import begun, family
from tests.engine.runtime.street import assigned, closed, reported

import duban
import duban.testing
from duban.engine.model.case import Broken

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


TAMPERINGS: list[Tamper] = [
    *(_edit("duban_history", column) for column in _HISTORY),
    *(_edit("duban_cases", column) for column in _CASES),
    *[_row_gone, _tail_cut, _rows_swapped, _history_gone, _histories_exchanged] * 4,
    *[_case_gone, _renamed, _definition_changed, _definition_renamed, _definition_gone],
    _definition_changed,
]


@pytest.fixture
def street(engine: duban.Engine, clock: duban.testing.FrozenClock) -> duban.Engine:
    """A store with cases in several states, with steps, evidence and keys."""
    reported(engine, key="req-1")
    running = assigned(engine)
    ended = assigned(engine, severity="minor")
    clock.advance("1 working day")
    engine.sweep()
    closed(engine, ended)
    engine.fire(running.ref, "suspend", by="leader", data={"reason": "rain"}, key="req-2")
    engine.fire(running.ref, "resume", by="leader")
    assert engine.verify() == []
    return engine


@pytest.mark.parametrize("seed", range(len(TAMPERINGS)), ids=lambda seed: f"{seed}-{TAMPERINGS[seed].__name__}")
def test_what_was_tampered_with_is_found_and_located(street: duban.Engine, tmp_path: Path, seed: int) -> None:
    with sqlite3.connect(tmp_path / "street.db") as connection:
        expected = TAMPERINGS[seed](connection, random.Random(seed))
    connection.close()
    found = street.verify()
    assert found, "nothing was found"
    unreadable = {broken.ref for broken in found if broken.what == "next-case-unreadable"}
    if expected is not None and not unreadable:
        assert expected in {broken.ref for broken in found}
    elif unreadable:
        before = {"ISS-000001": "", "ISS-000002": "ISS-000001", "ISS-000003": "ISS-000002"}
        assert unreadable == {before[expected or ""]}


def test_there_are_at_least_sixty_ways() -> None:
    assert len(TAMPERINGS) >= 60


@pytest.mark.parametrize("damage", ["changed", "emptied", "gone"])
def test_a_changed_evidence_file_is_found_at_its_row(street: duban.Engine, tmp_path: Path, damage: str) -> None:
    [file] = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    file.chmod(0o600)
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "emptied" else b"another photograph")
    assert street.verify() == [Broken("ISS-000003", 5, "evidence-differs")]


def test_a_history_written_anew_from_end_to_end_is_found_by_a_checkpoint(street: duban.Engine, tmp_path: Path) -> None:
    published = street.checkpoint()
    assert street.verify(published=published) == []
    reported(street)
    assert street.verify(published=published) == []
    with sqlite3.connect(tmp_path / "street.db") as connection:
        for table in ("duban_history", "duban_stopwatches", "duban_outbox"):
            connection.execute(f"DELETE FROM {table} WHERE case_id = 4")
        connection.execute("DELETE FROM duban_cases WHERE id = 4")
        connection.execute("UPDATE duban_references SET last = 3")
    connection.close()
    assert street.verify(published=published) == []
    later = street.checkpoint()
    street.fire("ISS-000001", "assign", by="office", data={"unit": "office"})
    # The last row is cut off, and the case set back to fit: within the database nothing shows.
    head = later["ISS-000001"][1]
    with sqlite3.connect(tmp_path / "street.db") as connection:
        connection.execute("DELETE FROM duban_history WHERE case_id = 1 AND seq = 2")
        connection.execute("DELETE FROM duban_stopwatches WHERE case_id = 1")
        connection.execute(
            "UPDATE duban_cases SET version = 1, state = 'reported', head = ?, unit = NULL, due_at = NULL,"
            " updated_at = opened_at, data = json_remove(data, '$.unit') WHERE id = 1",
            (head,),
        )
    connection.close()
    moved = {**later, "ISS-000001": (2, "0" * 64), "ISS-000007": (1, head)}
    assert street.verify(published=later) == []
    assert street.verify(published=moved) == [
        Broken("ISS-000001", 2, "published-head-differs"),
        Broken("ISS-000007", None, "case-missing"),
    ]


@pytest.mark.parametrize("seed", range(60))
def test_a_store_that_nobody_touched_raises_no_alarm(
    make: Callable[..., duban.Engine], tmp_path: Path, clock: duban.testing.FrozenClock, seed: int
) -> None:
    chance, engine = random.Random(seed), make(family(tmp_path / "pack"))
    plan, parts = begun(engine, tuple(chance.sample(["office", "roads", "parks"], chance.randint(0, 3))))
    for _ in range(8):
        ref = chance.choice([plan, *parts]).ref
        event, by = chance.choice(
            [("finish", "road-hand"), ("finish", "chief"), ("hold", "chief"), ("resume", "chief"), ("reopen", "chief"),
             ("mention", "park-hand"), ("begin", "clerk")]
        )  # fmt: skip
        try:
            engine.fire(ref, event, by=by, key=chance.choice([None, f"{ref}-{event}"]))
        except duban.DubanError:
            clock.advance(f"{chance.randint(1, 9)} working hours")
            engine.sweep()
    assert engine.verify() == []
    assert engine.verify(published=engine.checkpoint()) == []
