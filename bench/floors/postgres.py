"""A durable step by hand on psycopg: one statement, in which the case moves on, its row and its message go in.

``PostgresFloor`` sends nothing but that statement, one round trip: the guard stands in its WHERE, and the database
works out the hash. ``ReadingFloor`` reads the case first, as whoever judges outside of the database must: two trips.
"""

import hashlib
import json
import time
from typing import Any, Final

import psycopg

from bench.steppers import EVENTS, MOST, STATES, Step, key_of, payload, ref_of

TABLES: Final = """
CREATE TABLE cases (
    id bigint PRIMARY KEY, ref text NOT NULL UNIQUE, version integer NOT NULL, state text NOT NULL,
    data text NOT NULL, unit text, level integer NOT NULL, updated_at bigint NOT NULL, due_at bigint, head text NOT NULL
);
CREATE INDEX ix_cases_state ON cases (state, id);
CREATE INDEX ix_cases_unit ON cases (unit, due_at);
CREATE INDEX ix_cases_due ON cases (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE history (
    case_id bigint NOT NULL REFERENCES cases (id), seq integer NOT NULL, event text NOT NULL, from_state text,
    to_state text NOT NULL, actor text NOT NULL, at bigint NOT NULL, data text NOT NULL, key text UNIQUE,
    hash text NOT NULL, PRIMARY KEY (case_id, seq)
);
CREATE TABLE outbox (
    number bigserial PRIMARY KEY, case_id bigint NOT NULL REFERENCES cases (id), key text NOT NULL UNIQUE,
    action text NOT NULL, params text NOT NULL, state text NOT NULL, next_at bigint
);
CREATE INDEX ix_outbox_next ON outbox (next_at, number) WHERE state = 'waiting';
"""
_REST: Final = """
, row AS (
    INSERT INTO history
    SELECT id, version, %(event)s, %(before)s, state, 'office', updated_at, %(changes)s, %(key)s, head FROM moved
)
INSERT INTO outbox (case_id, key, action, params, state, next_at)
SELECT id, id || ':' || version, 'notify', %(params)s, 'waiting', updated_at FROM moved RETURNING case_id
"""
ONE: Final = f"""
WITH moved AS (
    UPDATE cases SET version = version + 1, state = %(after)s, data = (data::jsonb || %(changes)s::jsonb)::text,
        updated_at = %(now)s, due_at = %(due)s,
        head = encode(sha256(convert_to(head || %(event)s || %(changes)s || %(now)s, 'UTF8')), 'hex')
    WHERE ref = %(ref)s AND version = %(version)s AND state = %(before)s AND %(amount)s <= {MOST}
    RETURNING id, version, state, updated_at, head
){_REST}"""
READ: Final = "SELECT id, version, state, data, head FROM cases WHERE ref = %s"
MOVE: Final = f"""
WITH moved AS (
    UPDATE cases SET version = version + 1, state = %(after)s, data = %(data)s, updated_at = %(now)s, due_at = %(due)s,
        head = %(head)s
    WHERE id = %(id)s AND version = %(version)s
    RETURNING id, version, state, updated_at, head
){_REST}"""
FIVE_DAYS: Final = 5 * 86_400_000_000


def filled(url: str, cases: int) -> None:
    """Tables with so many cases in ``working``, each with its first row."""
    data = json.dumps({"title": "a case", "unit": "unit-0", "amount": 1})
    head = hashlib.sha256(data.encode()).hexdigest()
    with psycopg.connect(url) as connection:
        connection.execute(TABLES)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO cases VALUES (%s, %s, 1, 'working', %s, 'unit-0', 0, 0, %s, %s)",
                [(number + 1, ref_of(number), data, FIVE_DAYS, head) for number in range(cases)],
            )
            cursor.executemany(
                "INSERT INTO history VALUES (%s, 1, 'open', NULL, 'working', 'office', 0, %s, NULL, %s)",
                [(number + 1, data, head) for number in range(cases)],
            )


class PostgresFloor:
    """One round trip for a step."""

    name = "floor"

    def __init__(self, url: str, cases: int) -> None:
        self._url = url
        self._connections: list[psycopg.Connection[Any]] = []
        filled(url, cases)

    def session(self) -> Step:
        """A connection of its own, whose statements commit by themselves and are prepared after their fifth use."""
        connection = psycopg.connect(self._url, autocommit=True)
        self._connections.append(connection)

        def step(number: int, turn: int) -> None:
            if connection.execute(ONE, _values(number, turn)).rowcount != 1:
                raise LookupError("refused, or somebody else was first")

        return step

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections:
            connection.close()


class ReadingFloor(PostgresFloor):
    """The case is read and judged outside of the database: two round trips for a step."""

    name = "read, then one statement"

    def session(self) -> Step:
        """A connection of its own."""
        connection = psycopg.connect(self._url, autocommit=True)
        self._connections.append(connection)

        def step(number: int, turn: int) -> None:
            values = _values(number, turn)
            read = connection.execute(READ, (values["ref"],)).fetchone()
            if read is None or read[2] != values["before"] or read[1] != turn + 1 or values["amount"] > MOST:
                raise ValueError("refused")
            values["id"], values["data"] = read[0], json.dumps({**json.loads(read[3]), **payload(turn)})
            values["head"] = hashlib.sha256(f"{read[4]}{values}".encode()).hexdigest()
            if connection.execute(MOVE, values).rowcount != 1:
                raise LookupError("somebody else was first")

        return step


def _values(number: int, turn: int) -> dict[str, Any]:
    now, brought = time.time_ns() // 1000, payload(turn)
    return {
        "ref": ref_of(number), "version": turn + 1, "event": EVENTS[turn % 2], "before": STATES[turn % 2],
        "after": STATES[(turn + 1) % 2], "changes": json.dumps(brought, separators=(",", ":")), "now": now,
        "due": now + FIVE_DAYS, "key": key_of(number, turn), "amount": brought["amount"],
        "params": json.dumps({"to": "office", "event": EVENTS[turn % 2], "state": STATES[(turn + 1) % 2]}),
    }  # fmt: skip
