"""What a script of a workflow is: who fires each event on a walk, and with which data."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.workflows.stage import Stage, Step

from duban.engine.model.case import Case

OFFICE, SUPERVISOR, LEADER = "office-coordination-1", "supervision-member-1", "executive-leader"


@dataclass(frozen=True)
class Script:
    """``steps`` gives None for an event that came by itself when the step was prepared. ``fits`` says which walks the
    data can follow; ``for_ladder`` starts the case for a deadline that the ordinary case does not have."""

    openings: dict[str, Callable[[Stage], Case]]
    steps: dict[str, Callable[[Stage], Step | None]]
    fits: Callable[[tuple[str, ...]], bool] = lambda _events: True
    for_ladder: dict[str, dict[str, Callable[[Stage], Case]]] = field(default_factory=dict)


def always(by: str, *files: str, **data: object) -> Callable[[Stage], Step]:
    """The same step on every walk."""
    return lambda _stage: Step(by, data, files)


def handler(stage: Stage) -> str:
    """The handler of the walked case's unit."""
    return f"{stage.now().unit}-handler"
