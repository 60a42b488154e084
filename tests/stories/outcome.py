"""What became of a story, in the words in which stories are written.

Everything is read without bounds, so that a page also tells what is hidden from those whom it is about. Only `inbox` is
read as the post reads it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import duban
from duban.engine.model.case import Case
from duban.engine.model.scope import Scope

ZONE = ZoneInfo("Asia/Shanghai")
LISTS = {
    "orders": "supervision_order",
    "proposals": "referral",
    "requests": "request",
    "appeals": "appeal",
    "persuasions": "persuasion",
    "parts": "part",
}
"""The tables of a page that list every case of a workflow, and the workflow of each."""


TABLES = {*LISTS, "levels", "due", "data", "inbox", "follows"}
"""Every table of a page; what is called otherwise is the history of a case."""


class Outcome:
    """Tells how the cases of an engine stand now."""

    def __init__(self, engine: duban.Engine) -> None:
        self._engine = engine
        self._tables: Mapping[str, Callable[[Any], Any]] = {
            "levels": lambda refs: {ref: self._case(ref).level for ref in refs},
            "due": lambda refs: {ref: self._due(self._case(ref)) for ref in refs},
            "data": lambda refs: {ref: self._data(ref, names) for ref, names in refs.items()},
            "inbox": lambda posts: {post: self._inbox(post) for post in posts},
            "follows": lambda refs: {ref: self._follows(ref) for ref in refs},
        }

    def told(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Each thing that a page tells, as it was found: a table by its name, a history by its case's reference."""
        return {name: self._told(name, table) for name, table in wanted.items()}

    def _told(self, name: str, wanted: Any) -> Any:
        if name in LISTS:
            return [f"{case.ref} {case.state}, {case.unit}: {case.data['title']}" for case in self._cases(LISTS[name])]
        return self._tables[name](wanted) if name in self._tables else self._history(name)

    def _case(self, ref: str) -> Case:
        with self._engine.store.read() as reader:
            case = reader.case(ref, Scope.unbounded())
        assert case is not None, ref
        return case

    def _cases(self, workflow: str) -> list[Case]:
        with self._engine.store.read() as reader:
            return [case for case in reader.all_cases() if case.workflow == workflow]

    def _due(self, case: Case) -> str:
        due = shown(case.due_at) if case.due_at else "none"
        return f"{due}, was {shown(case.original_due_at)}" if case.original_due_at else due

    def _data(self, ref: str, names: Mapping[str, Any]) -> dict[str, Any]:
        data = self._case(ref).data
        return {name: data.get(name) for name in names}

    def _inbox(self, post: str) -> list[str]:
        notices = self._engine.inbox(by=post, limit=500)
        return [f"{shown(notice.at)} {notice.ref}: {notice.text.zh}" for notice in reversed(notices)]

    def _follows(self, ref: str) -> str:
        """All that anybody sees who holds the code of a case."""
        progress = self._engine.follow(self._case(ref).follow or "")
        fields = [f"{label.zh}: {getattr(value, 'zh', value)}" for label, value in progress.shown]
        return "; ".join([progress.state.zh, *fields])

    def _history(self, ref: str) -> list[str]:
        lines, level = [], 0
        with self._engine.store.read() as reader:
            rows = reader.history(self._case(ref))
        for row in rows:
            rises = f", level {row.level}" if row.level != level else ""
            level = row.level
            lines.append(f"{row.seq} {shown(row.at)} {row.event}: {row.to_state} by {row.post or row.actor}{rises}")
        return lines


def moment(words: str) -> datetime:
    """``2020-11-23 09:30`` in the office's time zone."""
    return datetime.fromisoformat(words).replace(tzinfo=ZONE)


def shown(at: datetime) -> str:
    """A moment as stories write it."""
    return at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
