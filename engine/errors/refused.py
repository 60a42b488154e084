"""The rules say no, or somebody else was faster."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from duban.engine.errors.base import DubanError
from duban.engine.messages import text

if TYPE_CHECKING:
    from duban.engine.model.label import Label


class Refused(DubanError):
    """The rules say no. The refusal stands in the log of refusals."""

    code = "refused"


class NotPermitted(Refused):
    """None of the actor's roles may fire this event."""

    code = "not-permitted"


class ActorSuspended(Refused):
    """All of the actor's rights are suspended: it does nothing and is told nothing."""

    code = "actor-suspended"


class MayNotSuspend(Refused):
    """Whoever asks may not suspend or restore this account or post; ``key`` names why under ``may-not-suspend.``."""

    code = "may-not-suspend"

    def __init__(self, key: str, **data: Any) -> None:
        super().__init__(**data)
        self.key = key

    def message(self, lang: str = "en") -> str:
        why = text(f"may-not-suspend.{self.key}", lang, **self.data)
        return text(f"error.{self.code}", lang, **{**self.data, "why": why})


class TransitionNotAllowed(Refused):
    """The event does not leave the state that the case is in."""

    code = "transition-not-allowed"


class CaseArchived(Refused):
    """Nothing happens to a case any more whose history was moved to an archive, unless it is brought back first."""

    code = "case-archived"


class GuardRefused(Refused):
    """A guard did not hold; ``reasons`` are the declared words, in order."""

    code = "guard-refused"

    def __init__(self, *, reasons: Sequence["Label"], **data: Any) -> None:
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


class Conflict(DubanError):
    """The request was right a moment ago, or clashes with an earlier one."""

    code = "conflict"


class VersionConflict(Conflict):
    """The case is not at the version that was expected."""

    code = "version-conflict"


class KeyReused(Conflict):
    """The idempotency key belongs to a different request."""

    code = "key-reused"
