"""Figures of rounds, reports, bulletins, matters and of cooperation, each worked out by hand, in 2020-W50."""

from pathlib import Path

from tests.engine.figures.histories import figure, figures, history, pack

REPORT = {"unit": "safety", "week_ending": "2020-12-09", "due_on": "2020-12-09"}


def test_every_figure_of_the_design_is_declared() -> None:
    assert set(pack().figures.figures) == {
        "closing_rate", "on_time_closing_rate", "rework_rate", "return_rate", "extension_rate", "suspension_rate",
        "recurrence_rate", "verification_on_time", "round_coverage", "bulletins_on_time", "response_rate",
        "solution_rate", "satisfaction_rate", "open_age_p50", "open_age_p90",
        # and beside them:
        "reported", "closed", "open", "overdue", "on_time_rectification", "reports_on_time", "cooperation_on_time",
        "persuasion_on_time", "enforcement_on_time", "orders_answered_on_time",
    }  # fmt: skip


def test_every_figure_is_tried_by_hand() -> None:
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*_figures.py"))
    assert [name for name in pack().figures.figures if tests.count(f'figure("{name}"') == 0] == []


def test_every_figure_tells_its_formula_in_both_languages_and_its_version() -> None:
    for one in pack().figures.figures.values():
        assert one.version >= 1
        assert one.formula.en != one.formula.zh
        assert one.label.en != one.label.zh


def test_round_coverage_is_of_the_rounds_whose_day_is_over() -> None:
    def a_round(ref: str, *happened: tuple[str, str], day: str = "2020-12-08"):
        planned = ("plan", f"{day[5:]} 08:30", {"day": day, "unit": "safety", "community": "renhejie"})
        return history("round", ref, [planned, *((event, when, {}) for event, when in happened)])

    walked = a_round("A", ("begin", "12-08 10:00"), ("submit", "12-08 11:00"), ("lock", "12-09 10:00"))
    empty = a_round("B", ("begin", "12-08 10:00"), ("submit", "12-08 11:00"))
    missed = a_round("C", ("mark_missed", "12-09 09:30"))
    not_handed_in = a_round("D", ("begin", "12-08 10:00"))
    not_begun = a_round("E", day="2020-12-11")
    called_off = a_round("F", ("cancel", "12-08 09:00"))
    next_week = a_round("G", day="2020-12-14")
    value = figure("round_coverage", [walked, empty, missed, not_handed_in, not_begun, called_off, next_week])
    assert (value.cases, value.holding) == (("A", "B", "C", "D", "E"), ("A", "B"))


def test_a_round_of_today_is_not_uncovered_before_its_day_is_over() -> None:
    from tests.engine.figures.histories import at

    planned = history("round", "A", [("plan", "12-08 08:30", {"day": "2020-12-08", "unit": "safety"})])
    assert figure("round_coverage", [planned], as_of=at("12-08 12:00")).n == 0
    assert figure("round_coverage", [planned], as_of=at("12-08 18:01")).n == 1


def test_a_report_is_on_time_by_closing_time_of_its_wednesday() -> None:
    owed = ("owe", "12-09 09:00", REPORT)
    cases = [
        history("report", "A", [owed, ("submit", "12-09 18:00", {})]),
        history("report", "B", [owed, ("submit", "12-10 09:01", {})]),
        history("report", "C", [owed]),
        history("report", "D", [owed, ("waive", "12-09 10:00", {})]),
        history("report", "E", [owed, ("submit", "12-09 10:00", {}), ("send_back", "12-09 11:00", {}),
                                ("submit", "12-10 10:00", {})]),
        history("report", "F", [("owe", "12-16 09:00", {**REPORT, "due_on": "2020-12-16"})]),
    ]  # fmt: skip
    value = figure("reports_on_time", cases)
    assert (value.cases, value.holding) == (("A", "B", "C", "E"), ("A",))


def test_a_bulletin_is_on_time_within_four_working_days_of_the_cut_off() -> None:
    def bulletin(ref: str, *happened: tuple[str, str], edition: int = 1):
        opened = ("open", "12-11 09:00", {"week_ending": "2020-12-11", "edition": edition})
        drawn = [("cut_off", "12-11 18:00"), ("draft", "12-14 09:00"), ("circulate", "12-14 10:00"),
                 ("close_objections", "12-15 10:00"), ("review", "12-15 11:00"), ("sign", "12-16 09:00")]  # fmt: skip
        return history("bulletin", ref, [opened, *((event, when, {}) for event, when in [*drawn, *happened])])

    # Cut off on Friday at closing time: to be issued by Thursday 17 December at closing time.
    cases = [bulletin("A", ("issue", "12-17 18:00")), bulletin("B", ("issue", "12-18 09:01")),
             bulletin("C"), bulletin("D", ("call_off", "12-16 10:00")),
             bulletin("E", ("issue", "12-17 10:00"), edition=2)]  # fmt: skip
    # The figure of its own week is told at the end of that week: nothing was issued or overdue by then.
    assert figure("bulletins_on_time", cases, "2020-W50").n == 0
    value = figure("bulletins_on_time", cases, "2020-12")
    assert (value.cases, value.holding) == (("A", "B", "C"), ("A",))


def test_satisfied_is_whoever_was_content_with_the_first_answer() -> None:
    begun = [("enter", "12-07 09:00", {"title": "路灯", "unit": "safety"}), ("take_in_hand", "12-07 10:00", {}),
             ("resolve", "12-08 09:00", {}), ("verify", "12-08 10:00", {}), ("answer", "12-08 11:00", {})]  # fmt: skip
    again = [
        ("rework", "12-09 09:00", {}),
        ("resolve", "12-09 10:00", {}),
        ("verify", "12-09 11:00", {}),
        ("answer", "12-09 14:00", {}),
    ]
    not_verified = [*begun[:3], ("rework", "12-08 10:00", {})]
    cases = [
        history("matter", "A", [*begun, ("sign_off", "12-08 12:00", {})]),
        history("matter", "B", [*begun, *again, ("sign_off", "12-10 09:00", {})]),
        history("matter", "C", [*begun, *again[:1]]),
        history("matter", "D", begun),
        history("matter", "E", not_verified),
    ]
    value = figure("satisfaction_rate", cases)
    assert (value.cases, value.holding) == (("A", "B", "C"), ("A",))


def test_cooperation_is_on_time_within_the_limit_of_the_part() -> None:
    # Three working days from Monday 10:00: Thursday 10:00.
    begun = ("open", "12-07 10:00", {"unit": "traffic-police", "severity": "prominent"})
    cases = [
        history("part", "A", [begun, ("complete", "12-10 10:00", {})]),
        history("part", "B", [begun, ("complete", "12-10 10:01", {})]),
        history("part", "C", [begun]),
        history("part", "D", [begun, ("withdraw", "12-08 10:00", {})]),
        history("part", "E", [("open", "12-11 10:00", {"unit": "traffic-police", "severity": "prominent"})]),
    ]
    value = figure("cooperation_on_time", cases)
    assert (value.cases, value.holding) == (("A", "B", "C"), ("A",))
    (agency,) = [one for one in figures("cooperation_on_time", cases, per="agency") if one.n]
    assert (agency.subject, agency.numerator, agency.denominator) == ("traffic-police", 1, 3)


def test_persuasion_counts_for_who_persuades_and_enforcement_for_who_enforces() -> None:
    opened = ("open", "12-07 10:00", {"unit": "safety", "persuading_unit": "safety", "enforcer": "police-station"})
    over = [opened, ("attempt", "12-08 10:00", {}), ("hand_over", "12-08 11:00", {"unit": "police-station"})]
    cases = [
        history("persuasion", "A", over),  # attempted within the day; three working days to enforce: Friday 11:00
        history("persuasion", "B", [opened, ("attempt", "12-08 10:01", {}), over[2], ("enforce", "12-11 11:00", {})]),
        history("persuasion", "C", [opened]),
    ]  # fmt: skip
    assert figure("persuasion_on_time", cases).holding == ("A",)
    assert figure("persuasion_on_time", cases).cases == ("A", "B", "C")
    assert (figure("enforcement_on_time", cases).cases, figure("enforcement_on_time", cases).holding) == (
        ("A", "B"),
        ("B",),
    )
    assert [one.subject for one in figures("persuasion_on_time", cases, per="unit") if one.n] == ["safety"]
    assert [one.subject for one in figures("enforcement_on_time", cases, per="agency") if one.n] == ["police-station"]


def test_an_order_is_answered_on_time_within_two_working_days() -> None:
    issued = ("issue_order", "12-07 10:00", {"unit": "safety", "severity": "prominent"})
    cases = [
        history("supervision_order", "A", [issued, ("reply", "12-09 10:00", {})]),
        history("supervision_order", "B", [issued, ("reply", "12-09 10:01", {})]),
        history("supervision_order", "C", [issued]),
        history("supervision_order", "D", [issued, ("withdraw", "12-08 10:00", {})]),
    ]
    value = figure("orders_answered_on_time", cases)
    assert (value.cases, value.holding) == (("A", "B", "C"), ("A",))
