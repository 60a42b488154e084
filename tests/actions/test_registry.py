"""Actions of other packages are found by their entry points, checked at load, and cannot take duban's own names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engine.runtime.street import ROOT, written

from duban.actions.notify import Notify
from duban.actions.registry import Registry

MODULE = '''
from duban.engine.model.label import Label


class Bell:
    """Rings: writes its message into a file."""

    name = "bell"

    def problems(self, params):
        if params.get("times", 1) > 3:
            return {"times": ("other", {"why": Label("rings at most three times", "最多响三次")})}
        return {}

    def recipients(self, params):
        return ()

    def carry_out(self, message, toolbox):
        with open(message.params["declared"]["file"], "a") as out:
            out.write(message.key + "\\n")


class Impostor(Bell):
    """Wants to be duban's own."""

    def carry_out(self, message, toolbox):
        raise SystemExit("the impostor was called")


ready = Bell()
broken = 1 / 0 if False else None
'''
BROKEN = "raise ImportError('this package lacks a part')\n"
ENTRY_POINTS = """[duban.actions]
bell = bells:Bell
made = bells:ready
notify = bells:Impostor
cracked = cracked:Bell
"""
DRIVER = """
import json, sys
import duban, duban.testing
from duban.actions.registry import Registry
clock = duban.testing.FrozenClock("2020-11-23T09:30:00+08:00")
try:
    with duban.Engine("sqlite:///ring.db", pack=sys.argv[1], clock=clock) as engine:
        engine.migrate()
        engine.start("ring", by="clerk")
        report = engine.deliver()
        print(json.dumps({
            "names": Registry().names(), "delivered": report.delivered, "notices": len(engine.inbox(by="clerk")),
            "notify": type(engine.world.registry.find("notify")).__module__,
        }))
except duban.DubanError as fault:
    print(json.dumps({"error": str(fault), "zh": fault.message("zh")}))
"""


def ring(do: str) -> str:
    return f"""
workflow: ring
version: 1
reference: RNG
states: {{open: {{}}, done: {{final: true}}}}
events:
  begin: {{to: open, by: [clerk], do: {do}}}
  end: {{from: open, to: done, by: [chief, hand]}}
"""


def run(folder: Path, do: str) -> dict[str, object]:
    """What an engine comes to on a pack with these actions, where another package with actions is installed."""
    site = folder / "site"
    (site / "bells-1.0.dist-info").mkdir(parents=True)
    (site / "bells.py").write_text(MODULE, encoding="utf-8")
    (site / "cracked.py").write_text(BROKEN, encoding="utf-8")
    (site / "bells-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: bells\nVersion: 1.0\n")
    (site / "bells-1.0.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    pack = written(folder / "pack", ring=ring(do))
    path = os.pathsep.join([str(site), str(ROOT), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(pack)],
        cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_actions_of_another_package_are_found_and_carried_out(tmp_path: Path) -> None:
    out = tmp_path / "rung"
    told = run(tmp_path, f"[{{bell: {{file: {out}}}}}, {{made: {{file: {out}, times: 2}}}}]")
    assert (told["names"], told["delivered"]) == (["bell", "compile", "cracked", "made", "notify"], 2)
    assert out.read_text().splitlines() == ["RNG-000001:1:0", "RNG-000001:1:1"]


def test_their_parameters_are_checked_when_the_pack_is_loaded_in_their_own_words(tmp_path: Path) -> None:
    told = run(tmp_path, "[{bell: {file: x, times: 4}}]")
    assert "ring.yaml:7:" in str(told["error"])
    assert "rings at most three times" in str(told["error"])
    assert "最多响三次" in str(told["zh"])


def test_a_name_of_dubans_own_cannot_be_taken(tmp_path: Path) -> None:
    told = run(tmp_path, "[{notify: {to: clerk}}]")
    assert (told["notify"], told["delivered"], told["notices"]) == ("duban.actions.notify", 1, 1)


def test_an_action_that_nobody_declares_is_found_at_load_with_the_nearest_name(tmp_path: Path) -> None:
    told = run(tmp_path, "[{bel: {file: x}}]")
    assert "`bel`" in str(told["error"])
    assert "bell" in str(told["error"]).replace("`bel`", "")


def test_a_package_that_does_not_load_harms_only_those_who_use_it(tmp_path: Path) -> None:
    told = run(tmp_path / "used", "[{cracked: {}}]")
    assert "cracked:Bell" in str(told["error"])
    assert "this package lacks a part" in str(told["error"])
    assert run(tmp_path / "not-used", "[{notify: {to: clerk}}]")["delivered"] == 1


@pytest.mark.parametrize("name", ["notify", "nobody"])
def test_the_registry_tells_what_it_has(name: str) -> None:
    registry = Registry()
    assert isinstance(registry.find(name), Notify) is (name == "notify")
    assert (name in registry.names()) is (name == "notify")
