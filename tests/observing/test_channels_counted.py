"""What is tried on channels is counted by the kind of the channel and by what became of it."""

import shutil
from pathlib import Path

import pytest
from tests.actions.channels.servers import Listener
from tests.cli.conftest import PACK
from tests.cli.test_channels import CHANNELS
from tests.observing.office import MORNING

import duban
import duban.testing
from duban.observing.metrics import Metrics


def test_sent_postponed_and_dead_are_counted_by_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_REGISTER_SECRET", "s")
    metrics, clock = Metrics(), duban.testing.FrozenClock(MORNING)
    pack = shutil.copytree(PACK, tmp_path / "pack")
    with Listener(status=500) as listener:
        (pack / "channels.yaml").write_text(CHANNELS.format(port=listener.port), encoding="utf-8")
        url = f"sqlite:///{tmp_path / 'street.db'}"
        with duban.Engine(url, pack=pack, clock=clock, observers=[metrics]) as engine:
            engine.migrate()

            def tell_the_unit() -> None:
                case = engine.start("issue", by="grid-worker", data={"title": "x", "category": "litter"})
                engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"})

            tell_the_unit()
            for _ in range(10):
                engine.deliver()
                clock.advance("1 working day")
            listener.status = 200
            tell_the_unit()
            engine.deliver()
    text = metrics.text().decode()
    # Two posts of the unit: nine attempts of each were put off, the tenth was the last.
    assert 'duban_dispatches_total{kind="webhook",outcome="postponed"} 18.0' in text
    assert 'duban_dispatches_total{kind="webhook",outcome="dead"} 2.0' in text
    assert 'duban_dispatches_total{kind="webhook",outcome="sent"} 2.0' in text
