"""What an actor is told of cases: every read carries its scope, and what is confidential is noted before it is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from duban.engine.errors import UnknownCase, UsageError
from duban.engine.model.hint import hint
from duban.engine.model.organization import Actor
from duban.engine.model.scope import Scope
from duban.engine.ports.grouping import GroupQuery
from duban.engine.ports.records import CaseQuery, Refusal
from duban.engine.runtime.given import (
    require_counts,
    require_flags,
    require_kept,
    require_lists,
    require_texts,
    require_texts_or_none,
)
from duban.engine.runtime.public_reads import PublicReads, require_page
from duban.engine.runtime.queries import Page, cursor_of, explained, parted, seen
from duban.engine.runtime.rights import entitled
from duban.engine.runtime.telling import Telling
from duban.engine.runtime.views import Recorded, recorded
from duban.engine.runtime.wanted import require_known

if TYPE_CHECKING:
    from duban.engine.model.case import Case, Choice, Group, HistoryRow, Notice, Reading, Tally
    from duban.engine.ports.store import Reader

T = TypeVar("T")

MAX_PAGE: Final = 1_000


class Reads(PublicReads):
    """The verbs that only tell. ``by`` is always an account or a post; what it may not see is not there for it.

    Whoever is told of a case that only some roles may see is written down before the answer is given, once per case
    and call (``readings``). What cannot be written down is not told: the read fails with the store's error.
    """

    def explain(self, ref: str, *, by: str) -> list["Choice"]:
        """Every event of the case: allowed or not, and each reason. ``by`` may also be a role.

        Raises:
            UnknownActor, UnknownCase.
        """
        require_texts(ref=ref)
        directory = self._world.directory

        def read(reader: "Reader") -> tuple[Telling, list["Choice"]]:
            case = reader.case(ref, Scope.unbounded())
            actor = directory.actor_or_role(by, case.unit if case else None)
            telling = self._telling(reader, actor)
            if case is None or not telling.scope.allows(case):
                raise UnknownCase(ref=ref, actor=by)
            telling.note(case.ref, case.audience)
            choices = explained(reader, self._world, case, telling.actor)
            telling.named_in(reason for choice in choices for reason in (*choice.reasons, *choice.conditions))
            return telling, choices

        telling, choices = self._transactions.consult(read)
        self._note(telling, "explain")
        return choices

    def get(self, ref: str, *, by: str) -> "Case":
        """The case as it stands.

        Raises:
            UnknownActor, UnknownCase.
        """
        return self._told(by, "get", lambda telling: telling.case(seen(telling, ref)))

    def find(
        self, workflow: str | None = None, *, by: str, state: str | None = None, unit: str | None = None,
        overdue: bool | None = None, open: bool | None = None, parent: str | None = None,
        data: Mapping[str, Any] | None = None, limit: int = 50, after: str | None = None, by_due: bool = False,
    ) -> Page:  # fmt: skip
        """Visible cases, newest first; ``after`` takes the ``cursor`` of the page before.

        ``by_due`` asks for open cases that are due some time, those due first at the head: with ``overdue``, the most
        overdue.

        Raises:
            UnknownActor, UsageError: ``limit`` is not 1 to 1,000; or there is no such state, unit, field or choice.
            UnknownWorkflow. UnknownCase: ``after`` is not from a page of the actor's.
        """
        require_texts_or_none(workflow=workflow, state=state, unit=unit, parent=parent, after=after)
        require_flags(overdue=overdue, open=open, by_due=by_due)
        require_kept(data=data)
        require_page(limit)
        query = CaseQuery(
            workflow=workflow, state=state, unit=unit, parent=parent, overdue=overdue, open=open,
            now=self._world.clock.now(), data=data or {}, limit=limit + 1, by_due=by_due,
        )  # fmt: skip

        def read(telling: Telling) -> Page:
            scope = telling.scope
            require_known(self._world, telling, query)
            if parent is not None and telling.reader.case(parent, scope) is None:
                return Page([], None)
            ref, due_at = (after, None) if after is None or not by_due else parted(after, telling.actor)
            last = None if ref is None else seen(telling, ref).id
            wanted = query if last is None else replace(query, after=last, after_due_at=due_at)
            found = telling.reader.cases(wanted, scope)
            page = telling.page(found[:limit])
            return Page(page, cursor_of(page[-1], by_due) if len(found) > limit else None)

        return self._told(by, "find", read)

    def history(self, ref: str, *, by: str) -> list["HistoryRow"]:
        """The rows of a case, oldest first.

        Raises:
            UnknownActor, UnknownCase.
        """

        def read(telling: Telling) -> list["HistoryRow"]:
            case = seen(telling, ref)
            telling.note(case.ref, case.audience)
            return telling.reader.history(case)

        return self._told(by, "history", read)

    def readings(self, ref: str, *, by: str, limit: int = 50) -> list["Reading"]:
        """Who was told of a confidential case, newest first; of a case that everybody may see nothing is kept.

        To ask is a reading too; it stands in the next answer.

        Raises:
            UnknownActor, UnknownCase.
        """

        require_counts(limit=limit)

        def read(telling: Telling) -> list["Reading"]:
            case = seen(telling, ref)
            telling.note(case.ref, case.audience)
            return telling.reader.readings(case, limit) if case.audience else []

        return self._told(by, "readings", read)

    def stats(self, *, by: str) -> list["Tally"]:
        """Counts of visible cases by workflow, state and unit.

        Raises:
            UnknownActor.
        """
        now = self._world.clock.now()
        return self._told(by, "stats", lambda telling: telling.reader.tallies(telling.scope, now))

    def grouped(
        self, workflow: str, fields: Sequence[str], *, by: str, data: Mapping[str, Any] | None = None
    ) -> list["Group"]:
        """Counts of visible cases of a workflow, by the values of these fields and by state, in no order.

        One grouped query, whatever the number of cases. ``data`` bounds to cases whose data hold these values.

        Raises:
            UnknownActor, UnknownWorkflow.
            UsageError: the workflow has no such field or choice, or the field holds files.
        """
        require_texts(workflow=workflow)
        require_lists(fields=fields)
        require_kept(data=data)
        query = GroupQuery(workflow, fields, data or {})

        def read(telling: Telling) -> list["Group"]:
            require_known(self._world, telling, CaseQuery(workflow=workflow, data=query.data))
            loaded = self._world.definitions.loaded.get(workflow)
            declared = loaded.workflow.fields if loaded is not None else {}
            for name in fields:
                if name not in declared or declared[name].kind == "evidence":
                    raise UsageError("no-such-field", workflow=workflow, found=name, hint=hint(name, declared))
            return telling.reader.grouped(query, telling.scope)

        return self._told(by, "grouped", read)

    def records(self, ref: str, *, by: str) -> dict[str, tuple[Recorded, ...]]:
        """The lines of every record that the case's workflow declares, by its name.

        Raises:
            UnknownActor, UnknownCase.
        """

        def read(telling: Telling) -> dict[str, tuple[Recorded, ...]]:
            case, reader = seen(telling, ref), telling.reader
            workflow = self._world.definitions.pinned(case.definition, reader).workflow
            if not workflow.records:
                return {}
            telling.note(case.ref, case.audience)
            children = [child for child in reader.children(case.id) if telling.scope.allows(child)]
            rows = reader.history(case)
            found = {name: recorded(workflow, one, case, rows, children) for name, one in workflow.records.items()}
            named = {one for lines in found.values() for line in lines for one in line.cases}
            for child in children:
                if child.ref in named:
                    telling.note(child.ref, child.audience)
            return found

        return self._told(by, "records", read)

    def inbox(self, *, by: str, limit: int = 50) -> list["Notice"]:
        """The notices in the inboxes of the actor's posts, newest first.

        Raises:
            UnknownActor.
        """

        require_counts(limit=limit)

        def read(telling: Telling) -> list["Notice"]:
            found = telling.reader.notices([post.name for post in telling.actor.posts], telling.scope, limit)
            for notice in found:
                telling.note(notice.ref, notice.audience)
            return [replace(notice, number=0) for notice in found]

        return self._told(by, "inbox", read)

    def refusals(self, *, by: str, limit: int = 50) -> list[Refusal]:
        """The latest refused attempts that the actor may know of, newest first: who does not see all, only its own.

        Raises:
            UnknownActor.
        """

        require_counts(limit=limit)

        def read(telling: Telling) -> list[Refusal]:
            found = telling.reader.refusals(telling.scope, limit)
            for refusal in found:
                telling.note(refusal.ref, refusal.audience)
            return found

        return self._told(by, "refusals", read)

    def _telling(self, reader: "Reader", actor: Actor) -> Telling:
        """Tell the actor what it may know with the rights that it has in this transaction.

        Raises:
            ActorSuspended: it has none.
        """
        actor = entitled(self._world, reader, actor)
        return Telling(reader, actor, self._world.directory.scope(actor))

    def _told(self, by: str | Actor, what: str, work: Callable[[Telling], T]) -> T:
        actor = by if isinstance(by, Actor) else self._world.directory.actor(by)

        def read(reader: "Reader") -> tuple[Telling, T]:
            telling = self._telling(reader, actor)
            return telling, work(telling)

        telling, answer = self._transactions.consult(read)
        self._note(telling, what)
        return answer

    def _note(self, telling: Telling, what: str) -> None:
        """Write down of which confidential cases was told; nothing to do, and no transaction, where there is none."""
        readings = telling.readings(what, self._world.clock.now())
        if readings:
            # Twice is no harm; not at all would be.
            self._transactions.transact(lambda writer: writer.add_readings(readings), keyed=True)
