"""A store in a file, whose threads share commits."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from duban.persistence.group_commit import GroupCommit
from duban.persistence.store import SqlStore


@pytest.fixture
def url(url_of: Callable[[str], str]) -> str:
    """A file with its tables: only SQLite shares commits."""
    return url_of("sqlite")


@pytest.fixture
def file(url: str) -> Path:
    """The file of the store."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    """A store that waits long enough for all threads to come."""
    with closing(SqlStore(url, busy_seconds=30)) as made:
        yield made


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many works each group had that came to its end."""
    found: list[int] = []
    gather = GroupCommit._gather

    def counted(self: GroupCommit, own: Any, members: list[Any], connection: Connection) -> None:
        try:
            gather(self, own, members, connection)
        finally:
            found.append(sum(one.fault is None for one in members))

    monkeypatch.setattr(GroupCommit, "_gather", counted)
    return found
