"""A district of two offices with the same references and keys: what one of them writes carries marks."""

import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url, select
from tests.security.twins import MORNING, all_marked
from tests.security.vault import written

import duban
from duban.cli.program import program
from duban.persistence.store import SqlStore
from duban.persistence.tables import metadata
from duban.testing import FrozenClock, photograph

NORTH, SOUTH = "north-street", "south-street"
MARK = "Zq77秘Xv"
FULL = os.environ.get("DUBAN_SOAK") == "1"
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))]


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class District:
    """Where the offices are declared, and the URL of each store as its own role opens it."""

    folder: Path
    urls: Mapping[str, str]

    @property
    def file(self) -> Path:
        """The declaration."""
        return self.folder / "offices.yaml"

    def opened(self, clock: FrozenClock | None = None) -> duban.Offices:
        """The offices, at a clock of their own."""
        return duban.Offices(self.file, clock=clock or FrozenClock(MORNING))

    def types(self, *words: str, office: str | None = NORTH, **env: str) -> Said:
        """Type a command in the folder, for an office or for none."""
        fixed = {
            "DUBAN_OFFICES": str(self.file), "DUBAN_OFFICE": office or "", "DUBAN_DB": "", "DUBAN_AS": "",
            "DUBAN_LANG": "en", "DUBAN_LOG": "", "COLUMNS": "120", "XDG_STATE_HOME": str(self.folder / "state"),
        }  # fmt: skip
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            result = CliRunner(env=fixed | env).invoke(program, list(words), prog_name="duban", catch_exceptions=False)
        return Said(result.exit_code, result.stdout, result.stderr)

    def kept(self, office: str) -> dict[str, Any]:
        """Every row of every table of an office, and every file of its evidence: the same while nobody touches it."""
        with closing(SqlStore(self.urls[office])) as store, store.read() as reader:
            rows: dict[str, Any] = {
                name: sorted((tuple(row) for row in reader._connection.execute(select(table))), key=repr)
                for name, table in metadata.tables.items()
            }
        shelf = self.folder / office
        rows["evidence"] = {str(file): file.stat().st_mtime_ns for file in sorted(shelf.rglob("*")) if file.is_file()}
        return rows


def declared(folder: Path, stores: Mapping[str, str]) -> Path:
    """Write offices.yaml: each office with its store, evidence in a folder of its name, and the same pack."""
    lines = [
        f'  {name}: {{pack: ./pack, store: "{url}", evidence: ./{name}, label: {{en: {name}, zh: {name}街}}}}'
        for name, url in stores.items()
    ]
    file = folder / "offices.yaml"
    file.write_text("\n".join(["offices:", *lines, ""]), encoding="utf-8")
    return file


def founded(folder: Path, kind: str, server: str = "") -> District:
    """Declare the two offices, and make their stores ready; on PostgreSQL each by a role that owns one schema."""
    written(folder / "pack", 9, 9)
    if kind == "sqlite":
        urls = stores_in(folder)
        declared(folder, {name: f"sqlite:///{name}.db" for name in urls})
    else:
        urls = {name: _schema(server, name.replace("-", "_")) for name in (NORTH, SOUTH)}
        declared(folder, urls)
    district = District(folder, urls)
    with district.opened() as offices:
        for engine in offices.values():
            engine.migrate()
    return district


def stores_in(folder: Path) -> dict[str, str]:
    """The URLs of the SQLite stores of the two offices."""
    return {name: f"sqlite:///{folder / name}.db" for name in (NORTH, SOUTH)}


def _schema(database: str, name: str) -> str:
    """A role that owns a schema of its name in the database, and nothing else; the URL of the store there.

    The server has to trust whoever names a role, as the one of the tests does.
    """
    role = f"{name}_{database.rpartition('duban_test_')[2].partition('?')[0][:8]}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute(f"CREATE ROLE {role} LOGIN")
        connection.execute(f"CREATE SCHEMA {name} AUTHORIZATION {role}")
    address = make_url(database).set(username=role, password=None)
    return address.update_query_dict({"schema": name}).render_as_string()


def forget_roles(server: str, district: District) -> None:
    """Drop the roles of the offices, whose database is gone already: they are those of the whole server."""
    with psycopg.connect(server, autocommit=True) as connection:
        for url in district.urls.values():
            connection.execute(f"DROP ROLE {make_url(url).username}")


def lived(engine: duban.Engine, word: str) -> None:
    """Some days in an office, with the word in every text, name and content, and keys that others use as well."""
    for event, by in (("deal", "clerk"), ("deal", "road-hand"), ("tip", "judge-1")):
        files = {"papers": [(f"{word}.txt", word.encode()), (f"{word}.jpg", photograph(word))]}
        about = {} if engine.find(by="clerk", limit=1) else {"about": None}
        data = {name: value for name, value in {**all_marked(word), **about}.items() if value is not None}
        engine.start(event, by=by, data=data, evidence=files, key=f"key-{by}")
    engine.fire("DEA-000001", "hear", by="clerk", data={"notes": word, "colour": "red"}, key="guessed")
    engine.fire("TIP-000001", "weigh", by="judge-1", data={"notes": word})
    with pytest.raises(duban.GuardRefused):
        engine.fire("TIP-000001", "end", by="judge-1")
    with pytest.raises(duban.InvalidData):
        engine.start("tip", by="judge-1", data={"title": word, "weight": word})
    engine.deliver()
    engine.world.clock.advance("2 working days")  # type: ignore[attr-defined]
    engine.sweep()
    engine.discard(engine.messages(by="judge-1", state="waiting")[-1].key, by="judge-1")
    engine.history("TIP-000001", by="judge-1")
