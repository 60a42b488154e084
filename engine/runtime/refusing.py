"""What the log of refusals keeps of a refused request."""

from typing import TYPE_CHECKING

from duban.engine.errors import DubanError, GuardRefused
from duban.engine.ports.records import Refusal
from duban.engine.runtime.judge import recorded

if TYPE_CHECKING:
    from duban.engine.runtime.request import Request
    from duban.engine.runtime.world import World


def refusal_of(world: "World", request: "Request", fault: DubanError) -> Refusal:
    """The refusal of what somebody asked for; the reasons of guards without the references of other cases."""
    labels = fault.labels if isinstance(fault, GuardRefused) else ()
    loaded = world.definitions.loaded.get(request.workflow or "")
    return Refusal(
        world.clock.now(), request.actor.name, request.ref, request.workflow, request.event or "start", fault.code,
        tuple(recorded(label) for label in labels), loaded.workflow.confidential if loaded else (),
    )  # fmt: skip
