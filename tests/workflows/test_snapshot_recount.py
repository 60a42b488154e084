"""Every number of a bulletin equals a recount from raw history rows, and leads to its cases (see recount.py)."""

import json
import random
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.workflows.machines import PACK
from tests.workflows.recount import Count, Told, counts, points, quantile, shares

import duban
from duban.engine.model.compilation import Snapshot
from duban.engine.runtime.compiling.drilling import behind, places
from duban.testing import FrozenClock, photograph

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE, LEADER, SUPERVISOR, WALKER = (
    "office-coordination-1", "executive-leader", "supervision-member-1", "law-enforcement-handler",
)  # fmt: skip
FIRST, CUT_OFF = datetime(2020, 11, 23, 9, tzinfo=ZONE), datetime(2020, 12, 11, 18, 5, tzinfo=ZONE)
WEEK = datetime(2020, 12, 7, tzinfo=ZONE)
PHOTO = ("after.jpg", photograph("after"))
A_DAY = 14
CATEGORIES = ("litter", "small-ads", "graffiti", "random-hanging")


class Street:
    """Three weeks of work, as a fixed seed draws it, through the real workflows."""

    def __init__(self, engine: duban.Engine, clock: FrozenClock) -> None:
        self.engine, self.clock, self.dice = engine, clock, random.Random(20_201_211)
        self.grids = sorted(engine.pack.catalogues["grids"])

    def play(self) -> Snapshot:
        day = FIRST
        while day < CUT_OFF:
            if day.weekday() < 5:
                self._day(day)
            day += timedelta(days=1)
        self.clock.move_to(CUT_OFF)
        self.engine.sweep()
        (bulletin,) = self.engine.find("bulletin", by=OFFICE)
        self.engine.fire(
            bulletin.ref, "cut_off", by=OFFICE
        )  # before the scheduler does, which waits for the week's end
        self.engine.deliver()
        return self.engine.snapshot(bulletin.ref, by=OFFICE)

    def _day(self, day: datetime) -> None:
        self._at(day, 9, 0)
        with self.engine.batch() as desk:
            if day.date().isoformat() == "2020-12-11":
                desk.start("bulletin", by=OFFICE, data={"week_ending": "2020-12-11"})
            if day.weekday() == 2:
                self._owed(desk, day)
            for _ in range(A_DAY):
                data = {
                    "title": "占道堆物", "category": self.dice.choice(CATEGORIES),
                    "grid": self.dice.choice(self.grids), "place": "某处",
                    "severity": self.dice.choice(["minor", "prominent", "prominent", "serious"]),
                }  # fmt: skip
                desk.start("issue", by=f"{data['grid']}-worker", data=data)
        for hour, minute in ((9, 41), (11, 3), (14, 27), (16, 52)):
            self._at(day, hour, minute)
            self.engine.sweep()
            with self.engine.batch() as desk:
                for case in desk.find("issue", by="system", open=True, limit=1000):
                    if self.dice.random() < 0.3:
                        self._move(desk, case)
                for case in desk.find("supervision_order", by="system", state="issued", limit=1000):
                    if self.dice.random() < 0.1:
                        desk.fire(case.ref, "reply", by=f"{case.unit}-handler", data={"reply": "已安排整改"})
                for case in desk.find("report", by="system", state="owed", limit=1000):
                    if self.dice.random() < 0.4:
                        data = {"summary": "本周工作"}
                        desk.fire(case.ref, "submit", by=self._hand(case.unit), data=data, evidence={"material": PHOTO})

    def _owed(self, desk: Any, day: datetime) -> None:
        on = day.date().isoformat()
        for entry in self.engine.pack.catalogues["reporting-units"].values():
            desk.start("report", by=OFFICE, data={"unit": entry["unit"], "week_ending": on, "due_on": on})

    def _move(self, desk: Any, case: Any) -> None:
        hand, dice = self._hand(case.unit), self.dice.random()
        if case.state == "reported":
            desk.fire(case.ref, "assign", by=OFFICE)
        elif case.state == "assigned":
            desk.fire(case.ref, "accept", by=hand)
        elif case.state == "accepted" and dice < 0.1:
            day = (self.clock.now() + timedelta(days=9)).date().isoformat()
            desk.fire(case.ref, "suspend", by=LEADER, data={"reason": "等待施工", "review_on": day})
        elif case.state == "accepted" and dice < 0.5:
            desk.fire(case.ref, "rectify", by=hand, data={"measures": "已清理"}, evidence={"photo_after": PHOTO})
        elif case.state == "suspended" and dice < 0.2:
            desk.fire(case.ref, "resume", by=LEADER)
        elif case.state == "rectified" and dice < 0.7:
            rework = {"reason": "仍有遗留"} if dice < 0.2 else None
            desk.fire(case.ref, "rework" if rework else "verify", by=SUPERVISOR, data=rework)
        elif case.state == "verified":
            desk.fire(case.ref, "close", by=OFFICE)

    def _hand(self, unit: str | None) -> str:
        posts = self.engine.world.directory.posts_of(unit)
        for role in ("handler", "unit-head"):
            for post in posts:
                if role in post.roles:
                    return post.name
        raise AssertionError(unit)

    def _at(self, day: datetime, hour: int, minute: int) -> None:
        self.clock.move_to(day.replace(hour=hour, minute=minute))


def raw(file: Path, workflow: str) -> list[Told]:
    """The rows of a workflow's cases as they stand in the database, read past the engine, up to the cut-off."""
    found: dict[str, list[Any]] = {}
    with closing(sqlite3.connect(file)) as connection, connection:
        rows = connection.execute(
            "SELECT c.ref, h.event, h.from_state, h.to_state, h.at, h.data FROM duban_history h JOIN duban_cases c "
            "ON c.id = h.case_id WHERE c.workflow = ? AND c.audience = '' ORDER BY c.id, h.seq",
            (workflow,),
        )
        for ref, event, before, after, at, data in rows:
            moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZONE)
            found.setdefault(ref, []).append((event, before, after, moment, json.loads(data)))
    return [Told(ref, own, WEEK, CUT_OFF) for ref, own in found.items() if own[0][3] <= CUT_OFF]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[duban.Engine, Snapshot, Path]]:
    """The street after three weeks, and the snapshot of its last bulletin."""
    folder, clock = tmp_path_factory.mktemp("street"), FrozenClock(FIRST)
    file = folder / "street.db"
    with duban.Engine(f"sqlite:///{file}", pack=PACK, clock=clock, durable=False) as engine:
        engine.migrate()
        yield engine, Street(engine, clock).play(), file


@pytest.fixture(scope="module")
def recounted(played: tuple[duban.Engine, Snapshot, Path]) -> dict[str, list[Told]]:
    """Raw rows of every workflow that is counted."""
    return {name: raw(played[2], name) for name in ("issue", "report", "supervision_order", "round")}


def all_shares(told: Mapping[str, list[Told]], unit: str | None = None, field: str = "unit") -> dict[str, Count]:
    own = {
        name: [case for case in cases if unit is None or case.data.get(field) == unit] for name, cases in told.items()
    }
    return shares(own["issue"], own["report"], own["supervision_order"], own["round"])


def test_the_store_holds_some_hundred_cases_in_every_state(recounted: dict[str, list[Told]]) -> None:
    assert len(recounted["issue"]) > 200
    states = {case.state for case in recounted["issue"]}
    assert {"reported", "assigned", "accepted", "suspended", "rectified", "verified", "closed"} <= states


def test_every_figure_of_the_bulletin_equals_the_recount(
    played: tuple[duban.Engine, Snapshot, Path], recounted: dict[str, list[Told]]
) -> None:
    document = played[1].document
    expected, how_many = all_shares(recounted), counts(recounted["issue"])
    ages = [case.age for case in recounted["issue"] if case.open]
    told = 0
    for figure in document["figures"]:
        name = figure["name"]
        if figure["measure"] == "share":
            cases, holding = expected[name]
            assert (set(figure["cases"]), set(figure["holding"])) == (cases, holding), name
            assert (figure["numerator"], figure["denominator"], figure["n"]) == (len(holding), len(cases), len(cases))
            told += bool(cases)
        elif figure["measure"] == "count":
            assert (set(figure["cases"]), figure["numerator"]) == (how_many[name], len(how_many[name])), name
        else:
            assert figure["value"] == quantile(ages, 50 if name == "open_age_p50" else 90), name
    assert len(document["figures"]) == 16
    assert told >= 9, "of most shares some case counts, or the recount would compare nothing with nothing"


def test_every_row_and_every_point_of_the_units_equals_the_recount(
    played: tuple[duban.Engine, Snapshot, Path], recounted: dict[str, list[Told]]
) -> None:
    document = played[1].document
    table = next(one for one in document["tables"] if one["name"] == "units")
    columns = [one["name"] for one in table["columns"]]
    weights = {part["figure"]: part["weight"] for part in table["score"]["parts"]}
    scores: dict[str, Fraction | None] = {}
    for row in table["rows"]:
        found, cells = all_shares(recounted, row["key"]), dict(zip(columns, row["cells"], strict=True))
        own = counts([case for case in recounted["issue"] if case.data.get("unit") == row["key"]])
        for name in ("open", "overdue"):
            assert cells[name] == len(own[name]), (row["key"], name)
        for name in ("closing_rate", "on_time_closing_rate", "rework_rate", "reports_on_time"):
            cases, holding = found[name]
            assert cells[name] == {"numerator": len(holding), "denominator": len(cases), "n": len(cases)}, row["key"]
        scores[row["key"]] = points(found, weights)
        told = cells["points"]
        assert (Fraction(told["numerator"], told["denominator"]) if told else None) == scores[row["key"]], row["key"]
        assert cells["n"] == len(set().union(*(found[name][0] for name in weights)))
    ranked = [score for score in scores.values() if score is not None]
    for row in table["rows"]:
        score = scores[row["key"]]
        assert row["cells"][0] == (None if score is None else 1 + sum(other > score for other in ranked))
    assert len(table["rows"]) == 22
    assert len({score for score in scores.values() if score is not None}) >= 3


def test_the_other_tables_equal_the_recount(
    played: tuple[duban.Engine, Snapshot, Path], recounted: dict[str, list[Told]]
) -> None:
    tables = {one["name"]: one for one in played[1].document["tables"]}
    for name, field in (("communities", "community"), ("categories", "category")):
        columns = [one["name"] for one in tables[name]["columns"]]
        for row in tables[name]["rows"]:
            own = counts([case for case in recounted["issue"] if case.data.get(field) == row["key"]])
            cells = dict(zip(columns, row["cells"], strict=True))
            for figure in {"reported", "closed", "open", "overdue"} & set(columns):
                assert cells[figure] == len(own[figure]), (name, row["key"], figure)
    issues = recounted["issue"]
    expected = {
        "items": {c.ref for c in issues if 0 < c.within("bulletined") == c.count("bulletined")},
        "followed": {c.ref for c in issues if c.open and c.count("bulletined") > c.within("bulletined")},
        "settled": {c.ref for c in issues if c.rows[-1][2] in ("closed", "voided", "rejected")
                    and c.rows[-1][3] >= c.start and c.count("bulletined") > c.within("bulletined")},
        "overdue": {c.ref for c in issues if c.in_hand_late},
    }  # fmt: skip
    assert {name: {row["key"] for row in tables[name]["rows"]} for name in expected} == expected


def test_every_number_drills_down_to_as_many_cases_as_it_tells(played: tuple[duban.Engine, Snapshot, Path]) -> None:
    engine, snapshot, _ = played
    document, numbers = snapshot.document, 0
    for place in places(document):
        found = behind(document, place)
        assert found is not None, place
        if found.kind == "share":
            told = (found.cell["numerator"], found.cell["denominator"], found.cell["n"])
            assert told == (len(found.holding), len(found.cases), len(found.cases)), place
            assert set(found.holding) <= set(found.cases), place
        elif found.kind == "count" and not place.endswith("/level"):
            assert found.cell == len(found.cases), place
        numbers += 1
    assert numbers > 250
    for chart in document["charts"]:
        for series in chart["series"]:
            for point, cases, holding in zip(series["points"], series["cases"], series["holding"], strict=True):
                assert (point["numerator"], point["denominator"]) == (len(holding), len(cases)), chart["name"]
    for figure in document["figures"]:
        for ref in figure["cases"]:
            assert engine.get(ref, by=OFFICE).ref == ref
