"""DBOS: a workflow of one step, whose identifier is the key; the step writes what the floor writes."""

import logging
from typing import Any, Final

from dbos import DBOS, DBOSConfig, SetWorkflowID

from bench.steppers import Step, Stepper, key_of

_UNDER: Final[dict[str, Step]] = {}
"""The step below: a workflow's arguments are kept, so it cannot be one of them."""


@DBOS.step()
def _taken(number: int, turn: int) -> None:
    _UNDER["step"](number, turn)


@DBOS.workflow()
def _stepped(number: int, turn: int) -> None:
    _taken(number, turn)


class Dbos:
    """DBOS with its own tables in ``url``; the step below runs in a database of its own, as an application's does."""

    name = "DBOS"

    def __init__(self, url: str, below: Stepper) -> None:
        logging.getLogger("dbos").setLevel(logging.ERROR)
        config = DBOSConfig(name="bench", system_database_url=url, log_level="ERROR")
        self._below = below
        self._dbos: Any = DBOS(config=config)
        DBOS.launch()

    def session(self) -> Step:
        """The step below gets a session for each thread; DBOS itself is one for all."""
        under = self._below.session()

        def step(number: int, turn: int) -> None:
            _UNDER["step"] = under
            with SetWorkflowID(key_of(number, turn)):
                _stepped(number, turn)

        return step

    def close(self) -> None:
        """Stop DBOS and close the step below."""
        DBOS.destroy()
        self._below.close()
