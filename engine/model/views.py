"""Declared views of cases: records within a case, and boards that anybody may read."""

from collections.abc import Mapping
from typing import Any

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label


@frozen
class Record:
    """A table within a case: what was recorded last of each value of the field ``per``, by the events ``of``.

    ``among`` is a list field of the values that ought to be recorded; ``shows`` are fields of the events, ``cases`` the
    workflow of child cases that belong to a value: those whose own field ``per`` holds it.
    """

    name: str
    label: Label
    of: frozenset[str]
    per: str
    among: str | None = None
    shows: tuple[str, ...] = ()
    cases: str | None = None


@frozen
class Board:
    """A list that anybody may read: cases in the states ``states`` whose data fit ``where``, with the fields
    ``shows`` and nothing else."""

    name: str
    label: Label
    states: tuple[str, ...]
    where: Mapping[str, Any]
    shows: tuple[str, ...]
