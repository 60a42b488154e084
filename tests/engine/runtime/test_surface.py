"""The Python surface as the design writes it down: names, keyword arguments, attributes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.engine.runtime.street import MONDAY, SAMPLE

import duban
import duban.testing
from duban.testing import FrozenClock, photograph


def test_the_block_of_the_design_runs_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("after.jpg").write_bytes(photograph())
    clock = duban.testing.FrozenClock(MONDAY)
    with duban.Engine("sqlite:///street.db", pack=SAMPLE, clock=clock) as engine:
        engine.migrate()
        case = engine.start("issue", by="grid-worker", data={"title": "...", "category": "litter"}, key="req-1")
        assert (case.ref, case.state, case.version) == ("ISS-000001", "reported", 1)
        done = engine.fire(
            case.ref, "assign", by="office", data={"unit": "city-management"}, key="req-2", expect_version=1
        )
        assert (done.case.state, done.case.version, done.case.level, done.duplicate) == ("assigned", 2, 0, False)
        assert done.case.due_at is not None
        assert done.case.due_at.isoformat() == "2020-11-26T01:30:00+00:00"
        before = engine.history(case.ref, by="office")
        choices = engine.explain(case.ref, by="handler")
        assert [choice.event for choice in choices if choice.allowed] == ["rectify"]
        assert all(choice.reasons for choice in choices if not choice.allowed)
        assert [str(row.event) for row in before] == ["report", "assign"]
        engine.fire(
            case.ref,
            "rectify",
            by="city-handler",
            data={"measures": "..."},
            evidence={"photo_after": Path("after.jpg")},
        )
        seen = engine.get(case.ref, by="supervisor")
        assert (seen.state, seen.data["photo_after"][0]["name"]) == ("rectified", "after.jpg")
        assert engine.preview(case.ref, "verify", by="supervisor").case.state == "verified"
        found = engine.find(
            "issue", by="leader", state="rectified", unit="city-management", overdue=False, limit=50, after=None
        )
        assert ([item.ref for item in found], found.cursor) == (["ISS-000001"], None)
        rows = engine.history(case.ref, by="office")
        assert [row.seq for row in rows] == [1, 2, 3]
        assert (rows[2].event, rows[2].from_state, rows[2].to_state) == ("rectify", "assigned", "rectified")
        assert (rows[2].actor, rows[2].at, len(rows[2].hash)) == ("city-handler", clock.now(), 64)
        assert rows[2].data["measures"] == "..."
        assert (engine.sweep().climbed, engine.deliver().delivered, engine.verify()) == (0, 1, [])


def test_the_hosts_own_transaction_takes_an_event(engine: duban.Engine, url: str) -> None:
    case = engine.start("issue", by="grid-worker", data={"title": "...", "category": "litter"})
    host_engine = create_engine(url)
    with Session(host_engine) as session:
        done = engine.bind(session).fire(case.ref, "assign", by="office", data={"unit": "office"})
        assert done.case.version == 2
        session.commit()
    host_engine.dispose()
    assert engine.get(case.ref, by="office").state == "assigned"


def test_the_errors_of_the_design_are_duban_errors_with_their_data(engine: duban.Engine) -> None:
    for name in (
        "UnknownCase UnknownWorkflow UnknownEvent TransitionNotAllowed GuardRefused NotPermitted InvalidData"
        " VersionConflict DefinitionError KeyReused UnknownActor"
    ).split():
        assert issubclass(getattr(duban, name), duban.DubanError)
    with pytest.raises(duban.InvalidData) as caught:
        engine.start("issue", by="grid-worker", data={"category": "liter"})
    assert set(caught.value.fields) == {"title", "category"}
    assert "litter" in caught.value.fields["category"]


def test_a_broken_pack_tells_path_line_and_column(tmp_path: Path) -> None:
    lines = (SAMPLE / "issue.yaml").read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if "to: closed" in text)
    for file in SAMPLE.iterdir():
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8").replace("to: closed", "to: closd"))
    with pytest.raises(duban.DefinitionError) as caught:
        duban.Engine("sqlite:///:memory:", pack=tmp_path)
    assert (Path(caught.value.path).name, caught.value.line) == ("issue.yaml", line)
    assert caught.value.column > 1


def test_an_engine_knows_its_pack_again_from_the_store(engine: duban.Engine, url: str) -> None:
    engine.migrate()
    with duban.Engine(url) as again:
        assert again.pack.name == "sample"


def test_without_a_pack_and_without_a_note_of_one_the_engine_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(duban.StoreNotReady, match="duban init"):
        duban.Engine(f"sqlite:///{tmp_path / 'none.db'}")


def test_an_unknown_name_is_answered_with_the_nearest(engine: duban.Engine) -> None:
    with pytest.raises(duban.UnknownActor, match="did you mean `grid-worker`"):
        engine.start("issue", by="grid-workr", data={})
    with pytest.raises(duban.UnknownWorkflow, match="did you mean `issue`"):
        engine.start("isue", by="grid-worker", data={})
    case = engine.start("issue", by="grid-worker", data={"title": "...", "category": "litter"})
    with pytest.raises(duban.UnknownEvent, match="did you mean `assign`"):
        engine.fire(case.ref, "asign", by="office")


def test_the_most_overdue_come_first_and_a_page_goes_on_where_a_case_was_due_that_is_settled_since(
    engine: duban.Engine, clock: FrozenClock
) -> None:
    refs = []
    for severity in ("prominent", "minor", "minor"):
        data = {"title": "x", "category": "litter", "severity": severity}
        refs.append(engine.start("issue", by="grid-worker", data=data).ref)
        engine.fire(refs[-1], "assign", by="office", data={"unit": "city-management"})
        clock.advance(timedelta(minutes=1))
    clock.advance("5 working days")
    engine.start("issue", by="grid-worker", data={"title": "never due", "category": "litter"})

    first = engine.find(by="office", overdue=True, by_due=True, limit=1)
    engine.fire(refs[1], "suspend", by="leader", data={"reason": "it is settled meanwhile"})
    rest = engine.find(by="office", overdue=True, by_due=True, after=first.cursor)

    assert [case.ref for case in first] == [refs[1]]
    assert ([case.ref for case in rest], rest.cursor) == ([refs[2], refs[0]], None)
    for made_up in (refs[0], f"{refs[0]}@soon", f"{refs[0]}@2021-02-03", "ISS-999999@2021-02-03T00:00:00+00:00"):
        with pytest.raises(duban.UnknownCase):
            engine.find(by="office", by_due=True, after=made_up)


def test_pages_follow_each_other_without_a_case_lost_or_told_twice(engine: duban.Engine) -> None:
    refs = [engine.start("issue", by="grid-worker", data={"title": "x", "category": "litter"}).ref for _ in range(7)]
    page, told = engine.find(by="office", limit=3), []
    while True:
        told += [case.ref for case in page]
        if page.cursor is None:
            break
        page = engine.find(by="office", limit=3, after=page.cursor)
    assert told == list(reversed(refs))
    for limit in (0, 1_001):
        with pytest.raises(duban.UsageError, match=str(limit)):
            engine.find(by="office", limit=limit)
