"""``python-statemachine`` over a model, kept with ``sqlite3`` by hand as its page on persistent models suggests."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from statemachine import State, StateMachine

from bench.floors.sqlite import READ, SqliteFloor, connected, write
from bench.steppers import EVENTS, MOST, Step, key_of, payload, ref_of


class StepMachine(StateMachine):
    """The machine of a step."""

    working = State(initial=True)
    checked = State()
    closed = State(final=True)
    submit = working.to(checked, cond="is_small")
    rework = checked.to(working, cond="is_small")
    close = working.to(closed) | checked.to(closed)

    def is_small(self, amount: int) -> bool:
        """The guard."""
        return amount <= MOST


class PythonStateMachine(SqliteFloor):
    """The floor's tables and statements; the machine decides."""

    name = "python-statemachine"

    def __init__(self, file: Path, cases: int) -> None:
        super().__init__(file, cases)

    def session(self) -> Step:
        """A connection of its own."""
        connection = connected(self._file)
        self._connections.append(connection)

        def step(number: int, turn: int) -> None:
            event, brought = EVENTS[turn % 2], payload(turn)
            with self._turn:
                connection.execute("BEGIN IMMEDIATE")
                try:
                    read = connection.execute(READ, (ref_of(number),)).fetchone()
                    model: Any = SimpleNamespace(state=read[2])
                    StepMachine(model).send(event, amount=brought["amount"])
                    if read[1] != turn + 1:
                        raise ValueError("somebody else was first")
                    write(connection, read, event, model.state, brought, key_of(number, turn))
                except BaseException:
                    connection.execute("ROLLBACK")
                    raise
                connection.execute("COMMIT")

        return step
