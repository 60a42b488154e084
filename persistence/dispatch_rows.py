"""Rows of what goes out on channels as values; beside the other rows, as most commands have nothing to do with it."""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement

from duban.engine.model.case import Notice
from duban.engine.model.dispatch import Dispatch
from duban.persistence.rows import AnyRow, names_of
from duban.persistence.tables import dispatches

DISPATCH: Final[list[ColumnElement[Any]]] = [dispatches.c[name] for name in names_of(Dispatch, "notices")]


def dispatch_of(row: AnyRow, held: tuple[Notice, ...] = ()) -> Dispatch:
    """What goes out on a channel, from columns ``DISPATCH``, with the notices that it holds."""
    return replace(Dispatch(*row), notices=held)
