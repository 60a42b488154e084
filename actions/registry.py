"""Finds actions by name: duban's own, and those of other packages under the entry points ``duban.actions``."""

from functools import cached_property
from importlib.metadata import entry_points
from typing import Final

from duban.actions.notify import Notify
from duban.engine.ports.actions import Action

GROUP: Final = "duban.actions"


class Registry:
    """All actions. Entry points are looked up once, at the first question; a name of duban's own cannot be taken."""

    @cached_property
    def _actions(self) -> dict[str, Action]:
        own: dict[str, Action] = {action.name: action for action in (Notify(),)}
        others: dict[str, Action] = {}
        for point in entry_points(group=GROUP):
            action = point.load()
            others[point.name] = action() if isinstance(action, type) else action
        return {**others, **own}

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._actions))

    def find(self, name: str) -> Action | None:
        """The action of this name, or None."""
        return self._actions.get(name)
