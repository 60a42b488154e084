"""Reads an expression as words: enough to know which names stand in it, and where.

Not a parser: CEL's own decides what an expression means. This only tells names from the text of literals and comments,
so that the variables which an expression reads are known before it runs.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from duban.engine.model.frozen import frozen

_QUOTED: Final = r'"""(?:[^\\]|\\.)*?"""' r"|'''(?:[^\\]|\\.)*?'''" r'|"(?:[^"\\\n]|\\.)*"' r"|'(?:[^'\\\n]|\\.)*'"
_NAME: Final = r"(?:[A-Za-z_][A-Za-z0-9_]*|`[^`]*`)"
_WORD: Final = re.compile(
    rf"(?P<skip>//[^\n]*|[rRbB]{{0,2}}(?:{_QUOTED})|[0-9][A-Za-z0-9_.]*)"
    rf"|(?P<chain>{_NAME}(?:\s*\.\s*{_NAME})*)|.",
    re.DOTALL,
)
_DOT: Final = re.compile(r"\s*\.\s*")


@frozen
class Chain:
    """Names joined by points, such as ``last.verify.actor``, from ``start`` to ``end`` (from 0) of an expression."""

    name: str
    start: int
    end: int


def chains(expression: str) -> Iterator[Chain]:
    """Every chain of names that stands outside literals and comments, in order."""
    for word in _WORD.finditer(expression):
        chain = word["chain"]
        if chain is not None:
            yield Chain(_DOT.sub(".", chain).replace("`", ""), word.start(), word.end())


def names_in(expression: str, variables: Iterable[str]) -> frozenset[str]:
    """The variables that an expression may read: never too few, and too many only where a macro hides one."""
    parts = {
        ".".join(pieces[: length + 1])
        for chain in chains(expression)
        for pieces in [chain.name.split(".")]
        for length in range(len(pieces))
    }
    return frozenset(parts.intersection(variables))


def chain_at(expression: str, index: int) -> Chain | None:
    """The chain that covers ``index`` (from 0), or ends just there."""
    return next((chain for chain in chains(expression) if chain.start <= index <= chain.end), None)
