"""Options and arguments that explain themselves in the reader's language."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from duban.engine.messages import text

Says = str | Callable[[str], str]
"""The key of a text in the catalogue, or what tells the words in a language."""


def said(says: Says, lang: str) -> str:
    """The words in ``lang``."""
    return text(says, lang) if isinstance(says, str) else says(lang)


class Option(click.Option):
    """An option with words in both languages."""

    def __init__(self, declarations: Sequence[str], *, says: Says, **settings: Any) -> None:
        super().__init__(list(declarations), **settings)
        self.says = says

    def told(self, context: click.Context, lang: str) -> tuple[str, str]:
        """Its names as typed, and its words."""
        names = ", ".join(sorted(self.opts, key=len))
        if not self.is_flag:
            names += " " + self.make_metavar(context)
        return names, said(self.says, lang)


class Argument(click.Argument):
    """An argument with words in both languages."""

    def __init__(self, name: str, *, says: Says, **settings: Any) -> None:
        super().__init__([name], **settings)
        self.says = says

    def told(self, lang: str) -> tuple[str, str]:
        """Its name as shown, and its words."""
        return str(self.metavar or (self.name or "").upper()), said(self.says, lang)
