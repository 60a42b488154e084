"""A run of the tests leaves nothing in the folder of the project: what is new there afterwards fails the run.

A store, an export or a log with its default place lands in the current folder, where ``.gitignore`` hides most of it.
Looked at are the top of the project, which is the current folder of the tests, and databases wherever they lie; not the
rooms, in which somebody may write while tests run. The process that began the run looks.
"""

import os
from pathlib import Path

import pytest

CACHES = {".git", ".hypothesis", ".venv", "__pycache__", "build", "dist"}
DATABASES = (".db", ".db-journal", ".db-shm", ".db-wal")


def at_the_top(root: Path) -> set[str]:
    """The names of what lies there that tests could have left; caches and builds are none."""
    return {name for name in os.listdir(root) if not _is_cache(name)}


def databases(root: Path) -> set[str]:
    """The databases anywhere below it, named from there."""
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not _is_cache(name)]
        found |= {os.path.relpath(os.path.join(folder, name), root) for name in names if name.endswith(DATABASES)}
    return found


def _is_cache(name: str) -> bool:
    return name in CACHES or name.startswith(".coverage") or (name.startswith(".") and name.endswith("_cache"))


class Litter:
    """Notes after which test something new lies in the folder; the run fails when it still does in the end."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known = at_the_top(root) | databases(root)
        self._seen: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Look at the top, which takes no time, so that a test can be named."""
        if report.when == "teardown":
            self._note(at_the_top(self._root), report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look at everything. First of all, because other plugins write their reports when a session ends."""
        there = at_the_top(self._root) | databases(self._root)
        self._note(there, "the last test")
        self._seen = {name: test for name, test in self._seen.items() if name in there}
        if self._seen and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was left, by whom, and what to do."""
        for name, test in sorted(self._seen.items()):
            terminalreporter.write_line(
                f"LEFT {name} in the folder of the project. It was first seen after {test}; with -n another may have "
                "left it. Tests write below tmp_path: give it a place there, and remove it here.",
                red=True,
            )

    def _note(self, there: set[str], test: str) -> None:
        for name in there - self._known:
            self._seen.setdefault(name, test)
