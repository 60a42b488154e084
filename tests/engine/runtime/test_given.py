"""What a program hands in of the wrong kind is refused with what it is and what is expected, never from deep inside."""

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.engine.runtime.street import reported

import duban
from duban.engine.runtime.bulk.report import Criteria

Call = Callable[[duban.Engine, str], Any]
NO_INSTANTS: list[Any] = [datetime(2020, 11, 28), "2020-11-28", date(2020, 11, 28), 5]  # noqa: DTZ001
LISTS = ("inbox", "refusals", "messages", "dispatches")
NEW = {"title": "x", "category": "litter"}


def start(**given: Any) -> Call:
    return lambda engine, _ref: engine.start(**{"workflow": "issue", "by": "grid-worker", "data": NEW, **given})


def fire(**given: Any) -> Call:
    return lambda engine, ref: engine.fire(**{"ref": ref, "event": "assign", "by": "office", **given})


def find(**given: Any) -> Call:
    return lambda engine, _ref: engine.find(**{"by": "office", **given})


def suspend(**given: Any) -> Call:
    return lambda engine, _ref: engine.suspend(**{"who": "office", "by": "leader", "reason": "x", **given})


def told(verb: str, *given: Any, **named: Any) -> Call:
    return lambda engine, _ref: getattr(engine, verb)(*given, **{"by": "office", **named})


def many(**given: Any) -> Call:
    return lambda engine, ref: engine.fire_many(**{"cases": [ref], "event": "assign", "by": "office", **given})


ODD: list[tuple[Call, str]] = [
    (start(data=[1]), "data"), (start(data="x"), "data"), (start(data={1: 2}), "data"), (start(key=5), "key"),
    (start(key=b"k"), "key"), (start(by=None), "by"), (start(by=[1]), "by"), (start(workflow=None), "workflow"),
    (start(event=5), "event"), (start(evidence=[1]), "evidence"),
    (start(evidence={"photo_after": 5}), "evidence.photo_after"),
    (start(evidence={"photo_after": [b"x"]}), "evidence.photo_after"),
    (fire(ref=5), "ref"), (fire(event=[]), "event"), (fire(expect_version="1"), "expect_version"),
    (fire(expect_version=True), "expect_version"), (fire(expect_version=1.0), "expect_version"),
    (fire(data=[]), "data"),
    (find(workflow=5), "workflow"), (find(state=[]), "state"), (find(unit=5), "unit"), (find(parent=5), "parent"),
    (find(after=5), "after"), (find(after=5, by_due=True), "after"), (find(limit="5"), "limit"),
    (find(limit=None), "limit"),
    (find(limit=1.5), "limit"), (find(overdue="yes"), "overdue"), (find(open=1), "open"), (find(data=[1]), "data"),
    (find(data={"title": {1}}), "data.title"), (find(data={5: 1}), "data"),
    (suspend(reason=None), "reason"), (suspend(who=None), "who"), (suspend(role=5), "role"),
    (many(cases=None), "cases"), (many(cases=[5]), "ref"), (many(data=[1]), "data"), (many(key=5), "key"),
    (many(event=None), "event"), (many(expect_versions=[1]), "expect_versions"),
    (many(cases=Criteria(state=5)), "state"),  # type: ignore[arg-type]
    (many(expect_versions={"ISS-000001": "1"}), "expect_versions[ISS-000001]"),
    (lambda engine, _ref: engine.get(None, by="office"), "ref"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.explain(5, by="office"), "ref"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.history([], by="office"), "ref"),  # type: ignore[arg-type]
    (lambda engine, ref: engine.preview(ref, "assign", by="office", data=[1]), "data"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.grouped("issue", 5, by="office"), "fields"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.inbox(by="office", limit="x"), "limit"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.follow(5), "code"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.messages(by="office", state=5), "state"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.retry(5, by="office"), "key"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.deliver("x"), "limit"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.figure(5, by="office"), "name"),  # type: ignore[arg-type]
    (many(cases=Criteria(open="no")), "open"),  # type: ignore[arg-type]
    (many(cases=Criteria(overdue=0)), "overdue"),  # type: ignore[arg-type]
    (find(by_due="no"), "by_due"), (told("get", "x", by=5), "by"), (told("accounts", by=None), "by"),
    *((told(verb, "x", as_of=odd), "as_of") for verb in ("figure", "scores") for odd in NO_INSTANTS),
    *((told("export_evidence", "x.zip", **{end: odd}), end) for end in ("since", "until") for odd in NO_INSTANTS),
    (told("export_evidence", None), "out"), (told("export_evidence", b"x"), "out"),
    (told("export_evidence", ""), "out"),
    (told("export_evidence", "x.zip", refs=5), "refs"), (told("export_evidence", "x.zip", refs=[5]), "refs"),
    (told("export_evidence", "x.zip", workflow=5), "workflow"), (told("evidence_file", "x", 5), "which"),
    *((told(verb, limit=odd), "limit") for verb in LISTS for odd in (0, -1, 10**20, "5", None)),
    *((told("readings", "x", limit=odd), "limit") for odd in (0, -1, 10**20)),
    *((told("deliver", odd), "limit") for odd in (-1, 10**20)),
    (told("dispatches", channel=5), "channel"), (told("dispatches", state=[]), "state"),
    (told("document", 5), "ref"), (told("document", "x", 5), "name"), (told("document", "x", formats="pdf"), "formats"),
    (told("document", "x", lang=None), "lang"), (told("verify", published=5), "published"),
    (told("write_checkpoint", print, "key"), "key"), (told("sample_survey", 5), "ref"),
    (told("sample_survey", "x", seed=5), "seed"), (told("answer_survey", 5, []), "ref"),
    (told("answer_survey", "x", [], key=5), "key"),
    (lambda engine, _ref: engine.try_channel(5), "name"),  # type: ignore[arg-type]
    (lambda engine, _ref: engine.try_channel("x", 5), "post"),  # type: ignore[arg-type]
]  # fmt: skip


def test_arguments_of_the_wrong_kind_are_refused_by_their_name_and_change_nothing(engine: duban.Engine) -> None:
    ref = reported(engine).ref
    for call, name in ODD:
        with pytest.raises(duban.UsageError) as caught:
            call(engine, ref)
        assert (caught.value.key, caught.value.data["name"]) == ("argument", name)
        assert caught.value.message("en").startswith(f"`{name}` is {caught.value.data['found']} (")
        assert "应为" in caught.value.message("zh")
    assert engine.get(ref, by="office").version == 1
    assert len(engine.find(by="office")) == 1


def test_verbs_with_transactions_of_their_own_say_so_inside_of_another(engine: duban.Engine, url: str) -> None:
    host = create_engine(url)
    with Session(host) as session:
        bound: Any = engine.bind(session)
        for verb in ("suspend", "restore", "sweep", "deliver", "verify", "migrate"):
            with pytest.raises(duban.UsageError, match=f"`{verb}` works in transactions of its own"):
                getattr(bound, verb)
        assert bound.find(by="office") is not None
        with pytest.raises(AttributeError):
            bound.nothing_of_this_name  # noqa: B018
    host.dispose()
    with engine.batch() as batch, pytest.raises(duban.UsageError, match="call it on the engine"):
        batch.sweep()  # type: ignore[attr-defined]


def test_paths_in_every_form_are_files(engine: duban.Engine, tmp_path: Path) -> None:
    for given in ("gone.jpg", tmp_path / "gone.jpg", ["gone.jpg"], (tmp_path / "gone.jpg",)):
        with pytest.raises(duban.InvalidData, match="no such file"):
            engine.start("issue", by="grid-worker", data=NEW, evidence={"photo_after": given})


def test_what_an_engine_is_opened_with_is_refused_by_its_name_and_addresses_are_not_repeated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    odd: list[tuple[str, dict[str, Any]]] = [
        ("url", {"url": None}), ("url", {"url": tmp_path}), ("url", {"url": b"postgresql://me:s3cret@here/db"}),
        ("pack", {"url": url, "pack": 5}), ("evidence", {"url": url, "pack": "civility", "evidence": 5}),
        ("archives", {"url": url, "pack": "civility", "archives": b"x"}),
        ("office", {"url": url, "pack": "civility", "office": 5}),
    ]  # fmt: skip
    for name, given in odd:
        with pytest.raises(duban.UsageError) as caught:
            duban.Engine(**given)
        assert (caught.value.key, caught.value.data["name"]) == ("argument", name)
        assert "s3cret" not in caught.value.message("en") + repr(caught.value.data)
    none: Any = None
    with pytest.raises(duban.UsageError, match="`path` is None"):
        duban.Offices(none)


def test_folders_and_archives_may_be_named_as_text(engine: duban.Engine, tmp_path: Path) -> None:
    ref = reported(engine).ref
    assert engine.export_evidence(str(tmp_path / "out.zip"), by="office", refs=ref).cases == 1
    assert (tmp_path / "out.zip").is_file()
    url = f"sqlite:///{tmp_path / 'text.db'}"
    opened = duban.Engine(url, "civility", evidence=str(tmp_path / "e"), archives=str(tmp_path / "a"))
    with closing(opened):
        opened.migrate()


def test_what_is_no_period_is_told_as_none(engine: duban.Engine) -> None:
    period: Any = 5
    with pytest.raises(duban.UsageError, match="`5` is not a period"):
        engine.figure("x", by="office", period=period)


def test_a_session_or_connection_that_was_closed_is_told_as_closed(engine: duban.Engine, url: str) -> None:
    host = create_engine(url)
    connection = host.connect()
    early: Any = engine.bind(connection)
    connection.close()
    with pytest.raises(duban.StoreError, match="is closed, or its transaction has ended"):
        engine.bind(connection)
    with Session(host) as session:
        late: Any = engine.bind(session)
        session.commit()
        for bound in (early, late):
            with pytest.raises(duban.StoreError, match="bind it anew"):
                bound.start("issue", by="grid-worker", data=NEW)
            with pytest.raises(duban.StoreError, match="bind it anew"):
                bound.find(by="office")
        session.connection().close()
        with pytest.raises(duban.StoreError, match="is closed"):
            engine.bind(session)
    host.dispose()
    assert len(engine.find(by="office")) == 0
