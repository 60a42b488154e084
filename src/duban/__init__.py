"""duban (督办): declarative state machines for work that must be followed until it is done.

::

    engine = duban.Engine("sqlite:///street.db", pack="civility")
    engine.migrate()
    case = engine.start("issue", by="grid-worker", data={...}, key="req-1")

Names are imported when they are first used, so that ``import duban`` costs nothing.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duban.app import Engine
    from duban.engine.errors import (
        ActorSuspended,
        ArchiveBroken,
        ArchiveDamaged,
        ArchiveForeign,
        ArchiveNotAtHand,
        ArchivesNotGranted,
        BrokenBackup,
        BrokenCheckpoint,
        CaseArchived,
        Conflict,
        DefinitionError,
        DubanError,
        GuardRefused,
        InvalidData,
        InvalidDuration,
        InvalidEvidence,
        InvalidSheet,
        KeyReused,
        MayNotSuspend,
        MoreSheetsThanInterviews,
        NotPermitted,
        Refused,
        ResultsNotYet,
        SealBroken,
        SheetsNotTaken,
        StoreBusy,
        StoreError,
        StoreLost,
        StoreNotReady,
        StoreTooNew,
        StoreUnreachable,
        StoreUnwritable,
        TransitionNotAllowed,
        Unknown,
        UnknownActor,
        UnknownBoard,
        UnknownCase,
        UnknownEvent,
        UnknownEvidence,
        UnknownMessage,
        UnknownOffice,
        UnknownSnapshot,
        UnknownWorkflow,
        UsageError,
        VersionConflict,
    )
    from duban.engine.model.survey import Sheet
    from duban.engine.runtime.bulk.report import BulkReport, Criteria, Fired
    from duban.offices import Offices

__version__ = "0.1.0"

__all__ = [
    "ActorSuspended",
    "ArchiveBroken",
    "ArchiveDamaged",
    "ArchiveForeign",
    "ArchiveNotAtHand",
    "ArchivesNotGranted",
    "BrokenBackup",
    "BrokenCheckpoint",
    "BulkReport",
    "CaseArchived",
    "Conflict",
    "Criteria",
    "DefinitionError",
    "DubanError",
    "Engine",
    "Fired",
    "GuardRefused",
    "InvalidData",
    "InvalidDuration",
    "InvalidEvidence",
    "InvalidSheet",
    "KeyReused",
    "MayNotSuspend",
    "MoreSheetsThanInterviews",
    "NotPermitted",
    "Offices",
    "Refused",
    "ResultsNotYet",
    "SealBroken",
    "Sheet",
    "SheetsNotTaken",
    "StoreBusy",
    "StoreError",
    "StoreLost",
    "StoreNotReady",
    "StoreTooNew",
    "StoreUnreachable",
    "StoreUnwritable",
    "TransitionNotAllowed",
    "Unknown",
    "UnknownActor",
    "UnknownBoard",
    "UnknownCase",
    "UnknownEvent",
    "UnknownEvidence",
    "UnknownMessage",
    "UnknownOffice",
    "UnknownSnapshot",
    "UnknownWorkflow",
    "UsageError",
    "VersionConflict",
    "testing",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "testing":
        return import_module("duban.testing")
    if name == "Engine":
        return import_module("duban.app").Engine
    if name == "Offices":
        return import_module("duban.offices").Offices
    if name in ("BulkReport", "Criteria", "Fired"):
        return getattr(import_module("duban.engine.runtime.bulk.report"), name)
    if name == "Sheet":
        return import_module("duban.engine.model.survey").Sheet
    if name in __all__:
        return getattr(import_module("duban.engine.errors"), name)
    raise AttributeError(f"module 'duban' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
