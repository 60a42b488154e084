"""Moves the histories of finished cases to archives when their time is over, and brings them back.

What may be moved is found in the store, a few cases at a time, so whoever is killed at it has moved what he has moved,
and the next one goes on.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import groupby
from typing import Final

from duban.engine.errors import ArchiveNotAtHand, StoreError
from duban.engine.log import log
from duban.engine.model.archive import ArchiveRule, Movable
from duban.engine.model.canonical import canonical
from duban.engine.model.case import Case
from duban.engine.model.frozen import frozen
from duban.engine.model.scope import Scope
from duban.engine.ports.archives import Place
from duban.engine.ports.store import Reader, Store
from duban.engine.runtime.chain import is_sound
from duban.engine.runtime.periods import ended_before, start_of_day
from duban.engine.runtime.retention import key_of
from duban.engine.runtime.world import World

BATCH: Final = 500
"""The most cases that are moved at a time."""

OF_A_SWEEP: Final = 4
"""The most batches that one sweep moves, so that steps that fall due do not wait for it."""

ARCHIVED: Final = "archived"
"""The setting that tells on which day, and by which rules, everything was moved that could be."""

FAILED: Final = "archive_failed"
"""The setting that tells by the code of an error why the last sweep that tried could not move anything."""

LATE: Final = timedelta(days=2)
"""What has waited for longer to be moved, nobody moves."""

_MOST_NAMED: Final = 100


@dataclass(slots=True)
class ArchiveReport:
    """How many cases were moved, and which stay because their histories do not hold: their references, 100 at most.

    ``away`` names the archives that cannot be written, with how many cases wait in the store for them: their files are
    elsewhere, damaged, locked or closed. An archive that only confidential cases lie in is not named to who sees none.

    Of confidential cases only those count that whoever it is told to may know of. ``is_done`` when nothing is left that
    could be moved today.
    """

    moved: int = 0
    unsound: list[str] = field(default_factory=list)
    away: dict[str, int] = field(default_factory=dict)
    is_done: bool = False
    passed_over: dict[str, StoreError] = field(default_factory=dict, repr=False)
    """Every archive that could not be written, and why: of those only that ``away`` names it may be told."""


@frozen
class DueArchive:
    """A rule, which cases it is about today, how many may be moved, and how many are held back by others."""

    rule: ArchiveRule
    wanted: Movable
    count: int
    held: int


def due_archive(world: World, reader: Reader, scope: Scope) -> list[DueArchive]:
    """What every rule of the pack has to move today; of rules and cases that ``scope`` admits."""
    found = []
    for rule in world.pack.archive.values():
        if scope.admits(world.definitions.loaded[rule.workflow].workflow.confidential):
            wanted = _wanted(world, rule)
            found.append(DueArchive(rule, wanted, *reader.count_movable(wanted, scope)))
    return found


def count_late(world: World, reader: Reader, scope: Scope) -> int:
    """How many cases that ``scope`` admits could have been moved before yesterday already."""
    return sum(
        reader.count_movable(replace(one.wanted, before=one.wanted.before - LATE), scope)[0]
        for one in due_archive(world, reader, scope)
    )


def archive(
    store: Store, world: World, progress: Callable[[int], None], stopped: Callable[[], bool], scope: Scope,
    batches: int | None = None,
) -> ArchiveReport:  # fmt: skip
    """Move every case whose time is over and that nothing holds back; at most so many ``batches``.

    ``stopped`` is asked between batches, ``progress`` hears the count of cases so far that ``scope`` admits.

    Raises:
        ArchivesNotGranted: this role of the database may move nothing.
        StoreError: the store, or the folder of archives, is out of reach. What was moved until then is moved.
    """
    if (refused := store.archives.not_granted()) is not None:
        raise refused
    report, left = ArchiveReport(), batches
    store.archives.settle()
    for rule in world.pack.archive.values():
        wanted, after = _wanted(world, rule), None
        while True:
            if stopped() or left == 0:
                return report
            with store.read() as reader:
                found = reader.movable(wanted, after, BATCH)
            if not found:
                break
            after = _place(found[-1])
            did = _move(store, world, wanted, found, scope, report)
            progress(report.moved)
            # What waits for its archive takes the turn of none.
            left = None if left is None else left - did
    # Where a file is elsewhere or another, somebody has to do something; where it is only locked, time does.
    report.is_done = all(isinstance(fault, ArchiveNotAtHand) for fault in report.passed_over.values())
    return report


def archive_today(store: Store, world: World, stopped: Callable[[], bool], scope: Scope) -> ArchiveReport:
    """A sweep's share of it: nothing where all was moved today by these rules, or where this is another role's work.

    A folder of archives that cannot be written holds up nothing: the next sweep tries again.

    Raises:
        StoreError: the store cannot be asked who may move.
    """
    if store.archives.not_granted() is not None:
        return ArchiveReport()
    try:
        report = _of_today(store, world, stopped, scope)
    except StoreError as fault:
        log.warning("archive.failed", code=fault.code)
        with suppress(StoreError):
            _note(store, fault.code)
        return ArchiveReport()
    if report is None:
        return ArchiveReport()
    _note(store, "")
    return report


def _of_today(store: Store, world: World, stopped: Callable[[], bool], scope: Scope) -> ArchiveReport | None:
    """None where nothing is to be done today."""
    # Whatever the rules are now: what was left behind may be what was erased since.
    store.archives.settle()
    rules = [[rule.workflow, rule.period.text] for rule in world.pack.archive.values()]
    today = canonical([start_of_day(world).isoformat(), rules])
    if not rules:
        return None
    with store.read() as reader:
        if reader.setting(ARCHIVED) == today:
            return None
    report = archive(store, world, lambda _count: None, stopped, scope, OF_A_SWEEP)
    if report.is_done:
        store.transact(lambda writer: writer.put_setting(ARCHIVED, today), keyed=True)
    return report


def _note(store: Store, code: str) -> None:
    """Note for the doctor how the last sweep fared that moved anything; written only where that is another."""
    with store.read() as reader:
        if (reader.setting(FAILED) or "") == code:
            return
    store.transact(lambda writer: writer.put_setting(FAILED, code), keyed=True)


def _move(
    store: Store, world: World, wanted: Movable, found: Sequence[Case], scope: Scope, report: ArchiveReport
) -> bool:
    """Move these; False where none was tried, because all wait for archives that cannot be written."""
    tried = False
    zone = world.directory.organization.zone
    for year, cases in groupby(found, lambda case: _place(case)[0].astimezone(zone).year):
        name = store.archives.name_for(year)
        waiting = list(cases)
        if name in report.passed_over:
            _hold_back(store, name, waiting, scope, report)
            continue
        try:
            came_to = store.archives.move(name, waiting, wanted, is_sound)
        except StoreError as fault:
            if fault.archive is None:
                raise
            report.passed_over[name] = fault
            _hold_back(store, name, waiting, scope, report)
            continue
        tried = True
        report.moved += sum(scope.admits(case.audience) for case in came_to.moved)
        told = [case.ref for case in came_to.unsound if scope.admits(case.audience)]
        report.unsound += told[: _MOST_NAMED - len(report.unsound)]
        public = sum(not case.audience for case in came_to.moved)
        if public:
            log.info("archive.moved", archive=name, cases=public)
        for case in came_to.unsound:
            if not case.audience:
                log.warning("archive.unsound", ref=case.ref)
    return tried


def _hold_back(
    store: Store, name: str, waiting: Sequence[Case], scope: Scope, report: ArchiveReport
) -> None:  # fmt: skip
    """These wait for their archive; those of other years do not."""
    told = sum(scope.admits(case.audience) for case in waiting)
    if told and _is_known(store, name, scope):
        report.away[name] = report.away.get(name, 0) + told
    public = sum(not case.audience for case in waiting)
    if public and _is_known(store, name, Scope.of_nobody()):
        log.warning("archive.away", archive=name, cases=public, code=report.passed_over[name].code)


def _is_known(store: Store, name: str, scope: Scope) -> bool:
    """Whether an archive may be named: a case lies in it that ``scope`` admits, or none at all does yet."""
    with store.read() as reader:
        told, every = ({*reader.archive_names(one), *reader.unsettled(one)} for one in (scope, Scope.unbounded()))
    return name in told or name not in every


def _place(case: Case) -> Place:
    assert case.closed_at is not None  # only such are found
    return case.closed_at, case.id


def _wanted(world: World, rule: ArchiveRule) -> Movable:
    erased = tuple(key_of(one) for one in world.pack.retention.values() if one.workflow == rule.workflow)
    return Movable(rule.workflow, ended_before(world, rule.period), erased)
