"""Who may act or be told at all, in the transaction in which it happens."""

from dataclasses import replace

from duban.engine.errors import ActorSuspended
from duban.engine.model.organization import Actor
from duban.engine.ports.records import Standing
from duban.engine.ports.store import Writer
from duban.engine.ports.suspensions import SuspensionsReader
from duban.engine.runtime.request import Request
from duban.engine.runtime.world import World


def entitled(world: World, reader: SuspensionsReader, actor: Actor, head: tuple[int, str] | None = None) -> Actor:
    """The actor with the rights that are not withheld from it now; ``head`` is that of the log, where it is known.

    Raises:
        ActorSuspended: none is left.
    """
    left = world.rights.left(actor, reader, head)
    if left is not actor and not left.roles:
        rules = world.directory.organization.suspensions
        raise ActorSuspended(
            actor=actor.name, roles=sorted(frozenset[str]().union(*(rule.by for rule in rules))) or None
        )
    return left


class HeldRights:
    """The rights of those who act in one write transaction: they stay as they are until it ends."""

    def __init__(self, world: World, writer: Writer) -> None:
        self._world = world
        self._writer = writer
        self._entitled: Actor | None = None

    def of(self, actor: Actor, head: tuple[int, str] | None = None) -> Actor:
        """The actor with the rights that are left; ``head`` is that of the log, where it was asked for already.

        Raises:
            ActorSuspended: none is left.
        """
        if actor.kind == "built-in" or actor is self._entitled:
            return actor
        left = self._entitled = entitled(self._world, self._writer, actor, head)
        return left

    def asked(self, request: Request) -> Request:
        """The request with the rights that its actor has.

        Raises:
            ActorSuspended: none is left.
        """
        actor = self.of(request.actor)
        return request if actor is request.actor else replace(request, actor=actor)

    def standing(self, request: Request) -> tuple[Request, Standing]:
        """The same, and all that is to be known of the case, asked at once.

        What the actor sees is asked with the rights that it had when the log was read last; where they are others by
        now, once more.

        Raises:
            ActorSuspended: none is left.
        """
        ref, name, scope_of = request.ref or "", request.actor.name, self._world.directory.scope
        assumed = request.actor if request.actor is self._entitled else self._world.rights.assumed(request.actor)
        standing = self._writer.standing(ref, scope_of(assumed), request.key, name)
        actor = self.of(request.actor, standing.rights)
        if actor is not assumed:
            standing = self._writer.standing(ref, scope_of(actor), request.key, name)
        return request if actor is request.actor else replace(request, actor=actor), standing
