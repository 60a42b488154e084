"""A suspended account does nothing and is told nothing, in every engine at once; the log of it holds."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from tests.engine.runtime.street import SAMPLE, written

import duban
from duban.engine.model.suspension import SUSPENSIONS

NEW = {"title": "积存垃圾", "category": "litter"}
READS: dict[str, Callable[[duban.Engine, str, str], Any]] = {
    "get": lambda engine, ref, by: engine.get(ref, by=by),
    "find": lambda engine, ref, by: engine.find(by=by),
    "history": lambda engine, ref, by: engine.history(ref, by=by),
    "explain": lambda engine, ref, by: engine.explain(ref, by=by),
    "preview": lambda engine, ref, by: engine.preview(ref, "assign", by=by, data={"unit": "office"}),
    "stats": lambda engine, ref, by: engine.stats(by=by),
    "grouped": lambda engine, ref, by: engine.grouped("issue", ["category"], by=by),
    "inbox": lambda engine, ref, by: engine.inbox(by=by),
    "refusals": lambda engine, ref, by: engine.refusals(by=by),
    "readings": lambda engine, ref, by: engine.readings(ref, by=by),
    "records": lambda engine, ref, by: engine.records(ref, by=by),
    "messages": lambda engine, ref, by: engine.messages(by=by),
    "dispatches": lambda engine, ref, by: engine.dispatches(by=by),
    "retry": lambda engine, ref, by: engine.retry(f"{ref}:2:0", by=by),
    "evidence": lambda engine, ref, by: engine.evidence(ref, by=by),
    "snapshot": lambda engine, ref, by: engine.snapshot(ref, by=by),
    "export": lambda engine, ref, by: engine.export_evidence(Path("none.zip"), by=by, workflow="issue"),
    "document": lambda engine, ref, by: engine.document(ref, by=by),
    "verify": lambda engine, ref, by: engine.verify(by=by),
    "checkpoint": lambda engine, ref, by: engine.checkpoint(by=by),
    "sweep": lambda engine, ref, by: engine.sweep(by=by),
    "fire_many": lambda engine, ref, by: engine.fire_many([ref], "assign", by=by, data={"unit": "office"}),
    "preview_many": lambda engine, ref, by: engine.preview_many(duban.Criteria("issue"), "assign", by=by),
    "deliver": lambda engine, ref, by: engine.deliver(by=by),
    "accounts": lambda engine, ref, by: engine.accounts(by=by),
    "suspensions": lambda engine, ref, by: engine.suspensions(by=by),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def assigned(engine: duban.Engine) -> str:
    ref = engine.start("issue", by="grid-worker", data=NEW).ref
    engine.fire(ref, "assign", by="office", data={"unit": "city-management"})
    return ref


def test_a_suspended_account_does_nothing_in_any_engine_from_then_on(make: Callable[..., duban.Engine]) -> None:
    one, other = make(), make()
    ref = one.start("issue", by="grid-worker", data=NEW).ref
    other.get(ref, by="office")  # the other engine has asked who the office is

    done = one.suspend("office", by="leader", reason="岗位交接")

    assert (done.suspension.number, done.suspension.who, done.duplicate) == (1, "office", False)
    for engine in (one, other):
        with pytest.raises(duban.ActorSuspended) as caught:
            engine.fire(ref, "assign", by="office", data={"unit": "city-management"})
        assert caught.value.data == {"actor": "office", "roles": ["leader", "supervisor"]}
        with pytest.raises(duban.ActorSuspended):
            engine.start("issue", by="office", data=NEW)
    assert one.get(ref, by="leader").version == 1
    newest = one.refusals(by="leader")[0]
    assert (newest.actor, newest.event, newest.code) == ("office", "start", "actor-suspended")
    other.restore("office", by="leader", reason="交接完成")
    assert one.fire(ref, "assign", by="office", data={"unit": "city-management"}).case.state == "assigned"


@pytest.mark.parametrize("read", READS)
def test_a_suspended_account_is_told_nothing(engine: duban.Engine, read: str) -> None:
    ref = assigned(engine)
    engine.suspend("office", by="leader", reason="岗位交接")

    with pytest.raises(duban.ActorSuspended):
        READS[read](engine, ref, "office")


def test_a_key_that_was_used_before_tells_a_suspended_account_nothing(engine: duban.Engine) -> None:
    engine.start("issue", by="grid-worker", data=NEW, key="req-1")
    engine.suspend("grid-worker", by="supervisor", reason="离岗")
    with pytest.raises(duban.ActorSuspended):
        engine.start("issue", by="grid-worker", data=NEW, key="req-1")


def test_of_an_account_with_two_posts_one_role_can_be_withheld(engine: duban.Engine) -> None:
    ref = engine.start("issue", by="grid-worker", data=NEW).ref
    engine.suspend("account-17", by="leader", reason="只停办公室", role="office")

    with pytest.raises(duban.NotPermitted) as caught:
        engine.fire(ref, "assign", by="account-17", data={"unit": "city-management"})
    assert caught.value.data["carried"] == ["handler"]
    engine.fire(ref, "assign", by="office", data={"unit": "city-management"})
    choices = {choice.event: choice for choice in engine.explain(ref, by="account-17")}
    assert choices["close"].code == "not-permitted"
    assert choices["rectify"].code != "not-permitted"


def test_what_is_withheld_from_a_post_is_withheld_from_every_account_that_holds_it(engine: duban.Engine) -> None:
    ref = engine.start("issue", by="grid-worker", data=NEW).ref
    engine.suspend("office", by="leader", reason="岗位停用")
    with pytest.raises(duban.NotPermitted):
        engine.fire(ref, "assign", by="account-17", data={"unit": "city-management"})
    assert engine.get(ref, by="account-17").ref == ref
    engine.suspend("city-handler", by="leader", reason="岗位停用")
    with pytest.raises(duban.ActorSuspended):
        engine.get(ref, by="account-17")
    engine.restore("office", by="leader", reason="恢复")
    assert engine.fire(ref, "assign", by="account-17", data={"unit": "office"}).row.post == "office"


@pytest.mark.parametrize(
    ("by", "who", "why"),
    [
        ("office", "grid-worker", "role"), ("leader", "leader", "oneself"), ("supervisor", "office", "beyond"),
        ("supervisor", "account-17", "beyond"), ("leader", "system", "built-in"), ("leader", "scheduler", "built-in"),
    ],
)  # fmt: skip
def test_who_may_not_suspend_is_refused_and_the_refusal_is_recorded(
    engine: duban.Engine, by: str, who: str, why: str
) -> None:
    for work, verb in ((engine.suspend, "suspend"), (engine.restore, "restore")):
        with pytest.raises(duban.MayNotSuspend) as caught:
            work(who, by=by, reason="试")
        assert caught.value.key == why
        newest = engine.refusals(by="leader")[0]
        assert (newest.actor, newest.event, newest.code) == (by, verb, "may-not-suspend")
    assert engine.suspensions(by="leader") == []


def test_nobody_restores_an_account_that_shares_a_post_with_theirs(
    make: Callable[..., duban.Engine], tmp_path: Path
) -> None:
    organization = (SAMPLE / "organization.yaml").read_text(encoding="utf-8")
    organization = organization.replace("account-17:", "account-18: {posts: [leader, office]}\n  account-17:")
    engine = make(written(tmp_path / "pack", organization, issue=(SAMPLE / "issue.yaml").read_text(encoding="utf-8")))
    for by, who in (("account-18", "account-17"), ("account-18", "leader"), ("leader", "account-18")):
        with pytest.raises(duban.MayNotSuspend, match="own"):
            engine.suspend(who, by=by, reason="试")


def test_a_suspended_leader_suspends_nobody(engine: duban.Engine) -> None:
    engine.suspend("grid-worker", by="supervisor", reason="离岗")
    engine.suspend("supervisor", by="leader", reason="离岗")
    with pytest.raises(duban.ActorSuspended):
        engine.restore("grid-worker", by="supervisor", reason="回岗")
    engine.restore("grid-worker", by="leader", reason="回岗")
    assert [row.kind for row in engine.suspensions(by="leader")] == ["suspended", "suspended", "restored"]


def test_what_is_suspended_already_is_not_written_twice(engine: duban.Engine) -> None:
    first = engine.suspend("grid-worker", by="leader", reason="离岗")
    assert engine.suspend("grid-worker", by="leader", reason="再停", role="reporter").duplicate
    again = engine.suspend("grid-worker", by="supervisor", reason="再停")
    assert (again.duplicate, again.suspension) == (True, first.suspension)
    assert len(engine.suspensions(by="leader")) == 1


@pytest.mark.parametrize(
    ("verb", "role", "key"),
    [
        ("restore", None, "not-suspended"),
        ("restore", "office", "not-suspended"),
        ("suspend", "leader", "suspension-role"),
    ],
)
def test_what_makes_no_sense_is_told(engine: duban.Engine, verb: str, role: str | None, key: str) -> None:
    with pytest.raises(duban.UsageError) as caught:
        getattr(engine, verb)("account-17", by="leader", reason="试", role=role)
    assert caught.value.key == key


def test_a_single_role_of_what_is_suspended_whole_is_not_restored(engine: duban.Engine) -> None:
    engine.suspend("account-17", by="leader", reason="停")
    with pytest.raises(duban.UsageError, match="all rights"):
        engine.restore("account-17", by="leader", reason="恢复", role="office")


@pytest.mark.parametrize("reason", ["", "   ", "字" * 201, "two\nlines"])
def test_a_reason_is_one_line_of_at_most_two_hundred_characters(engine: duban.Engine, reason: str) -> None:
    with pytest.raises(duban.UsageError) as caught:
        engine.suspend("office", by="leader", reason=reason)
    assert caught.value.key == "suspension-reason"


def test_reasons_are_told_to_those_who_may_restore_and_to_who_gave_them(engine: duban.Engine) -> None:
    engine.suspend("office", by="leader", reason="岗位交接")
    engine.suspend("grid-worker", by="supervisor", reason="离岗")
    told = {by: [row.reason for row in engine.suspensions(by=by)] for by in ("leader", "supervisor", "city-head")}
    assert told == {"leader": ["岗位交接", "离岗"], "supervisor": ["", "离岗"], "city-head": ["", ""]}


def test_accounts_tell_the_roles_that_are_left(engine: duban.Engine) -> None:
    engine.suspend("account-17", by="leader", reason="停", role="office")
    engine.suspend("city-handler", by="leader", reason="停")
    found = {one.name: one for one in engine.accounts(by="leader")}
    assert (found["account-17"].kind, found["account-17"].roles) == ("account", ())
    assert [(row.who, row.role) for row in found["account-17"].withheld] == [
        ("account-17", "office"), ("city-handler", None),
    ]  # fmt: skip
    assert (found["office"].roles, found["office"].withheld) == (("office",), ())


def test_a_batch_and_a_hosts_transaction_ask_again_for_every_verb(engine: duban.Engine, url: str) -> None:
    engine.suspend("grid-worker", by="leader", reason="停")
    with engine.batch() as verbs, pytest.raises(duban.ActorSuspended):
        verbs.start("issue", by="grid-worker", data=NEW)
    host = create_engine(url)
    with host.begin() as connection, pytest.raises(duban.ActorSuspended):
        engine.bind(connection).start("issue", by="grid-worker", data=NEW)
    host.dispose()


TAMPERED = {
    "a row is taken out": ("DELETE FROM duban_suspensions WHERE number = 1", {(1, "row-missing")}),
    "the last row is taken out": ("DELETE FROM duban_suspensions WHERE number = 2", {(None, "head-differs")}),
    "all are taken out": ("DELETE FROM duban_suspensions", {(None, "head-differs")}),
    "a row is changed": ("UPDATE duban_suspensions SET who = 'city-head' WHERE number = 1", {(1, "row-changed")}),
    "a row is turned round": (
        "UPDATE duban_suspensions SET kind = 'restored' WHERE number = 2", {(2, "row-changed")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_verify_finds_a_log_that_was_tampered_with(engine: duban.Engine, url: str, what: str) -> None:
    engine.suspend("office", by="leader", reason="停")
    engine.suspend("grid-worker", by="leader", reason="停")
    assert engine.verify() == []
    statement, expected = TAMPERED[what]
    changing(url, statement)
    assert {(one.seq, one.what) for one in engine.verify() if one.ref == SUSPENSIONS} >= expected


def test_a_log_that_was_written_anew_is_found_against_a_checkpoint(engine: duban.Engine, url: str) -> None:
    engine.suspend("office", by="leader", reason="停")
    kept = json.loads(json.dumps(engine.checkpoint()))
    engine.suspend("grid-worker", by="leader", reason="停")
    assert engine.verify(published=kept) == []
    changing(url, "DELETE FROM duban_suspensions", "DELETE FROM duban_settings WHERE name = 'suspensions'")
    engine.suspend("grid-worker", by="leader", reason="停")
    assert engine.verify() == []
    assert [(one.ref, one.what) for one in engine.verify(published=kept)] == [
        (SUSPENSIONS, "published-head-differs"),
    ]  # fmt: skip


def test_a_checkpoint_counts_cases_and_not_the_log(engine: duban.Engine) -> None:
    from duban.engine.runtime.checkpoints import read

    assigned(engine)
    engine.suspend("office", by="leader", reason="停")
    lines: list[str] = []
    engine.write_checkpoint(lines.append)
    found = read(lines, None)
    assert (found.cases, set(found.heads)) == (1, {"ISS-000001", SUSPENSIONS})


@contextmanager
def disposed(host: Engine) -> Iterator[None]:
    """However the block ends, the host closes its connections."""
    try:
        yield
    finally:
        host.dispose()


def changing(url: str, *statements: str) -> None:
    host = create_engine(url)
    with host.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    host.dispose()


def test_a_host_that_undoes_a_part_of_its_own_is_asked_again(engine: duban.Engine, url: str, kind: str) -> None:
    host = create_engine(url)
    with disposed(host), host.begin() as connection:
        verbs = engine.bind(connection)
        part = connection.begin_nested()
        verbs.start("issue", by="grid-worker", data=NEW)
        part.rollback()
        if kind == "sqlite":
            return  # the host is the one writer until it ends
        engine.suspend("grid-worker", by="leader", reason="停")
        with pytest.raises(duban.ActorSuspended):
            verbs.start("issue", by="grid-worker", data=NEW)
