"""Erases what finished cases hold when its time is over: by declared rules, once a day, whoever sweeps.

What is found to be done is read from the store, a few cases in one transaction, and each case notes with its erasing
that the rule was carried out; so whoever is killed at it has done what it has done, and the next one goes on.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from duban.engine.errors import StoreError
from duban.engine.log import log
from duban.engine.model.canonical import canonical
from duban.engine.model.case import Case
from duban.engine.model.frozen import frozen
from duban.engine.model.organization import SCHEDULER
from duban.engine.model.retention import RETENTION, Retention
from duban.engine.model.scope import Scope
from duban.engine.ports.store import Reader, Store, Writer
from duban.engine.runtime.chain import is_sound
from duban.engine.runtime.erasing import erasures
from duban.engine.runtime.kept import Undone, kept
from duban.engine.runtime.periods import ended_before, start_of_day
from duban.engine.runtime.record import advanced
from duban.engine.runtime.request import Request
from duban.engine.runtime.situation import Situation
from duban.engine.runtime.world import World

BATCH: Final = 50
"""The most cases that are looked at in one transaction."""


@dataclass(slots=True)
class Retained:
    """What was done: the cases of which something was erased, and which failed. ``is_done`` once a day, at its end."""

    erased: list[Case] = field(default_factory=list)
    failed: int = 0
    is_done: bool = False


@frozen
class DueRetention:
    """A rule, the moment before which cases must have ended today, and how many of them it is to be carried out on."""

    rule: Retention
    before: datetime
    count: int


def due_retention(
    world: World, reader: Reader, scope: Scope, *, archived_only: bool = False
) -> list[DueRetention]:  # fmt: skip
    """What every rule of the pack has to do today, as declared; of rules and cases that ``scope`` admits.

    Or only what it has to do on cases that were moved to an archive.
    """
    found = []
    for rule in world.pack.retention.values():
        if scope.admits(world.definitions.loaded[rule.workflow].workflow.confidential):
            before = ended_before(world, rule.period)
            count = reader.count_unerased(key_of(rule), rule.workflow, before, scope, archived_only=archived_only)
            found.append(DueRetention(rule, before, count))
    return found


def retain(store: Store, world: World, stopped: Callable[[], bool]) -> Retained:
    """Carry out every rule on every case whose time is over, unless that was done today with these rules.

    A case that fails is left for tomorrow and holds up no other. ``stopped`` is asked between transactions.

    Raises:
        StoreError: the store is out of reach. What was erased until then is erased.
    """
    report = Retained()
    rules = list(world.pack.retention.values())
    if not rules:
        return report
    today = canonical(
        [start_of_day(world).isoformat(), [[key_of(rule), rule.workflow, rule.period.text] for rule in rules]]
    )
    with store.read() as reader:
        if reader.setting(RETENTION) == today:
            return report
    for rule in rules:
        if not _carried_out(store, world, rule, stopped, report):
            return report
    with store.write() as writer:
        writer.put_setting(RETENTION, today)
    report.is_done = True
    return report


def retain_archived(store: Store, world: World, stopped: Callable[[], bool]) -> None:
    """Carry out every rule on what was moved to an archive before its time was over. It is back in the store then.

    A sweep does that, too, unless moving is the work of another role of the database. Errors as of ``retain``.
    """
    for rule in world.pack.retention.values():
        if not _carried_out(store, world, rule, stopped, Retained(), archived_only=True):
            return


def _carried_out(
    store: Store, world: World, rule: Retention, stopped: Callable[[], bool], report: Retained,
    *, archived_only: bool = False,
) -> bool:  # fmt: skip
    """Carry out one rule batch by batch; whether it came to its end."""
    before, after_id = ended_before(world, rule.period), 0
    while not stopped():
        with store.read() as reader:
            due = reader.unerased(key_of(rule), rule.workflow, before, after_id, BATCH)
        if not due:
            return True
        after_id = due[-1]
        wanted = [case.id for case in _away(store, due)] if archived_only else due
        at_hand = _brought_back(store, rule, wanted, report)
        try:
            report.erased += kept(store, world, partial(_all, world, rule, at_hand))
        except Undone:
            for case_id in at_hand:
                _one_alone(store, world, rule, case_id, report)
    return False


def _brought_back(store: Store, rule: Retention, case_ids: Sequence[int], report: Retained) -> list[int]:
    """Put back into the store what a rule reaches that was moved to an archive before; those that lie in the store.

    That is where a pack got a rule after its cases had been moved: until it is carried out they wait in the store.
    """
    if store.archives.not_granted() is not None:
        return _without_archived(store, rule, case_ids)
    with store.read() as reader:
        cases = [case for case_id in case_ids if (case := reader.case_by_id(case_id)) is not None]
    away = {case.id for case in cases if case.archive is not None}
    for case in cases:
        if case.archive is None:
            continue
        try:
            came_to = store.archives.bring_back([case], is_sound)
        except StoreError as fault:
            _failed(rule, case, fault.code)
            continue
        for _, why in came_to.unclean:
            _failed(rule, case, why.code)
        away -= {one.id for one in came_to.moved}
    # What an archive still holds of a case is not erased by erasing it here.
    away |= _unsettled(store, case_ids)
    report.failed += len(away)
    return [case_id for case_id in case_ids if case_id not in away]


def _without_archived(store: Store, rule: Retention, case_ids: Sequence[int]) -> list[int]:
    """Leave what an archive holds something of to the role that may move: ``retain_archived``."""
    away = _away(store, case_ids)
    public = sum(not case.audience for case in away)
    if public:
        log.info("retention.left", rule=rule.name, cases=public)
    return [case_id for case_id in case_ids if case_id not in {case.id for case in away}]


def _away(store: Store, case_ids: Sequence[int]) -> list[Case]:
    """Those of which an archive holds something."""
    with store.read() as reader:
        left = reader.unsettled_cases(case_ids)
        cases = [case for case_id in case_ids if (case := reader.case_by_id(case_id)) is not None]
    return [case for case in cases if case.archive is not None or case.id in left]


def _unsettled(store: Store, case_ids: Sequence[int]) -> set[int]:
    with store.read() as reader:
        left = reader.unsettled_cases(case_ids)
    if not left:
        return left
    with suppress(StoreError):  # of an archive: where it is the store, it is told below
        store.archives.settle()
    with store.read() as reader:
        return reader.unsettled_cases(case_ids)


def _failed(rule: Retention, case: Case, code: str) -> None:
    """Note it; of a confidential case the log knows nothing."""
    if not case.audience:
        log.warning("retention.failed", rule=rule.name, ref=case.ref, archive=case.archive, code=code)


def _one_alone(store: Store, world: World, rule: Retention, case_id: int, report: Retained) -> None:
    try:
        report.erased += kept(store, world, partial(_all, world, rule, [case_id]))
    except Undone as undone:
        report.failed += 1
        log.warning("retention.failed", rule=rule.name, code=undone.code)


def _all(world: World, rule: Retention, case_ids: Sequence[int], writer: Writer) -> list[Case]:
    found = [_erased(world, writer, rule, case_id) for case_id in case_ids]
    return [case for case in found if case is not None]


def _erased(world: World, writer: Writer, rule: Retention, case_id: int) -> Case | None:
    """Take the rule's fields out of a case that is still finished; the case after it, None where it held none of them.

    The rule is the pack's of today, and the case's definition the one that it began under: only fields that this has.
    """
    case = writer.lock_case_by_id(case_id)
    if (
        case is None
        or case.archive is not None
        or case.closed_at is None
        or case.closed_at >= ended_before(world, rule.period)
    ):
        return None
    workflow = world.definitions.pinned(case.definition, writer).workflow
    fields = [name for name in rule.fields if name in workflow.fields]
    gone = erasures(writer.history(case), fields)
    writer.mark_erased(case.id, key_of(rule), case.closed_at)
    changes = {name: None for name in fields if case.data.get(name) is not None}
    if not gone and not changes:
        return None
    writer.erase(case.id, fields, [(one.seq, one.data, one.salt) for one in gone])
    scheduler, now = world.directory.actor(SCHEDULER), world.clock.now()
    request = Request(actor=scheduler, event=rule.event, ref=case.ref)
    situation = Situation(request, case, None, world.directory.scope(scheduler), now, world.hours)
    after, row = advanced(
        case, workflow, kind="step", event=rule.event, target=case.state, changes=changes, situation=situation,
        erased=gone,
    )  # fmt: skip
    writer.advance_case(after, case)
    writer.add_row(case.id, row)
    if not case.audience:
        log.info("retention.erased", ref=case.ref, rule=rule.name)
    return after


def key_of(rule: Retention) -> str:
    """What a rule is known by where it was carried out: more fields make it another, another time does not."""
    return ",".join(sorted(rule.fields))
