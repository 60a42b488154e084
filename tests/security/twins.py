"""Twin stores on the small pack: the same public acts in both, and in one of them twenty hidden cases with marks."""

import json
import logging
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.actions.channels.servers import Listener, Postbox, mail_server
from tests.security.vault import SECRET, written

import duban
from duban.engine.runtime import delivery
from duban.testing import FrozenClock, photograph

MORNING = "2020-11-23T09:30:00+08:00"
MARKS = tuple(f"Zq{number:02}秘Xv" for number in range(20))
MARK = re.compile("Zq..秘Xv|Zq[0-9]{2}")
HIDDEN = re.compile(r"\bTIP-\d+")
UNKNOWN = "TIP-000999"


@dataclass
class Twins:
    """The folders of both stores with their pack, and what the receivers took while each was made."""

    without: Path
    holding: Path
    pack: Path
    web: Listener
    box: Postbox
    taken: dict[str, list[str]] = field(default_factory=dict)
    logged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def copied(self, folder: Path) -> tuple[Path, Path]:
        """Both stores, to be changed."""
        first, second = (Path(shutil.copytree(one, folder / one.name)) for one in (self.without, self.holding))
        return first, second

    def received(self) -> list[str]:
        """What came in since the last look, without what is made by chance."""
        found = [one.body.decode() for one in self.web.taken] + [told.decode() for told in self.box.raw]
        self.web.taken.clear()
        self.box.raw.clear()
        return found


@contextmanager
def making() -> Iterator[pytest.MonkeyPatch]:
    """Waits are not spread by chance, and the webhook's secret is set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery.random, "uniform", lambda low, _high: low)
        for name, value in SECRET.items():
            patch.setenv(name, value)
        yield patch


@contextmanager
def made(folder: Path) -> Iterator[Twins]:
    """Make both stores, with receivers that run."""
    with Listener() as web, mail_server(secure=False) as box, making():
        pack = written(folder / "pack", web.port, box.port)
        twins = Twins(folder / "without", folder / "holding", pack, web, box)
        for place in (twins.without, twins.holding):
            place.mkdir()
            with _listening() as twins.logged[place.name]:
                _live(twins, place)
            twins.taken[place.name] = twins.received()
        yield twins


@contextmanager
def _listening() -> Iterator[list[dict[str, Any]]]:
    """What is logged meanwhile, from debug on, without what is made by chance."""
    heard: list[dict[str, Any]] = []

    class Ear(logging.Handler):
        """Keeps every line."""

        def emit(self, record: logging.LogRecord) -> None:
            """Keep one."""
            line = json.loads(record.getMessage())
            by_chance = ("timestamp", "key") if line["event"].startswith("dispatch") else ("timestamp",)
            heard.append({name: value for name, value in line.items() if name not in by_chance})

    logger, ear = logging.getLogger("duban"), Ear()
    before, propagates = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield heard
    finally:
        logger.removeHandler(ear)
        logger.setLevel(before)
        logger.propagate = propagates


def opened(place: Path, clock: FrozenClock, pack: Path | None = None) -> duban.Engine:
    """The engine on one of the stores."""
    return duban.Engine(f"sqlite:///{place / 'street.db'}", pack=pack, clock=clock)


def _live(twins: Twins, place: Path) -> None:
    """Some days in a store: public acts, and between them the hidden ones where the store holds any."""
    clock, holds = FrozenClock(MORNING), place == twins.holding
    with opened(place, clock, twins.pack) as engine:
        engine.migrate()
        refs: list[str] = []
        twins.web.status, twins.box.answer = 500, "450 later"
        for number, event in enumerate([_offered, _hidden, _offered, _hidden, _worked]):
            if event is not _hidden:
                event(engine, number)
            elif holds:
                refs += event(engine, number, refs)
            clock.advance("2 working hours" if number else "20 working minutes")
            engine.sweep()
            engine.deliver()
            twins.box.answer = "250 OK"
        twins.web.status, twins.box.answer = 200, "250 OK"
        clock.advance("1 working day")
        engine.sweep()
        engine.deliver()
        if holds:
            _onward(engine, refs)
            engine.sweep()
            engine.deliver()
            twins.box.answer = "250 OK"
        _offered(engine, 5)


def _offered(engine: duban.Engine, number: int) -> None:
    """Public cases by several, with a key, a file and a refusal."""
    for by, unit in (("clerk", "roads"), ("road-hand", "office"), ("caller-1", "roads")):
        data = {"title": f"Deal {number} of {by}", "unit": unit, "on": "2020-12-01", "colour": "red", "weight": 3}
        files = {"papers": ("plain.txt", f"plain {number}".encode())} if by == "clerk" else None
        case = engine.start("deal", by=by, data=data, evidence=files, key=f"key-{number}")
    with pytest.raises(duban.Refused):
        engine.fire(case.ref, "close", by="road-hand", key="guessed")


def _worked(engine: duban.Engine, _number: int) -> None:
    engine.fire("DEA-000001", "hear", by="clerk", data={"colour": "red", "notes": "heard"}, key="guessed")
    engine.fire("DEA-000002", "hear", by="clerk")


def all_marked(mark: str) -> dict[str, Any]:
    """Data for every kind of field, with the mark in every text."""
    return {
        "title": mark, "notes": f"{mark} twice {mark}", "weight": 7, "urgent": True, "on": "2020-12-02",
        "colour": "red", "unit": "roads", "who": "road-hand", "helpers": ["clerk", "road-hand"], "about": "DEA-000001",
    }  # fmt: skip


def _hidden(engine: duban.Engine, number: int, before: list[str]) -> list[str]:
    """Ten hidden cases, each with its mark in texts, in the names and in the contents of files, and weighed or not."""
    refs = []
    for mark in MARKS[len(before) : len(before) + 10]:
        files = {"papers": [(f"{mark}.txt", mark.encode()), (f"{mark}.jpg", photograph(mark))]}
        case = engine.start("tip", by="judge-1", data=all_marked(mark), evidence=files, key=f"key-{mark}")
        refs.append(case.ref)
    for ref in refs[::2]:
        key = "guessed" if not before and ref == refs[0] else None
        engine.fire(ref, "weigh", by="judge-1", data={"notes": MARKS[0]}, key=key)
        with pytest.raises(duban.GuardRefused):
            engine.fire(ref, "end", by="judge-1")
    with pytest.raises(duban.InvalidData):
        engine.start("tip", by="judge-1", data={"title": MARKS[number], "weight": MARKS[number]})
    return refs


def _onward(engine: duban.Engine, refs: list[str]) -> None:
    """Some end; one message of theirs is set aside, and one case is read."""
    for ref in refs[::4]:
        engine.fire(ref, "end", by="judge-2", data={"notes": MARKS[1]})
    engine.fire(refs[1], "weigh", by="judge-2", key="mine")
    waiting = [one for one in engine.messages(by="judge-1", state="waiting") if one.ref in refs]
    engine.discard(waiting[-1].key, by="judge-1")
    engine.history(refs[0], by="judge-1")


def later() -> FrozenClock:
    """The clock of whoever looks: more is due by then, public and hidden."""
    clock = FrozenClock(MORNING)
    clock.advance("6 working days")
    return clock
