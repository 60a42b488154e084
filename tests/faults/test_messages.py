"""Workers that are killed and stopped past their lease, and a receiver that fails half the time: nothing is lost."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.engine.runtime.street import ORGANIZATION, written
from tests.faults import postman
from tests.faults.errands import FULL
from tests.faults.receiving import POISON, Receiver
from tests.faults.running import Running, _environment

import duban
import duban.app
from duban.engine.runtime.delivery import ATTEMPTS

MESSAGES, STRIKES = (1_500, 20) if FULL else (150, 4)
EACH = 3
"""Messages of one case, which have to go out one after the other."""
WORKERS = 4

CASE = """
workflow: {name}
version: 1
reference: {reference}
fields: {{}}
states: {{begun: {{final: true}}}}
events:
  begin: {{to: begun, by: [clerk], do: [{does}]}}
"""
RING = "{ring: {}}"
NOTIFY = "{notify: {to: clerk, text: %s}}"
CHANNELS = """
hosts:
  127.0.0.1: {ports: [%d], plain: true, private: true}
channels:
  register:
    kind: webhook
    to: clerk
    digest: {minutes: 0, most: 1}
    url: http://127.0.0.1:%d/
    secret: {env: DUBAN_SECRET}
"""


class Worker(Running):
    """A worker of the outbox."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, str(Path(postman.__file__)), *words]
        self._began(
            subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )  # fmt: skip
        self.until("ready")

    def strike(self, name: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.process.pid, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def pack(folder: Path, does: Callable[[str], str]) -> Path:
    """Cases that each leave three messages as they begin, and one kind whose messages nobody takes."""
    files = {
        name: CASE.format(name=name, reference=reference, does=", ".join([does(name)] * EACH))
        for name, reference in (("word", "WRD"), (POISON, "PSN"))
    }
    return written(folder, ORGANIZATION, **files)


def begun(engine: duban.Engine) -> None:
    """All cases, the poisonous one in their midst."""
    engine.migrate()
    with engine.batch() as batch:
        for number in range(MESSAGES // EACH):
            batch.start("word", by="clerk")
            if number == MESSAGES // EACH // 2:
                batch.start(POISON, by="clerk")


def struck(receiver: Receiver, words: tuple[str, ...], done: Callable[[], bool]) -> int:
    """Strike workers while they work: by turns one is killed and another takes its place, or one is stopped until it
    has lost its lease. How often, once all is done.
    """
    chance, strikes = random.Random(20_201_119), 0
    with ExitStack() as stack:
        workers = [stack.enter_context(Worker(*words)) for _ in range(WORKERS)]
        for strike in range(1, STRIKES + 1):
            assert receiver.until(lambda one, least=strike: one.requests >= least * MESSAGES // STRIKES)
            victim = chance.randrange(WORKERS)
            if strike % 2:
                workers[victim].strike(signal.SIGKILL)
                assert workers[victim].ended() == -signal.SIGKILL
                workers[victim] = stack.enter_context(Worker(*words))
            else:
                workers[victim].strike(signal.SIGSTOP)
                receiver.until(lambda _one: False, 1.5 * postman.LEASE)
                workers[victim].strike(signal.SIGCONT)
            strikes += 1
        while not done():
            receiver.until(lambda one, now=receiver.requests: one.requests > now, 0.1)
        for worker in workers:
            worker.strike(signal.SIGTERM)
            assert worker.ended() == 0
    return strikes


def in_order(keys: list[str]) -> bool:
    """Whether the messages of each case were taken in their order."""
    positions: dict[str, list[int]] = {}
    for key in keys:
        ref, _, position = key.rpartition(":")
        positions.setdefault(ref, []).append(int(position))
    return all(found == sorted(found) for found in positions.values())


def test_of_all_messages_none_is_lost_and_a_poison_blocks_nobody(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Receiver(seed=1) as receiver:
        monkeypatch.setattr(duban.app, "Registry", lambda: postman.registry(receiver.port))
        folder = pack(tmp_path / "pack", lambda _name: RING)
        with duban.Engine(url, pack=folder) as engine:
            begun(engine)
            unlucky: set[str] = set()

            def done() -> bool:
                with engine.store.read() as reader:
                    counts = reader.message_counts()
                for one in engine.messages(by="system", state="dead", limit=1_000):
                    # Ten refusals in a row happen to one in a thousand; an operator sends it again.
                    if one.ref.startswith("WRD"):
                        unlucky.add(one.ref)
                        engine.retry(one.key, by="system")
                return counts == {"done": MESSAGES, "dead": EACH}

            assert struck(receiver, (url, str(folder), str(receiver.port)), done) == STRIKES
            sent = [one.key for one in engine.messages(by="system", state="done", limit=MESSAGES + 1)]
            assert sorted(receiver.done) == sorted(sent)
            assert len(set(sent)) == MESSAGES
            assert in_order([key for key in receiver.done if key.partition(":")[0] not in unlucky])
            poisoned = engine.messages(by="system", state="dead")
            assert [one.ref for one in poisoned] == ["PSN-000001"] * EACH
            assert all(one.attempts >= ATTEMPTS for one in poisoned)
            assert min(receiver.refused, receiver.dropped) > 0
            assert engine.verify() == []


def test_of_all_notices_each_goes_out_on_a_channel_under_one_key(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUBAN_SECRET", "a secret of the test")
    with Receiver(seed=2) as receiver:
        folder = pack(tmp_path / "pack", lambda name: NOTIFY % name)
        (folder / "channels.yaml").write_text(CHANNELS % (receiver.port, receiver.port), encoding="utf-8")
        with duban.Engine(url, pack=folder) as engine:
            begun(engine)

            def done() -> bool:
                with engine.store.read() as reader:
                    messages, counts = reader.message_counts(), reader.dispatch_counts(engine.room("system"))
                for one in engine.dispatches(by="system", state="dead", limit=1_000):
                    if one.key in receiver.done or counts.get(("register", "dead"), 0) > EACH:
                        engine.retry(one.key, by="system")
                sent = {("register", "done"): MESSAGES, ("register", "dead"): EACH}
                return messages == {"done": MESSAGES + EACH} and counts == sent

            assert struck(receiver, (url, str(folder), str(receiver.port)), done) == STRIKES
            sent = [one.key for one in engine.dispatches(by="system", state="done", limit=MESSAGES + 1)]
            assert sorted(receiver.done) == sorted(sent)
            assert len(set(sent)) == MESSAGES
            dead = engine.dispatches(by="system", state="dead")
            assert len(dead) == EACH
            assert {one.last_error for one in dead} == {
                "127.0.0.1 answered 500; expected a status of success. It is tried again later."
            }
            assert len(engine.inbox(by="clerk", limit=1_000_000)) == MESSAGES + EACH
            assert min(receiver.refused, receiver.dropped) > 0
