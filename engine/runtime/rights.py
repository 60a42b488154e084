"""Who may act or be told at all, in the transaction in which it happens."""

from typing import TYPE_CHECKING

from duban.engine.errors import ActorSuspended

if TYPE_CHECKING:
    from duban.engine.model.organization import Actor
    from duban.engine.ports.suspensions import SuspensionsReader
    from duban.engine.runtime.world import World


def entitled(world: "World", reader: "SuspensionsReader", actor: "Actor") -> "Actor":
    """The actor with the rights that are not withheld from it now.

    Raises:
        ActorSuspended: none is left.
    """
    left = world.rights.left(actor, reader)
    if left is not actor and not left.roles:
        rules = world.directory.organization.suspensions
        raise ActorSuspended(
            actor=actor.name, roles=sorted(frozenset[str]().union(*(rule.by for rule in rules))) or None
        )
    return left
