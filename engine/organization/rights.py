"""What is left of an actor's rights once those that are suspended are taken out."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from duban.engine.model.frozen import frozen
from duban.engine.model.organization import Actor, Post
from duban.engine.model.suspension import Suspension

if TYPE_CHECKING:
    from duban.engine.ports.suspensions import SuspensionsReader

Withheld = Mapping[str, Mapping[str | None, Suspension]]
"""Of each account and post from which something is withheld: by role, or under None all of it, the row that did it."""


def in_force(rows: Iterable[Suspension]) -> Withheld:
    """What the log comes to. Restoring without a role ends everything that was withheld before."""
    found: dict[str, dict[str | None, Suspension]] = {}
    for row in rows:
        held = found.setdefault(row.who, {})
        if row.kind == "suspended":
            held.setdefault(row.role, row)
        elif row.role is None:
            held.clear()
        else:
            held.pop(row.role, None)
    return {who: held for who, held in found.items() if held}


def reduced(actor: Actor, withheld: Withheld) -> Actor:
    """The actor with the posts and roles that are left; the same one where nothing is withheld from it.

    What is withheld from a post is withheld from every account that holds it; what is withheld from an account, from
    that account only. The engine's own actors, and a role that is only asked about, are nobody's to suspend.
    """
    if actor.kind in ("built-in", "role"):
        return actor
    if actor.name not in withheld and not any(post.name in withheld for post in actor.posts):
        return actor
    own = withheld.get(actor.name, {})
    posts = tuple(left for post in actor.posts if (left := _left(post, withheld, own)) is not None)
    return Actor(actor.name, actor.kind, posts, frozenset[str]().union(*(post.roles for post in posts)))


def _left(post: Post, withheld: Withheld, own: Mapping[str | None, Suspension]) -> Post | None:
    held = withheld.get(post.name, {})
    if None in own or None in held:
        return None
    roles = post.roles - held.keys() - own.keys()
    return replace(post, roles=roles) if roles or not post.roles else None


@frozen
class _Known:
    """What was read of the log up to a row, and who was asked about since."""

    head: tuple[int, str]
    withheld: Withheld
    actors: dict[str, tuple[Actor, Actor]] = field(default_factory=dict)


class Rights:
    """Tells what is left to an actor as the log stands in a transaction. Safe to share between threads.

    The log is read again only when its head is another. The head is a number and the hash of the whole log, so what
    was undone, or belongs to another store, is never taken for this one.
    """

    def __init__(self) -> None:
        self._known = _Known((0, ""), {})

    def left(self, actor: Actor, reader: "SuspensionsReader") -> Actor:
        """The actor with the rights that it has in the reader's transaction; the same one where it has all of them."""
        if actor.kind in ("built-in", "role"):
            return actor
        head, known = reader.suspensions_head(), self._known
        if head != known.head:
            rows = reader.suspensions()
            known = self._known = _Known((rows[-1].number, rows[-1].hash) if rows else (0, ""), in_force(rows))
        if not known.withheld:
            return actor
        found = known.actors.get(actor.name)
        if found is None or (actor is not found[0] and actor is not found[1]):
            found = known.actors[actor.name] = (actor, reduced(actor, known.withheld))
        return found[1]
