"""A store whose tables belong to one role while another works on it, with the grants of the documentation."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy import make_url
from tests.docs.pages import ROOT, blocks_of
from tests.postgres import new_database

from duban.persistence.store import SqlStore

PAGE = ROOT / "docs" / "how-to" / "run-a-district.md"
GRANTS = "\n".join(block.text for block in blocks_of(PAGE) if block.language == "sql")


@dataclass(frozen=True)
class District:
    """The roles of a district, each with a URL of the same store."""

    owner: str
    working: str


@contextmanager
def new_district(server: str) -> Iterator[District]:
    """Such a store for as long as the block lasts."""
    mark = uuid.uuid4().hex
    owner, working = f"duban_owner_{mark}", f"duban_test_{mark}"
    with new_database(server) as url:
        admin_role = make_url(url).username or "postgres"
        with psycopg.connect(url, autocommit=True) as admin:
            for role in (owner, working):
                admin.execute(f"CREATE ROLE {role} LOGIN".encode())
            admin.execute(f"ALTER SCHEMA public OWNER TO {owner}".encode())
        found = District(*(str(make_url(url).set(username=role)) for role in (owner, working)))
        try:
            with closing(SqlStore(found.owner)) as store:
                store.migrate()
            with psycopg.connect(found.owner, autocommit=True) as connection:
                connection.execute(GRANTS.replace(" duban;", f" {working};").encode())
            yield found
        finally:
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(f"ALTER SCHEMA public OWNER TO {admin_role}".encode())
                admin.execute(f"DROP OWNED BY {owner}, {working}".encode())
                admin.execute(f"DROP ROLE {owner}, {working}".encode())
