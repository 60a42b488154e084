"""``make audit``: whether something that is installed, or allowed, has a published vulnerability; leaves with 1 if so.

What is known stands in ``advisories.toml`` beside this file, so that it works where there is no way out. Where
pip-audit is installed, ``make audit ONLINE=1`` asks the database of advisories first; without an answer in time it says
so and goes on with the list.
"""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("advisories.toml")
PATIENCE = 8
"""Seconds that the database of advisories has to answer."""


@dataclass(frozen=True)
class Advisory:
    """A published vulnerability: which versions of a package it affects, what it is, where it was published."""

    id: str
    package: str
    affected: tuple[SpecifierSet, ...]
    what: str
    source: str

    def concerns(self, version: Version) -> bool:
        """Whether this version is affected; what came before a release counts as what it is."""
        return any(one.contains(version, prereleases=True) for one in self.affected)


def advisories(file: Path = LIST) -> list[Advisory]:
    """The list; a line that cannot be read is an error, as it would be compared with nothing."""
    return [
        Advisory(
            one["id"], canonicalize_name(one["package"]), tuple(map(SpecifierSet, one["affected"])), one["what"],
            one["source"],
        )
        for one in tomllib.loads(file.read_text(encoding="utf-8"))["advisory"]
    ]  # fmt: skip


def installed() -> dict[str, Version]:
    """Every package of this environment; of two versions the one that is imported, which lies first on the path."""
    found: dict[str, Version] = {}
    for one in distributions():
        found.setdefault(canonicalize_name(one.metadata["Name"]), Version(one.version))
    return found


def allowed(project: Mapping[str, Any]) -> dict[str, Version]:
    """The lowest version of each package that pyproject.toml allows, where it names one."""
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    lowest = {}
    for need in map(Requirement, lines):
        for one in need.specifier:
            if one.operator in (">=", "=="):
                lowest[canonicalize_name(need.name)] = Version(one.version)
    return lowest


def wrong(known: Iterable[Advisory], here: Mapping[str, Version], lowest: Mapping[str, Version]) -> Iterator[str]:
    """What is affected, and what to do."""
    for one in known:
        for version, told in ((here.get(one.package), "is installed"), (lowest.get(one.package), "is allowed")):
            if version is not None and one.concerns(version):
                remedy = "install a later one" if told == "is installed" else "raise its floor in pyproject.toml"
                yield f"{one.package} {version} {told} and has {one.id} ({one.what}): {remedy}. {one.source}"


def asked() -> Sequence[str] | None:
    """What the database of advisories knows of this environment; None where it does not answer."""
    command = [sys.executable, "-m", "pip_audit", "--local", "--format", "json", "--progress-spinner", "off"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
        found = json.loads(told)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError):
        return None
    return [
        f"{one['name']} {one['version']} has {bug['id']}" for one in found for bug in one.get("vulns", ())
    ]  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Tell what is wrong; how that went as an exit code."""
    found: list[str] = []
    if "--online" in arguments:
        online = asked() if find_spec("pip_audit") is not None else None
        if online is None:
            print("audit: the database of advisories gave no answer; the list in the repository is used.")  # noqa: T201
        found += online or []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known, here = advisories(), installed()
    found += wrong(known, here, allowed(project))
    for line in found:
        print(f"audit: {line}", file=sys.stderr)  # noqa: T201
    if not found:
        print(f"audit: {len(known)} advisories, {len(here)} packages, none affected.")  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
