"""The caller's words, papers, channels and the store."""

from datetime import timedelta
from typing import Any

from duban.engine.errors.base import DubanError
from duban.engine.messages import text


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
    """The store cannot be used, or the file of an archive: ``archive`` in its data names that one."""

    code = "store-error"

    @property
    def archive(self) -> str | None:
        """The name of the archive whose file it is about; None where it is about the store itself."""
        name = self.data.get("archive")
        return None if name is None else str(name)


class StoreNotReady(StoreError):
    """The store has no tables yet, or those of another version."""

    code = "store-not-ready"


class StoreTooNew(StoreNotReady):
    """The store's tables are of a later duban, which alone can use them."""

    code = "store-too-new"


class StoreBusy(StoreError):
    """The store stayed locked or unreachable for too long; nothing of the transaction was written.

    ``deadlock`` in its data tells that the database undid it for another: two waited for each other, or there was no
    order in which both could have happened. The engine has done it again some times by itself before it says so.
    """

    code = "store-busy"


class StoreUnreachable(StoreError):
    """No server takes work now: none answers, or it is starting, stopping or only a copy. Nothing of it was written."""

    code = "store-unreachable"


class StoreLost(StoreError):
    """The connection was lost at work.

    ``unknown`` in its data tells that it was lost in the commit, so that nobody knows whether the work was kept: the
    same with the same key is safe. Where it is false, nothing was kept.
    """

    code = "store-lost"


class StoreUnwritable(StoreError):
    """Nothing can be written, whoever tries: the disk is full or fails, it is read-only, or there is no access."""

    code = "store-unwritable"


class ArchiveNotAtHand(StoreError):
    """The history of a case was moved to an archive whose file is not there."""

    code = "archive-not-at-hand"


class ArchiveDamaged(ArchiveNotAtHand):
    """In the place of an archive lies a file that does not hold what was moved there: empty, cut short or another."""

    code = "archive-damaged"


class ArchiveForeign(StoreError):
    """An archive belongs to the store that this one was restored from a backup of, and is only read here."""

    code = "archive-foreign"


class ArchivesNotGranted(StoreError):
    """The role by which the store is reached may not move histories to archives or back: that is another role's work.

    ``role`` in its data is the one that asked, ``owner`` the one that owns the tables and may, ``lacks`` the rights.
    """

    code = "archives-not-granted"


class ArchiveBroken(StoreError):
    """An archive does not hold the case that was moved to it."""

    code = "archive-broken"


class SealBroken(StoreError):
    """The sheets of a closed survey are not those that were counted and sealed."""

    code = "seal-broken"
