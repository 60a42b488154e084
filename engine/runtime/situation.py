"""One attempt, with all that it is judged by."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from duban.engine.model.frozen import frozen

if TYPE_CHECKING:
    from duban.engine.deadlines.hours import WorkingHours
    from duban.engine.model.case import Case
    from duban.engine.model.organization import Post
    from duban.engine.model.scope import Scope
    from duban.engine.runtime.request import Request


@frozen
class Situation:
    """A request, the case as it stands (None before it exists), who acts in which post, what they see, and when.

    ``hours`` are the working hours in force; ``parent`` is the case that starts one which does not exist yet.
    """

    request: "Request"
    case: "Case | None"
    post: "Post | None"
    scope: "Scope"
    now: datetime
    hours: "WorkingHours"
    parent: "Case | None" = None

    @property
    def data(self) -> Mapping[str, Any]:
        """The case's data before the event."""
        return self.case.data if self.case is not None else {}

    @property
    def state(self) -> str | None:
        """The case's state before the event."""
        return self.case.state if self.case is not None else None

    @property
    def name(self) -> str:
        """What the case is called in messages: its reference, or its workflow while it has none."""
        return self.case.ref if self.case is not None else str(self.request.workflow)
