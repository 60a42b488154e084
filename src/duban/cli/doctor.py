"""``duban doctor``: whether everything is as it should be, and what to do where it is not."""

import platform
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import duban
from duban.app import ORPHANS_AFTER, Engine
from duban.cli.kit.answer import Answer, Cell, Facts, Part, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Option
from duban.cli.kit.telling import iso
from duban.engine.errors import DefinitionError, StoreError, UsageError
from duban.engine.model.organization import SYSTEM

COLLECT = Option(["--collect"], says="option.collect", is_flag=True)
_PACKAGES: Final = ("sqlalchemy", "apscheduler", "cel-expr-python", "transitions", "pydantic", "click", "rich")
_LATE: Final = timedelta(seconds=60)
"""Two ticks of the scheduler: what is due for longer without a sweep was left lying."""


def doctor(desk: Desk, collect: bool) -> Answer:
    """Look at versions, store, pack, scheduler, outbox and evidence; leave with 1 when something is wrong."""
    versions = {"duban": duban.__version__, "python": platform.python_version(), **_installed()}
    document: dict[str, Any] = {"healthy": False, "versions": versions}
    try:
        engine = desk.engine
        warnings = _examined(desk, engine, document, collect)
    except (StoreError, UsageError, DefinitionError) as fault:
        document["store"] = {"url": desk.url if "://" in desk.url and "@" not in desk.url else "…"}
        warnings = [fault.message(desk.lang)]
    document |= {"healthy": not warnings, "warnings": warnings}
    parts: list[Part] = [Facts(_rows(desk, document))]
    parts.append(Words(warnings if warnings else [desk.say("healthy")]))
    if not desk.is_person and warnings:
        parts.append(Facts([("warning", "warning", words) for words in warnings]))
    return Answer(document, parts, exit_code=FAULT if warnings else 0)


def _installed() -> dict[str, str]:
    found = {}
    for name in (*_PACKAGES, "psycopg"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _examined(desk: Desk, engine: Engine, document: dict[str, Any], collect: bool) -> list[str]:
    now = engine.world.clock.now()
    document["store"] = dict(engine.store.facts())
    document["pack"] = {
        "name": engine.pack.name,
        "workflows": len(engine.pack.workflows),
        "posts": len(engine.pack.organization.posts),
    }
    tallies = engine.stats(by=desk.who or SYSTEM)
    document["cases"] = {
        "open": sum(one.count for one in tallies if one.open),
        "closed": sum(one.count for one in tallies if not one.open),
        "overdue": sum(one.overdue for one in tallies),
    }
    with engine.store.read() as reader:
        swept, due_at = reader.setting("last_sweep_at"), reader.next_due_at()
        messages, kept = reader.message_counts(), reader.evidence_digests()
    swept_at = datetime.fromisoformat(swept) if swept else None
    document["sweep"] = {
        "last_sweep_at": iso(swept_at) or None,
        "age_seconds": round((now - swept_at).total_seconds()) if swept_at else None,
        "next_due_at": iso(due_at) or None,
    }
    document["outbox"] = messages
    removed = engine.collect() if collect else None
    oldest = (now - ORPHANS_AFTER).timestamp()
    orphans = sum(1 for digest, at in engine.world.evidence.digests() if digest not in kept and at < oldest)
    document["evidence"] = {"kept": len(kept), "orphans": orphans, "collected": removed}
    return _warnings(desk, now, swept_at, due_at, messages, orphans)


def _warnings(
    desk: Desk, now: datetime, swept_at: datetime | None, due_at: datetime | None, messages: Mapping[str, int],
    orphans: int,
) -> list[str]:  # fmt: skip
    found = []
    unswept = swept_at is None or now - swept_at > _LATE
    if due_at is not None and now - due_at > _LATE and unswept:
        found.append(desk.say("not-swept", since=desk.teller.moment(due_at).shown))
    if messages.get("dead"):
        found.append(desk.say("dead-messages", count=messages["dead"]))
    if orphans:
        found.append(desk.say("orphans", count=orphans))
    return found


def _rows(desk: Desk, document: dict[str, Any]) -> list[tuple[str, str, Cell | str]]:
    rows: list[tuple[str, str, Cell | str]] = []
    for part in ("versions", "store", "pack", "cases", "sweep", "outbox", "evidence"):
        for name, value in document.get(part, {}).items():
            if value is not None:
                heading = f"{desk.say(f'doctor-{part}')} · {name}"
                local = desk.teller.moment(datetime.fromisoformat(value)).shown if name.endswith("_at") else None
                rows.append((f"{part}.{name}", heading, cell(value, local)))
    return rows


command = Command("doctor", "command.doctor", doctor, [COLLECT])
