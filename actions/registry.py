"""Finds actions by name: duban's own, and those of other packages under the entry points ``duban.actions``."""

from functools import cached_property
from typing import TYPE_CHECKING, Final

from duban.actions.compile import Compile
from duban.actions.notify import Notify
from duban.engine.errors import UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from duban.engine.ports.actions import Action

GROUP: Final = "duban.actions"


class Registry:
    """All actions. Entry points are looked up once, and each is loaded when it is first asked for, so that a package
    that does not work harms only those who use it. A name of duban's own cannot be taken.
    """

    def __init__(self) -> None:
        self._loaded: dict[str, Action] = {action.name: action for action in (Notify(), Compile())}

    @cached_property
    def _points(self) -> dict[str, "EntryPoint"]:
        from importlib.metadata import entry_points

        return {point.name: point for point in entry_points(group=GROUP)}

    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted({*self._loaded, *self._points}))

    def find(self, name: str) -> "Action | None":
        """The action of this name, or None.

        Raises:
            UsageError: a package declares it, and it cannot be loaded.
        """
        if name not in self._loaded:
            point = self._points.get(name)
            if point is None:
                return None
            try:
                action = point.load()
                self._loaded[name] = action() if isinstance(action, type) else action
            except Exception as fault:  # other people's code: whatever it raises means that it does not work
                why = f"{type(fault).__name__}: {fault}"
                raise UsageError("action", name=name, where=point.value, why=why) from fault
        return self._loaded[name]
