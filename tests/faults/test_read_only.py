"""A store or a folder that can only be read: told with the reason, reading goes on, and it recovers by itself."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.faults import denied
from tests.faults.parcels import DAYS_LATER, MORNING
from tests.faults.running import Running, _environment
from tests.faults.soundness import sound
from tests.faults.victims import PHOTO

import duban
import duban.testing

READ_ONLY = "it may only be read, not written; end what makes it read-only, then do the same again"


class Denied(Running):
    """A process of ``tests/faults/denied.py``."""

    def __init__(self, url: str, pack: Path, evidence: Path) -> None:
        command = [sys.executable, denied.__file__, url, str(pack), str(evidence)]
        self._began(subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def does(self, work: str, about: str) -> dict[str, Any]:
        """What became of it."""
        self.says(json.dumps([work, about]))
        return self.line()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder into which everybody may look."""
    with tempfile.TemporaryDirectory(prefix="duban-place-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def permitted(place: Path, *, write: bool) -> None:
    """Let everybody write in the place, or nobody but root."""
    for path in [place, *place.rglob("*")]:
        folder = path.is_dir()
        path.chmod((0o777 if folder else 0o666) if write else (0o555 if folder else 0o444))


def test_a_file_that_may_only_be_read_is_told_and_read_and_written_as_soon_as_it_may(
    place: Path, parcel_pack: Path
) -> None:
    pack = place / "pack"
    parcel_pack.rename(pack)
    url, evidence = f"sqlite:///{place / 'street.db'}", place / "evidence"
    with duban.Engine(url, pack=pack, clock=duban.testing.FrozenClock(MORNING), evidence=evidence) as engine:
        engine.migrate()
        parcel = engine.start("parcel", by="clerk", evidence={"photo": PHOTO}).ref
        letter = engine.start("letter", by="clerk").ref
        with Denied(url, pack, evidence) as process:
            permitted(place, write=False)
            told = process.does("fire", parcel)
            assert (told["event"], told["kind"], told["url"]) == ("refused", "StoreUnwritable", url)
            assert READ_ONLY in told["told"]
            told = process.does("start", "start-1")
            assert (told["kind"], told["url"]) == ("StoreUnwritable", str(evidence))
            assert "access is not permitted; let the account that runs duban read and write it" in told["told"]
            assert process.does("get", parcel) == {"event": "done", "came_to": "open"}
            # Who reads a letter is written down before anything of it is told.
            assert READ_ONLY in process.does("show", letter)["told"]
            assert sound(engine) == {"receive": 1, "send": 1}

            permitted(place, write=True)
            assert process.does("fire", parcel) == {"event": "done", "came_to": 2}
            second = process.does("start", "start-1")["came_to"]
            assert process.does("show", letter)["came_to"] == ["send"]
        assert sound(engine, [("start-1", second, 1), (f"stamp-{parcel}", parcel, 2)]) == {
            "receive": 2, "stamp": 1, "send": 1,
        }  # fmt: skip


@contextmanager
def read_only(url: str) -> Iterator[None]:
    """New sessions may only read while the block lasts, as on a server that was set aside."""
    with psycopg.connect(url, autocommit=True) as connection:
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(database))
        try:
            yield
        finally:
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(sql.SQL("ALTER DATABASE {} RESET default_transaction_read_only").format(database))


@pytest.mark.parametrize("kind", ["postgresql"])
def test_a_server_that_only_lets_read_is_told_and_read_and_written_as_soon_as_it_lets(
    office: duban.Engine, url: str, kind: str
) -> None:
    parcel, letter = office.start("parcel", by="clerk").ref, office.start("letter", by="clerk").ref
    office.close()
    works = {
        "fire": lambda: office.fire(parcel, "stamp", by="clerk", key="stamp"),
        "start": lambda: office.start("parcel", by="clerk", key="start"),
        "show": lambda: office.history(letter, by="clerk"),
        "sweep": office.sweep,
        "deliver": office.deliver,
    }
    with read_only(url):
        for name, work in works.items():
            with pytest.raises(duban.StoreUnwritable) as caught:
                work()
            assert READ_ONLY in str(caught.value), name
            assert "请解除只读状态后重做" in caught.value.message("zh")
        assert office.get(parcel, by="clerk").state == "open"
        assert sound(office) == {"receive": 1, "send": 1}
    # The same engine, with whatever connections it has.
    for work in works.values():
        work()
    office.world.clock.move_to(DAYS_LATER)  # type: ignore[attr-defined]
    assert office.sweep().climbed == 4
    events = sound(office, [("stamp", parcel, 2)])
    assert (events["stamp"], events["receive"]) == (1, 2)
