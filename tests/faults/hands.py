"""A pack of many hands that do the same over and over, and a store that notes what is done with a right withdrawn."""

from pathlib import Path

from sqlalchemy import create_engine, text
from tests.engine.runtime.street import written

BEGUN = "2020-11-23T09:30:00+08:00"
TALLY = """
workflow: tally
version: 1
reference: TAL
fields: {note: {type: text}}
states: {open: {}, done: {final: true}}
events:
  begin: {to: open, by: [hand, chief]}
  add: {from: open, to: open, by: [hand], takes: [note]}
  end: {from: open, to: done, by: [chief]}
"""
_LATE = "EXISTS (SELECT 1 FROM duban_suspensions WHERE kind = 'suspended' AND who = NEW.actor)"
_NOTE = "INSERT INTO late (actor, seq) VALUES (NEW.actor, NEW.seq)"
NOTING = {
    # One writes at a time, so what a statement sees is what was committed before its transaction.
    "sqlite": (
        f"CREATE TRIGGER noted AFTER INSERT ON duban_history WHEN {_LATE} BEGIN {_NOTE}; END",
    ),
    # A deferred trigger runs when its transaction commits, and sees what was committed until then.
    "postgresql": (
        f"CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {_LATE} THEN {_NOTE}; END IF; RETURN NULL; END $$",
        "CREATE CONSTRAINT TRIGGER noted AFTER INSERT ON duban_history DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION noted()",
    ),
}  # fmt: skip
UNDONE = {
    "sqlite": ("DROP TRIGGER noted", "DROP TABLE late"),
    "postgresql": ("DROP TRIGGER noted ON duban_history", "DROP FUNCTION noted", "DROP TABLE late"),
}


def pack(folder: Path, hands: int) -> Path:
    """The pack, with so many hands."""
    posts = "".join(f"  hand-{number}: {{unit: office, roles: [hand]}}\n" for number in range(hands))
    organization = (
        "timezone: Asia/Shanghai\nunits: {office: }\nposts:\n  chief: {unit: office, roles: [chief]}\n"
        f"{posts}suspensions:\n  - {{by: [chief]}}\n"
    )
    return written(folder, organization, tally=TALLY)


def changed(url: str, kind: str, *statements: str) -> None:
    """Run statements on the store."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:") if kind == "postgresql" else url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def late(url: str, kind: str) -> list[tuple[str, int]]:
    """The rows of history, by actor and number, that came after their actor was suspended."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:") if kind == "postgresql" else url)
    with engine.connect() as connection:
        found = [(actor, seq) for actor, seq in connection.execute(text("SELECT actor, seq FROM late"))]
    engine.dispose()
    return found
