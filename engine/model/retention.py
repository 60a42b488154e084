"""How long what a finished case holds is kept."""

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.period import Period

RETENTION = "retention"
"""How rows are called that take values out when their time is over: ``retention:RULE``. No event is called so."""


@frozen
class Retention:
    """One rule: ``fields`` of the cases of ``workflow`` are erased so long after their end."""

    name: str
    label: Label
    workflow: str
    fields: tuple[str, ...]
    period: Period

    @property
    def event(self) -> str:
        """How its rows are called in histories."""
        return f"{RETENTION}:{self.name}"
