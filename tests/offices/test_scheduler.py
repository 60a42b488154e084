"""One scheduler for several offices: each at its own pace, and what is broken in one holds up no other."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.offices.district import NORTH, SOUTH, District, declared
from tests.security.twins import later

import duban
from duban.heart import Heart
from duban.observing.offices import OfficeMetrics, health_of, health_of_all, standing_text
from duban.scheduler import run_offices

GONE, BROKEN = "gone-street", "broken-street"


class Counted:
    """Ends a run once every office has delivered so often, or failed to be opened so often."""

    def __init__(self, offices: duban.Offices, ticks: dict[str, int], patch: pytest.MonkeyPatch) -> None:
        self._left = dict(ticks)
        self._done = threading.Event()
        self._turn = threading.Lock()
        opened = type(offices).__getitem__

        def counting(them: duban.Offices, name: str) -> duban.Engine:
            self.count(name)
            return opened(them, name)

        patch.setattr(type(offices), "__getitem__", counting)

    def count(self, name: str) -> None:
        """One tick of an office has begun."""
        with self._turn:
            self._left[name] = self._left.get(name, 0) - 1
            if all(left <= 0 for left in self._left.values()):
                self._done.set()

    def wait(self) -> None:
        """Return when all have ticked so often."""
        assert self._done.wait(30), f"the offices did not tick often enough: {self._left}"


class Until(threading.Event):
    """Ends a run when it is set."""

    def wait(self, timeout: float | None = 30) -> bool:
        """Return when it is set."""
        assert super().wait(timeout)
        return True


@pytest.fixture
def four(district: District) -> District:
    """The two offices, one whose store is gone, and one whose pack is broken."""
    (district.folder / "bad").mkdir()
    (district.folder / "bad" / "organization.yaml").write_text("timezone: 1\n", encoding="utf-8")
    file = declared(district.folder, {
        name: f"sqlite:///{name}.db" for name in (GONE, NORTH, BROKEN, SOUTH)
    })  # fmt: skip
    words = file.read_text(encoding="utf-8")
    file.write_text(words.replace(f"{BROKEN}: {{pack: ./pack", f"{BROKEN}: {{pack: ./bad"), encoding="utf-8")
    return district


def ran(district: District, ticks: dict[str, int], patch: pytest.MonkeyPatch, **more: Any) -> dict[str, Any]:
    """What each office came to."""
    with district.opened(later()) as offices:
        every = more.pop("every", timedelta(milliseconds=50))
        return {**run_offices(offices, every=every, stop=Counted(offices, ticks, patch), **more)}


def test_a_broken_pack_and_a_store_that_is_gone_stop_nobody_else_and_are_told_by_name(
    four: District, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="duban"):
        found = ran(four, {GONE: 2, BROKEN: 2, NORTH: 2, SOUTH: 2}, monkeypatch)
    assert found[NORTH].climbed > 0
    assert found[NORTH].failed == found[SOUTH].failed == 0
    assert found[SOUTH].climbed == found[NORTH].climbed
    assert min(found[GONE].failed, found[BROKEN].failed) >= 1
    lines = [json.loads(record.getMessage()) for record in caplog.records]
    failed = {(line["office"], line["code"]) for line in lines if line["event"] == "scheduler.failed"}
    assert failed == {(GONE, "store-not-ready"), (BROKEN, "definition-error")}
    of_work = [line for line in lines if line["event"] not in ("scheduler.started",)]
    assert {line.get("office") for line in of_work} == {NORTH, SOUTH, GONE, BROKEN}


def test_an_office_that_was_mended_goes_on_without_a_new_start(four: District, monkeypatch: pytest.MonkeyPatch) -> None:
    with four.opened(later()) as offices:
        stop = Counted(offices, {BROKEN: 4}, monkeypatch)
        count = stop.count

        def counted(name: str) -> None:
            if name == BROKEN and stop._left[BROKEN] == 3:
                words = four.file.parent / "bad"
                for file in (four.folder / "pack").iterdir():
                    (words / file.name).write_bytes(file.read_bytes())
            count(name)

        monkeypatch.setattr(stop, "count", counted)
        with duban.Engine(f"sqlite:///{four.folder / BROKEN}.db", four.folder / "pack", office=BROKEN) as engine:
            engine.migrate()
        found = run_offices(offices, [BROKEN], every=timedelta(milliseconds=20), stop=stop)
    assert list(found) == [BROKEN]
    assert found[BROKEN].ticks > found[BROKEN].failed >= 1


def test_a_slow_office_delays_no_other(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    free, done = threading.Event(), Until()
    with district.opened(later()) as offices:
        north, south = offices[NORTH], offices[SOUTH]
        sweep = north.sweep

        def slow(*given: Any, by: str | None) -> Any:
            assert free.wait(30), "the other office waited, too"
            done.set()
            return sweep(*given, by=by)

        monkeypatch.setattr(north, "sweep", slow)
        deliver = south.deliver

        def delivered(limit: int | None = None, *, by: str | None) -> Any:
            free.set()  # only the tick of the other office lets the slow one go on
            return deliver(limit, by=by)

        monkeypatch.setattr(south, "deliver", delivered)
        found = run_offices(offices, every=timedelta(hours=1), stop=done)
    assert (found[NORTH].failed, found[SOUTH].failed) == (0, 0)


def test_an_office_that_is_not_declared_is_told_before_anything_runs(district: District) -> None:
    with district.opened() as offices, pytest.raises(duban.UnknownOffice):
        run_offices(offices, [NORTH, "nowhere"], stop=Counted(offices, {}, pytest.MonkeyPatch()))


def test_the_heart_beats_when_all_have_been_swept_and_grows_old_with_the_worst(tmp_path: Path) -> None:
    file = tmp_path / "beat"
    heart = Heart(file, [NORTH, SOUTH])
    heart.swept(NORTH)
    heart.swept(NORTH)
    assert not file.exists()
    heart.swept(SOUTH)
    assert file.exists()
    file.unlink()
    heart.swept(SOUTH)
    assert not file.exists()


def test_metrics_and_health_tell_each_office_by_name(four: District) -> None:
    names, clock = [NORTH, SOUTH, GONE, BROKEN], later()
    series = OfficeMetrics(names)
    watching = duban.Offices(four.file, clock=clock, observers=lambda name: [series.of(name)])
    with watching as offices:
        watched = lambda name: (offices[name].store, clock)  # noqa: E731
        series.watch(watched)
        offices[NORTH].sweep()
        told = series.text().decode()
        whole, north, gone = health_of_all(names, watched), health_of(NORTH, watched), health_of(GONE, watched)
        once = standing_text([SOUTH, BROKEN], watched).decode()
    assert 'duban_sweeps_total{office="north-street",outcome="done"} 1.0' in told
    assert 'duban_sweeps_total{office="south-street"' not in told
    assert told.count("# TYPE duban_sweeps_total counter") == 1
    for name, opened, up in ((NORTH, 1, 1), (SOUTH, 1, 1), (GONE, 1, 0), (BROKEN, 0, None)):
        assert f'duban_office_up{{office="{name}"}} {opened}.0' in told
        assert (f'duban_store_up{{office="{name}"}} {up}.0' in told) == (up is not None)
    assert 'duban_office_up{office="broken-street"} 0.0' in once
    assert "duban_sweeps" not in once
    answer = json.loads(whole.body)
    assert (whole.status, north.status, gone.status) == (503, 200, 503)
    assert answer["healthy"] is False
    assert {name: one["healthy"] for name, one in answer["offices"].items()} == {
        NORTH: True, SOUTH: False, GONE: False, BROKEN: False,
    }  # fmt: skip
    assert (answer["offices"][GONE]["code"], answer["offices"][BROKEN]["code"]) == (
        "store-not-ready", "definition-error",
    )  # fmt: skip


def asked(url: str) -> tuple[int, Any]:
    """Status and body."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, fault.read().decode()


def test_the_command_serves_all_offices_or_those_that_are_named_until_it_is_told_to_stop(four: District) -> None:
    words = ["scheduler", "--offices", str(four.file), "--every", "1", "--metrics", "127.0.0.1:0", "--json"]
    command = [sys.executable, "-m", "duban", *words, "--office", NORTH, "--office", GONE]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "DUBAN_DB": "", "DUBAN_LANG": "en"}
    with subprocess.Popen(
        command, cwd=four.folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = (json.loads(line) for line in process.stderr)
        address = next(line["address"] for line in lines if line["event"] == "metrics.listening")
        next(line for line in lines if line["event"] == "scheduler.tick" and line["office"] == NORTH)
        statuses = {path: asked(f"http://{address}{path}")[0] for path in ("/health/north-street", "/health")}
        metrics = asked(f"http://{address}/metrics")[1]
        absent = asked(f"http://{address}/health/south-street")[0]
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    document = json.loads(out)
    assert statuses == {"/health/north-street": 200, "/health": 503}
    assert absent == 404
    assert 'duban_sweeps_total{office="north-street",outcome="done"}' in metrics
    assert process.returncode == 0
    assert set(document["offices"]) == {NORTH, GONE}
    assert document["climbed"] == document["offices"][NORTH]["climbed"] > 0
    assert document["offices"][GONE]["failed"] >= 1
