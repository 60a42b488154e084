"""Figures of issues over little histories, each worked out by hand. The week is 2020-W50, 7 to 13 December.

A prominent issue has three working days (7 hours each) from its dispatch and four working hours to be accepted:
dispatched on Monday at 10:00, it is to be accepted by 16:00 and is due on Thursday at 10:00.
"""

from tests.engine.figures.histories import figure, figures, issue

from duban.engine.figures.telling import percent

TO_UNIT = [("report", "12-07 09:00", {}), ("assign", "12-07 10:00", {})]
TWO_DAYS_MORE = ("extend", "12-09 10:00", {"days": 2, "extensions": 1})


def ended(*rectified: str, day: str = "12-14") -> list[tuple[str, str, dict[str, str]]]:
    """Rectified at this time, then verified at 11:00 and closed at noon of the day."""
    return [("rectify", *rectified, {}), ("verify", f"{day} 11:00", {}), ("close", f"{day} 12:00", {})]


ON_TIME = issue(
    "A", *TO_UNIT, ("accept", "12-07 11:00", {}), ("rectify", "12-09 10:00", {}), ("verify", "12-10 09:00", {}),
    ("close", "12-11 09:00", {}),
)  # fmt: skip
LATE = issue(
    "B", *TO_UNIT, ("accept", "12-07 17:00", {}), ("rectify", "12-11 11:00", {}), ("verify", "12-11 15:00", {}),
    ("close", "12-11 16:00", {}),
)  # fmt: skip
STUCK = issue("C", *TO_UNIT, ("accept", "12-08 09:00", {}))
PUT_ASIDE = issue("D", *TO_UNIT, ("accept", "12-07 11:00", {}), ("suspend", "12-09 10:00", {"review_on": "2020-12-30"}))
FRESH = issue("E", ("report", "12-11 09:00", {}), ("assign", "12-11 10:00", {}))
EXTENDED = issue("F", *TO_UNIT, ("accept", "12-07 11:00", {}), TWO_DAYS_MORE)
VOIDED = issue("G", *TO_UNIT, ("void", "12-11 10:00", {}))
WAITING = issue("H", *TO_UNIT, ("accept", "12-07 11:00", {}), ("rectify", "12-09 10:00", {}))
MASTER = {"master": "A"}
TWIN = issue(
    "I", ("report", "12-07 09:00", {}), ("merge", "12-07 12:00", MASTER), ("close_with_master", "12-11 09:00", {})
)
EVERY = [ON_TIME, LATE, STUCK, PUT_ASIDE, FRESH, EXTENDED, VOIDED, WAITING, TWIN]


def test_due_to_close_is_what_was_closed_and_what_is_open_and_overdue_but_nothing_that_is_suspended() -> None:
    value = figure("closing_rate", EVERY)
    # A and B were closed; C was due on Thursday. D rests, E is due next Wednesday, F on Monday, G is void, H was
    # rectified in time and waits for the supervision team, I ended with its master.
    assert value.cases == ("A", "B", "C")
    assert (value.numerator, value.denominator, value.n, value.holding) == (2, 3, 3, ("A", "B"))


def test_on_time_is_what_was_closed_and_had_been_rectified_by_its_due_time() -> None:
    value = figure("on_time_closing_rate", EVERY)
    assert (value.numerator, value.denominator, value.holding) == (1, 3, ("A",))


def test_an_issue_counts_again_in_every_week_at_whose_end_it_is_open_and_overdue() -> None:
    # In the week after, C is still open, E was due on Wednesday, F on Monday: none of them was closed.
    value = figure("closing_rate", EVERY, "2020-W51")
    assert (value.cases, value.numerator) == (("C", "E", "F"), 0)


def test_an_extension_moves_the_due_time_by_its_working_days_and_no_more() -> None:
    # Thursday 10:00 and two working days more: Monday 14 December at 10:00.
    closed = [*EXTENDED[:4]]
    on_monday = issue("F", *TO_UNIT, ("accept", "12-07 11:00", {}), TWO_DAYS_MORE,
                      *ended("12-14 10:00"))  # fmt: skip
    too_late = issue("F", *TO_UNIT, ("accept", "12-07 11:00", {}), TWO_DAYS_MORE,
                     *ended("12-14 10:01"))  # fmt: skip
    assert figure("closing_rate", [closed]).n == 0
    assert figure("on_time_closing_rate", [on_monday], "2020-W51").numerator == 1
    assert figure("on_time_closing_rate", [too_late], "2020-W51").numerator == 0


def test_a_suspension_stops_the_clock() -> None:
    # Two of three days are used on Wednesday at 10:00. It rests until Monday 10:00 and is due on Tuesday at 10:00.
    rested = [*TO_UNIT, ("suspend", "12-09 10:00", {"review_on": "2020-12-30"}), ("resume", "12-14 10:00", {})]
    for minute, held in (("10:00", 1), ("10:01", 0)):
        ended = issue(
            "D",
            *rested,
            ("rectify", f"12-15 {minute}", {}),
            ("verify", "12-15 11:00", {}),
            ("close", "12-15 12:00", {}),
        )
        assert figure("on_time_closing_rate", [ended], "2020-W51").numerator == held


def test_rework_keeps_the_remaining_time() -> None:
    # Rectified on Wednesday 10:00 with a day left, sent back on Friday 10:00: due on Monday at 10:00.
    back = [*TO_UNIT, ("rectify", "12-09 10:00", {}), ("rework", "12-11 10:00", {})]
    for minute, held in (("10:00", 1), ("10:01", 0)):
        ended = issue(
            "J", *back, ("rectify", f"12-14 {minute}", {}), ("verify", "12-14 11:00", {}), ("close", "12-14 12:00", {})
        )
        assert figure("on_time_closing_rate", [ended], "2020-W51").numerator == held


def test_what_is_reassigned_is_measured_by_the_limit_of_its_present_unit() -> None:
    late = [*TO_UNIT, ("reassign", "12-11 10:00", {"unit": "safety"})]  # overdue at the first unit
    ended = issue(
        "K", *late, ("rectify", "12-11 11:00", {}), ("verify", "12-11 12:00", {}), ("close", "12-11 14:00", {})
    )
    (found,) = [one for one in figures("on_time_closing_rate", [ended], per="unit") if one.n]
    assert (found.subject, found.numerator) == ("safety", 1)


def test_how_many_were_reported_closed_open_and_overdue() -> None:
    assert figure("reported", EVERY).n == 9
    assert figure("closed", EVERY).cases == ("A", "B")
    assert figure("open", EVERY).cases == ("C", "D", "E", "F", "H")
    assert figure("overdue", EVERY).cases == ("C",)
    assert figure("reported", EVERY, "2020-W51").n == 0
    assert figure("reported", EVERY, "2020-Q4").n == 9


def test_rectified_on_time_is_the_units_own_and_does_not_wait_for_others() -> None:
    value = figure("on_time_rectification", EVERY)
    assert (value.cases, value.holding) == (("A", "B", "C", "H"), ("A", "H"))


def test_the_rework_rate_is_of_what_was_judged() -> None:
    sent_back = issue("J", *TO_UNIT, ("rectify", "12-08 10:00", {}), ("rework", "12-09 10:00", {}),
                      ("rectify", "12-10 09:00", {}), ("verify", "12-11 09:00", {}))  # fmt: skip
    value = figure("rework_rate", [*EVERY, sent_back])
    # A, B and J were judged; H waits. J was sent back once before it was verified.
    assert (value.cases, value.holding) == (("A", "B", "J"), ("J",))
    assert percent(1, 3) == "33.3%"


def test_return_extension_and_suspension_rates_are_of_what_units_had_in_hand() -> None:
    by_whom = {"returns": 1, "returned_by": "planning-construction"}
    returned = issue("J", *TO_UNIT, ("return_dispatch", "12-08 09:00", by_whom),
                     ("assign", "12-08 10:00", {"unit": "safety"}))  # fmt: skip
    cases = [*EVERY, returned]
    in_hand = ("A", "B", "C", "D", "E", "F", "G", "H", "J")
    assert (figure("return_rate", cases).cases, figure("return_rate", cases).holding) == (in_hand, ("J",))
    assert figure("extension_rate", cases).holding == ("F",)
    assert figure("suspension_rate", cases).holding == ("D",)
    # It counts for the unit that returned it, whoever has it now.
    per_unit = {one.subject: one for one in figures("return_rate", cases, per="unit")}
    assert (per_unit["planning-construction"].numerator, per_unit["safety"].n) == (1, 0)


def test_the_recurrence_rate_is_of_what_was_new_or_reopened() -> None:
    again = issue("J", ("report", "12-08 09:00", {}), ("assign", "12-08 10:00", {"recurs": "A"}))
    reopened = issue("K", ("report", "11-30 09:00", {}), ("assign", "11-30 10:00", {}),
                     *ended("12-01 09:00", day="12-01"), ("reopen", "12-09 09:00", {}))  # fmt: skip
    old = issue("L", ("report", "11-30 09:00", {}), ("assign", "11-30 10:00", {}), ("reassign", "12-09 09:00", {}))
    value = figure("recurrence_rate", [ON_TIME, STUCK, again, reopened, old])
    assert (value.cases, value.holding) == (("A", "C", "J", "K"), ("J", "K"))


def test_verification_is_on_time_within_two_working_days() -> None:
    # Rectified on Monday at 11:00: to be judged by Wednesday at 11:00.
    begun = [("report", "12-07 09:00", {}), ("assign", "12-07 10:00", {}), ("rectify", "12-07 11:00", {})]
    in_time, too_late = (
        issue(ref, *begun, ("verify", f"12-09 {minute}", {})) for ref, minute in (("J", "11:00"), ("K", "11:01"))
    )
    waits = issue("L", *begun)
    value = figure("verification_on_time", [in_time, too_late, waits, FRESH])
    assert (value.cases, value.holding) == (("J", "K", "L"), ("J",))


def test_the_response_rate_is_of_what_was_to_be_accepted() -> None:
    # A within the hour, B an hour late, C a day late, E not at all (due on Friday at 16:00), the others at 11:00. G was
    # voided without having been accepted; I was never dispatched.
    value = figure("response_rate", EVERY)
    assert (value.cases, value.holding) == (("A", "B", "C", "D", "E", "F", "G", "H"), ("A", "D", "F", "H"))


def test_the_solution_rate_is_of_what_residents_reported() -> None:
    solved = issue("J", ("report_by_resident", "12-07 09:00", {"channel": "resident"}), ("assign", "12-07 10:00", {}),
                   *ended("12-08 09:00", day="12-08"))  # fmt: skip
    refused = issue("K", ("report_by_resident", "12-07 09:00", {"channel": "volunteer"}), ("reject", "12-07 10:00", {}))
    waits = issue("L", ("report_by_resident", "12-07 09:00", {"channel": "resident"}))
    value = figure("solution_rate", [solved, refused, waits, ON_TIME])
    assert (value.cases, value.holding) == (("J", "K"), ("J",))


def test_open_ages_are_working_minutes_by_nearest_rank() -> None:
    # Reported at 09:00 on the days of the week: to the end of the week 35, 28, 21, 14 and 7 hours of work.
    cases = [issue(str(day), ("report", f"12-{day:02} 09:00", {})) for day in range(7, 12)]
    assert figure("open_age_p50", cases).value == 21 * 60
    assert figure("open_age_p90", cases).value == 35 * 60
    assert figure("open_age_p50", cases[:4]).value == 21 * 60  # of 4 the second: 14, 21, 28, 35 hours
    assert figure("open_age_p50", []).value is None
