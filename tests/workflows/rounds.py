"""Rounds of a day, for the tests that walk them."""

from pathlib import Path
from typing import Any

from tests.workflows.machines import read

import duban
from duban.engine.model.case import Case

CATALOGUE = read("catalogue.yaml")
SITES, CIRCUITS = CATALOGUE["sites"], CATALOGUE["circuits"]
OFFICE, SUPERVISOR, WALKER = "office-coordination-1", "supervision-member-1", "law-enforcement-handler"
TODAY = "2020-11-19"
MARKET = "market-perimeter"
ROUTE = {"route": "市场东门至西门"}
FOUND = {"result": "reported", "what": "占道经营", "category": "street-trading", "place": "市场东门"}


def planned(engine: duban.Engine, unit: str = "law-enforcement", site: str = MARKET, **more: Any) -> Case:
    """A round of today for one site."""
    data = {"day": TODAY, "unit": unit, "site": site, **more}
    return engine.start("round", by=OFFICE, event="plan_site", data=data)


def circuit(engine: duban.Engine, name: str = "street-order", day: str = TODAY) -> Case:
    """A round of a circuit."""
    data = {"day": day, "unit": CIRCUITS[name]["unit"], "circuit": name}
    return engine.start("round", by=OFFICE, event="plan", data=data)


def checked(engine: duban.Engine, case: Case, photo: Path, site: str = MARKET, by: str = WALKER, **data: Any) -> Case:
    """The round after a point was checked; nothing was found unless ``data`` say so."""
    given = {"site": site, "result": "clear", **data}
    return engine.fire(case.ref, "check", by=by, data=given, evidence={"photo": photo}).case


def submitted(engine: duban.Engine, photo: Path) -> Case:
    """A round on which nothing was found."""
    case = checked(engine, planned(engine), photo)
    return engine.fire(case.ref, "submit", by=WALKER, data=ROUTE, evidence={"photo_route": photo}).case
