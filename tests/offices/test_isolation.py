"""Nothing crosses from one office into another, on SQLite and on PostgreSQL."""

import zipfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine
from tests.engine.runtime.street import at_once
from tests.offices.district import KINDS, MARK, NORTH, SOUTH, District, declared
from tests.postgres import as_host
from tests.security.twins import later

import duban
from duban.backups import back_up, restore
from duban.persistence.store import SqlStore
from duban.persistence.tables import metadata


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_the_same_references_and_keys_mean_something_else_in_each_office(district: District) -> None:
    with district.opened() as offices:
        north, south = offices[NORTH], offices[SOUTH]
        assert north.get("TIP-000001", by="judge-1").data["title"] == "plain"
        assert south.get("TIP-000001", by="judge-1").data["title"] == MARK
        before = district.kept(SOUTH)
        again = north.start("deal", by="clerk", data={"title": "again"}, key="only-here")
        assert north.fire(again.ref, "hear", by="clerk", key="hears").case.version == 2
        assert north.start("deal", by="clerk", data={"title": "again"}, key="only-here").ref == again.ref
        with pytest.raises(duban.UnknownCase) as there:
            south.get(again.ref, by="clerk")
        with pytest.raises(duban.UnknownCase) as nowhere:
            north.get("DEA-000099", by="clerk")
        assert str(there.value).replace(again.ref, "REF") == str(nowhere.value).replace("DEA-000099", "REF")
        assert district.kept(SOUTH) == before


def test_sweeping_delivering_collecting_and_backing_up_one_office_leaves_the_other_as_it_is(
    district: District, tmp_path: Path
) -> None:
    before = district.kept(SOUTH)
    with district.opened(later()) as offices:
        north = offices[NORTH]
        assert north.sweep().climbed > 0
        assert north.deliver().delivered > 0
        assert north.verify() == []
        north.collect()
        back_up(north.store, north.world.evidence, tmp_path / "north.zip", later().now())  # type: ignore[arg-type]
        north.migrate()
    assert district.kept(SOUTH) == before
    with district.opened(later()) as offices:
        assert offices[SOUTH].verify() == []
        assert offices[SOUTH].sweep().climbed > 0
    with zipfile.ZipFile(tmp_path / "north.zip") as archive:
        packed = [archive.read(name) for name in archive.namelist()]
    assert all(MARK.encode() not in content for content in packed)
    assert any(b"plain" in content for content in packed)


def test_a_backup_goes_back_to_its_own_office_and_to_no_other(district: District, tmp_path: Path) -> None:
    place, fresh = tmp_path / "south.zip", tmp_path / "fresh"
    with district.opened() as offices:
        south = offices[SOUTH]
        back_up(south.store, south.world.evidence, place, later().now())  # type: ignore[arg-type]
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    with pytest.raises(duban.UsageError) as refused:
        restore(place, url, fresh, office=NORTH)
    assert (refused.value.key, fresh.exists()) == ("backup-of-office", False)
    restore(place, url, fresh, office=SOUTH)
    with closing(SqlStore(url, owner=SOUTH)) as store, store.read() as reader:
        assert reader.setting("office") == SOUTH
    with closing(SqlStore(url, owner=NORTH)) as store, pytest.raises(duban.StoreError, match=SOUTH), store.read():
        raise AssertionError("the other office read it")


def test_an_office_whose_declaration_leads_to_the_store_of_another_is_turned_away(district: District) -> None:
    before = district.kept(SOUTH)
    declared(district.folder, {NORTH: district.urls[SOUTH]})
    with district.opened() as offices:
        north = offices[NORTH]
        for work in (north.migrate, north.sweep, lambda: north.find(by="clerk"), lambda: north.checkpoint()):
            with pytest.raises(duban.StoreError, match=f"belongs to the office {SOUTH}"):
                work()
    assert district.kept(SOUTH) == before


def test_of_offices_that_come_to_one_store_at_once_one_gets_it(bare: District) -> None:
    url = bare.urls[NORTH]
    with closing(SqlStore(url)) as plain, plain.write() as writer:
        writer._connection.exec_driver_sql("DELETE FROM duban_settings WHERE name = 'office'")
    stores = [SqlStore(url, owner=f"office-{number}") for number in range(6)]
    told = at_once(len(stores), lambda number: stores[number].migrate())
    won = [store for store, fault in zip(stores, told, strict=True) if fault is None]
    assert len(won) == 1
    assert all("belongs to the office" in str(fault) for fault in told if fault is not None)
    with won[0].read() as reader:
        assert reader.setting("office") == f"office-{stores.index(won[0])}"
    for store in stores:
        store.close()


def test_a_host_can_not_lead_an_office_into_the_tables_of_another(district: District) -> None:
    before = district.kept(SOUTH)
    hosts = [
        create_engine(as_host(district.urls[name]).replace("postgresql:", "postgresql+psycopg:"))
        for name in (NORTH, SOUTH)
    ]
    with district.opened() as offices:
        for _ in range(2):
            with hosts[0].connect() as mine, mine.begin():
                offices[NORTH].bind(mine).fire("DEA-000002", "hear", by="clerk", key="hosted")
            with hosts[1].connect() as others, pytest.raises(duban.StoreError):
                offices[NORTH].bind(others)
    for host in hosts:
        host.dispose()
    assert district.kept(SOUTH) == before


def test_an_office_that_is_erased_or_collected_keeps_the_same_content_of_another(district: District) -> None:
    same = {"papers": ("same.txt", b"the same in both")}
    with district.opened() as offices:
        for engine in offices.values():
            engine.start("deal", by="clerk", data={"title": "same"}, evidence=same)
        (digest,) = {d for d, _ in offices[NORTH].world.evidence.digests()} & {
            d for d, _ in offices[SOUTH].world.evidence.digests()
        }
        offices[NORTH].world.evidence.remove(digest)
        assert not offices[NORTH].world.evidence.matches(digest)
        assert offices[SOUTH].world.evidence.matches(digest)


@pytest.mark.parametrize("kind", [KINDS[1]])
def test_the_role_of_an_office_does_not_reach_the_tables_of_another_even_with_sql_written_by_hand(
    district: District, kind: str
) -> None:
    url = as_host(district.urls[NORTH])
    there = SOUTH.replace("-", "_")
    tried = [f"SELECT * FROM {there}.{table}" for table in [*metadata.tables, "duban_schema"]]
    tried += [f"DELETE FROM {there}.duban_cases", f"CREATE TABLE {there}.x ()", f"DROP SCHEMA {there} CASCADE"]
    tried += [f"TRUNCATE {there}.duban_history", f"SELECT nextval('{there}.duban_cases_id_seq')"]
    tried += [f"SET ROLE {psycopg.conninfo.conninfo_to_dict(district.urls[SOUTH].partition('&schema')[0])['user']}"]
    tried += ["CREATE TABLE public.x ()", "CREATE SCHEMA more", f"GRANT USAGE ON SCHEMA {there} TO PUBLIC"]
    tried += [f"COPY {there}.duban_cases TO STDOUT", f"SELECT pg_get_viewdef('{there}.duban_cases'::regclass)"]
    with psycopg.connect(url, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM duban_cases").fetchone() is not None
        for words in tried:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(words)
        connection.execute(f"SET search_path = {there}, public")
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("SELECT * FROM duban_cases")
