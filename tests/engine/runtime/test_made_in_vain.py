"""An engine that cannot be made gives back all that it opened."""

from pathlib import Path

import pytest

import duban
from duban.persistence.store import SqlStore


@pytest.mark.parametrize(
    ("pack", "fault"), [(None, duban.UsageError), ("no-such-pack", duban.DubanError)], ids=["none noted", "not there"]
)
def test_a_store_whose_pack_cannot_be_had_is_closed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: str | None, fault: type[Exception]
) -> None:
    url, closed = f"sqlite:///{tmp_path / 'street.db'}", list[str]()
    store = SqlStore(url)
    store.migrate()
    store.close()
    close = SqlStore.close

    def noted(self: SqlStore) -> None:
        closed.append(self.url)
        close(self)

    monkeypatch.setattr(SqlStore, "close", noted)
    with pytest.raises(fault):
        duban.Engine(url, pack=pack)
    assert len(closed) == 1
    with duban.Engine(url, pack="civility"):
        assert len(closed) == 1
