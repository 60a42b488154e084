"""What has to hold of a store after every attack, told by one checker."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import duban
from duban.engine.model.case import Case, HistoryRow
from duban.engine.model.definition import Call, Workflow

Acknowledged = tuple[str, str, int]
"""A key, the reference and the number of the row that somebody was told to have made with it."""

EVERYTHING = 1_000_000


def sound(engine: duban.Engine, acknowledged: Iterable[Acknowledged] = ()) -> Counter[str]:
    """Check all of it; how often each event stands in the histories.

    A case stands where its last row left it, rows are numbered without a gap, each row has left exactly the messages
    that its event or step declares, each key stands once, what was acknowledged is there, and ``verify`` finds nothing.
    """
    messages = Counter(message.key for message in engine.messages(by="system", limit=EVERYTHING))
    declared: list[str] = []
    keys: dict[tuple[str, str], tuple[str, int]] = {}
    events: Counter[str] = Counter()
    for case in every_case(engine):
        rows = engine.history(case.ref, by="system")
        _stands_where_its_rows_say(case, rows)
        workflow = engine.pack.workflows[case.workflow].workflow
        for row in rows:
            events[row.event] += 1
            declared += [f"{row.ref}:{row.seq}:{place}" for place, _call in enumerate(calls_of(workflow, row.event))]
            if row.key is not None:
                assert (row.key, row.actor) not in keys, f"{row.key} stands twice"
                keys[row.key, row.actor] = (row.ref, row.seq)
    assert messages == Counter(declared)
    by_key = {key: place for (key, _actor), place in keys.items()}
    lost = [told for told in acknowledged if by_key.get(told[0]) != (told[1], told[2])]
    assert lost == [], "acknowledged, and not there as it was told"
    assert engine.verify() == []
    return events


def every_case(engine: duban.Engine) -> Iterator[Case]:
    """All cases, page by page."""
    after: Any = None
    while True:
        page = engine.find(by="system", limit=1_000, after=after)
        yield from page
        after = page.cursor
        if after is None:
            return


def calls_of(workflow: Workflow, event: str) -> tuple[Call, ...]:
    """The actions that an event declares, or a step of a ladder, as history names it."""
    if event in workflow.events:
        return workflow.events[event].calls
    name, _, point = event.partition("@")
    steps = workflow.deadlines[name].steps if name in workflow.deadlines else workflow.counts[name].steps
    (step,) = [step for step in steps if step.point == point]
    return step.calls


def _stands_where_its_rows_say(case: Case, rows: list[HistoryRow]) -> None:
    assert [row.seq for row in rows] == list(range(1, case.version + 1)), case.ref
    assert [row.from_state for row in rows] == [None, *(row.to_state for row in rows[:-1])], case.ref
    last = rows[-1]
    found, told = (case.state, case.level, case.head, case.updated_at), (last.to_state, last.level, last.hash, last.at)
    assert found == told, case.ref
