"""Offers the nearest name to one that was not found."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from duban.engine.model.label import Label

_LONGEST: Final = 80
_MOST: Final = 1_000
_FEW: Final = 15


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that reads most like ``name``, if any is close.

    It is a help, no more: nothing is looked for that is longer than any name, nor among more than a thousand.
    """
    from difflib import get_close_matches  # only where something was not found

    if len(name) > _LONGEST:
        return None
    likely = (one for one in islice(candidates, _MOST) if len(one) <= _LONGEST)
    close = get_close_matches(name, list(likely), n=1, cutoff=0.6)
    return close[0] if close else None


def hint(name: str, candidates: Iterable[str]) -> Label:
    """The end of a sentence: the offer of the nearest name, or a full stop."""
    close = nearest(name, candidates)
    return Label(f"; did you mean `{close}`?", f"；是否想写“{close}”？") if close else Label(".", "。")


def few(names: Iterable[str]) -> list[str]:
    """Names to be told: the first of them, and that there are more."""
    found = list(islice(names, _FEW + 1))
    return found if len(found) <= _FEW else [*found[:_FEW], "…"]
