"""compile: freezes what a compilation tells as of the moment that asked for it, and hands it to the case.

``compilation`` names one of compilations.yaml, ``event`` the event that is fired on the case as ``system`` with the
snapshot as evidence. Carried out twice, it hands over once.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from duban.engine.model.case import Message
    from duban.engine.ports.actions import Toolbox

Problem = tuple[str, Mapping[str, Any]]
_PARAMETERS: Final = ("compilation", "event")


class Compile:
    """See the module."""

    name = "compile"

    def problems(self, params: Mapping[str, Any]) -> Mapping[str, Problem]:
        """What is wrong with declared parameters; whether their names exist is checked with the pack."""
        found: dict[str, Problem] = {}
        for name in params:
            if name not in _PARAMETERS:
                found[name] = ("unknown-parameter", {"known": list(_PARAMETERS)})
        for name in _PARAMETERS:
            if not isinstance(params.get(name), str) or not params[name]:
                found[name] = ("name", {"found": str(params.get(name))})
        return found

    def recipients(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """Nobody is written to."""
        return ()

    def carry_out(self, message: "Message", toolbox: "Toolbox") -> None:
        """Compile as of the message's row, and fire the event with it, unless that was done already."""
        from duban.engine.model.compilation import SNAPSHOT_FIELD, SNAPSHOT_FILE

        declared = message.params["declared"]
        if toolbox.has_fired(message):
            return
        content = toolbox.compiled(message, declared["compilation"])
        toolbox.fire(message, declared["event"], evidence={SNAPSHOT_FIELD: (SNAPSHOT_FILE, content)})
