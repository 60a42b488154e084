"""A street with a store of its own for every test, and a way to type commands into it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from duban import app
from duban.cli.kit.desk import Desk
from duban.cli.program import program
from duban.testing import FrozenClock

PACK = Path(__file__).parent / "pack"
MORNING = "2020-11-23T09:30:00+08:00"


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output, which has to be one JSON document and nothing else."""
        return json.loads(self.out)


class Street:
    """A store with the sample pack, and everything that is typed there."""

    def __init__(self, folder: Path, clock: FrozenClock) -> None:
        self.folder = folder
        self.clock = clock
        self.url = f"sqlite:///{folder / 'street.db'}"
        self.env = {
            "DUBAN_DB": self.url, "DUBAN_LANG": "en", "COLUMNS": "80", "XDG_STATE_HOME": str(folder / "state"),
            "DUBAN_AS": "", "DUBAN_LOG": "",
        }  # fmt: skip

    def types(self, *words: str, **env: str) -> Said:
        """Run one command in this process."""
        runner = CliRunner(env={**self.env, **env})
        result = runner.invoke(program, list(words), prog_name="duban", catch_exceptions=False)
        return Said(result.exit_code, result.stdout, result.stderr)

    def runs(self, *words: str, **env: str) -> Said:
        """Run one command in a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "duban", *words], env=self.environment(**env), cwd=self.folder, capture_output=True,
            text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    def environment(self, **env: str) -> dict[str, str]:
        """The variables for a process of its own."""
        return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **self.env, **env}

    def reports(self, title: str = "Boxes on the stairs") -> str:
        """Report an issue and return its reference."""
        said = self.types("issue", "report", "--title", title, "--category", "litter", "--as", "grid-worker", "--json")
        return str(said.document["ref"])

    def assigns(self, ref: str) -> None:
        """Assign it, so that its deadline runs."""
        assert self.types("issue", "assign", ref, "--unit", "city-management", "--as", "office").code == 0


@pytest.fixture(scope="session")
def made_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was made ready once, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    said = Street(folder, FrozenClock(MORNING)).types("init", "--pack", str(PACK))
    assert said.code == 0
    return folder / "street.db"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FrozenClock:
    """The clock of every engine in this process."""
    clock = FrozenClock(MORNING)
    monkeypatch.setattr(app, "SystemClock", lambda: clock)
    return clock


@pytest.fixture
def street(tmp_path: Path, made_store: Path, clock: FrozenClock) -> Street:
    """A street whose store is ready."""
    shutil.copy(made_store, tmp_path / "street.db")
    words = f"offices: {{north: {{pack: {PACK}, store: 'sqlite:///north.db'}}}}\n"
    (tmp_path / "offices.yaml").write_text(words, encoding="utf-8")
    return Street(tmp_path, clock)


@pytest.fixture
def bare(tmp_path: Path, clock: FrozenClock) -> Street:
    """A street without a store."""
    return Street(tmp_path, clock)


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on a person looks at the output."""
    return lambda: monkeypatch.setattr(Desk, "is_person", True)
