"""A replay drives every case along its recorded course, at its recorded times, and lets its deadlines climb."""

from datetime import date, datetime, time, timedelta

import pytest
from tests.importing.conftest import MAP, ROWS, Bench, table

from duban.engine.errors import UsageError


def test_every_case_stands_where_the_register_says(bench: Bench) -> None:
    report, replayed = bench.replay(bench.file())

    assert (report.imported, report.rejected, report.stopped) == (3, 0, 0)
    assert replayed.fired == 9
    assert [case.state for case in bench.cases()] == ["closed", "assigned", "closed"]
    assert bench.engine.verify() == []


def test_history_tells_the_recorded_times_moved_by_the_shift(bench: Bench) -> None:
    bench.replay(bench.file())

    rows = bench.engine.history(bench.cases()[0].ref, by="office")

    zone = bench.engine.pack.organization.zone
    told = [(row.event, row.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")) for row in rows]
    assert told == [
        ("report", "2020-11-26 09:30"), ("assign", "2020-11-26 09:30"), ("rectify", "2020-11-27 10:00"),
        ("verify", "2020-11-27 10:00"), ("close", "2020-11-27 10:00"),
    ]  # fmt: skip


def test_the_deadline_of_a_case_that_stays_open_climbs_at_the_end_of_each_day(bench: Bench) -> None:
    _, replayed = bench.replay(bench.file())

    late = bench.cases()[2]
    steps = [row.event for row in bench.engine.history(late.ref, by="office") if row.kind == "step"]
    assert steps == ["rectification@75%", "rectification@due", "rectification@due + 1 working day"]
    assert replayed.climbed == 7
    assert [case.level for case in bench.cases()] == [0, 3, 2]


def test_the_handler_of_the_cases_unit_acts_and_the_row_is_its_evidence(bench: Bench) -> None:
    bench.replay(bench.file())

    rectified = next(row for row in bench.engine.history(bench.cases()[0].ref, by="office") if row.event == "rectify")

    assert rectified.actor == "city-handler"
    (kept,) = rectified.data["photo_after"]
    with bench.engine.world.evidence.open(kept["hash"]) as file:
        assert file.read().decode() == table(ROWS[0])


def test_a_step_that_is_recorded_before_the_one_before_it_happens_at_the_same_time(bench: Bench) -> None:
    early = ROWS[0].replace("2020-01-03 10:00", "2020-01-01 08:00")

    bench.replay(bench.file(table(early)))

    times = [row.at for row in bench.engine.history(bench.cases()[0].ref, by="office")]
    assert times == sorted(times)
    assert times[-1] - times[0] == timedelta(0)


def test_a_row_without_the_times_that_its_course_needs_is_rejected(bench: Bench) -> None:
    report, _ = bench.replay(bench.file(table(ROWS[0].replace("2020-01-03 10:00", ""), ROWS[1])))

    assert (report.imported, report.rejected) == (1, 1)
    assert report.report is not None
    assert "no time is given for verify" in report.report.read_text(encoding="utf-8-sig")


def test_a_refused_step_stops_its_case_and_no_other(bench: Bench) -> None:
    # Who acts stands in the table, so only the engine can tell that the office may not verify.
    named = MAP.replace("verify: {at: closed, by: supervisor}", "verify: {at: closed, by: {column: title}}")
    rows = [ROWS[0].replace("Bags by the door", "office"), ROWS[2].replace("Cable across the lane", "supervisor")]
    report, _ = bench.replay(bench.file(table(*rows)), named)

    assert (report.imported, report.stopped) == (2, 1)
    assert [case.state for case in bench.cases()] == ["rectified", "closed"]
    assert report.report is not None
    assert "imported as ISS-000001, but the recorded step verify was refused" in report.report.read_text("utf-8-sig")


def test_a_replay_needs_a_store_without_other_cases(bench: Bench) -> None:
    bench.engine.start("issue", by="grid-worker", data={"title": "another", "category": "litter"})

    with pytest.raises(UsageError, match="empty store"):
        bench.replay(bench.file())

    assert len(bench.cases()) == 1


def test_replaying_twice_changes_nothing(bench: Bench) -> None:
    path = bench.file()
    bench.replay(path)
    before = [(case, bench.engine.history(case.ref, by="office")) for case in bench.cases()]

    report, replayed = bench.replay(path)

    assert (report.imported, report.already, replayed.fired, replayed.climbed) == (0, 3, 0, 0)
    assert [(case, bench.engine.history(case.ref, by="office")) for case in bench.cases()] == before


def test_other_moments_of_each_working_day_take_their_turn_also_where_a_step_is_recorded_for_that_very_time(
    bench: Bench,
) -> None:
    passed: list[str] = []
    zone = bench.engine.pack.organization.zone

    def note(at: datetime) -> None:
        assert at == bench.clock.now()
        passed.append(at.astimezone(zone).strftime("%m-%d %H:%M"))

    bench.replay(bench.file(), during={time(10, 0): note, time(9, 0): note}, until=date(2020, 11, 27))

    # The clock stands at the opening of the 24th; a rectification is recorded for ten o'clock on the 27th.
    assert passed == [
        "11-24 10:00", "11-25 09:00", "11-25 10:00", "11-26 09:00", "11-26 10:00", "11-27 09:00", "11-27 10:00",
    ]  # fmt: skip


def test_what_is_recorded_after_the_end_has_not_happened_yet_and_a_second_replay_goes_on_from_there(
    bench: Bench,
) -> None:
    path = bench.file()

    _, first = bench.replay(path, until=date(2020, 11, 26))
    assert first.at is not None
    assert first.at.isoformat() == "2020-11-26T10:00:00+00:00"
    _, second = bench.replay(path)

    assert first.left > 0
    assert first.fired + second.fired == 9
    assert [case.state for case in bench.cases()] == ["closed", "assigned", "closed"]
