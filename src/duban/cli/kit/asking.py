"""A question on the terminal that is answered with yes or no, in the language in which it is asked or in the other."""

import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk

_YES: Final = frozenset({"y", "yes", "是", "好", "ｙ"})
_NO: Final = frozenset({"", "n", "no", "否", "不", "ｎ"})


def is_asked() -> bool:
    """Whether somebody is there to be asked. A process may have been started without any of these."""
    return all(one is not None and one.isatty() for one in (sys.stdin, sys.stderr))


def confirmed(desk: "Desk", question: str) -> bool:
    """Ask until the answer is yes or no; nothing typed is a no.

    Raises:
        click.Abort: the answer was Ctrl-C or the end of the input. That nothing was changed is told already.
    """
    while True:
        try:
            answer = click.prompt(f"{question} {desk.say('yes-or-no')}", default="", show_default=False, err=True)
        except click.Abort:
            sys.stderr.write(f"\n{desk.say('nothing-fired')}\n")
            raise
        typed = answer.strip().casefold()
        if typed in _YES or typed in _NO:
            return typed in _YES
        sys.stderr.write(desk.say("answer-yes-or-no") + "\n")
