"""Who there is: units, posts, roles, accounts. Posts only, never private persons."""

from collections.abc import Mapping
from typing import Final, Literal
from zoneinfo import ZoneInfo

from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label

Sees = Literal["all", "unit", "own"]

SCHEDULER: Final = "scheduler"
SYSTEM: Final = "system"
BUILT_IN_ROLES: Final = frozenset({SCHEDULER, SYSTEM})
"""Roles that no post carries: the scheduler's, and the engine's own when one case fires an event on another."""


@frozen
class Unit:
    """A unit of the organisation; communities and grids are units of those kinds."""

    name: str
    label: Label
    kind: str = "unit"
    parent: str | None = None


@frozen
class Role:
    """What a post may do is declared by role; ``sees`` bounds which cases it can read."""

    name: str
    label: Label
    sees: Sees = "all"


@frozen
class Post:
    """A post of a unit, with the roles it carries."""

    name: str
    unit: str
    roles: frozenset[str]
    label: Label
    reports_to: str | None = None


@frozen
class Account:
    """Somebody who holds posts and signs as one name."""

    name: str
    posts: tuple[str, ...]


@frozen
class SuspensionRule:
    """Who carries a role of ``by`` may suspend and restore: anybody, or only who has no other roles than ``of``."""

    by: frozenset[str]
    of: frozenset[str] | None = None


@frozen
class Organization:
    """All units, posts, roles and accounts of a pack, the time zone they work in, and who may suspend whom."""

    zone: ZoneInfo
    units: Mapping[str, Unit]
    roles: Mapping[str, Role]
    posts: Mapping[str, Post]
    accounts: Mapping[str, Account]
    suspensions: tuple[SuspensionRule, ...] = ()


@frozen
class Actor:
    """Who fires or reads: an account or a post, with all it holds. ``kind`` tells which it was."""

    name: str
    kind: Literal["account", "post", "role", "built-in"]
    posts: tuple[Post, ...]
    roles: frozenset[str]

    @property
    def units(self) -> frozenset[str]:
        """The units of all posts that the actor holds."""
        return frozenset(post.unit for post in self.posts)
