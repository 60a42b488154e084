"""A search for what cannot be is refused: a misspelt name would find nothing, as if there were nothing to do."""

from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written
from tests.engine.runtime.test_confidential import DEAL, ERRAND, ORGANIZATION, TIP
from tests.engine.runtime.test_pinned_definitions import ONE

import duban
from duban.engine.runtime.bulk.report import Criteria

LATER = (
    ONE.replace("version: 1", "version: 2")
    .replace("asked", "requested")
    .replace("small: {label: {en: Small, zh: 小}}, ", "")
    .replace('check: data.size == "small"', 'check: data.size == "large"')
    .replace("remark", "comment")
)
ALONE = ERRAND.replace(", fire: {parent: end}", "")
MISSPELT: list[tuple[dict[str, Any], str, str, str]] = [
    ({"state": "askd"}, "askd", "did you mean `asked`?", "asked, granted"),
    ({"data": {"siz": "small"}}, "siz", "did you mean `size`?", "size, remark"),
    ({"data": {"size": "smal"}}, "smal", "did you mean `small`?", "small, large"),
    ({"data": {"size": 5}}, "5", "cannot hold", "small, large"),
    ({"unit": "ofice"}, "ofice", "did you mean `office`?", "organization.yaml"),
]


@pytest.fixture
def permits(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine with one permit that was asked for."""
    engine = make(written(tmp_path / "pack", permit=ONE))
    engine.start("permit", by="clerk", data={"size": "small"})
    return engine


@pytest.mark.parametrize(("words", "found", "near", "possible"), MISSPELT)
def test_a_misspelt_criterion_is_refused_with_what_is_possible_by_every_search(
    permits: duban.Engine, words: dict[str, Any], found: str, near: str, possible: str
) -> None:
    criteria = Criteria("permit", **words)
    for search in (
        lambda: permits.find("permit", by="chief", **words),
        lambda: permits.find(by="chief", **words),
        lambda: permits.fire_many(criteria, "grant", by="chief"),
        lambda: permits.preview_many(criteria, "grant", by="chief"),
    ):
        with pytest.raises(duban.UsageError) as caught:
            search()
        assert caught.value.data["found"] == found
        assert near in caught.value.message("en")
        assert possible in caught.value.message("en")
    if "data" in words:
        with pytest.raises(duban.UsageError):
            permits.grouped("permit", ["size"], by="chief", **words)
    assert [case.state for case in permits.find("permit", by="chief")] == ["asked"]


def test_a_misspelt_workflow_is_refused_with_the_nearest(permits: duban.Engine) -> None:
    for search in (
        lambda: permits.find("permt", by="chief"),
        lambda: permits.fire_many(Criteria("permt"), "grant", by="chief"),
        lambda: permits.grouped("permt", [], by="chief"),
    ):
        with pytest.raises(duban.UnknownWorkflow, match="did you mean `permit`"):
            search()


def test_what_is_right_is_found_and_nothing_that_is_there_too(permits: duban.Engine) -> None:
    for words in ({"state": "granted"}, {"unit": "roads"}, {"data": {"size": "large"}}, {"data": {"remark": "x"}}):
        assert list(permits.find("permit", by="chief", **words)) == []
    for words in ({"state": "asked"}, {"data": {"size": "small", "remark": None}}):
        assert len(permits.find("permit", by="chief", **words)) == 1


def test_names_of_an_earlier_pack_are_known_while_the_store_has_its_definition(
    make: Make, permits: duban.Engine, tmp_path: Path
) -> None:
    later = make(written(tmp_path / "pack", permit=LATER))
    searches: list[dict[str, Any]] = [{"state": "asked"}, {"data": {"size": "small"}}, {"data": {"remark": None}}]
    for words in searches:
        assert len(later.find("permit", by="chief", **words)) == 1
        assert later.preview_many(Criteria("permit", **words), "grant", by="chief").done == 1
    with pytest.raises(duban.UsageError) as caught:
        later.find("permit", by="chief", state="askd")
    assert caught.value.data["known"] == ["requested", "granted", "asked"]
    other = make(written(tmp_path / "other", other=ONE.replace("permit", "other").replace("PER", "OTH")))
    assert len(other.find("permit", by="chief", state="asked")) == 1


def test_a_dissolved_unit_is_known_while_it_has_cases(make: Make, tmp_path: Path) -> None:
    folder = written(tmp_path / "pack", ORGANIZATION, tip=TIP, deal=DEAL, errand=ALONE)
    make(folder).start("deal", by="clerk", data={"unit": "parks"})
    organization = ORGANIZATION.replace("  parks: {}\n", "").replace("unit: parks", "unit: roads")
    engine = make(written(folder, organization))
    assert len(engine.find("deal", by="clerk", unit="parks")) == 1
    # The park's hand is of another unit now, and what it does not see is not there.
    with pytest.raises(duban.UsageError, match="parks"):
        engine.find("deal", by="park-hand", unit="parks")


def test_what_is_confidential_is_misspelt_to_whoever_may_not_know_of_it(make: Make, tmp_path: Path) -> None:
    tip = TIP.replace("open", "whispered").replace("words", "murmurs").replace("with: {murmurs", "with: {words")
    deal = DEAL.replace("{workflow: tip, with: {words: words}}", "{workflow: tip, with: {murmurs: words}}")
    folder = written(tmp_path / "pack", ORGANIZATION, tip=tip, deal=deal, errand=ALONE)
    engine = make(folder)
    engine.start("tip", by="judge", data={"murmurs": "psst"})
    engine = make(
        written(folder, ORGANIZATION, tip=tip.replace("version: 1", "version: 2").replace("whispered", "hushed"))
    )

    assert len(engine.find("tip", by="judge", state="whispered")) == 1
    for words in ({"state": "whispered"}, {"state": "hushed"}, {"data": {"murmurs": "psst"}}):
        with pytest.raises(duban.UsageError) as caught:
            engine.find(by="clerk", **words)
        said = caught.value.message("en")
        assert not any(name in said.replace(caught.value.data["found"], "") for name in ("whisp", "hush", "murm"))
    for name in ("tip", "tap"):
        for found in (
            lambda name=name: engine.find(name, by="clerk", state="whisperd"),
            lambda name=name: engine.fire_many(Criteria(name, data={"murmur": "x"}), "note", by="clerk"),
            lambda name=name: engine.grouped(name, ["murmurs"], by="clerk"),
        ):
            with pytest.raises(duban.UnknownWorkflow) as unknown:
                found()
            assert unknown.value.message("en") == (
                f"There is no workflow named {name}. `duban workflow list` shows the workflows of the pack."
            )
