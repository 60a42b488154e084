"""The verbs that fire one event on many cases."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from duban.engine.model.saying import Saying
from duban.engine.runtime.given import (
    odd_argument,
    require_flags,
    require_kept,
    require_mappings,
    require_numbers,
    require_texts,
    require_texts_or_none,
)
from duban.engine.runtime.operations import Operations
from duban.engine.runtime.request import checked_key
from duban.engine.runtime.telling import Telling
from duban.engine.runtime.wanted import require_known

if TYPE_CHECKING:
    from duban.engine.model.organization import Actor
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.bulk.report import BulkReport, Criteria, Fired


class BulkOperations(Operations):
    """The verbs of the engine, with those for many cases at once."""

    def fire_many(
        self, cases: "Iterable[str] | Criteria", event: str, *, by: str, data: Mapping[str, Any] | None = None,
        key: str | None = None, expect_versions: Mapping[str, int] | None = None,
        heard: "Callable[[Fired], None] | None" = None, progress: Callable[[int], None] = lambda _count: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> "BulkReport":  # fmt: skip
        """Fire an event on many cases, by reference or by criteria: on each as ``fire`` does, and tell what it came to.

        Some hundred cases share a transaction. A case that refuses is refused alone. ``heard`` is told of each case
        once it is in the store, ``progress`` how many there are; ``stopped`` is asked between transactions. With a
        ``key``, each case has the key ``KEY:REFERENCE``, so the same call made again goes on where the last one ended.
        ``expect_versions`` refuses where a case has moved on from the version that is told for its reference.

        By criteria, cases are taken newest first, and each as it stands when it is locked; hidden ones do not exist. A
        second call with the same key finds those alone that fit still: it does not tell of the first.

        Raises:
            UnknownActor. UsageError: the key cannot be used; or the criteria name what is not there, as for ``find``.
            UnknownWorkflow: the same.
            StoreError: a transaction could not be committed. What was committed before it is kept.
        """
        return self._many(cases, event, by, data, key, expect_versions, heard, progress, stopped, is_kept=True)

    def preview_many(
        self, cases: "Iterable[str] | Criteria", event: str, *, by: str, data: Mapping[str, Any] | None = None,
        expect_versions: Mapping[str, int] | None = None, heard: "Callable[[Fired], None] | None" = None,
        progress: Callable[[int], None] = lambda _count: None, stopped: Callable[[], bool] = lambda: False,
    ) -> "BulkReport":  # fmt: skip
        """What ``fire_many`` would come to; nothing is kept, nothing recorded.

        Effects of one case on another that are further than a transaction apart are not seen.

        Raises:
            UnknownActor, UsageError, UnknownWorkflow, StoreError.
        """
        return self._many(cases, event, by, data, None, expect_versions, heard, progress, stopped, is_kept=False)

    def _many(
        self, cases: "Iterable[str] | Criteria", event: str, by: str, data: Mapping[str, Any] | None, key: str | None,
        expect_versions: Mapping[str, int] | None, heard: "Callable[[Fired], None] | None",
        progress: Callable[[int], None], stopped: Callable[[], bool], *, is_kept: bool,
    ) -> "BulkReport":  # fmt: skip
        from duban.engine.runtime.bulk.firing import BulkFire, Wish  # whoever fires one does not wait for these
        from duban.engine.runtime.bulk.report import Criteria
        from duban.engine.runtime.bulk.sources import Found, Refs

        require_texts(event=event)
        require_texts_or_none(key=key)
        require_mappings(data=data, expect_versions=expect_versions)
        require_numbers(**{f"expect_versions[{ref}]": version for ref, version in (expect_versions or {}).items()})
        actor = self._world.directory.actor(by)
        wish = Wish(actor, event, data or {}, checked_key(key), expect_versions or {})
        if not isinstance(cases, str | Criteria | Iterable):
            raise odd_argument("cases", cases, Saying("argument.list"))
        if isinstance(cases, str):
            cases = [cases]  # a text is many texts, too; whoever gives one reference means that case
        if isinstance(cases, Criteria):
            require_texts_or_none(workflow=cases.workflow, state=cases.state, unit=cases.unit, parent=cases.parent)
            require_flags(overdue=cases.overdue, open=cases.open)
            require_kept(data=cases.data)
            self._require_known(actor, cases)
        source = Found(cases, self._world.clock) if isinstance(cases, Criteria) else Refs(map(_text, cases))
        work = BulkFire(self._world, self._transactions, wish, heard, is_kept=is_kept)
        return work.run(source, progress, stopped)

    def _require_known(self, actor: "Actor", criteria: "Criteria") -> None:
        def read(reader: "Reader") -> None:
            left = self._world.rights.left(actor, reader)
            if left is actor or left.roles:  # whoever has none left is refused by the run, which records it
                telling = Telling(reader, left, self._world.directory.scope(left))
                require_known(self._world, telling, criteria.query(self._world.clock.now(), 1, None))

        self._transactions.consult(read)


def _text(ref: str) -> str:
    require_texts(ref=ref)
    return ref
