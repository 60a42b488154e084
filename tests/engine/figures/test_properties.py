"""What holds of every figure over any history."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.figures.histories import LATER, at, figure, figures, issue, pack, period

from duban.engine.figures.facts import Struck
from duban.engine.model.case import HistoryRow
from duban.engine.model.figure import Strike

BEGIN = at("11-30 09:00")
UNITS = ("planning-construction", "safety", "traffic-police", "renhejie", "subdistrict")
OF_ISSUES = [one.name for one in pack().figures.figures.values() if one.of == "issue"]
SHARES = [name for name in OF_ISSUES if pack().figures.figures[name].measure == "share"]
NEXT: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "reported": [("assign", {}), ("assign", {"recurs": "ISS-0"}), ("reject", {}), ("void", {})],
    "assigned": [("accept", {}), ("rectify", {}), ("reassign", {"unit": "safety"}), ("extend", {"days": 2}),
                 ("return_dispatch", {"returned_by": "safety"}), ("suspend", {"review_on": "2020-12-30"})],
    "accepted": [("rectify", {}), ("extend", {"days": 1}), ("suspend", {"review_on": "2020-12-28"}), ("void", {})],
    "suspended": [("resume", {})],
    "rectified": [("verify", {}), ("rework", {})],
    "verified": [("close", {})],
    "closed": [("reopen", {})],
}  # fmt: skip


@st.composite
def histories(draw: st.DrawFn, ref: str) -> list[HistoryRow]:
    """A history that the machine of issues allows, over some weeks."""
    workflow = pack().workflows["issue"].workflow
    minutes = draw(st.integers(0, 14 * 24 * 60))
    happened = [("report", minutes, {})]
    state = "reported"
    for _ in range(draw(st.integers(0, 7))):
        if state not in NEXT:
            break
        event, data = draw(st.sampled_from(NEXT[state]))
        minutes += draw(st.integers(0, 5 * 24 * 60))
        happened.append((event, minutes, data))
        state = workflow.events[event].target or state
    told = [(event, _told(after), data) for event, after, data in happened]
    return issue(ref, *told, unit=draw(st.sampled_from(UNITS)), severity=draw(st.sampled_from(["minor", "serious"])))


def _told(minutes: int) -> str:
    return (BEGIN + timedelta(minutes=minutes, hours=8)).strftime("%Y-%m-%d %H:%M")


OFFICE = st.integers(0, 6).flatmap(lambda count: st.tuples(*(histories(f"ISS-{number}") for number in range(count))))
WEEKS = st.sampled_from(
    ["2020-W49", "2020-W50", "2020-W51", "2020-12", "2020-Q4", "2020", "2020-12-09", "2020-12-01..2020-12-20"]
)


@settings(max_examples=40)
@given(OFFICE, WEEKS, st.sampled_from(SHARES))
def test_what_holds_is_among_what_counts_and_the_number_is_that_of_the_cases(cases, when: str, name: str) -> None:
    value = figure(name, cases, when)
    assert 0 <= value.numerator <= value.denominator == value.n == len(value.cases)
    assert value.numerator == len(value.holding)
    assert set(value.holding) <= set(value.cases)


@settings(max_examples=40)
@given(OFFICE, WEEKS, st.sampled_from(OF_ISSUES), st.sampled_from(["unit", "community", "agency", "grid"]))
def test_all_subjects_together_are_the_whole_and_no_case_counts_twice(cases, when: str, name: str, per: str) -> None:
    whole, parts = figure(name, cases, when), figures(name, cases, when, per=per)
    assert sorted(ref for part in parts for ref in part.cases) == list(whole.cases)
    assert sorted(ref for part in parts for ref in part.holding) == list(whole.holding)
    assert len(set(whole.cases)) == whole.n
    assert [part.subject for part in parts if part.subject is not None] == list(pack().figures.dimensions[per].subjects)


@settings(max_examples=40)
@given(OFFICE, WEEKS, st.sampled_from(OF_ISSUES))
def test_what_happens_after_the_period_changes_nothing(cases, when: str, name: str) -> None:
    end = period(when).end
    known = [[row for row in rows if row.at < end] for rows in cases]
    assert figure(name, cases, when) == figure(name, [rows for rows in known if rows], when)


@settings(max_examples=40)
@given(OFFICE, WEEKS, st.sampled_from(OF_ISSUES), st.integers(0, 40 * 24 * 60))
def test_as_of_a_moment_is_told_what_stood_in_history_then(cases, when: str, name: str, minutes: int) -> None:
    as_of = BEGIN + timedelta(minutes=minutes)
    known = [[row for row in rows if row.at <= as_of] for rows in cases]
    assert figure(name, cases, when, as_of=as_of) == figure(name, [rows for rows in known if rows], when, as_of=as_of)


@settings(max_examples=30)
@given(OFFICE, st.integers(0, 20 * 24 * 60), st.integers(0, 20 * 24 * 60))
def test_whoever_knows_more_knows_of_no_fewer_reports(cases, first: int, more: int) -> None:
    early, late = (BEGIN + timedelta(minutes=minutes) for minutes in (first, first + more))
    assert set(figure("reported", cases, "2020", as_of=early).cases) <= set(
        figure("reported", cases, "2020", as_of=late).cases
    )


@settings(max_examples=30)
@given(OFFICE, st.randoms(use_true_random=False))
def test_the_order_in_which_cases_come_changes_nothing(cases, random) -> None:
    shuffled = list(cases)
    random.shuffle(shuffled)
    for name in OF_ISSUES:
        assert figure(name, cases, "2020-12") == figure(name, shuffled, "2020-12")


@settings(max_examples=30)
@given(OFFICE)
def test_the_weeks_of_december_hold_each_report_once(cases) -> None:
    weeks = [figure("reported", cases, f"2020-W{week}").cases for week in range(49, 54)]
    assert sorted(ref for week in weeks for ref in week) == list(
        figure("reported", cases, "2020-11-30..2021-01-03").cases
    )


@settings(max_examples=40)
@given(OFFICE, WEEKS, st.sampled_from(SHARES))
def test_an_appeal_moves_only_its_own_case_and_what_was_told_before_is_kept(cases, when: str, name: str) -> None:
    strike = Strike("issue", frozenset({"rework", "reopen"}), frozenset({"rectification", "response"}))
    struck = {rows[0].ref: [Struck("FCT-1", LATER, strike)] for rows in cases[:1]}
    plain, told = figure(name, cases, when), figure(name, cases, when, struck=struck)
    assert (told.before or told).cases == plain.cases
    assert (told.before or told).holding == plain.holding
    assert set(told.cases) ^ set(plain.cases) <= set(struck)
    assert (told.before is None) == (not told.appeals)
