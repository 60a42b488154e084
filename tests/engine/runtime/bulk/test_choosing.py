"""Which cases an event is fired on by criteria; what a preview tells; what nobody is told who may not see."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.engine.runtime.bulk.errands import begun, errands, moved, told
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import contents

import duban
import duban.testing
from duban.engine.runtime.bulk import sources
from duban.persistence.addresses import parsed

ROLES = "roles: {clerk: {sees: all}, chief: {sees: all}, hand: {sees: unit}}\n"


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def engine(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> duban.Engine:
    """An engine on the pack of errands, with three cases in a transaction."""
    monkeypatch.setattr(sources, "BATCH", 3)
    return make(errands(tmp_path / "pack"))


def heard_of(engine: duban.Engine, cases: duban.Criteria, event: str = "end", by: str = "clerk") -> list[str]:
    """The references that are told, in their order."""
    heard: list[str] = []
    engine.fire_many(cases, event, by=by, heard=lambda one: heard.append(one.ref))
    return heard


def test_criteria_choose_what_find_finds_and_nothing_else(
    engine: duban.Engine, clock: duban.testing.FrozenClock
) -> None:
    roads, parks = begun(engine, 4, unit="roads"), begun(engine, 3, unit="parks")
    clock.advance("3 working days")
    engine.sweep()
    late = duban.Criteria("errand", unit="parks", overdue=True)
    assert heard_of(engine, late) == list(reversed(parks))
    assert heard_of(engine, late) == []
    assert heard_of(engine, duban.Criteria("errand", data={"words": "none"})) == []
    assert moved(engine, roads) == [("open", 2)] * 4
    open_ones = duban.Criteria("errand", open=True)
    assert heard_of(engine, open_ones) == list(reversed(roads))


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("open", "no"), ("open", 0), ("overdue", 0), ("overdue", "yes"), ("workflow", 5), ("state", []), ("unit", 5),
        ("parent", 5), ("data", [1]), ("data", {5: 1}),
    ],
)  # fmt: skip
def test_criteria_of_the_wrong_kind_are_refused_as_by_find_and_no_case_is_moved(
    engine: duban.Engine, name: str, odd: Any
) -> None:
    refs = begun(engine, 4)
    with pytest.raises(duban.UsageError) as found:
        engine.find(by="clerk", **{name: odd})
    for verb in (engine.fire_many, engine.preview_many):
        with pytest.raises(duban.UsageError) as caught:
            verb(duban.Criteria(**{name: odd}), "end", by="clerk")
        assert caught.value.message("en") == found.value.message("en")
        assert (caught.value.key, caught.value.data["name"]) == ("argument", name)
    assert moved(engine, refs) == [("open", 1)] * 4


def test_by_criteria_a_second_call_finds_nothing_more_and_by_reference_it_tells_of_the_first(
    engine: duban.Engine,
) -> None:
    fitting = duban.Criteria("errand", state="open")
    refs = begun(engine, 4)
    assert engine.fire_many(fitting, "end", by="clerk", key="k").done == 4
    again = engine.fire_many(fitting, "end", by="clerk", data={"words": "x"}, key="k")
    assert (again.done, again.duplicates, again.refused) == (0, 0, 0)
    assert engine.fire_many(refs, "end", by="clerk", key="k").duplicates == 4
    (other,) = engine.fire_many(refs, "note", by="clerk", data={"words": "x"}, key="k").reasons
    assert (other.code, other.count) == ("key-reused", 4)


def test_a_case_that_fits_still_after_the_event_is_taken_once(engine: duban.Engine) -> None:
    refs = begun(engine, 7)
    report = engine.fire_many(duban.Criteria("errand", state="open"), "note", by="clerk", data={"words": "x"})
    assert (report.done, moved(engine, refs)) == (7, [("open", 2)] * 7)


def test_cases_that_begin_meanwhile_are_left_out(engine: duban.Engine) -> None:
    begun(engine, 5)
    fresh: list[str] = []

    def heard(_one: duban.Fired) -> None:
        if not fresh:
            fresh.extend(begun(engine))

    assert engine.fire_many(duban.Criteria("errand"), "end", by="clerk", heard=heard).done == 5
    assert moved(engine, fresh) == [("open", 1)]


def test_a_preview_tells_what_would_come_of_it_and_keeps_nothing(engine: duban.Engine) -> None:
    refs = [*begun(engine, 4), *begun(engine, 3, words="no")]
    before, refused = contents(engine), engine.refusals(by="system")
    preview = engine.preview_many([*refs, "ERR-999999"], "end", by="clerk")
    assert (contents(engine), engine.refusals(by="system")) == (before, refused)
    assert preview == engine.fire_many([*refs, "ERR-999999"], "end", by="clerk")
    assert (preview.done, preview.refused) == (4, 4)


def test_a_preview_of_what_moves_other_cases_keeps_nothing_either(engine: duban.Engine) -> None:
    (first,) = begun(engine)
    second = engine.start("errand", by="clerk", data={"after": first}).ref
    before = contents(engine)
    assert engine.preview_many([second, first], "pass_on", by="clerk").done == 2
    assert contents(engine) == before


def test_hidden_cases_are_not_chosen_and_named_ones_look_like_none(engine: duban.Engine) -> None:
    secrets, errand = told(engine, 4), begun(engine)
    assert heard_of(engine, duban.Criteria()) == errand
    hidden = engine.fire_many(secrets, "end", by="clerk", key="a")
    none = engine.fire_many([ref.replace("SEC-", "SEC-9") for ref in secrets], "end", by="clerk", key="b")
    assert [(one.code, one.label, one.count) for one in hidden.reasons] == [
        (one.code, one.label, one.count) for one in none.reasons
    ]
    assert moved(engine, secrets) == [("open", 1)] * 4
    assert [refusal.ref for refusal in engine.refusals(by="clerk")] == []


def test_whose_unit_sees_only_its_own_cases_moves_only_those(make: Make, tmp_path: Path) -> None:
    pack = errands(tmp_path / "units")
    file = pack / "organization.yaml"
    file.write_text(file.read_text(encoding="utf-8") + ROLES, encoding="utf-8")
    engine = make(pack)
    roads, parks = begun(engine, 2, unit="roads"), begun(engine, 2, unit="parks")
    assert heard_of(engine, duban.Criteria("errand"), by="road-hand") == list(reversed(roads))
    assert engine.fire_many(parks, "end", by="road-hand").reasons[0].code == "unknown-case"
    assert moved(engine, parks) == [("open", 1)] * 2


def test_it_is_written_down_which_confidential_cases_somebody_was_told_of(engine: duban.Engine) -> None:
    may, says_no = told(engine), told(engine, 1, words="no")

    def read(ref: str) -> list[str]:
        return [reading.what for reading in engine.readings(ref, by="system") if reading.actor == "chief"]

    engine.preview_many([*may, *says_no], "end", by="chief")
    assert (read(may[0]), read(says_no[0])) == (["preview_many"], ["preview_many"])
    # Whoever names a case is told no more than where it is fired on alone, of which the history itself tells.
    engine.fire_many(says_no, "end", by="chief")
    assert read(says_no[0]) == ["preview_many"]
    engine.fire_many(duban.Criteria("secret"), "end", by="chief")
    assert (read(may[0]), read(says_no[0])) == (["preview_many"], ["fire_many", "preview_many"])


def test_in_a_hosts_transaction_all_is_kept_or_nothing(engine: duban.Engine, url: str) -> None:
    refs = [*begun(engine, 4), *begun(engine, 1, words="no")]
    before = contents(engine)
    host = create_engine(parsed(url))
    with Session(host) as session:
        report = engine.bind(session).fire_many(refs, "end", by="clerk", key="k")
        assert (report.done, report.refused) == (4, 1)
        session.rollback()
    assert (contents(engine), engine.refusals(by="clerk")) == (before, [])
    with Session(host) as session:
        bound = engine.bind(session)
        assert bound.preview_many(refs, "end", by="clerk").done == 4
        assert bound.fire_many(duban.Criteria("errand"), "end", by="clerk", key="k").done == 4
        session.commit()
    host.dispose()
    assert moved(engine, refs) == [("done", 2)] * 4 + [("open", 1)]
    assert engine.fire_many(refs, "end", by="clerk", key="k").duplicates == 4
    assert engine.verify() == []
