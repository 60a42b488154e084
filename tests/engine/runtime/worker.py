"""A process of its own that works on a store: ``python worker.py URL PACK WORK WORDS…`` prints one line of JSON."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duban
import duban.testing
from duban.engine.runtime.bulk import sources


def start(engine: duban.Engine, key: str) -> dict[str, Any]:
    """Start an issue under a key."""
    case = engine.start("issue", by="grid-worker", data={"title": "litter", "category": "litter"}, key=key)
    return {"ref": case.ref, "version": case.version}


def assign(engine: duban.Engine, ref: str, key: str) -> dict[str, Any]:
    """Assign an issue under a key."""
    done = engine.fire(ref, "assign", by="office", data={"unit": "city-management"}, key=key)
    return {"duplicate": done.duplicate, "version": done.case.version, "state": done.case.state}


def sweep(engine: duban.Engine) -> dict[str, Any]:
    """Climb what is due; tells each step that it climbed as soon as it has."""
    report = engine.sweep(lambda count: print(count, flush=True))  # noqa: T201 - read by whoever started it
    return {"climbed": report.climbed, "failed": list(report.failed)}


def explain(engine: duban.Engine, ref: str, by: str) -> dict[str, Any]:
    """What an actor may do with a case."""
    return {choice.event: choice.allowed for choice in engine.explain(ref, by=by)}


def fire(engine: duban.Engine, ref: str, event: str, by: str) -> dict[str, Any]:
    """Fire an event without data."""
    done = engine.fire(ref, event, by=by)
    return {"state": done.case.state, "version": done.case.version}


def end_all(engine: duban.Engine, key: str, most: str) -> dict[str, Any]:
    """End every errand, ``most`` in a transaction; tells each that is done as soon as it is."""
    sources.BATCH = int(most)

    def heard(one: duban.Fired) -> None:
        if one.outcome is not None and not one.outcome.duplicate:
            print(one.ref, flush=True)  # noqa: T201 - this is the acknowledgement

    report = engine.fire_many(duban.Criteria("errand"), "end", by="clerk", key=key, heard=heard)
    return {"done": report.done, "duplicates": report.duplicates, "refused": report.refused}


def toil(engine: duban.Engine, name: str) -> dict[str, Any]:
    """Start and assign issues without end, and tell each thing once it is done, until somebody kills us."""
    number = 0
    while True:
        number += 1
        key = f"{name}-{number}"
        case = engine.start("issue", by="grid-worker", data={"title": key, "category": "litter"}, key=key)
        print(json.dumps([key, case.ref, 1]), flush=True)  # noqa: T201 - this is the acknowledgement
        engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"}, key=f"{key}-assign")
        print(json.dumps([f"{key}-assign", case.ref, 2]), flush=True)  # noqa: T201 - this too


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    work.__name__: work for work in (start, assign, sweep, explain, fire, end_all, toil)
}

if __name__ == "__main__":
    url, pack, work, *words = sys.argv[1:]
    moment = words.pop() if words and words[-1].startswith("20") else "2020-11-23T09:30:00+08:00"
    with duban.Engine(url, pack=Path(pack), clock=duban.testing.FrozenClock(moment), evidence=Path("unused")) as opened:
        print(json.dumps(WORK[work](opened, *words)))  # noqa: T201 - the answer to whoever started it
