"""What is read of a batch of cases before it is asked for: each kind of fact at its first question, of all at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Stopwatch
    from duban.engine.ports.store import Writer

T = TypeVar("T")


class ReadAhead:
    """The facts of locked cases as they stood when the batch began, and their stopwatches as they stand."""

    def __init__(self, writer: "Writer", case_ids: Iterable[int], keys: Sequence[str], actor: str) -> None:
        self._writer = writer
        self._ids = dict.fromkeys(case_ids)
        self._actor = actor
        self._keys = frozenset(keys)
        self._keyed: dict[str, HistoryRow] | None = None
        self._watches: dict[int, dict[str, Stopwatch]] | None = None
        self._children: Mapping[int, list[Case]] | None = None
        self._lasts: dict[tuple[str, ...], Mapping[int, dict[str, HistoryRow]]] = {}
        self._counts: dict[tuple[str, ...], Mapping[int, dict[str, int]]] = {}

    def knows(self, case_id: int) -> bool:
        """Whether the case is one of the batch, and nobody else has changed it since."""
        return case_id in self._ids

    def knows_key(self, key: str, actor: str | None) -> bool:
        """Whether the key is one of the batch's."""
        return actor == self._actor and key in self._keys

    def forget(self, case_id: int) -> None:
        """What was read of this case does not hold any more."""
        self._ids.pop(case_id, None)

    def row_by_key(self, key: str) -> "HistoryRow | None":
        """The row that a key of the batch wrote."""
        if self._keyed is None:
            self._keyed = self._writer.rows_by_keys(list(self._keys), self._actor)
        return self._keyed.get(key)

    def stopwatches(self, case_id: int) -> dict[str, "Stopwatch"]:
        """The stopwatches of a case of the batch."""
        return self._known_watches().get(case_id, {})

    def put_stopwatch(self, case_id: int, watch: "Stopwatch") -> None:
        """A case of the batch has moved a stopwatch since, or begun it."""
        self._known_watches().setdefault(case_id, {})[watch.deadline] = watch

    def _known_watches(self) -> dict[int, dict[str, "Stopwatch"]]:
        if self._watches is None:
            self._watches = self._writer.stopwatches_of(list(self._ids))
        return self._watches

    def children(self, case_id: int) -> list["Case"]:
        """The child cases of a case of the batch."""
        if self._children is None:
            self._children = self._writer.children_of(list(self._ids))
        return self._children.get(case_id, [])

    def last_rows(self, case_id: int, events: Iterable[str]) -> dict[str, "HistoryRow"]:
        """The latest rows of these events in a case of the batch."""
        return self._of_events(self._lasts, events, self._writer.last_rows_of).get(case_id, {})

    def event_counts(self, case_id: int, events: Iterable[str]) -> dict[str, int]:
        """How often these events happened in a case of the batch."""
        wanted = list(events)
        found = self._of_events(self._counts, wanted, self._writer.event_counts_of).get(case_id, {})
        return {event: found.get(event, 0) for event in wanted}

    def _of_events(
        self, known: dict[tuple[str, ...], Mapping[int, T]], events: Iterable[str],
        read: Callable[[Sequence[int], Iterable[str]], Mapping[int, T]],
    ) -> Mapping[int, T]:  # fmt: skip
        wanted = tuple(sorted(events))
        if wanted not in known:
            known[wanted] = read(list(self._ids), wanted) if wanted else {}
        return known[wanted]
