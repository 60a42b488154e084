"""What is backed up is restored the same, from either kind of store into either kind."""

import json
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import SAMPLE, contents, process, reported
from tests.postgres import new_database

import duban
from duban.backups import back_up, check, restore
from duban.persistence.store import SqlStore

AT = datetime(2020, 12, 11, 10, 0, tzinfo=UTC)
BOTH = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])


def backed_up(engine: duban.Engine, place: Path) -> Path:
    back_up(engine.store, engine.world.evidence, place, AT)  # type: ignore[arg-type]
    return place


@BOTH
@pytest.mark.asvs("8.1.5")
def test_a_restored_store_is_the_same_row_by_row_holds_and_works_on(
    lived: duban.Engine, tmp_path: Path, evidence: Path, kind: str
) -> None:
    told = restore(backed_up(lived, tmp_path / "b.zip"), f"sqlite:///{tmp_path / 'restored.db'}", evidence)
    with duban.Engine(f"sqlite:///{tmp_path / 'restored.db'}", pack=SAMPLE, evidence=evidence) as restored:
        assert contents(restored) == contents(lived)
        assert (told.taken_at, told.files, told.missing) == (AT, 1, ())
        assert restored.verify(published=lived.checkpoint()) == []
        assert reported(restored).ref == "ISS-000004"


def test_an_sqlite_store_moves_to_postgresql_and_goes_on_counting(
    lived: duban.Engine, tmp_path: Path, evidence: Path, runtime_postgres: str
) -> None:
    place = backed_up(lived, tmp_path / "b.zip")
    with new_database(runtime_postgres) as url:
        restore(place, url, evidence)
        with duban.Engine(url, pack=SAMPLE, evidence=evidence) as restored:
            assert contents(restored) == contents(lived)
            assert restored.verify(published=lived.checkpoint()) == []
            case = reported(restored, key="new")
            assert (case.ref, restored.fire(case.ref, "assign", by="office", data={"unit": "office"}).case.version) == (
                "ISS-000004",
                2,
            )


@BOTH
def test_a_backup_taken_while_others_write_is_one_moment_that_holds(
    lived: duban.Engine, url: str, tmp_path: Path, evidence: Path, kind: str
) -> None:
    workers: list[subprocess.Popen[str]] = [process(url, "toil", f"busy-{number}") for number in range(2)]
    places = []
    try:
        for number in range(4):
            for worker in workers:
                assert worker.stdout is not None
                assert json.loads(worker.stdout.readline())  # it is at work, and has just written
            places.append(backed_up(lived, tmp_path / f"{number}.zip"))
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    counts = []
    for number, place in enumerate(places):
        target = f"sqlite:///{tmp_path / f'{number}.db'}"
        restore(place, target, evidence)
        with duban.Engine(target, pack=SAMPLE, evidence=evidence) as restored:
            assert restored.verify() == []
            counts.append(len(restored.checkpoint()))
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_store_that_is_not_empty_is_left_as_it_was(lived: duban.Engine, url: str, tmp_path: Path) -> None:
    before = contents(lived)
    with pytest.raises(duban.UsageError, match="holds something already"):
        restore(backed_up(lived, tmp_path / "b.zip"), url, tmp_path / "evidence")
    assert contents(lived) == before


def test_of_two_that_restore_at_once_into_a_server_one_is_told_that_it_holds_something(
    lived: duban.Engine, tmp_path: Path, evidence: Path, runtime_postgres: str
) -> None:
    place, told = backed_up(lived, tmp_path / "b.zip"), list[str]()
    with new_database(runtime_postgres) as url:

        def meanwhile(_rows: int) -> None:
            if not told:
                with pytest.raises(duban.UsageError) as refused:
                    restore(place, url, evidence)
                told.append(refused.value.key)

        restore(place, url, evidence, meanwhile)
        assert told == ["store-not-empty"]
        with duban.Engine(url, pack=SAMPLE, evidence=evidence) as restored:
            assert contents(restored) == contents(lived)


def test_a_store_that_somebody_began_to_use_meanwhile_is_left_alone(
    lived: duban.Engine, tmp_path: Path, runtime_postgres: str
) -> None:
    with new_database(runtime_postgres) as url, closing(SqlStore(url)) as target:
        target.migrate()
        target.transact(lambda writer: writer.put_setting("pack", "other"))
        with pytest.raises(duban.UsageError, match="holds something already"):
            lived.store.copy_to(target)  # type: ignore[attr-defined]


def test_an_earlier_backup_stays_until_the_new_one_is_whole(lived: duban.Engine, make: Make, tmp_path: Path) -> None:
    place = backed_up(lived, tmp_path / "b.zip")
    before = place.read_bytes()
    with closing(SqlStore(f"sqlite:///{tmp_path / 'none.db'}")) as none, pytest.raises(duban.StoreNotReady):
        back_up(none, lived.world.evidence, place, AT)
    assert place.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".b.zip*")] == []


def test_a_missing_evidence_file_is_told_and_the_rest_is_kept(lived: duban.Engine, tmp_path: Path) -> None:
    [file] = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    file.unlink()
    told = back_up(lived.store, lived.world.evidence, tmp_path / "b.zip", AT)  # type: ignore[arg-type]
    assert (told.missing, told.files) == ((file.name,), 0)
    assert check(tmp_path / "b.zip").missing == (file.name,)


def test_a_backup_that_lacks_evidence_does_not_take_the_place_of_one_that_has_it(
    lived: duban.Engine, tmp_path: Path
) -> None:
    place = backed_up(lived, tmp_path / "b.zip")
    before = place.read_bytes()
    [file] = [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    content = file.read_bytes()
    file.unlink()
    with pytest.raises(duban.UsageError) as refused:
        backed_up(lived, place)
    assert (refused.value.key, refused.value.data["missing"]) == ("backup-incomplete", [file.name])
    assert place.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".b.zip*")] == []

    other = backed_up(lived, tmp_path / "other.zip")
    backed_up(lived, other)  # no worse than the one before
    assert check(other).missing == (file.name,)
    file.write_bytes(content)
    assert check(backed_up(lived, other)).missing == ()


@pytest.mark.asvs("8.1.6")
def test_only_the_owner_may_read_a_backup(lived: duban.Engine, tmp_path: Path) -> None:
    assert backed_up(lived, tmp_path / "b.zip").stat().st_mode & 0o077 == 0
