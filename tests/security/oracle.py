"""What is to become of an attempt, read from the YAML of a pack in plain Python, without the engine's rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workflows.machines import Machine

from duban.engine.definition.nodes import to_plain
from duban.engine.definition.pack_files import OTHERS
from duban.engine.definition.reader import read_document
from duban.engine.model.case import Case, HistoryRow

BUILT_IN = ("system", "scheduler")
OPEN = "open"
"""The rules that are left to judge are those of data and conditions: it may be done, or refused for one of these."""


def _many(words: Any) -> list[str]:
    return [words] if isinstance(words, str) else list(words or ())


@dataclass
class Oracle:
    """A pack as its files say it: machines, who carries which roles, who sees what."""

    machines: dict[str, Machine]
    organization: dict[str, Any]
    keys: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    """Of each actor and key that was used: what was asked for with it."""
    withheld: dict[str, set[str | None]] = field(default_factory=dict)
    """Of each account and post: the roles that are withheld from it, or None for all of them."""

    @classmethod
    def of(cls, pack: Path) -> "Oracle":
        """Read a pack."""
        plain = {path.name: to_plain(read_document(path)) for path in sorted(pack.glob("*.yaml"))}
        machines = [one for name, one in plain.items() if name not in OTHERS and isinstance(one, dict)]
        organization = plain["organization.yaml"]
        assert isinstance(organization, dict)
        return cls({one["workflow"]: Machine(one["workflow"], one) for one in machines}, organization)

    @property
    def actors(self) -> list[str]:
        """Everybody who can act."""
        return [*self.organization["posts"], *(self.organization.get("accounts") or {}), *BUILT_IN]

    def held(self, actor: str) -> list[str]:
        """The names of the posts that an actor holds."""
        accounts = self.organization.get("accounts") or {}
        if actor in self.organization["posts"]:
            return [actor]
        return _many(accounts[actor]["posts"]) if actor in accounts else []

    def declared(self, actor: str) -> set[str]:
        """The roles that an actor carries while nothing is withheld from it."""
        posts = self.organization["posts"]
        return (
            {actor} if actor in BUILT_IN else {one for name in self.held(actor) for one in _many(posts[name]["roles"])}
        )

    def posts(self, actor: str) -> list[dict[str, Any]]:
        """The posts that are left to an actor, with the roles that are left of each."""
        found = []
        for name in self.held(actor):
            post = self.organization["posts"][name]
            gone = self.withheld.get(actor, set()) | self.withheld.get(name, set())
            left = [] if None in gone else [role for role in _many(post["roles"]) if role not in gone]
            found += [{**post, "roles": left}] if left else []
        return found

    def roles(self, actor: str) -> set[str]:
        """The roles that are left to an actor."""
        if actor in BUILT_IN:
            return {actor}
        return {role for post in self.posts(actor) for role in _many(post.get("roles"))}

    def of_suspension(self, verb: str, by: str, who: str, role: str | None) -> str:
        """What suspending or restoring comes to: an error's name, ``duplicate``, or ``OPEN``."""
        if not self.roles(by):
            return "ActorSuspended"
        rules = [rule for rule in self.organization.get("suspensions") or [] if self.roles(by) & set(_many(rule["by"]))]
        may = any("of" not in rule or self.declared(who) <= set(_many(rule["of"])) for rule in rules)
        if who in BUILT_IN or by == who or set(self.held(by)) & set(self.held(who)) or not may:
            return "MayNotSuspend"
        gone = self.withheld.get(who, set())
        if role is not None and role not in self.declared(who):
            return "UsageError"
        if verb == "suspend":
            return "duplicate" if {None, role} & gone else OPEN
        return OPEN if gone and (role is None or (role in gone and None not in gone)) else "UsageError"

    def decided(self, verb: str, who: str, role: str | None) -> None:
        """Note what was suspended or restored."""
        gone = self.withheld.setdefault(who, set())
        if verb == "suspend":
            gone.add(role)
        elif role is None:
            gone.clear()
        else:
            gone.discard(role)

    def audience(self, workflow: str, rows: Sequence[HistoryRow]) -> set[str]:
        """The roles that see a case, by what happened to it; empty for everybody."""
        machine = self.machines[workflow]
        found = _many(machine.plain.get("confidential"))
        for row in rows:
            told = machine.events.get(row.event, {})
            found = _many(told["confidential"]) if "confidential" in told else found
        return set(found)

    def sees(self, actor: str, case: Case, rows: Sequence[HistoryRow]) -> bool:
        """Whether an actor sees a case."""
        if actor in BUILT_IN:
            return True
        roles, audience = self.roles(actor), self.audience(case.workflow, rows)
        if audience and not roles & audience:
            return False
        declared = self.organization.get("roles") or {}
        wide = {(declared.get(role) or {}).get("sees", "all") for role in roles}
        if "all" in wide or rows[0].actor == actor:
            return True
        return "unit" in wide and case.unit is not None and bool(self._upward(case.unit) & self._units(actor))

    def _units(self, actor: str) -> set[str]:
        return {post["unit"] for post in self.posts(actor)}

    def _upward(self, unit: str) -> set[str]:
        """A unit, and all above it."""
        parents: dict[str, str | None] = {}
        for name, told in (self.organization.get("units") or {}).items():
            parents[name] = (told or {}).get("parent")
        for name, told in (self.organization.get("communities") or {}).items():
            parents[name] = (told or {}).get("parent")
            parents |= dict.fromkeys((told or {}).get("grids") or {}, name)
        found: set[str] = set()
        here: str | None = unit
        while here is not None and here not in found:
            found.add(here)
            here = parents.get(here)
        return found

    def of_fire(
        self, case: Case | None, rows: Sequence[HistoryRow], event: str, by: str, asked: tuple[Any, ...],
        key: str | None, version: int | None,
    ) -> str:  # fmt: skip
        """What firing comes to: an error's name, ``duplicate``, or ``OPEN``."""
        if not self.roles(by):
            return "ActorSuspended"
        seen = case is not None and self.sees(by, case, rows)
        if key is not None and (by, key) in self.keys:
            if self.keys[by, key] == asked:
                return "duplicate"
            if seen:
                return "KeyReused"
        if case is None or not seen:
            return "UnknownCase"
        machine = self.machines[case.workflow]
        if event not in machine.events:
            return "UnknownEvent"
        if not self.roles(by) & machine.roles(event):
            return "NotPermitted"
        if version is not None and version != case.version:
            return "VersionConflict"
        if event in machine.openings or case.state not in machine.sources(event):
            return "TransitionNotAllowed"
        return OPEN

    def of_start(self, workflow: str, event: str, by: str, asked: tuple[Any, ...], key: str | None) -> str:
        """What starting comes to: an error's name, ``duplicate``, or ``OPEN``."""
        if not self.roles(by):
            return "ActorSuspended"
        if key is not None and (by, key) in self.keys:
            return "duplicate" if self.keys[by, key] == asked else "KeyReused"
        machine, roles = self.machines.get(workflow), self.roles(by)
        if machine is None:
            return "UnknownWorkflow"
        audience = set(_many(machine.plain.get("confidential")))
        may_open = any(roles & machine.roles(opening) for opening in machine.openings)
        if audience and not roles & audience and not may_open:
            return "UnknownWorkflow"
        if event not in machine.openings:
            return "UnknownEvent"
        return OPEN if roles & machine.roles(event) else "NotPermitted"
