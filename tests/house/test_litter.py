"""A run of the tests that leaves something in the folder of the project fails and says what, and who may have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TIDY = "def test_tidy(tmp_path): (tmp_path / 'street.db').touch()\n"
CONFTEST = """
from tests.litter import Litter


def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Litter(config.rootpath))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that is looked after as this one is."""
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (tmp_path / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (tmp_path / "room").mkdir()
    (tmp_path / "old.db").touch()
    return tmp_path


def run(project: Path, root: Path, tests: str, *words: str) -> "tuple[int, str]":
    (project / "test_it.py").write_text(f"from pathlib import Path\n\n{tests}", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *filter(None, sys.path)])}
    command = [sys.executable, "-m", "pytest", "-q", "--basetemp", str(project.parent / "apart"), *words]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_a_run_that_leaves_nothing_passes_beside_what_was_there_before(project: Path, root: Path) -> None:
    assert run(project, root, TIDY)[0] == 0


@pytest.mark.parametrize("words", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_folder_that_a_test_left_fails_the_run_and_names_the_test(
    project: Path, root: Path, words: tuple[str, ...]
) -> None:
    code, said = run(project, root, TIDY + "def test_untidy(): Path('duban-archives').mkdir()\n", *words)

    assert code == 1
    assert "LEFT duban-archives" in said
    assert "test_it.py::test_untidy" in said or words
    assert "tmp_path" in said


def test_a_database_in_a_room_fails_the_run_too(project: Path, root: Path) -> None:
    code, said = run(project, root, "def test_untidy(): Path('room/street.db').touch()\n")

    assert code == 1
    assert f"LEFT {Path('room', 'street.db')}" in said


def test_what_is_removed_before_the_end_was_not_left(project: Path, root: Path) -> None:
    tests = "def test_makes(): Path('kept').mkdir()\ndef test_removes(): Path('kept').rmdir()\n"
    assert run(project, root, tests)[0] == 0


def test_a_run_that_failed_anyway_says_what_was_left(project: Path, root: Path) -> None:
    code, said = run(project, root, "def test_fails(): Path('out.txt').touch(); assert False\n")

    assert code == 1
    assert "LEFT out.txt" in said
