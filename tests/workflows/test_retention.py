"""The pack `civility` erases words and pictures in which somebody could be known; figures come to the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.workflows.machines import PACK, machines, read

import duban
from duban.testing import FrozenClock, photograph

OFFICE = "office-coordination-1"
MORNING = "2020-11-23T09:30:00+08:00"
RULES = read("retention.yaml")["rules"]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MORNING)


@pytest.fixture
def engine(tmp_path: Path, clock: FrozenClock) -> Iterator[duban.Engine]:
    with duban.Engine("sqlite://", pack=PACK, clock=clock, evidence=tmp_path / "evidence") as engine:
        engine.migrate()
        yield engine


def test_every_rule_names_what_its_workflow_has() -> None:
    for rule in RULES.values():
        assert set(rule["erase"]) <= set(machines()[rule["workflow"]].plain["fields"])


def test_no_figure_is_read_from_what_is_erased(engine: duban.Engine) -> None:
    """A figure of a year that is over comes to the same after the year's pictures and words are gone."""
    text = (PACK / "figures.yaml").read_text(encoding="utf-8")
    erased = {f"data.{name}" for rule in RULES.values() for name in rule["erase"]}
    assert {name for name in erased if name in text} == set()


def test_a_publication_is_emptied_a_year_after_it_was_taken_down_and_stays_in_the_figures(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    data = {"title": "楼前乱扔垃圾", "text": "某楼前多次乱扔垃圾", "category": "litter", "covered": True}
    photo = {"photo": ("IMG_1.jpg", photograph())}
    ref = engine.start("publication", by="renhejie-handler", event="draft", data=data, evidence=photo).ref
    engine.fire(ref, "review", by=OFFICE, data={"names_nobody": True})
    engine.fire(ref, "publish", by=OFFICE)
    engine.fire(ref, "withdraw", by=OFFICE, data={"reason": "到期"})
    before = engine.stats(by=OFFICE)

    clock.move_to("2021-11-23T18:00:00+08:00")
    engine.sweep()
    assert engine.get(ref, by=OFFICE).data["text"] == data["text"]
    clock.move_to("2021-11-24T09:30:00+08:00")
    engine.sweep()

    case = engine.get(ref, by=OFFICE)
    assert (case.data["text"], case.data["photo"], case.data["title"]) == (None, None, data["title"])
    assert [one for one in engine.stats(by=OFFICE) if one.workflow == "publication"] == [
        one for one in before if one.workflow == "publication"
    ]  # fmt: skip
    assert engine.verify() == []


def test_nobody_outside_is_told_that_material_of_a_referral_is_due(engine: duban.Engine) -> None:
    told = {by: {one.rule.name for one in engine.retention(by=by)} for by in (OFFICE, "discipline-secretary")}
    assert told["discipline-secretary"] - told[OFFICE] >= {"referral_material"}
