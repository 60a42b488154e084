"""Suspends and restores accounts and posts, at once and in every process, and tells how each stands.

Always in a transaction of the engine's own: in a host's, which may have used rights already, two that withdraw rights
would wait for each other.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from duban.engine.errors import MayNotSuspend, StoreBusy, UsageError
from duban.engine.log import log
from duban.engine.model.suspension import SUSPENSIONS, Decided, Standing, Suspension
from duban.engine.organization.rights import Withheld, in_force, reduced
from duban.engine.runtime.given import require_texts, require_texts_or_none
from duban.engine.runtime.request import Request
from duban.engine.runtime.rights import entitled
from duban.engine.runtime.surveys import SurveyOperations
from duban.engine.runtime.suspension_chain import hash_suspension, head_of

if TYPE_CHECKING:
    from duban.engine.model.organization import Actor
    from duban.engine.ports.store import Store, Writer
    from duban.engine.runtime.telling import Telling
    from duban.engine.runtime.world import World

MAX_REASON: Final = 200
PATIENCE: Final = 5
"""How often it is tried again where the store is busy: many who go on working must not keep somebody's rights alive."""

Verb = Literal["suspend", "restore"]


class Administration(SurveyOperations):
    """The verbs about who may act. Which roles may suspend whom stands in organization.yaml."""

    def __init__(self, world: "World", store: "Store") -> None:
        super().__init__(world, store)
        self._store = store

    def suspend(self, who: str, *, by: str, reason: str, role: str | None = None) -> Decided:
        """Withhold all rights of an account or a post, or one ``role``: nothing commits afterwards that used them.

        It waits for what is under way. What is withheld from a post is withheld from every account that holds it.

        Raises:
            UnknownActor, ActorSuspended, MayNotSuspend. UsageError: ``who`` does not carry the role, or the reason is
            empty or too long. StoreBusy: what is under way did not end in half a minute; nothing was changed.
        """
        return self._decided("suspend", who, by, reason, role)

    def restore(self, who: str, *, by: str, reason: str, role: str | None = None) -> Decided:
        """Give back what was withheld: everything, or one ``role``.

        Raises:
            As ``suspend``. UsageError: nothing of it is withheld, or all is and only a role was named.
        """
        return self._decided("restore", who, by, reason, role)

    def accounts(self, *, by: str) -> list[Standing]:
        """Every account and post, as it stands, accounts first; reasons only where ``by`` may restore it.

        Raises:
            UnknownActor, ActorSuspended.
        """

        def read(telling: "Telling") -> list[Standing]:
            withheld = in_force(telling.reader.suspensions())
            organization = self._world.directory.organization
            return [self._standing(telling, name, withheld) for name in (*organization.accounts, *organization.posts)]

        return self._told(by, "accounts", read)

    def suspensions(self, *, by: str) -> list[Suspension]:
        """The log of who was suspended and restored, oldest first; reasons only where ``by`` may restore it.

        Raises:
            UnknownActor, ActorSuspended.
        """

        def read(telling: "Telling") -> list[Suspension]:
            return [self._with_reason(telling, row) for row in telling.reader.suspensions()]

        return self._told(by, "suspensions", read)

    def _decided(self, verb: Verb, who: str, by: str, reason: str, role: str | None) -> Decided:
        require_texts(who=who, reason=reason)
        require_texts_or_none(role=role)
        directory = self._world.directory
        actor, other, reason = directory.actor(by), directory.actor(who), reason.strip()
        if not 1 <= len(reason) <= MAX_REASON or not reason.isprintable():
            raise UsageError("suspension-reason", found=len(reason), most=MAX_REASON)

        def once() -> Decided:
            with self._store.write() as writer:
                writer.lock_suspensions()
                self._entitle(entitled(self._world, writer, actor), other)
                return self._written(writer, verb, actor, other, reason, role)

        def work() -> Decided:
            for _ in range(PATIENCE):
                try:
                    return once()
                except StoreBusy:
                    log.info("account.waiting", who=who, actor=by)
            return once()

        decided = self._recorded(Request(actor=actor, event=verb), work)
        if not decided.duplicate:
            done = "account.suspended" if verb == "suspend" else "account.restored"
            log.info(done, who=who, role=role, actor=by)
        return decided

    def _entitle(self, actor: "Actor", other: "Actor") -> None:
        """Let the actor suspend or restore the other, or refuse."""
        if other.kind == "built-in":
            raise MayNotSuspend("built-in", actor=actor.name, who=other.name)
        held = {post.name for post in self._world.directory.actor(actor.name).posts}
        shared = sorted(held & {post.name for post in other.posts})
        if actor.name == other.name or shared:
            raise MayNotSuspend("oneself", actor=actor.name, who=other.name, posts=shared)
        rules = self._world.directory.organization.suspensions
        fitting = [rule for rule in rules if rule.by & actor.roles]
        if not fitting:
            roles = sorted(frozenset[str]().union(*(rule.by for rule in rules)))
            carried = sorted(actor.roles) or None
            raise MayNotSuspend("role", actor=actor.name, who=other.name, roles=roles or None, carried=carried)
        if not any(rule.of is None or other.roles <= rule.of for rule in fitting):
            of = sorted(frozenset[str]().union(*(rule.of or () for rule in fitting)))
            raise MayNotSuspend("beyond", actor=actor.name, who=other.name, roles=of, carried=sorted(other.roles))

    def _may(self, telling: "Telling", other: "Actor") -> bool:
        try:
            self._entitle(telling.actor, other)
        except MayNotSuspend:
            return False
        return True

    def _written(
        self, writer: "Writer", verb: Verb, actor: "Actor", other: "Actor", reason: str, role: str | None
    ) -> Decided:
        if role is not None and role not in other.roles:
            raise UsageError("suspension-role", who=other.name, role=role, roles=sorted(other.roles))
        rows = writer.suspensions()
        held = in_force(rows).get(other.name, {})
        if verb == "suspend" and (None in held or role in held):
            return Decided(held[None if None in held else role], duplicate=True)
        if verb == "restore":
            _restorable(held, other, role)
        row = Suspension(
            number=len(rows) + 1, kind="suspended" if verb == "suspend" else "restored", who=other.name, role=role,
            by=actor.name, at=self._world.clock.now(), reason=reason, hash="",
        )  # fmt: skip
        row = replace(row, hash=hash_suspension(row, rows[-1].hash if rows else ""))
        writer.add_suspension(row)
        writer.put_setting(SUSPENSIONS, head_of([row]))
        return Decided(row, duplicate=False)

    def _standing(self, telling: "Telling", name: str, withheld: Withheld) -> Standing:
        actor = self._world.directory.actor(name)
        names = dict.fromkeys([name, *(post.name for post in actor.posts)])
        rows = [row for one in names for row in withheld.get(one, {}).values()]
        return Standing(
            name, "account" if actor.kind == "account" else "post", tuple(post.name for post in actor.posts),
            tuple(sorted(reduced(actor, withheld).roles)), tuple(self._with_reason(telling, row) for row in rows),
        )  # fmt: skip

    def _with_reason(self, telling: "Telling", row: Suspension) -> Suspension:
        organization = self._world.directory.organization
        known = row.who in organization.accounts or row.who in organization.posts
        told = row.by == telling.actor.name or (known and self._may(telling, self._world.directory.actor(row.who)))
        return row if told else replace(row, reason="")


def _restorable(held: Mapping[str | None, Any], other: "Actor", role: str | None) -> None:
    if not held or (role is not None and None not in held and role not in held):
        raise UsageError("not-suspended", who=other.name)
    if role is not None and None in held:
        raise UsageError("suspended-whole", who=other.name, role=role)
