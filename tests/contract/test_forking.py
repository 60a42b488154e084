"""A process that forks: the child begins with no connection, and does nothing to those of its parent."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.contract import forked
from tests.contract.samples import started

from duban.persistence.store import SqlStore


def test_a_child_forked_inside_a_transaction_leaves_it_to_its_parent_whatever_it_does(shared_url: str) -> None:
    path = os.pathsep.join([str(Path(__file__).parents[2]), *sys.path])
    command = [sys.executable, str(Path(forked.__file__)), shared_url, *forked.CHILDREN]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    expected = [f"{name}-{when}" for name in forked.CHILDREN for when in ("inside", "inside-after", "after")]
    with closing(SqlStore(shared_url)) as store:
        with store.read() as reader:
            assert [case.ref for case in reader.all_cases()] == [*expected, "by-a-child", "last"]
        started(store, "another process")
