"""SQLAlchemy's ORM with ``transitions``: mapped objects, one shared machine to which each is added when loaded."""

import hashlib
import json
import time
from typing import Any, Final

from sqlalchemy import BigInteger, Engine, ForeignKey, Integer, MetaData, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, reconstructor
from transitions import Machine

from bench.floors.sqlite import FIVE_DAYS
from bench.steppers import EVENTS, MOST, STATES, Step, key_of, payload, ref_of

MACHINE: Final = Machine(
    model=None, states=[*STATES, "closed"], initial="working", auto_transitions=False, send_event=True,
    transitions=[
        {"trigger": "submit", "source": "working", "dest": "checked", "conditions": "is_small"},
        {"trigger": "rework", "source": "checked", "dest": "working", "conditions": "is_small"},
    ],
)  # fmt: skip


class Base(DeclarativeBase):
    """The mapped tables."""

    metadata = MetaData()
    type_annotation_map = {int: BigInteger().with_variant(Integer(), "sqlite")}  # noqa: RUF012


class Case(Base):
    """A case; ``version`` guards every UPDATE."""

    __tablename__ = "orm_cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(index=True)
    data: Mapped[str]
    unit: Mapped[str] = mapped_column(index=True)
    updated_at: Mapped[int]
    due_at: Mapped[int | None] = mapped_column(index=True)
    head: Mapped[str]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @reconstructor
    def loaded(self) -> None:
        """Let the machine move what was loaded."""
        MACHINE.add_model(self, initial=self.state)

    def is_small(self, told: Any) -> bool:
        """The guard."""
        return bool(told.kwargs["amount"] <= MOST)


class Row(Base):
    """A history row."""

    __tablename__ = "orm_history"
    case_id: Mapped[int] = mapped_column(ForeignKey("orm_cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor: Mapped[str]
    at: Mapped[int]
    data: Mapped[str]
    key: Mapped[str | None] = mapped_column(unique=True)
    hash: Mapped[str]


class Message(Base):
    """A message of the outbox."""

    __tablename__ = "orm_outbox"
    number: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("orm_cases.id"))
    key: Mapped[str] = mapped_column(unique=True)
    action: Mapped[str]
    params: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    next_at: Mapped[int]


class Orm:
    """A session for each step, as a request has one."""

    name = "ORM + transitions"

    def __init__(self, url: str, cases: int) -> None:
        self._engine = _engine(url)
        Base.metadata.create_all(self._engine)
        data = json.dumps({"title": "a case", "unit": "unit-0", "amount": 1})
        with Session(self._engine) as session, session.begin():
            session.add_all(
                Case(
                    id=number + 1, ref=ref_of(number), version=1, state="working", data=data, unit="unit-0",
                    updated_at=0, due_at=FIVE_DAYS, head="",
                )
                for number in range(cases)
            )  # fmt: skip

    def session(self) -> Step:
        """The engine's pool is shared."""
        engine = self._engine

        def step(number: int, turn: int) -> None:
            name, brought, now = EVENTS[turn % 2], payload(turn), time.time_ns() // 1000
            with Session(engine) as session, session.begin():
                case = session.scalars(select(Case).where(Case.ref == ref_of(number)).with_for_update()).one()
                before = case.state
                try:
                    if case.version != turn + 1 or not getattr(case, name)(amount=brought["amount"]):
                        raise ValueError("refused")
                finally:
                    MACHINE.remove_model(case)
                case.data = json.dumps({**json.loads(case.data), **brought})
                case.updated_at, case.due_at = now, now + FIVE_DAYS
                row = Row(
                    case_id=case.id, seq=turn + 2, event=name, from_state=before, to_state=case.state, actor="office",
                    at=now, data=json.dumps(brought), key=key_of(number, turn), hash="",
                )  # fmt: skip
                row.hash = case.head = hashlib.sha256(f"{case.head}{name}{row.data}{now}".encode()).hexdigest()
                params = json.dumps({"to": "office", "event": name, "state": case.state})
                told = Message(case_id=case.id, key=f"{case.id}:{turn + 2}", action="notify", params=params)
                told.state, told.next_at = "waiting", now
                session.add_all((row, told))

        return step

    def close(self) -> None:
        """Close the pool."""
        self._engine.dispose()


def _engine(url: str) -> Engine:
    """An engine whose SQLite is as durable as everybody's here, and begins its transactions as SQLAlchemy advises."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=16)
    engine = create_engine(url, pool_size=16, connect_args={"timeout": 60})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
