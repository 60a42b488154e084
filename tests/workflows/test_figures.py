"""Figures and scores on the engine: traced to their cases, equal to a recount, restated by appeals."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.workflows.machines import PACK

import duban
from duban.engine.errors import UnknownFigure, UnknownScore, UnknownSubject, UsageError
from duban.testing import FrozenClock

OFFICE, SUPERVISOR, LEADER = "office-coordination-1", "supervision-member-1", "executive-leader"
UNIT, HANDLER, HEAD = "planning-construction", "planning-construction-handler", "planning-construction-head"
MONDAY = "2020-12-07T09:00:00+08:00"


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MONDAY)


@pytest.fixture
def engine(clock: FrozenClock, tmp_path: Path) -> Iterator[duban.Engine]:
    """A street of its own, for what counts all that there is."""
    url = f"sqlite:///{tmp_path / 'street.db'}"
    with duban.Engine(url, pack=PACK, clock=clock, durable=False) as made:
        made.migrate()
        yield made


def reported(engine: duban.Engine, by: str = "renhejie-1-worker", **data: str) -> str:
    given = {"title": "垃圾未清", "category": "litter", "place": "某处", **data}
    if by == "renhejie-1-worker":
        given.setdefault("grid", "renhejie-1")
    return engine.start("issue", by=by, data=given).ref


def dispatched(engine: duban.Engine) -> str:
    ref = reported(engine)
    engine.fire(ref, "assign", by=OFFICE)
    engine.fire(ref, "accept", by=HANDLER)
    return ref


def rectified(engine: duban.Engine, ref: str, photo: Path) -> None:
    engine.fire(ref, "rectify", by=HANDLER, data={"measures": "已清理"}, evidence={"photo_after": photo})


def closed(engine: duban.Engine, ref: str, photo: Path) -> None:
    rectified(engine, ref, photo)
    engine.fire(ref, "verify", by=SUPERVISOR)
    engine.fire(ref, "close", by=OFFICE)


def a_week(engine: duban.Engine, clock: FrozenClock, photo: Path) -> list[str]:
    """One closed in time, one closed late after a rework, one open and overdue, one fresh."""
    refs = [dispatched(engine) for _ in range(3)]
    clock.move_to("2020-12-09T10:00:00+08:00")
    closed(engine, refs[0], photo)
    rectified(engine, refs[1], photo)
    engine.fire(refs[1], "rework", by=SUPERVISOR, data={"reason": "仍有垃圾"})
    clock.move_to("2020-12-11T16:00:00+08:00")
    engine.sweep()
    closed(engine, refs[1], photo)
    refs.append(dispatched(engine))
    clock.move_to("2020-12-14T09:00:00+08:00")
    engine.sweep()
    return refs


def figure(engine: duban.Engine, name: str, by: str = OFFICE, **options):
    (value,) = engine.figure(name, by=by, **{"period": "2020-W50", **options})
    return value


def test_the_closing_rate_is_what_a_recount_of_the_history_says(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    refs = a_week(engine, clock, photo)
    rows = {ref: engine.history(ref, by=OFFICE) for ref in refs}
    done = {ref for ref, own in rows.items() if own[-1].event == "close"}
    late = {ref for ref, own in rows.items() if any(row.event == "rectification@due" for row in own)}
    value = figure(engine, "closing_rate")
    assert set(value.cases) == done | late == set(refs[:3])
    assert set(value.holding) == done
    assert (value.numerator, value.denominator) == (2, 3)
    on_time = figure(engine, "on_time_closing_rate")
    assert set(on_time.holding) == done - late == {refs[0]}


def test_what_happens_later_changes_no_figure_of_the_past(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    refs = a_week(engine, clock, photo)
    names = list(engine.pack.figures.figures)
    before = [engine.figure(name, by=OFFICE, period="2020-W50", per="unit") for name in names]
    closed(engine, refs[2], photo)
    engine.fire(refs[0], "reopen", by=SUPERVISOR, data={"reason": "反弹"})
    engine.fire(refs[3], "reassign", by=OFFICE, data={"unit": "safety", "reason": "职责调整"})
    clock.advance("10 working days")
    engine.sweep()
    assert [engine.figure(name, by=OFFICE, period="2020-W50", per="unit") for name in names] == before
    assert figure(engine, "closing_rate", period="2020-W51").numerator == 1


def test_a_figure_does_not_read_the_columns_of_today(
    engine: duban.Engine, clock: FrozenClock, photo: Path, tmp_path: Path
) -> None:
    a_week(engine, clock, photo)
    before = {name: figure(engine, name) for name in engine.pack.figures.figures}
    with closing(sqlite3.connect(tmp_path / "street.db")) as connection, connection:
        connection.execute("UPDATE duban_cases SET due_at = NULL, closed_at = NULL, state = 'reported', level = 0")
        connection.execute("DELETE FROM duban_stopwatches")
    assert {name: figure(engine, name) for name in engine.pack.figures.figures} == before


def test_an_appeal_that_is_granted_takes_the_fact_out_also_of_the_past_and_the_history_stays(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    refs = a_week(engine, clock, photo)
    told_then, told_at = figure(engine, "rework_rate"), clock.now()
    assert (told_then.numerator, told_then.denominator) == (1, 2)
    history = engine.history(refs[1], by=OFFICE)
    clock.advance("1 working hour")
    data = {"title": "退回申诉", "about": refs[1], "fact": "rework", "grounds": "退回时尚在施工"}
    appeal = engine.start("fact_appeal", by=HEAD, data=data)
    assert figure(engine, "rework_rate") == told_then  # lodged is not granted
    engine.fire(appeal.ref, "grant", by=LEADER, data={"opinion": "情况属实"})

    restated = figure(engine, "rework_rate")
    assert (restated.numerator, restated.denominator, restated.holding) == (0, 2, ())
    assert (restated.before, restated.appeals) == (told_then, (appeal.ref,))
    assert figure(engine, "rework_rate", as_of=told_at) == told_then
    assert figure(engine, "closing_rate").before is None
    assert engine.history(refs[1], by=OFFICE) == history
    assert engine.verify() == []


def test_lateness_that_is_taken_out_counts_as_kept_and_moves_the_score(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    refs = a_week(engine, clock, photo)
    (before,) = [one for one in engine.scores("unit_score", by=OFFICE, period="2020-W50") if one.subject == UNIT]
    data = {"title": "超期申诉", "about": refs[1], "fact": "late_rectification", "grounds": "道路封闭"}
    appeal = engine.start("fact_appeal", by=HEAD, data=data)
    engine.fire(appeal.ref, "grant", by="discipline-secretary", data={"opinion": "情况属实"})
    assert figure(engine, "on_time_closing_rate").holding == tuple(refs[:2])
    (after,) = [one for one in engine.scores("unit_score", by=OFFICE, period="2020-W50") if one.subject == UNIT]
    assert after.points is not None
    assert before.points is not None
    assert after.points[0] * before.points[1] > before.points[0] * after.points[1]


def test_what_happens_after_the_appeal_counts_again(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    refs = a_week(engine, clock, photo)
    data = {"title": "退回申诉", "about": refs[2], "fact": "rework", "grounds": "已整改"}
    rectified(engine, refs[2], photo)
    engine.fire(refs[2], "rework", by=SUPERVISOR, data={"reason": "不合格"})
    appeal = engine.start("fact_appeal", by=HEAD, data=data)
    engine.fire(appeal.ref, "grant", by=LEADER, data={"opinion": "属实"})
    assert figure(engine, "rework_rate", period="2020-W51").n == 0
    clock.advance("1 working hour")
    rectified(engine, refs[2], photo)
    engine.fire(refs[2], "rework", by=SUPERVISOR, data={"reason": "仍不合格"})
    assert figure(engine, "rework_rate", period="2020-W51").holding == (refs[2],)


def test_an_appeal_is_decided_by_another_unit_and_not_by_whoever_recorded_the_fact(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    refs = a_week(engine, clock, photo)
    data = {"title": "退回申诉", "about": refs[1], "fact": "rework", "grounds": "退回时尚在施工"}
    appeal = engine.start("fact_appeal", by=HEAD, data=data)
    with pytest.raises(duban.GuardRefused, match="a leader decides"):
        engine.fire(appeal.ref, "grant", by="discipline-secretary", data={"opinion": "属实"})
    with pytest.raises(duban.NotPermitted):
        engine.fire(appeal.ref, "grant", by=HEAD, data={"opinion": "属实"})
    with pytest.raises(duban.GuardRefused, match="counts against another unit"):
        engine.start("fact_appeal", by="safety-head", data=data)
    with pytest.raises(duban.GuardRefused, match="does not stand in a case of this kind"):
        engine.start("fact_appeal", by=HEAD, data={**data, "fact": "late_report"})
    engine.fire(appeal.ref, "dismiss", by=LEADER, data={"opinion": "理由不足"})
    assert figure(engine, "rework_rate").before is None


def test_whoever_sees_only_own_cases_counts_only_those(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    a_week(engine, clock, photo)
    mine = reported(engine, by="resident")
    assert figure(engine, "reported", by="resident", period="2020-12").cases == (mine,)
    assert figure(engine, "reported", period="2020-12").n == 5


def test_what_is_confidential_is_counted_by_nobody_not_even_by_those_who_see_it(engine: duban.Engine) -> None:
    from tests.workflows.referrals import proposed

    proposed(engine)
    for name in engine.pack.figures.figures:
        assert figure(engine, name, by="discipline-secretary").n == figure(engine, name).n == 0
    assert not {"referral", "appeal"} & {one.of for one in engine.pack.figures.figures.values()}


def test_a_grid_is_scored_by_what_its_worker_reported(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    a_week(engine, clock, photo)
    first, *others = engine.scores("grid_score", by=OFFICE, period="2020-Q4")
    # Closing 2/3, on time 1/3, no recurrence: 40·2/3 + 40·1/3 + 20 = 60.
    assert (first.subject, first.rank, first.points, first.n) == ("renhejie-1", 1, (60, 1), 4)
    assert {one.rank for one in others} == {None}
    assert len(others) == 26


def test_one_subject_is_asked_for_by_its_name_in_the_dimension_that_fits(
    engine: duban.Engine, clock: FrozenClock, photo: Path
) -> None:
    a_week(engine, clock, photo)
    assert figure(engine, "closing_rate", unit="renhejie-1").dimension == "grid"
    assert figure(engine, "closing_rate", unit=UNIT).dimension == "unit"
    assert figure(engine, "closing_rate", unit="renhejie").numerator == 0
    assert figure(engine, "closing_rate", unit="renhejie", per="community").numerator == 2


def test_wrong_names_are_told_with_the_nearest(engine: duban.Engine) -> None:
    with pytest.raises(UnknownFigure, match="did you mean `closing_rate`"):
        engine.figure("closing_rat", by=OFFICE)
    with pytest.raises(UnknownScore, match="did you mean `unit_score`"):
        engine.scores("unit_scores", by=OFFICE)
    with pytest.raises(UnknownSubject, match="did you mean `renhejie-1`"):
        engine.figure("closing_rate", by=OFFICE, unit="renheji-1")
    with pytest.raises(UsageError, match="not told per `grids`; did you mean `grid`"):
        engine.figure("closing_rate", by=OFFICE, per="grids")
    with pytest.raises(UsageError, match="is not a period"):
        engine.figure("closing_rate", by=OFFICE, period="50")
    with pytest.raises(UsageError, match="has not begun"):
        engine.figure("closing_rate", by=OFFICE, period="2020-W51")
    with pytest.raises(duban.UnknownActor):
        engine.figure("closing_rate", by="nobody")


def test_without_a_period_it_is_this_week(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    a_week(engine, clock, photo)
    assert figure(engine, "closing_rate", period=None) == figure(engine, "closing_rate", period="2020-W51")
