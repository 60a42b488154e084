"""Who may not see, does not see: a hidden case is nowhere, and looks like one that never was."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written

import duban
import duban.testing
from duban.engine.model.case import Case

ORGANIZATION = """
timezone: Asia/Shanghai
units:
  office: {}
  roads: {}
  bridge-team: {parent: roads}
  parks: {}
roles:
  clerk: {sees: all}
  judge: {}
  hand: {sees: unit}
  caller: {sees: own}
posts:
  clerk: {unit: office, roles: [clerk]}
  judge: {unit: office, roles: [judge]}
  road-hand: {unit: roads, roles: [hand]}
  bridge-hand: {unit: bridge-team, roles: [hand]}
  park-hand: {unit: parks, roles: [hand]}
  caller-1: {unit: parks, roles: [caller]}
  caller-2: {unit: parks, roles: [caller]}
accounts:
  double: {posts: [caller-1, clerk]}
"""
TIP = """
workflow: tip
version: 1
reference: TIP
confidential: [judge]
fields: {words: {type: text}, unit: {type: unit}, deal: {type: case, workflow: deal}}
states: {open: {}, done: {final: true}}
events:
  tell: {to: open, by: [judge, caller, system], takes: [words, unit, deal], do: [{notify: {to: [judge, clerk]}}]}
  note: {from: open, by: [judge], fire: {parent: heed}}
  spread: {from: open, by: [judge], start: [{workflow: errand, with: {words: words}}]}
  end: {from: open, to: done, by: [judge]}
deadlines:
  look: {runs_in: [open], within: 1 working hour, ladder: [{at: due, level: 1, do: [{notify: {to: [judge, clerk]}}]}]}
"""
DEAL = """
workflow: deal
version: 1
reference: DEA
follow: {shows: [words]}
fields: {words: {type: text}, unit: {type: unit}, about: {type: case}}
states: {open: {}, heard: {}, done: {final: true}}
events:
  offer: {to: open, by: [clerk, hand, caller], takes: [words, unit], do: [{notify: {to: [judge, clerk, unit]}}]}
  link: {from: open, by: [clerk, judge], needs: [about]}
  refer: {from: open, by: [clerk], start: [{workflow: tip, with: {words: words}}]}
  heed: {from: open, to: heard, by: [system, clerk]}
  seal: {from: any, by: [judge, clerk], confidential: [judge], do: [{notify: {to: [judge, clerk]}}]}
  close: {from: [open, heard], to: done, by: [judge], waits_for: tip}
"""
ERRAND = """
workflow: errand
version: 1
reference: ERR
fields: {words: {type: text}}
states: {open: {}, done: {final: true}}
events:
  begin: {to: open, by: [system], takes: [words]}
  run: {from: open, to: done, by: [clerk], fire: {parent: end}}
"""


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack with secrets."""
    errand = ERRAND.replace("parent: end", "parent: note")
    tip = TIP.replace("by: [judge], fire", "by: [judge, system], fire")
    return make(written(tmp_path / "pack", ORGANIZATION, tip=tip, deal=DEAL, errand=errand))


def by_workflow(engine: duban.Engine) -> str:
    """A case of a confidential workflow."""
    return engine.start("tip", by="judge", data={"words": "psst", "unit": "parks"}).ref


def by_event(engine: duban.Engine) -> str:
    """A case that became confidential, and that the clerk knew before."""
    case = engine.start("deal", by="clerk", data={"words": "psst", "unit": "parks"})
    engine.fire(case.ref, "seal", by="clerk")
    return case.ref


def _found(engine: duban.Engine, workflow: str, by: str, query: dict[str, Any]) -> list[Case]:
    """What the actor finds, with and without the name of the workflow; of a confidential one it must not know that."""
    found = list(engine.find(by=by, **query))
    with suppress(duban.UnknownWorkflow):
        found += engine.find(workflow, by=by, **query)
    return found


HIDDEN = pytest.mark.parametrize("hide", [by_workflow, by_event])
OUTSIDERS = ("clerk", "park-hand", "caller-1", "double")


@HIDDEN
def test_a_hidden_case_is_in_no_list_no_count_and_no_search(
    engine: duban.Engine, clock: duban.testing.FrozenClock, hide: Callable[[duban.Engine], str]
) -> None:
    ref = hide(engine)
    workflow = engine.get(ref, by="judge").workflow
    clock.advance("2 working hours")
    engine.sweep()
    searches: list[dict[str, Any]] = [
        {}, {"state": "open"}, {"unit": "parks"}, {"open": True}, {"overdue": True}, {"data": {"words": "psst"}},
        {"limit": 1},
    ]  # fmt: skip
    for by in OUTSIDERS:
        assert [case.ref for query in searches for case in _found(engine, workflow, by, query)] == []
        assert engine.stats(by=by) == []
    assert [case.ref for case in engine.find(by="judge")] == [ref]
    assert [tally.count for tally in engine.stats(by="judge")] == [1]


@HIDDEN
def test_a_hidden_case_is_in_no_inbox_no_outbox_and_no_log(
    engine: duban.Engine, clock: duban.testing.FrozenClock, hide: Callable[[duban.Engine], str]
) -> None:
    ref = hide(engine)
    with pytest.raises(duban.NotPermitted):
        engine.fire(ref, "close" if ref.startswith("DEA") else "end", by="scheduler")
    assert len(engine.refusals(by="judge")) == 1
    clock.advance("2 working hours")
    engine.sweep()
    engine.deliver()
    for by in OUTSIDERS:
        assert (engine.inbox(by=by), engine.messages(by=by), engine.refusals(by=by)) == ([], [], [])
    assert {notice.ref for notice in engine.inbox(by="judge")} == {ref}
    assert {message.ref for message in engine.messages(by="judge")} == {ref}
    with engine.store.read() as reader:
        from duban.engine.model.scope import Scope

        posts = list(engine.world.directory.organization.posts)
        assert {notice.post for notice in reader.notices(posts, Scope.unbounded(), 100)} == {"judge"}


def test_a_notice_laid_before_a_case_was_sealed_is_gone_from_those_who_see_it_no_more(engine: duban.Engine) -> None:
    case = engine.start("deal", by="clerk", data={"unit": "parks"})
    engine.deliver()
    assert [len(engine.inbox(by=by)) for by in ("clerk", "judge", "park-hand")] == [1, 1, 1]
    engine.fire(case.ref, "seal", by="judge")
    assert [len(engine.inbox(by=by)) for by in ("clerk", "judge", "park-hand")] == [0, 1, 0]


def test_a_sealed_case_cannot_be_followed_and_the_code_is_answered_like_a_wrong_one(engine: duban.Engine) -> None:
    case = engine.start("deal", by="clerk", data={"words": "hello"})
    code = case.follow or ""
    assert [value for _label, value in engine.follow(code.lower()).shown] == ["hello"]
    engine.fire(case.ref, "seal", by="judge")
    told = []
    for wanted in (code, "00000-00000"):
        with pytest.raises(duban.UnknownCase) as caught:
            engine.follow(wanted)
        told.append(str(caught.value).replace(wanted, "CODE"))
    assert told[0] == told[1]


@HIDDEN
def test_a_field_that_refers_to_a_hidden_case_is_refused_like_one_to_no_case(
    engine: duban.Engine, hide: Callable[[duban.Engine], str]
) -> None:
    ref = hide(engine)
    deal = engine.start("deal", by="clerk")
    told = []
    for about in (ref, "TIP-000099"):
        with pytest.raises(duban.InvalidData) as caught:
            engine.fire(deal.ref, "link", by="clerk", data={"about": about})
        told.append(str(caught.value).replace(about, "REF"))
    assert told[0] == told[1]
    with pytest.raises(duban.InvalidData, match="fewer roles may see than this one"):
        engine.fire(deal.ref, "link", by="judge", data={"about": ref})
    sealed = engine.start("deal", by="clerk")
    engine.fire(sealed.ref, "seal", by="judge")
    assert engine.fire(sealed.ref, "link", by="judge", data={"about": ref}).case.data["about"] == ref


def test_a_hidden_child_is_neither_named_nor_listed_nor_told_of(engine: duban.Engine) -> None:
    deal = engine.start("deal", by="clerk", data={"words": "psst"})
    done = engine.fire(deal.ref, "refer", by="clerk", key="req-1")
    assert done.started == ()
    assert engine.preview(deal.ref, "refer", by="clerk").started == ()
    assert list(engine.find(parent=deal.ref, by="clerk")) == []
    assert [case.ref for case in engine.find(parent=deal.ref, by="judge")] == ["TIP-000001"]
    with pytest.raises(duban.NotPermitted) as caught:
        engine.fire(deal.ref, "close", by="clerk")
    with pytest.raises(duban.GuardRefused, match="TIP-000001"):
        engine.fire(deal.ref, "close", by="judge")
    assert "TIP" not in str(caught.value) + str(caught.value.data)
    assert "TIP" not in str(engine.refusals(by="clerk"))
    assert "TIP" not in str(engine.explain(deal.ref, by="clerk"))


def test_a_child_of_a_hidden_case_tells_nothing_of_its_parent(engine: duban.Engine) -> None:
    tip = by_workflow(engine)
    [ref] = engine.fire(tip, "spread", by="judge").started
    assert engine.get(ref, by="judge").parent == tip
    seen = engine.get(ref, by="clerk")
    assert (seen.parent, seen.parent_id) == (None, None)
    assert [case.parent for case in engine.find("errand", by="clerk")] == [None]
    assert list(engine.find(parent=tip, by="clerk")) == []
    assert engine.preview(ref, "run", by="clerk").case.parent is None
    engine.fire(tip, "end", by="judge")
    with pytest.raises(duban.GuardRefused) as caught:
        engine.fire(ref, "run", by="clerk")
    assert caught.value.reasons == ["a case that it is tied to does not allow it now"]
    assert tip not in str(caught.value) + str(caught.value.data) + str(engine.refusals(by="clerk"))


def test_a_confidential_workflow_is_answered_like_one_that_is_not_there(engine: duban.Engine) -> None:
    told = []
    for workflow in ("tip", "tap"):
        with pytest.raises(duban.UnknownWorkflow) as caught:
            engine.start(workflow, by="clerk", data={"words": "x"})
        told.append(str(caught.value).replace(workflow, "NAME"))
    assert told[0] == told[1]
    with pytest.raises(duban.UnknownWorkflow, match="did you mean `tip`"):
        engine.start("tipp", by="judge")
    for name in ("tip", "tap"):
        with pytest.raises(duban.UnknownWorkflow):
            engine.find(name, by="clerk")


def test_who_may_only_tell_gets_the_case_once_and_sees_it_no_more(engine: duban.Engine) -> None:
    case = engine.start("tip", by="caller-1", data={"words": "psst"}, key="req-1")
    with pytest.raises(duban.UnknownCase):
        engine.get(case.ref, by="caller-1")
    assert engine.start("tip", by="caller-1", data={"words": "psst"}, key="req-1") == case
    engine.start("tip", by="caller-2", data={"words": "psst"}, key="req-1")
    assert [found.opened_by for found in engine.find("tip", by="judge")] == ["caller-2", "caller-1"]


def test_the_widest_that_a_role_sees_holds_and_units_include_what_lies_below(engine: duban.Engine) -> None:
    cases = {
        unit: engine.start("deal", by="caller-1", data={"unit": unit}).ref for unit in ("roads", "bridge-team", "parks")
    }
    cases["none"] = engine.start("deal", by="road-hand").ref
    expected = {
        "clerk": {"roads", "bridge-team", "parks", "none"},
        "double": {"roads", "bridge-team", "parks", "none"},
        "road-hand": {"roads", "bridge-team", "none"},
        "bridge-hand": {"bridge-team"},
        "park-hand": {"parks"},
        "caller-1": {"roads", "bridge-team", "parks"},
        "caller-2": set(),
    }
    for by, units in expected.items():
        assert {case.ref for case in engine.find(by=by)} == {cases[unit] for unit in units}
        assert sum(tally.count for tally in engine.stats(by=by)) == len(units)
        for unit, ref in cases.items():
            if unit in units:
                assert engine.get(ref, by=by).ref == ref
                assert engine.explain(ref, by=by)
            else:
                with pytest.raises(duban.UnknownCase):
                    engine.history(ref, by=by)


def test_a_message_about_a_hidden_case_can_be_neither_retried_nor_discarded(engine: duban.Engine) -> None:
    by_workflow(engine)
    [message] = engine.messages(by="judge")
    for work in (engine.retry, engine.discard):
        with pytest.raises(duban.UnknownMessage) as hidden:
            work(message.key, by="clerk")
        with pytest.raises(duban.UnknownMessage) as absent:
            work("TIP-000099:1:0", by="clerk")
        assert str(hidden.value).replace(message.key, "TIP-000099:1:0") == str(absent.value)
    engine.discard(message.key, by="judge")
    engine.retry(message.key, by="judge")
    assert [message.state for message in engine.messages(by="judge")] == ["waiting"]
