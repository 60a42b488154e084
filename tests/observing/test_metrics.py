"""What is counted for Prometheus: everything that everybody may know of, and nothing else."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.observing.office import MORNING, a_morning, opened, refused

import duban
from duban.engine.ports.observer import Fact, Fate, Verb
from duban.observing.metrics import Metrics, StoreCollector, rendered
from duban.persistence.store import SqlStore
from duban.testing import FrozenClock

LABELS = ("workflow", "step", "event", "kind", "channel", "action", "state", "outcome", "code")
TIMES = re.compile(r"_(sum|bucket|created)$")


def series(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and the values of its labels, without what depends on how fast the machine is."""
    return {
        (sample.name, tuple(sample.labels[name] for name in LABELS if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not TIMES.search(sample.name)
    }


def counted(folder: Path, *, hidden: bool) -> dict[tuple[str, tuple[str, ...]], float]:
    metrics = Metrics()
    with opened(folder, [metrics]) as engine:
        metrics.watch(engine.store, engine.world.clock)
        a_morning(engine, hidden=hidden)
        return series(metrics.text().decode())


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, tuple[str, ...]], float]:
    """The series after a morning."""
    return counted(tmp_path_factory.mktemp("seen"), hidden=False)


@pytest.mark.parametrize(
    ("labels", "often"),
    [
        (("matter", "report", "done", ""), 2),
        (("matter", "report", "duplicate", ""), 1),
        (("matter", "close", "done", ""), 1),
        (("matter", "close", "refused", "guard-refused"), 1),
        (("matter", "close", "conflict", "version-conflict"), 1),
        (("matter", "", "unknown", "unknown-event"), 1),
        (("", "", "unknown", "unknown-case"), 2),
    ],
)
def test_commands_are_counted_by_workflow_event_and_outcome(seen: Any, labels: tuple[str, ...], often: int) -> None:
    assert seen["duban_steps_total", labels] == often


def test_each_piece_of_work_stands_in_its_series(seen: Any) -> None:
    assert seen["duban_refusals_total", ("guard-refused",)] == 1
    assert seen["duban_step_seconds_count", ("matter",)] == 7
    assert seen["duban_sweeps_total", ("done",)] == 1
    assert seen["duban_climbed_total", ("matter", "answer@due")] == 2
    assert seen["duban_messages_total", ("notify", "delivered")] == 4
    assert seen["duban_outbox_messages", ("waiting",)] == 0


def test_with_and_without_confidential_cases_all_series_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert counted(tmp_path / "a", hidden=True) == counted(tmp_path / "b", hidden=False)


@pytest.mark.asvs("7.1.2")
def test_no_label_holds_what_somebody_typed(tmp_path: Path) -> None:
    metrics = Metrics()
    with opened(tmp_path, [metrics]) as engine:
        a_morning(engine, hidden=True)
        for number in range(5):
            refused(engine, "MAT-000001", f"made-up-{number}", "clerk")
            with pytest.raises(duban.UnknownWorkflow):
                engine.start(f"made-up-{number}", by="clerk")
    text = metrics.text().decode()
    assert not re.search("made-up|MAT-|TIP-|tip|hush|秘|judge", text)


def test_the_gauges_tell_what_waits_and_for_how_long(tmp_path: Path) -> None:
    with opened(tmp_path) as engine:
        engine.start("matter", by="clerk", data={"words": "x"})
        engine.start("tip", by="judge", data={"words": "hush"})
        engine.sweep()
        engine.world.clock.advance("2 working hours")  # type: ignore[attr-defined]
        found = series(rendered(StoreCollector(engine.store, engine.world.clock)))
    assert found["duban_store_up", ()] == 1
    assert found["duban_last_sweep_age_seconds", ()] == 7200
    assert (found["duban_due_steps", ()], found["duban_oldest_due_age_seconds", ()]) == (1, 3600)
    assert (found["duban_outbox_messages", ("waiting",)], found["duban_oldest_undelivered_age_seconds", ()]) == (
        1,
        7200,
    )


def test_a_store_that_is_gone_is_told_as_down_and_breaks_no_scrape(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path / 'nowhere.db'}")
    found = series(rendered(StoreCollector(store, FrozenClock(MORNING))))
    assert found == {("duban_store_up", ()): 0}


def test_errors_of_the_store_are_counted_by_kind(tmp_path: Path) -> None:
    metrics = Metrics()
    with opened(tmp_path, [metrics]) as engine:
        (tmp_path / "office.db").rename(tmp_path / "away.db")
        with pytest.raises(duban.StoreNotReady):
            engine.start("matter", by="clerk")
        with pytest.raises(duban.StoreNotReady):
            engine.sweep()
    found = series(metrics.text().decode())
    assert found["duban_store_errors_total", ("store-not-ready",)] == 2
    assert found["duban_sweeps_total", ("failed",)] == 1


class Clumsy:
    """An observer that always fails."""

    def began(self, verb: Verb) -> object:
        raise RuntimeError(verb)

    def ended(self, verb: Verb, mark: object, fact: Fact | None) -> None:
        raise RuntimeError(verb)

    def climbed(self, workflow: str, step: str) -> None:
        raise RuntimeError(step)

    def handled(self, action: str, fate: Fate) -> None:
        raise RuntimeError(action)

    def dispatched(self, kind: str, fate: Fate) -> None:
        raise RuntimeError(kind)


@pytest.mark.asvs("7.4.3")
def test_an_observer_that_fails_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    metrics = Metrics()
    with caplog.at_level("INFO", logger="duban"), opened(tmp_path, [Clumsy(), metrics]) as engine:
        a_morning(engine, hidden=False)
        assert engine.get("MAT-000001", by="clerk").state == "done"
    assert "observer.failed" in caplog.text
    assert series(metrics.text().decode())["duban_steps_total", ("matter", "close", "done", "")] == 1


def test_in_the_transaction_of_a_host_the_work_is_counted_as_well(tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    metrics = Metrics()
    with opened(tmp_path, [metrics]) as engine:
        host = create_engine(engine.store.url)
        with host.begin() as connection:
            bound = engine.bind(connection)
            ref = bound.start("matter", by="clerk", data={"words": "-"}).ref
            assert refused(bound, ref, "close", "clerk") == "guard-refused"  # type: ignore[arg-type]
        host.dispose()
    found = series(metrics.text().decode())
    assert found["duban_steps_total", ("matter", "report", "done", "")] == 1
    assert found["duban_steps_total", ("matter", "close", "refused", "guard-refused")] == 1


def test_without_its_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from duban.cli.program import program

    opened(tmp_path).close()
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    monkeypatch.delitem(sys.modules, "duban.observing.metrics")
    url = f"sqlite:///{tmp_path / 'office.db'}"
    for words in (["metrics"], ["scheduler", "--metrics", "0"]):
        told = CliRunner().invoke(program, ["--db", url, "--lang", "en", *words], prog_name="duban")
        assert (told.exit_code, "pip install 'duban[metrics]'" in told.stderr) == (2, True)
