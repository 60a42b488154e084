"""A primary dies at once, its synchronous copy takes over, and clients go on by themselves, also when it comes back."""

import socket
from pathlib import Path

import psycopg
import pytest
from tests.faults import errands
from tests.faults.clients import Clients
from tests.faults.running import Running
from tests.faults.soundness import sound
from tests.postgres import DURABLE, Server, Standby

import duban
import duban.testing

BEFORE = 400 if errands.FULL else 40
AFTER = 200 if errands.FULL else 15


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def followed(primary: Server) -> None:
    """From here on the primary acknowledges nothing that its copy does not have."""
    with psycopg.connect(primary.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        connection.execute("SELECT pg_reload_conf()")
        asked = "SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'"
        while connection.execute(asked).fetchone() != ("sync",):
            pass


@pytest.mark.xdist_group("postgresql")
def test_nothing_acknowledged_is_lost_when_the_copy_takes_over_and_clients_go_on(errand_pack: Path) -> None:
    clock, (first, second) = duban.testing.FrozenClock(errands.BEGUN), free_ports(2)
    url = f"postgresql://postgres@127.0.0.1:{first},127.0.0.1:{second}/postgres"
    with Server(DURABLE, first) as primary:
        with duban.Engine(url, pack=errand_pack, clock=clock) as engine:
            engine.migrate()
        with Standby(primary, DURABLE, second) as standby:
            followed(primary)
            with (
                Running("scheduler", url, str(errand_pack), errands.YEARS_LATER, "1") as scheduler,
                Clients(url, errand_pack, errands.BEGUN) as clients,
            ):
                scheduler.says("go")
                clients.acknowledge(BEFORE)
                primary.kill()
                standby.promote()
                scheduler.drained()
                clients.drained()
                clients.acknowledge(AFTER)
                scheduler.until("scheduler.tick")
                # The one that died comes back and can be written; whoever looks for a server again does not go there.
                primary.start()
                standby.stop("immediate")
                standby.start()
                clients.drained()
                clients.acknowledge(AFTER)
                acknowledged = clients.finished()
                scheduler.process.terminate()
                assert scheduler.until("summary")["climbed"] > 0
            assert clients.repeated().total() > 0
            with psycopg.connect(primary.url) as connection:
                rows = connection.execute("SELECT count(*) FROM duban_history").fetchone()
            with duban.Engine(standby.url, pack=errand_pack, clock=clock) as engine:
                clock.move_to(errands.YEARS_LATER)
                engine.sweep()
                engine.deliver()
                events = sound(engine, acknowledged)
                # Nothing else was done with a key: what was not acknowledged was done again until it was.
                assert events["begin"] + events["end"] == len(acknowledged)
            assert rows is not None
            assert rows[0] < len(acknowledged)
