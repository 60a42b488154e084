"""PostgreSQL stops at once, again and again, under clients that repeat with their keys and a scheduler."""

import json
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from tests.faults import errands
from tests.faults.clients import Clients
from tests.faults.running import Command, Running
from tests.faults.soundness import sound
from tests.postgres import DURABLE, Server

import duban
import duban.testing

STOPS = 12 if errands.FULL else 3
BETWEEN = 15
"""Operations that are acknowledged between two stops."""


@pytest.mark.xdist_group("postgresql")
def test_what_was_acknowledged_outlives_stops_at_any_moment_and_happened_once(errand_pack: Path) -> None:
    clock = duban.testing.FrozenClock(errands.BEGUN)
    with Server(DURABLE) as server, duban.Engine(server.url, pack=errand_pack, clock=clock) as engine:
        engine.migrate()
        with (
            Running("scheduler", server.url, str(errand_pack), errands.YEARS_LATER, "1") as scheduler,
            Clients(server.url, errand_pack, errands.BEGUN) as clients,
        ):
            scheduler.says("go")
            clients.acknowledge(BETWEEN)
            for _ in range(STOPS):
                server.stop("immediate")
                scheduler.drained()
                clients.drained()
                server.start()
                clients.acknowledge(BETWEEN)
                scheduler.until("scheduler.tick")
            acknowledged = clients.finished()
            scheduler.process.terminate()
            summary = scheduler.until("summary")
        assert clients.repeated().total() >= STOPS
        assert summary["climbed"] > 0
        clock.move_to(errands.YEARS_LATER)
        engine.sweep()
        engine.deliver()
        events = sound(engine, acknowledged)
        # Nothing else was done with a key: what was not acknowledged was done again until it was.
        assert events["begin"] + events["end"] == len(acknowledged)


@pytest.mark.xdist_group("postgresql")
def test_a_scheduler_that_begins_before_its_server_waits_for_it(errand_pack: Path) -> None:
    with Server(DURABLE) as server:
        with duban.Engine(server.url, pack=errand_pack) as engine:
            engine.migrate()
        server.stop("immediate")
        with Command(server.url, "--metrics", "127.0.0.1:0") as scheduler:
            health = f"http://{scheduler.until('metrics.listening')['address']}/health"
            assert scheduler.until("scheduler.failed")["code"] == "store-unreachable"
            with pytest.raises(HTTPError) as ill:
                urlopen(health)
            assert (ill.value.code, json.load(ill.value)) == (503, {"healthy": False, "code": "store-unreachable"})
            server.start()
            scheduler.until("scheduler.tick")
            with urlopen(health) as answer:
                assert json.load(answer)["healthy"]
            scheduler.process.terminate()
            assert scheduler.ended() == 0
