"""What a killed process leaves beside a backup is taken away by the next one; nothing else is."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.backups.test_round_trip import AT

import duban
from duban.arriving import arriving
from duban.backups import back_up, check

WORKER = """
import os, signal, sys
from pathlib import Path
from duban.arriving import arriving
with arriving(Path(sys.argv[1])) as folder:
    (folder / "store.db").write_bytes(b"half")
    print("here", flush=True)
    sys.stdin.read()
"""


def worker(place: Path) -> "subprocess.Popen[bytes]":
    """Another process that makes the same file, as far as it gets."""
    made = subprocess.Popen([sys.executable, "-c", WORKER, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert made.stdout is not None
    assert made.stdout.readline() == b"here\n"
    return made


def hidden(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if name.startswith(".kept"))


def test_what_a_killed_backup_left_is_taken_away_by_the_next(lived: duban.Engine, tmp_path: Path) -> None:
    place = tmp_path / "kept [1].zip"
    others = [tmp_path / ".kept [1].zip.mine", tmp_path / ".kept 1.zip.abcdefgh"]
    for one in others:
        one.mkdir()
        (one / "store.db").write_text("dear street")
    with worker(place) as killed:
        killed.send_signal(signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL
    assert len(hidden(tmp_path)) == 3

    back_up(lived.store, lived.world.evidence, place, AT)  # type: ignore[arg-type]

    assert hidden(tmp_path) == sorted(one.name for one in others)
    assert all((one / "store.db").read_text() == "dear street" for one in others)
    assert check(place).rows > 0


def test_a_backup_that_is_under_way_is_left_alone_by_another(tmp_path: Path) -> None:
    place = tmp_path / "kept.zip"
    at_work = worker(place)
    (theirs,) = hidden(tmp_path)
    with arriving(place) as mine:
        assert hidden(tmp_path) == sorted([theirs, mine.name])
    assert (tmp_path / theirs / "store.db").read_bytes() == b"half"
    at_work.communicate(b"")
    assert (at_work.returncode, hidden(tmp_path)) == (0, [])
