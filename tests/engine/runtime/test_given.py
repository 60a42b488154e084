"""What a program hands in of the wrong kind is refused with what it is and what is expected, never from deep inside."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from tests.engine.runtime.street import reported

import duban
from duban.engine.runtime.bulk.report import Criteria

Call = Callable[[duban.Engine, str], Any]
NEW = {"title": "x", "category": "litter"}


def start(**given: Any) -> Call:
    return lambda engine, _ref: engine.start(**{"workflow": "issue", "by": "grid-worker", "data": NEW, **given})


def fire(**given: Any) -> Call:
    return lambda engine, ref: engine.fire(**{"ref": ref, "event": "assign", "by": "office", **given})


def find(**given: Any) -> Call:
    return lambda engine, _ref: engine.find(**{"by": "office", **given})


def suspend(**given: Any) -> Call:
    return lambda engine, _ref: engine.suspend(**{"who": "office", "by": "leader", "reason": "x", **given})


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
