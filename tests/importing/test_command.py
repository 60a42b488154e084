"""``duban import``: what an operator types, sees and gets as exit codes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.importing.conftest import MAP, ROWS, SAMPLE, table

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def duban(tmp_path: Path) -> Run:
    """Runs duban in a folder with a store of the sample pack, a table and a map."""
    source = Path(__file__).resolve().parents[2] / "src"
    known = {
        name: value for name, value in os.environ.items() if not name.startswith("DUBAN_") or name == "DUBAN_CACHE"
    }
    environment = {**known, "PYTHONPATH": str(source), "XDG_STATE_HOME": str(tmp_path / "state")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "duban", *words]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert run("init", "--pack", str(SAMPLE)).returncode == 0
    (tmp_path / "m.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "r.csv").write_text(table(*ROWS), encoding="utf-8")
    return run


def test_an_import_tells_what_it_came_to(duban: Run) -> None:
    done = duban("import", "r.csv", "--map", "m.yaml", "--json")

    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert (document["read"], document["imported"], document["rejected"]) == (3, 3, 0)
    again = duban("import", "r.csv", "--map", "m.yaml", "--json")
    assert json.loads(again.stdout)["already"] == 3


def test_a_replay_on_an_empty_store_moves_the_clock(duban: Run) -> None:
    done = duban("import", "r.csv", "--map", "m.yaml", "--replay", "--json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["fired"] == 9
    listed = json.loads(duban("list", "issue", "--as", "office", "--json").stdout)
    assert sorted(case["state"] for case in listed) == ["assigned", "closed", "closed"]
    assert duban("verify").returncode == 0


def test_rejected_rows_leave_with_seven_and_a_report_that_stays(duban: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(table(*ROWS, ROWS[0]), encoding="utf-8")

    done = duban("import", "r.csv", "--map", "m.yaml", "--lang", "zh", "--json")

    assert done.returncode == 7
    assert json.loads(done.stdout)["rejected"] == 1
    assert "第 2 行" in (tmp_path / "r.csv.rejected.csv").read_text(encoding="utf-8-sig")


def test_a_wrong_map_leaves_with_six_and_its_line(duban: Run, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(MAP.replace("event: report", "event: reprt"), encoding="utf-8")

    done = duban("import", "r.csv", "--map", "m.yaml")

    assert done.returncode == 6
    assert "m.yaml:4:8" in done.stderr
    assert "did you mean `report`?" in done.stderr


def test_a_broken_table_leaves_with_seven_and_its_line(duban: Run, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_bytes(table(*ROWS).encode() + "门".encode("gb18030"))

    done = duban("import", "r.csv", "--map", "m.yaml")

    assert done.returncode == 7
    assert "line 5" in done.stderr
    assert "--encoding gb18030" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_replay_beside_other_cases_is_a_wrong_use(duban: Run) -> None:
    assert duban("import", "r.csv", "--map", "m.yaml").returncode == 0

    done = duban("import", "r.csv", "--map", "m.yaml", "--replay")

    assert done.returncode == 2
    assert "empty store" in done.stderr
