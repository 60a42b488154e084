"""The endpoint of a scheduler: what it answers, where it listens, and what it says where it cannot."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests.observing.office import opened

from duban.engine.errors import UsageError
from duban.observing.endpoint import Address, health, listening
from duban.observing.metrics import Metrics


def asked(url: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.headers["Content-Type"], fault.read().decode()


def test_health_is_the_age_of_the_last_sweep_and_nothing_else(tmp_path: Path) -> None:
    with opened(tmp_path) as engine:
        store, clock = engine.store, engine.world.clock
        with listening(Address("127.0.0.1", 0), lambda: b"", lambda: health(store, clock)) as where:
            url = f"http://127.0.0.1:{where.port}/health"
            never = asked(url)
            engine.sweep()
            fresh = asked(url)
            clock.advance("1 working hour")  # type: ignore[attr-defined]
            stale = asked(url)
            (tmp_path / "office.db").rename(tmp_path / "away.db")
            gone = asked(url)
    assert [one[0] for one in (never, fresh, stale, gone)] == [503, 200, 503, 503]
    assert json.loads(fresh[2])["age_seconds"] == 0
    assert json.loads(stale[2]) == {
        "healthy": False, "last_sweep_at": "2020-11-23T01:30:00Z", "age_seconds": 3600.0, "late_after_seconds": 60.0,
    }  # fmt: skip
    assert json.loads(gone[2]) == {"healthy": False, "code": "store-not-ready"}


@pytest.mark.asvs("14.4.1")
def test_metrics_are_answered_as_prometheus_reads_them_and_other_paths_are_not_there(tmp_path: Path) -> None:
    metrics = Metrics()
    with opened(tmp_path, [metrics]) as engine:
        metrics.watch(engine.store, engine.world.clock)
        with listening(
            Address("127.0.0.1", 0), metrics.text, lambda: health(engine.store, engine.world.clock)
        ) as where:
            url = f"http://127.0.0.1:{where.port}"
            status, kind, body = asked(f"{url}/metrics")
            assert asked(f"{url}/secret")[0] == 404
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "duban_store_up 1.0" in body


@pytest.mark.asvs("7.4.3")
def test_a_page_that_fails_tells_its_kind_only() -> None:
    def fails() -> Any:
        raise RuntimeError("postgresql://duban:hunter2@db/street")

    with listening(Address("127.0.0.1", 0), fails, fails) as where:
        status, _kind, body = asked(f"http://127.0.0.1:{where.port}/metrics")
    assert (status, body) == (500, "RuntimeError\n")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("9464", ("127.0.0.1", 9464)), (":9464", ("127.0.0.1", 9464)), ("0.0.0.0:80", ("0.0.0.0", 80)),
        ("[::1]:9464", ("::1", 9464)), ("monitor:1", ("monitor", 1)),
    ],
)  # fmt: skip
@pytest.mark.asvs("14.3.2")
def test_an_address_without_a_host_is_of_this_machine_only(words: str, expected: tuple[str, int]) -> None:
    assert Address.parsed(words) == expected


@pytest.mark.parametrize("words", ["", "here", "here:", "::1:80", "1:2:3", "host:99999", "host:-1", "host:８０"])
def test_what_is_no_address_is_told_so(words: str) -> None:
    with pytest.raises(UsageError) as told:
        Address.parsed(words)
    assert (told.value.key, told.value.data["found"]) == ("metrics-address", words)


def test_a_port_that_is_taken_is_a_typed_error() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = Address("127.0.0.1", other.getsockname()[1])
        with pytest.raises(UsageError) as told, listening(address, lambda: b"", lambda: None):  # type: ignore[arg-type,return-value]
            pass
    assert told.value.key == "metrics-taken"
    assert told.value.data["address"] == f"127.0.0.1:{address.port}"


def test_a_scheduler_in_a_process_of_its_own_answers_and_ends(tmp_path: Path) -> None:
    opened(tmp_path).close()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "DUBAN_LANG": "en"}
    command = [sys.executable, "-m", "duban", "--db", f"sqlite:///{tmp_path / 'office.db'}"]
    with subprocess.Popen(
        [*command, "scheduler", "--metrics", "0"], env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        lines = (json.loads(line) for line in process.stderr)
        address = next(line["address"] for line in lines if line["event"] == "metrics.listening")
        next(line for line in lines if line["event"] == "scheduler.tick")
        assert asked(f"http://{address}/health")[0] == 200
        assert 'duban_sweeps_total{outcome="done"} 1.0' in asked(f"http://{address}/metrics")[2]
        taken = subprocess.run(
            [*command, "--json", "scheduler", "--metrics", address], env=environment, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert (taken.returncode, json.loads(taken.stdout)["error"]["code"]) == (2, "usage")
