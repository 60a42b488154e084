"""Tells the choices of a field in a line or two, however many and however long they are."""

from collections.abc import Mapping
from typing import Final

from duban.engine.messages import text
from duban.engine.model.label import Label

MOST: Final = 12
_LONGEST: Final = 24


def choice(name: str, label: str) -> str:
    """The name as it is typed, with its label where that says more."""
    short = label if len(label) <= _LONGEST else label[: _LONGEST - 1] + "…"
    return name if label == name else f"{name} ({short})"


def told_choices(choices: Mapping[str, Label], lang: str) -> list[str]:
    """The first dozen, and how many there are in all."""
    told = [choice(name, label.text(lang)) for name, label in choices.items()]
    return told if len(told) <= MOST else [*told[:MOST], text("help.in-all", lang, count=len(told))]
