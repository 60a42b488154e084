"""Offers the nearest name to one that was not found."""

from collections.abc import Iterable

from duban.engine.model.label import Label


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that reads most like ``name``, if any is close."""
    from difflib import get_close_matches  # only where something was not found

    close = get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return close[0] if close else None


def hint(name: str, candidates: Iterable[str]) -> Label:
    """The end of a sentence: the offer of the nearest name, or a full stop."""
    close = nearest(name, candidates)
    return Label(f"; did you mean `{close}`?", f"；是否想写“{close}”？") if close else Label(".", "。")
