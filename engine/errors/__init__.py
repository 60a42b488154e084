"""Every error that duban raises on purpose.

::

    DubanError
    ├── Unknown             what was named is not there, or may not be seen: the two look the same
    │   ├── UnknownCase
    │   ├── UnknownWorkflow
    │   ├── UnknownBoard
    │   ├── UnknownEvent
    │   ├── UnknownActor
    │   ├── UnknownEvidence
    │   ├── UnknownSnapshot
    │   ├── UnknownMessage
    │   ├── UnknownFigure
    │   ├── UnknownScore
    │   ├── UnknownSubject
    │   ├── UnknownDocument
    │   ├── UnknownChannel
    │   └── UnknownOffice
    ├── Refused             the rules of the workflow say no; recorded in the log of refusals
    │   ├── NotPermitted
    │   ├── ActorSuspended
    │   ├── MayNotSuspend
    │   ├── TransitionNotAllowed
    │   ├── CaseArchived    its history was moved to an archive; it can be brought back
    │   ├── GuardRefused    .reasons
    │   ├── SheetsNotTaken
    │   ├── MoreSheetsThanInterviews
    │   └── ResultsNotYet
    ├── InvalidData         .fields
    │   ├── InvalidEvidence
    │   ├── InvalidSheet
    │   └── BrokenFile
    │       ├── BrokenBackup
    │       └── BrokenCheckpoint
    ├── Conflict            somebody else was faster, or a key was used for something else
    │   ├── VersionConflict
    │   └── KeyReused
    ├── DefinitionError     .path .line .column .problems
    ├── InvalidDuration
    ├── ChannelError        a message was not taken on a channel; .key .pause
    ├── UsageError          the caller's words do not make sense
    ├── DocumentError       a paper cannot be printed
    └── StoreError          the store is missing, old, busy or out of reach
        ├── StoreNotReady
        │   └── StoreTooNew      a later duban wrote it, and is needed for it
        ├── StoreBusy
        ├── StoreUnreachable
        ├── StoreLost       .data["unknown"]: lost in the commit, so repeat it with the same key
        ├── StoreUnwritable the disk is full or fails, it is read-only, or there is no access
        ├── ArchiveNotAtHand the file of an archive is not there
        │   └── ArchiveDamaged   another file, or what is left of it, lies in its place
        ├── ArchiveForeign  an archive belongs to another store, and is only read here
        ├── ArchivesNotGranted the role of the database may not move histories to archives
        ├── ArchiveBroken   an archive does not hold what was moved to it
        └── SealBroken      the sheets of a survey are not those that were counted

Each keeps its data, tells what was found, what was expected and what to do next, in English (``str(error)``)
and in both languages (``error.message("zh")``).
"""

from duban.engine.errors.base import DubanError
from duban.engine.errors.environment import (
    ArchiveBroken,
    ArchiveDamaged,
    ArchiveForeign,
    ArchiveNotAtHand,
    ArchivesNotGranted,
    ChannelError,
    DocumentError,
    SealBroken,
    StoreBusy,
    StoreError,
    StoreLost,
    StoreNotReady,
    StoreTooNew,
    StoreUnreachable,
    StoreUnwritable,
    UsageError,
)
from duban.engine.errors.invalid import (
    BrokenBackup,
    BrokenCheckpoint,
    BrokenFile,
    DefinitionError,
    InvalidData,
    InvalidDuration,
    InvalidEvidence,
    InvalidSheet,
)
from duban.engine.errors.refused import (
    ActorSuspended,
    CaseArchived,
    Conflict,
    GuardRefused,
    KeyReused,
    MayNotSuspend,
    MoreSheetsThanInterviews,
    NotPermitted,
    Refused,
    ResultsNotYet,
    SheetsNotTaken,
    TransitionNotAllowed,
    VersionConflict,
)
from duban.engine.errors.unknown import (
    Unknown,
    UnknownActor,
    UnknownBoard,
    UnknownCase,
    UnknownChannel,
    UnknownDocument,
    UnknownEvent,
    UnknownEvidence,
    UnknownFigure,
    UnknownMessage,
    UnknownOffice,
    UnknownScore,
    UnknownSnapshot,
    UnknownSubject,
    UnknownWorkflow,
)

__all__ = [
    "ActorSuspended",
    "ArchiveBroken",
    "ArchiveDamaged",
    "ArchiveForeign",
    "ArchiveNotAtHand",
    "ArchivesNotGranted",
    "BrokenBackup",
    "BrokenCheckpoint",
    "BrokenFile",
    "CaseArchived",
    "ChannelError",
    "Conflict",
    "DefinitionError",
    "DocumentError",
    "DubanError",
    "GuardRefused",
    "InvalidData",
    "InvalidDuration",
    "InvalidEvidence",
    "InvalidSheet",
    "KeyReused",
    "MayNotSuspend",
    "MoreSheetsThanInterviews",
    "NotPermitted",
    "Refused",
    "ResultsNotYet",
    "SealBroken",
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
    "UnknownChannel",
    "UnknownDocument",
    "UnknownEvent",
    "UnknownEvidence",
    "UnknownFigure",
    "UnknownMessage",
    "UnknownOffice",
    "UnknownScore",
    "UnknownSnapshot",
    "UnknownSubject",
    "UnknownWorkflow",
    "UsageError",
    "VersionConflict",
]
