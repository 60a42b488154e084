"""Compiles a hostile condition and runs it over the largest values that fields take."""

from datetime import UTC, datetime
from typing import Any, Final

from tests.hostile.prepared import Prepared

from duban.engine.guards.cel import CelGuards
from duban.engine.guards.sizes import ITEM, ITEMS, TEXT
from duban.engine.ports.guards import GuardFault, VariableType

VARIABLES: Final[dict[str, VariableType]] = {
    "data.title": "text", "data.units": "texts", "data.others": "texts", "data.photo": "any", "data.share": "number",
    "level": "integer", "now": "time", "actor": "text", "posts": "texts", "given.title": "boolean",
}  # fmt: skip
VALUES: Final[dict[str, Any]] = {
    "data.title": "x" * TEXT,
    "data.units": [f"{number:04}{'y' * (ITEM - 4)}" for number in range(ITEMS)],
    "data.others": [f"{number:04}{'z' * (ITEM - 4)}" for number in range(ITEMS)],
    "data.photo": [{"name": f"{number}.jpg", "hash": "a" * 64, "size": number} for number in range(ITEMS)],
    "data.share": 1e15, "level": 2**62, "now": datetime(2020, 11, 23, 1, tzinfo=UTC), "actor": "a", "posts": ["a", "b"],
    "given.title": True,
}  # fmt: skip


def warm() -> None:
    """Everything that a condition needs is imported, and a first one compiled, refused and run."""
    CelGuards().compile("data.units.all(u, u.matches('[0-9]')) || now > now", VARIABLES).value(VALUES)
    for wrong in ("data.titel == ''", "1 / 0 > level", "data.title.matches('(')"):
        try:
            CelGuards().compile(wrong, VARIABLES).value(VALUES)
        except GuardFault:
            continue


def prepare(case: dict[str, Any]) -> Prepared:
    """Nothing to do."""
    return Prepared(case)


def do(prepared: Prepared) -> dict[str, Any]:
    """Load it, and run it; a fault as it runs is a refusal, and told as such."""
    condition = CelGuards().compile(prepared.case["check"], VARIABLES, boolean=False)
    try:
        return {"value": str(condition.value(VALUES))[:40]}
    except GuardFault as fault:
        return {"fault": f"{fault.what.en} / {fault.what.zh}"}


def facts(fault: GuardFault) -> dict[str, Any]:
    """Where it stands."""
    return {"column": fault.column}
