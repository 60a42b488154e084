"""Inside the host's transaction: nothing is committed, nothing flushed, what fails is undone alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.family import PLAN, begun, drafted, family
from tests.engine.runtime.street import PHOTO, contents, reported

import duban
from duban.persistence.addresses import parsed


class Base(DeclarativeBase):
    """The host's own tables."""


class Ticket(Base):
    """Something of the host's."""

    __tablename__ = "host_tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
def host(url: str) -> Iterator[sqlalchemy.Engine]:
    """The host's engine on the same database, as SQLAlchemy makes it."""
    engine = create_engine(parsed(url))
    Base.metadata.create_all(engine)
    yield engine
    Base.metadata.drop_all(engine)
    engine.dispose()


def words(host: sqlalchemy.Engine) -> list[str]:
    with Session(host) as session:
        return list(session.scalars(select(Ticket.words).order_by(Ticket.id)))


def test_commit_keeps_the_hosts_rows_and_ours(engine: duban.Engine, host: sqlalchemy.Engine) -> None:
    with Session(host) as session:
        session.add(Ticket(words="kept"))
        bound = engine.bind(session)
        case = bound.start("issue", by="grid-worker", data={"title": "x", "category": "litter"})
        bound.fire(case.ref, "assign", by="office", data={"unit": "office"})
        assert bound.get(case.ref, by="office").state == "assigned"
        with pytest.raises(duban.UnknownCase):
            engine.get(case.ref, by="office")
        session.commit()
    assert (engine.get(case.ref, by="office").version, words(host)) == (2, ["kept"])
    assert engine.verify() == []


def test_rollback_leaves_no_trace_of_cases_refusals_or_numbers(engine: duban.Engine, host: sqlalchemy.Engine) -> None:
    seen = reported(engine)
    before = contents(engine)
    with Session(host) as session:
        bound = engine.bind(session)
        bound.start("issue", by="grid-worker", data={"title": "x", "category": "litter"}, key="req-1")
        with pytest.raises(duban.NotPermitted):
            bound.fire(seen.ref, "assign", by="grid-worker", data={"unit": "office"})
        assert len(bound.refusals(by="office")) == 1
        session.rollback()
    assert contents(engine) == before
    assert engine.refusals(by="office") == []
    assert reported(engine, key="req-1").ref == "ISS-000002"


def test_the_hosts_pending_objects_are_not_flushed_and_autoflush_stays_as_it_was(
    engine: duban.Engine, host: sqlalchemy.Engine
) -> None:
    flushed: list[bool] = []
    with Session(host) as session:
        event.listen(session, "before_flush", lambda *_: flushed.append(True))
        ticket = Ticket(words="new")
        session.add(ticket)
        bound = engine.bind(session)
        case = bound.start("issue", by="grid-worker", data={"title": "x", "category": "litter"})
        bound.fire(case.ref, "assign", by="office", data={"unit": "office"}, expect_version=1)
        bound.preview(case.ref, "suspend", by="leader", data={"reason": "rain"})
        with pytest.raises(duban.TransitionNotAllowed):
            bound.fire(case.ref, "close", by="office")
        bound.explain(case.ref, by="office")
        assert (flushed, ticket in session.new, session.autoflush) == ([], True, True)
        session.commit()
    assert (flushed, words(host)) == ([True], ["new"])
    assert [row.event for row in engine.history(case.ref, by="office")] == ["report", "assign"]


@pytest.mark.parametrize("attempt", ["refused", "conflicting", "invalid", "unknown", "reused"])
def test_what_fails_leaves_the_hosts_earlier_work_and_its_session_usable(
    engine: duban.Engine, host: sqlalchemy.Engine, attempt: str
) -> None:
    case = reported(engine, key="used")
    attempts: dict[str, tuple[type[duban.DubanError], dict[str, Any]]] = {
        "refused": (duban.TransitionNotAllowed, {"event": "close", "by": "office"}),
        "conflicting": (
            duban.VersionConflict,
            {"event": "assign", "by": "office", "data": {"unit": "office"}, "expect_version": 9},
        ),
        "invalid": (duban.InvalidData, {"event": "assign", "by": "office", "data": {"unit": "nowhere"}}),
        "unknown": (duban.UnknownEvent, {"event": "asign", "by": "office"}),
        "reused": (duban.KeyReused, {"event": "assign", "by": "grid-worker", "data": {}, "key": "used"}),
    }
    fault, given = attempts[attempt]
    with Session(host) as session:
        session.add(Ticket(words="earlier"))
        session.flush()
        bound = engine.bind(session)
        first = bound.start("issue", by="grid-worker", data={"title": "first", "category": "litter"})
        with pytest.raises(fault):
            bound.fire(case.ref, **given)
        session.add(Ticket(words="later"))
        bound.fire(case.ref, "assign", by="office", data={"unit": "office"})
        session.commit()
    assert words(host) == ["earlier", "later"]
    assert engine.get(first.ref, by="office").version == 1
    assert engine.get(case.ref, by="office").version == 2
    assert len(engine.refusals(by="office")) == (1 if attempt == "refused" else 0)
    assert engine.verify() == []


def test_a_cascade_that_fails_half_way_is_undone_alone(make: Make, host: sqlalchemy.Engine, tmp_path: Path) -> None:
    # The second part that the event starts is refused, after the plan and the first part were written.
    more = PLAN.replace(
        "start: [{workflow: part, each: units, with: {title: title, unit: item}}]",
        "start: [{workflow: part, each: units, with: {title: title, unit: item}},"
        " {workflow: note, with: {words: title}}]",
    )
    note = (
        "workflow: note\nversion: 1\nreference: NOT\nfields: {words: {type: text, max: 3}}\n"
        "states: {open: {final: true}}\nevents:\n  write: {to: open, by: [system], needs: [words]}\n"
    )
    folder = family(tmp_path / "pack", more)
    (folder / "note.yaml").write_text(note, encoding="utf-8")
    engine = make(folder)
    plan = drafted(engine)
    with Session(host) as session:
        session.add(Ticket(words="earlier"))
        session.flush()
        bound = engine.bind(session)
        mine = bound.start("plan", by="clerk", data={"title": "mine"})
        with pytest.raises(duban.InvalidData, match="at most 3"):
            bound.fire(plan.ref, "begin", by="clerk", evidence={"proof": PHOTO})
        assert bound.find("part", by="clerk")[:] == []
        session.commit()
    assert words(host) == ["earlier"]
    assert [engine.get(ref, by="clerk").version for ref in (plan.ref, mine.ref)] == [1, 1]
    assert len(engine.messages(by="clerk")) == 0
    assert engine.verify() == []


def test_a_parent_that_refuses_is_undone_with_its_child_alone(
    make: Make, host: sqlalchemy.Engine, tmp_path: Path
) -> None:
    engine = make(family(tmp_path / "pack"))
    plan, parts = begun(engine)
    engine.fire(plan.ref, "hold", by="chief")
    with Session(host) as session:
        session.add(Ticket(words="earlier"))
        session.flush()
        bound = engine.bind(session)
        bound.fire(parts[0].ref, "mention", by="road-hand")
        with pytest.raises(duban.TransitionNotAllowed):
            bound.fire(parts[0].ref, "finish", by="road-hand")
        session.commit()
    assert words(host) == ["earlier"]
    assert [row.event for row in engine.history(parts[0].ref, by="clerk")] == ["open", "mention"]
    assert engine.get(plan.ref, by="clerk").state == "stalled"


def test_what_cannot_be_joined_is_refused(engine: duban.Engine, host: sqlalchemy.Engine) -> None:
    with pytest.raises(duban.StoreError, match="Session or Connection"):
        engine.bind("not a session")
    with host.connect().execution_options(isolation_level="AUTOCOMMIT") as connection, pytest.raises(duban.StoreError):
        engine.bind(connection)
