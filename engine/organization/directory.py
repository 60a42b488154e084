"""Finds actors and recipients in an organisation."""

from collections.abc import Iterable

from duban.engine.errors import UnknownActor, UsageError
from duban.engine.model.hint import hint
from duban.engine.model.organization import BUILT_IN_ROLES, SYSTEM, Actor, Organization, Post
from duban.engine.model.saying import Saying
from duban.engine.model.scope import Scope

SYSTEM_ACTOR = Actor(SYSTEM, "built-in", (), frozenset({SYSTEM}))


class Directory:
    """Looks up who is who. Built once per organisation."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self._carriers: dict[str, list[Post]] = {}
        self._actors: dict[str, Actor] = {}
        self._scopes: dict[str, tuple[Actor, Scope]] = {}
        for post in organization.posts.values():
            for role in post.roles:
                self._carriers.setdefault(role, []).append(post)

    def actor(self, name: str) -> Actor:
        """The account, the post used as an account of its own, or the built-in actor of this name.

        Raises:
            UnknownActor: there is none; the nearest name is offered. UsageError: it is no text.
        """
        found = self._actors.get(name) if isinstance(name, str) else None
        if found is None:
            # An organisation does not change: who somebody is is found out once.
            found = self._actors[name] = self._found(name)
        return found

    def _found(self, name: str) -> Actor:
        if not isinstance(name, str):
            expected = Saying("argument.text")
            raise UsageError("argument", name="by", found=repr(name)[:60], kind=type(name).__name__, expected=expected)
        posts = self.organization.posts
        account = self.organization.accounts.get(name)
        if account is not None:
            held = tuple(posts[post] for post in account.posts)
            return Actor(name, "account", held, frozenset().union(*(post.roles for post in held)))
        if name in posts:
            return Actor(name, "post", (posts[name],), posts[name].roles)
        if name in BUILT_IN_ROLES:
            return Actor(name, "built-in", (), frozenset({name}))
        raise UnknownActor(actor=name, hint=hint(name, [*self.organization.accounts, *posts]))

    def actor_or_role(self, name: str, unit: str | None) -> Actor:
        """Like ``actor``; a role names whoever carries it in ``unit``, else wherever. For questions, never to fire.

        Raises:
            UnknownActor: neither an account, a post nor a carried role.
        """
        if (
            isinstance(name, str)
            and name in self._carriers
            and name not in self.organization.posts
            and name not in self.organization.accounts
        ):
            return Actor(name, "role", self.carriers(name, unit)[:1], frozenset({name}))
        return self.actor(name)

    def carriers(self, role: str, unit: str | None) -> tuple[Post, ...]:
        """The posts that carry a role in ``unit``; where none does, wherever it is carried."""
        every = self._carriers.get(role, [])
        inside = tuple(post for post in every if post.unit == unit)
        return inside or tuple(every)

    def posts_of(self, unit: str | None) -> tuple[Post, ...]:
        """Every post of a unit, as declared."""
        return tuple(post for post in self.organization.posts.values() if post.unit == unit)

    def recipients(self, names: Iterable[str], unit: str | None) -> tuple[Post, ...]:
        """The posts that ``names`` mean for a case of ``unit``, each once.

        A name is ``unit`` (every post of the case's unit), a role, a post, or a unit (every post of it).
        """
        found: dict[str, Post] = {}
        for name in names:
            for post in self._meant(name, unit):
                found.setdefault(post.name, post)
        return tuple(found.values())

    def _meant(self, name: str, unit: str | None) -> tuple[Post, ...]:
        if name == "unit":
            return self.posts_of(unit)
        if name in self._carriers:
            return self.carriers(name, unit)
        if name in self.organization.posts:
            return (self.organization.posts[name],)
        return self.posts_of(name)

    def acting_post(self, actor: Actor, roles: Iterable[str], unit: str | None) -> Post | None:
        """The post in which the actor acts: one with a fitting role, in the case's unit where it holds one there."""
        wanted = tuple(roles)
        fitting = [post for post in actor.posts if not post.roles.isdisjoint(wanted)]
        return next((post for post in fitting if post.unit == unit), fitting[0] if fitting else None)

    def scope(self, actor: Actor) -> Scope:
        """What the actor may see: the widest that its roles declare, over all of its units and what lies below."""
        known = self._scopes.get(actor.name)
        if known is None or known[0] is not actor:
            known = self._scopes[actor.name] = (actor, self._scope(actor))
        return known[1]

    def _scope(self, actor: Actor) -> Scope:
        if actor.kind == "built-in":
            return Scope.unbounded(actor.name)
        declared = {self.organization.roles[role].sees for role in actor.roles if role in self.organization.roles}
        sees = "all" if "all" in declared else "unit" if "unit" in declared else "own"
        return Scope(actor.name, actor.roles, sees, self._below(actor.units))  # type: ignore[arg-type]

    def _below(self, units: frozenset[str]) -> frozenset[str]:
        found = set(units)
        for unit in self.organization.units.values():
            above = unit.parent
            while above is not None and above not in found:
                above = self.organization.units[above].parent
            if above is not None:
                found.add(unit.name)
        return frozenset(found)
