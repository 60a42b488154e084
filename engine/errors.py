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
    │   └── UnknownChannel
    ├── Refused             the rules of the workflow say no; recorded in the log of refusals
    │   ├── NotPermitted
    │   ├── TransitionNotAllowed
    │   ├── GuardRefused    .reasons
    │   ├── SheetsNotTaken, MoreSheetsThanInterviews, ResultsNotYet
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
        ├── StoreBusy
        └── SealBroken      the sheets of a survey are not those that were counted

Each keeps its data, tells what was found, what was expected and what to do next, in English (``str(error)``)
and in both languages (``error.message("zh")``).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from duban.engine.messages import text
from duban.engine.model.label import Label
from duban.engine.model.problem import Problem


class DubanError(Exception):
    """What all of duban's errors are; ``code`` names the kind for programs."""

    code: ClassVar[str] = "error"

    def __init__(self, **data: Any) -> None:
        super().__init__(data)
        self.data = data

    def message(self, lang: str = "en") -> str:
        """Tell the error in ``lang`` (``en`` or ``zh``)."""
        return text(f"error.{self.code}", lang, **self.data)

    def __str__(self) -> str:
        return self.message()


class Unknown(DubanError):
    """Something that was named is not there for this actor."""

    code = "unknown"


class UnknownCase(Unknown):
    """No case of this reference is visible to the actor."""

    code = "unknown-case"


class UnknownWorkflow(Unknown):
    """The pack declares no workflow of this name, or not for this actor."""

    code = "unknown-workflow"


class UnknownBoard(Unknown):
    """The pack declares no board of this name."""

    code = "unknown-board"


class UnknownEvent(Unknown):
    """The workflow declares no event of this name."""

    code = "unknown-event"


class UnknownActor(Unknown):
    """The organisation has neither an account nor a post of this name."""

    code = "unknown-actor"


class UnknownEvidence(Unknown):
    """The case has no file in this field, or of this hash."""

    code = "unknown-evidence"


class UnknownSnapshot(Unknown):
    """The case has no snapshot, or not yet."""

    code = "unknown-snapshot"


class UnknownMessage(Unknown):
    """The outbox holds no message of this key."""

    code = "unknown-message"


class UnknownFigure(Unknown):
    """The pack declares no figure of this name."""

    code = "unknown-figure"


class UnknownScore(Unknown):
    """The pack declares no score of this name."""

    code = "unknown-score"


class UnknownSubject(Unknown):
    """No dimension, or not the one asked for, has such a subject."""

    code = "unknown-subject"


class UnknownDocument(Unknown):
    """The pack declares no paper of this name for the case's workflow."""

    code = "unknown-document"


class UnknownChannel(Unknown):
    """The pack declares no channel of this name."""

    code = "unknown-channel"


class Refused(DubanError):
    """The rules say no. The refusal stands in the log of refusals."""

    code = "refused"


class NotPermitted(Refused):
    """None of the actor's roles may fire this event."""

    code = "not-permitted"


class TransitionNotAllowed(Refused):
    """The event does not leave the state that the case is in."""

    code = "transition-not-allowed"


class GuardRefused(Refused):
    """A guard did not hold; ``reasons`` are the declared words, in order."""

    code = "guard-refused"

    def __init__(self, *, reasons: Sequence[Label], **data: Any) -> None:
        super().__init__(reasons=tuple(reasons), **data)
        self.labels = tuple(reasons)

    @property
    def reasons(self) -> list[str]:
        """Why, in English; ``reasons_in`` tells them in another language."""
        return self.reasons_in("en")

    def reasons_in(self, lang: str) -> list[str]:
        """Why, in ``lang``."""
        return [reason.text(lang) for reason in self.labels]


class SheetsNotTaken(Refused):
    """The survey does not take answer sheets in its state."""

    code = "sheets-not-taken"


class MoreSheetsThanInterviews(Refused):
    """There would be more sheets than interviews in a community."""

    code = "more-sheets-than-interviews"


class ResultsNotYet(Refused):
    """The sheets of the survey were not counted yet."""

    code = "results-not-yet"


class InvalidData(DubanError):
    """What was given does not fit the declared fields; ``fields`` maps each field to what is wrong with it."""

    code = "invalid-data"

    def __init__(self, *, problems: Mapping[str, tuple[str, Mapping[str, Any]]], **data: Any) -> None:
        super().__init__(**data)
        self.problems = dict(problems)

    @property
    def fields(self) -> dict[str, str]:
        """What is wrong with each field, in English; ``fields_in`` tells it in another language."""
        return self.fields_in("en")

    def fields_in(self, lang: str) -> dict[str, str]:
        """What is wrong with each field, in ``lang``."""
        return {name: text(f"field.{key}", lang, **data) for name, (key, data) in self.problems.items()}

    def message(self, lang: str = "en") -> str:
        details = "; ".join(f"{name}: {what}" for name, what in self.fields_in(lang).items())
        return text(f"error.{self.code}", lang, details=details, **self.data)


class InvalidEvidence(InvalidData):
    """A file cannot be taken as evidence."""

    code = "invalid-evidence"


class InvalidSheet(InvalidData):
    """An answer sheet does not fit the questionnaire; ``fields`` tells it by question."""

    code = "invalid-sheet"


class BrokenFile(InvalidData):
    """A file that duban wrote once is not as duban writes it; ``key`` names the sentence under its kind."""

    kind: ClassVar[str]

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(problems={}, **data)
        self.key = key

    def message(self, lang: str = "en") -> str:
        return text(f"error.{self.code}", lang, why=text(f"{self.kind}.{self.key}", lang, **self.data), **self.data)


class BrokenCheckpoint(BrokenFile):
    """A file is no checkpoint that can be trusted."""

    code, kind = "broken-checkpoint", "checkpoint"


class BrokenBackup(BrokenFile):
    """A file is no backup, or not a whole one."""

    code, kind = "broken-backup", "backup"


class Conflict(DubanError):
    """The request was right a moment ago, or clashes with an earlier one."""

    code = "conflict"


class VersionConflict(Conflict):
    """The case is not at the version that was expected."""

    code = "version-conflict"


class KeyReused(Conflict):
    """The idempotency key belongs to a different request."""

    code = "key-reused"


class DefinitionError(DubanError):
    """Declared files do not make a machine; ``problems`` holds all that was found, the first one names the place."""

    code = "definition-error"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(count=len(problems))
        self.problems = tuple(problems)

    @property
    def path(self) -> str:
        """The file of the first problem."""
        return self.problems[0].path

    @property
    def line(self) -> int:
        """The line of the first problem, from 1."""
        return self.problems[0].line

    @property
    def column(self) -> int:
        """The column of the first problem, from 1."""
        return self.problems[0].column

    def message(self, lang: str = "en") -> str:
        return "\n".join(problem.message(lang) for problem in self.problems)


class InvalidDuration(DubanError):
    """A text is not a working duration, or not a point of a ladder."""

    code = "invalid-duration"


class UsageError(DubanError):
    """What the caller asked for does not make sense as asked; ``key`` names the sentence under ``usage.``."""

    code = "usage"

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(**data)
        self.key = key

    def message(self, lang: str = "en") -> str:
        return text(f"usage.{self.key}", lang, **self.data)


class DocumentError(DubanError):
    """A paper cannot be printed: packages, fonts, its template or what it is printed from; ``key`` names the sentence
    under ``document.``."""

    code = "document-error"

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(**data)
        self.key = key

    def message(self, lang: str = "en") -> str:
        return text(f"document.{self.key}", lang, **self.data)


class ChannelError(DubanError):
    """A message was not taken on a channel; ``key`` names the sentence under ``channel.``, never with a secret in it.

    ``pause`` tells that this is not the message's own fault, and for how long the channel is better left alone.
    """

    code = "channel-error"

    def __init__(self, key: str, *, pause: timedelta | None = None, **data: Any) -> None:
        super().__init__(**data)
        self.key = key
        self.pause = pause

    def message(self, lang: str = "en") -> str:
        return text(f"channel.{self.key}", lang, **self.data)


class StoreError(DubanError):
    """The store cannot be used."""

    code = "store-error"


class StoreNotReady(StoreError):
    """The store has no tables yet, or those of another version."""

    code = "store-not-ready"


class StoreBusy(StoreError):
    """The store stayed locked or unreachable for too long; nothing was written.

    ``deadlock`` in its data tells that two waited for each other, so that the same can be done again at once.
    """

    code = "store-busy"


class SealBroken(StoreError):
    """The sheets of a closed survey are not those that were counted and sealed."""

    code = "seal-broken"
