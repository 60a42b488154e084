"""organization.yaml and calendar.yaml, from typed documents to frozen values."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duban.engine.definition.findings import MOST, Findings, Loc
from duban.engine.definition.names import NAME
from duban.engine.definition.pack_documents import CalendarDoc, CatalogueDoc, OrganizationDoc
from duban.engine.definition.parts import label_of
from duban.engine.model.label import Label
from duban.engine.model.organization import (
    BUILT_IN_ROLES,
    SYSTEM,
    Account,
    Organization,
    Post,
    Role,
    SuspensionRule,
    Unit,
)
from duban.engine.model.pack import CalendarPlan

_BUILT_IN: Final = Label("built into the engine", "引擎内置")
_RESERVED: Final[Mapping[str, frozenset[str]]] = {
    "roles": BUILT_IN_ROLES | {"unit"},  # `to: unit` names every post of the case's unit
    "posts": BUILT_IN_ROLES,
    "accounts": BUILT_IN_ROLES,
}
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,31}){0,2}")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def build_organization(doc: OrganizationDoc, findings: Findings) -> Organization:
    """Build the organisation; what is wrong is noted in ``findings``."""
    units = _units(doc, findings)
    posts = {
        name: Post(name, post.unit, frozenset(post.roles), label_of(post.label, name), post.reports_to)
        for name, post in doc.posts.items()
    }
    carried = {role for post in posts.values() for role in post.roles}
    roles = {
        name: Role(name, label_of(role.label if role else None, name), role.sees if role else "all")
        for name, role in doc.roles.items()
    }
    roles |= {name: Role(name, label_of(None, name)) for name in sorted(carried - set(roles))}
    accounts = {name: Account(name, tuple(account.posts)) for name, account in doc.accounts.items()}
    _check_posts(doc, posts, units, findings)
    for name, account in accounts.items():
        if name in posts:
            findings.add(("accounts", name), "account-is-post", at_key=True, name=name)
        for index, post in enumerate(account.posts):
            if post not in posts:
                findings.unknown(("accounts", name, "posts", index), "post", post, sorted(posts))
    groups: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("units", units), ("roles", roles), ("posts", posts), ("accounts", accounts),
    )  # fmt: skip
    for group, names in groups:
        for name in names:
            place = _unit_place(doc, name) if group == "units" else (group, name)
            if not NAME.fullmatch(name):
                findings.add(place, "organization-name", at_key=True, name=name)
            elif name in _RESERVED.get(group, ()):
                findings.add(place, "name-reserved", at_key=True, name=name, why=_BUILT_IN)
    return Organization(_zone(doc, findings), units, roles, posts, accounts, _suspensions(doc, carried, findings))


def _suspensions(doc: OrganizationDoc, carried: set[str], findings: Findings) -> tuple[SuspensionRule, ...]:
    """Who may suspend whom. Both name roles that somebody carries; only the engine itself may besides."""
    for number, rule in enumerate(doc.suspensions):
        for key, names, also in (("by", rule.by, {SYSTEM}), ("of", rule.of or [], set())):
            loc: Loc = ("suspensions", number, key)
            findings.once(loc, names)
            for index, name in enumerate(names):
                if name not in carried | also:
                    findings.unknown((*loc, index), "role", name, sorted(carried | also))
    return tuple(
        SuspensionRule(frozenset(rule.by), None if rule.of is None else frozenset(rule.of)) for rule in doc.suspensions
    )


def _unit_place(doc: OrganizationDoc, name: str) -> Loc:
    if name in doc.communities:
        return ("communities", name)
    for community, value in doc.communities.items():
        if value is not None and name in value.grids:
            return ("communities", community, "grids", name)
    return ("units", name)


def _zone(doc: OrganizationDoc, findings: Findings) -> ZoneInfo:
    try:
        if not _ZONE.fullmatch(doc.timezone):
            raise ValueError(doc.timezone)
        return ZoneInfo(doc.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.add(("timezone",), "zone", name=doc.timezone)
        return ZoneInfo("UTC")


def _units(doc: OrganizationDoc, findings: Findings) -> dict[str, Unit]:
    units: dict[str, Unit] = {}

    def add(unit: Unit, loc: Loc) -> None:
        if unit.name in units:
            findings.add(loc, "unit-twice", at_key=True, name=unit.name)
        units[unit.name] = unit

    for name, unit in doc.units.items():
        label = label_of(unit.label if unit else None, name)
        add(Unit(name, label, unit.kind if unit else "unit", unit.parent if unit else None), ("units", name))
    for name, community in doc.communities.items():
        label = label_of(community.label if community else None, name)
        parent = community.parent if community else None
        add(Unit(name, label, "community", parent), ("communities", name))
        for grid, value in (community.grids if community else {}).items():
            loc: Loc = ("communities", name, "grids", grid)
            add(Unit(grid, label_of(value.label if value else None, grid), "grid", name), loc)
    for built in units.values():
        if built.parent is not None and built.parent not in units:
            findings.unknown((*_unit_place(doc, built.name), "parent"), "unit", built.parent, sorted(units))
    _circles(
        {unit.name: unit.parent for unit in units.values()}, lambda name: _unit_place(doc, name), "parent", findings
    )
    return units


def _check_posts(doc: OrganizationDoc, posts: dict[str, Post], units: dict[str, Unit], findings: Findings) -> None:
    for name, post in posts.items():
        loc: Loc = ("posts", name)
        if post.unit not in units:
            findings.unknown((*loc, "unit"), "unit", post.unit, sorted(units))
        for index, role in enumerate(doc.posts[name].roles):
            if role in BUILT_IN_ROLES:
                findings.add((*loc, "roles", index), "role-reserved", name=role)
            elif doc.roles and role not in doc.roles:
                findings.unknown((*loc, "roles", index), "declared-role", role, sorted(doc.roles))
        if post.reports_to is not None and post.reports_to not in posts:
            findings.unknown((*loc, "reports_to"), "post", post.reports_to, sorted(posts))
    above = {post.name: post.reports_to for post in posts.values()}
    _circles(above, lambda name: ("posts", name), "reports_to", findings)


def _circles(above: Mapping[str, str | None], place: Callable[[str], Loc], key: str, findings: Findings) -> None:
    sound: set[str] = set()
    for name in above:
        path: dict[str, None] = {}
        here: str | None = name
        while here is not None and here in above and here not in sound and here not in path:
            path[here] = None
            here = above[here]
        if (
            here is not None and here in path
        ):  # every name of the circle is told, with the way round that begins with it
            names = list(path)
            circle = names[names.index(here) :]
            for index, one in enumerate(circle):
                way = " → ".join([*circle[index:], *circle[:index], one]) if index <= MOST else ""
                findings.add((*place(one), key), "circle", name=one, path=way, field=key)
        sound.update(path)


def build_calendar(doc: CalendarDoc, findings: Findings) -> CalendarPlan:
    """Build the calendar plan; days are checked here, hours and the calendar's name where they are put to use."""
    return CalendarPlan(
        calendar=doc.calendar,
        hours=tuple(doc.hours),
        holidays=frozenset(_days(doc.holidays, "holidays", findings)),
        working_days=frozenset(_days(doc.working_days, "working_days", findings)),
    )


def _days(texts: list[str], key: str, findings: Findings) -> list[date]:
    days = []
    for index, words in enumerate(texts):
        try:
            day = date.fromisoformat(words) if _DAY.fullmatch(words) else None
        except ValueError:
            day = None
        if day is None:
            findings.add((key, index), "date", found=words)
        else:
            days.append(day)
    return days


def build_catalogues(doc: CatalogueDoc, findings: Findings) -> dict[str, dict[str, dict[str, Any]]]:
    """The catalogues as plain data; names that cannot stand in a workflow are noted in ``findings``."""
    for catalogue, entries in doc.root.items():
        names: list[tuple[Loc, str]] = [((catalogue,), catalogue)]
        names += [((catalogue, key), key) for key in entries]
        for place, name in names:
            if not NAME.fullmatch(name):
                findings.add(place, "organization-name", at_key=True, name=name)
    plain: dict[str, dict[str, dict[str, Any]]] = doc.model_dump(exclude_none=True)
    return plain
