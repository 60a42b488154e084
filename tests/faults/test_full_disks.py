"""A disk that is full: told as such, nothing half written, and work goes on by itself when there is room again."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from tests.faults.parcels import DAYS_LATER
from tests.faults.soundness import Acknowledged, sound
from tests.faults.victims import PHOTO

import duban

FULL = "the disk is full; nothing was written; make room, then do the same again"
MOST = 400
"""Far more work than there is room for."""

Room = Callable[[duban.Engine, str], "Iterator[None]"]


@contextmanager
def no_larger_files(most: int) -> Iterator[None]:
    """This process cannot make a file larger than so many bytes while the block lasts, as under a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def limited_file(_office: duban.Engine, url: str) -> Iterator[None]:
    """The write-ahead log of the file may grow by a few pages."""
    log = Path(url.removeprefix("sqlite:///") + "-wal")
    with no_larger_files(log.stat().st_size + 100_000):
        yield


@contextmanager
def limited_pages(office: duban.Engine, _url: str) -> Iterator[None]:
    """The database may grow by a few pages."""
    driver = office.store._database._group._writing._driver  # type: ignore[attr-defined]
    (pages,) = driver.execute("PRAGMA page_count").fetchone()
    driver.execute(f"PRAGMA max_page_count = {pages + 8}")
    try:
        yield
    finally:
        driver.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def full_server(_office: duban.Engine, url: str) -> Iterator[None]:
    """The server says that its disk is full, in the midst of a transaction, at the fifth message from now on.

    A trigger raises what the server itself raises then: to fill its disk takes a file system of its own, and root.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF (SELECT count(*) FROM duban_outbox) < 5 THEN RETURN NEW; END IF; "
            "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$"
        )
        connection.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON duban_outbox FOR EACH ROW EXECUTE FUNCTION no_room()"
        )
        try:
            yield
        finally:
            connection.execute("DROP FUNCTION no_room() CASCADE")


KINDS = [
    pytest.param("sqlite", limited_file, "the disk", id="sqlite-limited-file"),
    pytest.param("sqlite", limited_pages, FULL, id="sqlite-limited-pages"),
    pytest.param("postgresql", full_server, FULL, id="postgresql"),
]


@pytest.mark.parametrize(("kind", "room", "why"), KINDS)
def test_a_store_without_room_is_told_keeps_what_it_acknowledged_and_goes_on_when_there_is_room(
    office: duban.Engine, url: str, kind: str, room: Room, why: str
) -> None:
    ref = office.start("parcel", by="clerk").ref
    acknowledged: list[Acknowledged] = []

    def stamp(number: int) -> None:
        done = office.fire(ref, "stamp", by="clerk", key=f"stamp-{number}")
        acknowledged.append((f"stamp-{number}", ref, done.row.seq))

    def stamp_until_it_is_full() -> None:
        for number in range(MOST):
            stamp(number)

    with room(office, url):
        with pytest.raises(duban.StoreError, match=why) as caught:
            stamp_until_it_is_full()
        assert type(caught.value) is duban.StoreUnwritable
        done = len(acknowledged)
        assert 0 < done < MOST
        for _ in range(3):
            with pytest.raises(duban.StoreError, match="the disk"):
                stamp(done)
        assert sound(office, acknowledged) == {"receive": 1, "stamp": done}
    stamp(done)
    assert sound(office, acknowledged) == {"receive": 1, "stamp": done + 1}


@pytest.mark.parametrize(("kind", "room", "why"), KINDS)
def test_a_sweep_without_room_climbs_nothing_in_part_and_the_next_one_climbs_the_rest(
    office: duban.Engine, url: str, kind: str, room: Room, why: str
) -> None:
    with office.batch() as batch:
        for _ in range(60):
            batch.start("parcel", by="clerk")
    office.world.clock.move_to(DAYS_LATER)  # type: ignore[attr-defined]
    with room(office, url), pytest.raises(duban.StoreError, match="the disk"):
        office.sweep()
    before = sound(office)
    report = office.sweep()
    assert (report.climbed, report.failed) == (120 - before["pickup@due"] - before["pickup@due + 1 working day"], ())
    assert sound(office) == {"receive": 60, "pickup@due": 60, "pickup@due + 1 working day": 60}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_folder_of_evidence_without_room_is_told_starts_nothing_and_takes_the_same_file_later(
    office: duban.Engine, kind: str
) -> None:
    folder = office.world.evidence.folder  # type: ignore[attr-defined]
    assert sound(office) == {}
    with no_larger_files(100), pytest.raises(duban.StoreError, match=FULL) as caught:
        office.start("parcel", by="clerk", evidence={"photo": PHOTO}, key="start")
    assert caught.value.data["url"] == str(folder)
    assert "磁盘已满；未写入任何内容；请腾出空间后重做" in caught.value.message("zh")
    assert [file for file in folder.rglob("*") if file.is_file()] == []
    assert sound(office) == {}
    ref = office.start("parcel", by="clerk", evidence={"photo": PHOTO}, key="start").ref
    assert sound(office, [("start", ref, 1)]) == {"receive": 1}
