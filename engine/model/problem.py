"""One thing wrong with a declared file, and where."""

from dataclasses import field
from typing import Any

from duban.engine.messages import text
from duban.engine.model.frozen import frozen


@frozen
class Problem:
    """What is wrong at ``path:line:column`` (1-based), told by the catalogue's text ``key`` with ``data``."""

    path: str
    line: int
    column: int
    key: str
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """``file:line:column``, as editors understand it."""
        return f"{self.path}:{self.line}:{self.column}"

    def message(self, lang: str = "en") -> str:
        """Tell the problem with its place."""
        return f"{self.place}: {text(self.key, lang, **self.data)}"
