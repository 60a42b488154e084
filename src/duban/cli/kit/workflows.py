"""The workflow that was typed, as far as the actor may know of it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duban.cli.kit.desk import Desk
    from duban.engine.model.definition import Workflow


def workflow_of(desk: "Desk", typed: str) -> "Workflow":
    """The pack's definition of the workflow, typed with dashes or underscores.

    Raises:
        UnknownActor. UnknownWorkflow: there is none, or not for this actor.
    """
    world = desk.engine.world
    return world.definitions.current(typed.replace("-", "_"), world.directory.actor(desk.by)).workflow
