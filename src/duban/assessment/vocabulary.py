"""What a pack calls the levels, the links, the units and the communities of its assessment, and which states count.

A pack that takes part declares the workflows ``review``, ``indicator`` and ``inspection_point``, and the catalogues
``assessment-levels``, ``assessment-links``, ``assessment-outcomes`` and ``communities``.
"""

from collections.abc import Mapping
from typing import Any, Final, Self

from duban.engine.errors import UsageError
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.pack import Pack

REVIEW: Final = "review"
INDICATOR: Final = "indicator"
POINT: Final = "inspection_point"

GROUPS: Final = ("major", "sub", "minor")
"""The levels above the indicators, from the top down."""

LEVELS: Final = (*GROUPS, "indicator", "point", "household")
_CATALOGUES: Final = ("assessment-levels", "assessment-links", "assessment-outcomes", "communities")

Names = Mapping[str, Label]


@frozen
class Outcomes:
    """Which states of a workflow count as checked, which of them as passed, and which do not count at all."""

    checked: frozenset[str]
    passed: frozenset[str]
    left_out: frozenset[str]


@frozen
class Vocabulary:
    """The names of a pack with their labels. ``numbers`` is how many of each level the pack says there are."""

    levels: Names
    numbers: Mapping[str, int]
    links: Names
    units: Names
    communities: Names
    outcomes: Mapping[str, Outcomes]

    @classmethod
    def of(cls, pack: Pack) -> Self:
        """The words of this pack.

        Raises:
            UsageError: the pack has no assessment, with what is missing.
        """
        missing = [name for name in (REVIEW, INDICATOR, POINT) if name not in pack.workflows]
        missing += [f"catalogue.{name}" for name in _CATALOGUES if name not in pack.catalogues]
        if not missing:
            levels, outcomes = pack.catalogues["assessment-levels"], pack.catalogues["assessment-outcomes"]
            missing = [f"catalogue.assessment-levels.{name}" for name in LEVELS if name not in levels]
            missing += [f"catalogue.assessment-outcomes.{name}" for name in (INDICATOR, POINT) if name not in outcomes]
        if missing:
            raise UsageError("no-assessment", pack=pack.name, missing=missing)
        return cls(
            levels=_labels(levels),
            numbers={name: int(levels[name].get("number", 0)) for name in LEVELS},
            links=_labels(pack.catalogues["assessment-links"]),
            units={name: unit.label for name, unit in pack.organization.units.items()},
            communities=_labels(pack.catalogues["communities"]),
            outcomes={name: _outcomes(entry) for name, entry in outcomes.items()},
        )


def known_as(names: Names, word: str) -> str | None:
    """The name that is called so: by itself, or by its label in either language; capitals do not matter."""
    wanted = word.casefold()
    for name, label in names.items():
        if wanted in (name.casefold(), label.en.casefold(), label.zh.casefold()):
            return name
    return None


def _labels(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Label]:
    return {name: _label(name, entry.get("label")) for name, entry in entries.items()}


def _label(name: str, declared: Any) -> Label:
    if isinstance(declared, Mapping):
        return Label(str(declared.get("en", name)), str(declared.get("zh", name)))
    return Label(str(declared or name), str(declared or name))


def _outcomes(entry: Mapping[str, Any]) -> Outcomes:
    return Outcomes(*(frozenset(entry.get(name) or ()) for name in ("checked", "passed", "left_out")))
