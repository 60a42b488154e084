"""Two stores that are the same but for confidential cases, and what the command line says about each of them."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.workflows.machines import PACK
from tests.workflows.referrals import OFFICE, PARTY, SECRETARY, STAFF, onward, proposed

import duban
from duban import app, scheduler
from duban.cli.kit.desk import Desk
from duban.cli.program import program
from duban.heart import Heart
from duban.persistence.store import SqlStore
from duban.testing import FrozenClock, photograph

MARK = "密签七三"
MORNING = "2020-11-23T09:30:00+08:00"
RANDOM = (
    (re.compile(r"\b[0-9a-f]{32,64}\b"), "HASH"),
    (re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b"), "CODE"),
    (re.compile(r'"timestamp": "[^"]+"'), "TIME"),
    (re.compile(r'(?<=taken_at\t)[^\n]+|(?<=Taken at  )[^\n]+|(?<="taken_at": ")[^"]+'), "TIME"),
)
CONFIDENTIAL = re.compile(r"\b(?:REF|APL)-\d+")


@dataclass(frozen=True)
class Said:
    """What a command came to, without what differs by chance."""

    code: int
    out: str
    err: str


def said(
    folder: Path, words: Sequence[str], *, to_person: bool = False, lang: str = "en", log: str = "", width: int = 80
) -> Said:  # fmt: skip
    """Type a command where a store lies; into a pipe, or as a person sees it."""
    env = {
        "DUBAN_DB": "sqlite:///street.db", "DUBAN_LANG": lang, "DUBAN_LOG": log, "DUBAN_AS": "",
        "XDG_STATE_HOME": str(folder / "state"), "COLUMNS": str(width),
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Desk, "is_person", to_person)
        patch.chdir(folder)  # a name that is the same for both, however it is cut into lines
        result = CliRunner(env=env).invoke(program, list(words), prog_name="duban", catch_exceptions=False)
    return Said(result.exit_code, _steady(result.stdout, folder), _steady(result.stderr, folder))


def _steady(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "FOLDER")
    for pattern, word in RANDOM:
        text = pattern.sub(word, text)
    return text


def public(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    """What everybody may see: issues on time and late, an order, notices, a refusal, messages that wait."""
    late = {"title": "楼道堆物", "category": "litter", "place": "某处"}
    engine.start("issue", by="renhejie-1-worker", data=late)
    engine.fire("ISS-000001", "assign", by=OFFICE)
    clock.advance("5 working days")
    engine.sweep()
    engine.start("issue", by="resident", data={**late, "title": "路灯不亮"}, evidence={"photo_before": photo})
    with pytest.raises(duban.Refused):
        engine.fire("ISS-000002", "close", by=OFFICE)
    engine.deliver()


def more(engine: duban.Engine) -> None:
    """What everybody may see and what comes after all that is hidden."""
    for title in ("井盖松动", "广告破损"):
        engine.start("issue", by="renhejie-1-worker", data={"title": title, "category": "litter", "place": "某处"})
    engine.fire("ISS-000003", "assign", by=OFFICE)


def hidden(engine: duban.Engine, clock: FrozenClock, photo: Path) -> None:
    """Referrals and appeals at several states, a mark in every text of theirs, steps due, messages done and waiting."""
    words = dict.fromkeys(("opinion", "statement", "conclusion", "feedback"), MARK)
    cases = [proposed(engine, by=PARTY, title=MARK, about="ISS-000001") for _ in range(3)]
    for case, steps in zip(cases, (0, 4, 7), strict=True):
        for event in ["approve", "transfer", "register", "hear", "dismiss", "conclude", "feed_back"][:steps]:
            onward(engine, case, photo, event)
    engine.deliver()
    engine.fire(cases[2].ref, "appeal", by=STAFF, data={"appeal_grounds": MARK})
    letter = {"title": MARK, "grounds": MARK, "order": "ORD-000001"}
    for head in ("law-enforcement-head", "safety-head"):
        engine.start("appeal", by=head, data=letter)
    sent = proposed(engine, by=SECRETARY, title=MARK)
    engine.fire(sent.ref, "decline", by=PARTY, data={"reason": MARK})
    fresh = proposed(engine, by=PARTY, title=MARK)
    engine.fire(fresh.ref, "approve", by=SECRETARY, data={"opinion": words["opinion"]})
    with pytest.raises(duban.Refused):
        engine.fire(fresh.ref, "archive", by=SECRETARY)
    dead = engine.messages(by=SECRETARY, state="waiting")[-1]
    engine.discard(dead.key, by=SECRETARY)
    engine.history(fresh.ref, by=SECRETARY)


@dataclass(frozen=True)
class Stores:
    """The folders of the two stores, and the code with which one issue in them is followed."""

    without: Path
    holding: Path
    code: str

    def copied(self, folder: Path) -> "Stores":
        """The same, to be changed."""
        pair = [Path(shutil.copytree(one, folder / one.name)) for one in (self.without, self.holding)]
        return Stores(pair[0], pair[1], self.code)


def made(folder: Path) -> Stores:
    """Make both."""
    photo = folder / "photo.jpg"
    photo.write_bytes(photograph())
    without, holding = folder / "without", folder / "holding"
    without.mkdir()
    clock = FrozenClock(MORNING)
    with _opened(without, clock) as engine:
        engine.migrate()
        public(engine, clock, photo)
        code = engine.get("ISS-000002", by=OFFICE).follow or ""
    shutil.copytree(without, holding)
    now = clock.now()
    with _opened(holding, clock) as engine:
        hidden(engine, clock, photo)
        more(engine)
    clock.move_to(now)
    with _opened(without, clock) as engine:
        more(engine)
    return Stores(without, holding, code)


def _opened(folder: Path, clock: FrozenClock) -> duban.Engine:
    return duban.Engine(f"sqlite:///{folder / 'street.db'}", pack=PACK, clock=clock)


def later() -> FrozenClock:
    """The clock of whoever looks: steps of either kind are due by then."""
    clock = FrozenClock(MORNING)
    clock.advance("9 working days")
    return clock


@contextmanager
def in_this_process(clock: FrozenClock) -> Iterator[None]:
    """Commands run with this clock; a scheduler ticks once."""

    def ticked(engines: dict[Any, Any], every: Any, _stop: Any, heartbeat: Path | None) -> dict[Any, scheduler.Summary]:
        heart, jobs = Heart(heartbeat, [str(name) for name in engines]), scheduler.BackgroundScheduler(timezone=UTC)
        tickers = {name: scheduler._Ticker(name, opened, jobs, every, heart) for name, opened in engines.items()}
        for ticker in tickers.values():
            ticker._tick()
        return {name: ticker.summary for name, ticker in tickers.items()}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "SystemClock", lambda: clock)
        patch.setattr(app, "SqlStore", partial(SqlStore, durable=False))
        patch.setattr(scheduler, "_run", ticked)
        yield
