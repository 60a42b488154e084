"""Which finished cases may be moved to an archive, and where those lie that were."""

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Select, Text, and_, exists, func, or_, select, tuple_, type_coerce

from duban.persistence import rows
from duban.persistence.running import Running
from duban.persistence.survey_tables import answer_keys, answers, survey_plans
from duban.persistence.tables import cases, ended, erased, history, links, moving, outbox, stopwatches, unfinished
from duban.persistence.visibility import parameters, shape_of, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duban.engine.model.archive import Archive, ArchiveStanding, Movable
    from duban.engine.model.case import Case
    from duban.engine.model.scope import Scope
    from duban.engine.ports.archives import Place
    from duban.persistence.archive_holdings import Ends, Holding

_MOVED = cases.c.archive.is_not(None)
_LEFT = cases.c.archive.is_distinct_from(moving.c.archive)


class SqlArchiveReader(Running):
    """The reading half of the port of archives."""

    def movable(self, wanted: "Movable", after: "Place | None", limit: int) -> "list[Case]":
        """Cases that may be moved, by when they ended, those after the place."""
        place = (cases.c.closed_at, cases.c.id)
        found = select(*rows.CASE).where(may_move(wanted)).order_by(*place).limit(limit)
        if after is not None:
            found = found.where(tuple_(*place) > tuple_(*after, types=[column.type for column in place]))
        return [rows.case_of(row) for row in self._run(found)]

    def count_movable(self, wanted: "Movable", scope: "Scope") -> tuple[int, int]:
        """How many of them are visible; and how many visible ones ended as long ago and are held back."""
        seen, values = visible(shape_of(scope), self._dialect), parameters(scope)
        counted = select(func.count()).select_from(cases).where(seen)
        free: int = self._run(counted.where(may_move(wanted)), values).scalar_one()
        every: int = self._run(counted.where(_ended_long_ago(wanted)), values).scalar_one()
        return free, every - free

    def archived(self, scope: "Scope") -> "list[Archive]":
        """The archives that visible cases lie in, by name."""
        from duban.engine.model.archive import Archive  # few commands speak of archives

        found = select(cases.c.archive, func.count(), func.min(cases.c.closed_at), func.max(cases.c.closed_at))
        found = found.where(_MOVED, visible(shape_of(scope), self._dialect)).group_by(cases.c.archive)
        told = self._run(found, parameters(scope)).fetchall()
        return sorted(
            (Archive(name, count, first, last, self._whole(name)) for name, count, first, last in told),
            key=lambda archive: archive.name,
        )

    def _whole(self, name: str) -> "ArchiveStanding":
        from duban.persistence.archive_holdings import Holding, lying

        return self._standing(name, Holding(*self._run(lying(name)).one()))

    def archive_standings(self, scope: "Scope") -> "dict[str, ArchiveStanding]":
        """How the file of each archive stands at a glance that visible cases lie in, by name."""
        from duban.persistence.archive_holdings import Ends, ends

        found: dict[str, ArchiveStanding] = {}
        for name in self.archive_names(scope):
            both = frozenset(self._run(one).scalar_one() for one in ends(name))
            found[name] = self._standing(name, Ends(both))
        return found

    def archive_names(self, scope: "Scope") -> list[str]:
        """The names of the archives that visible cases lie in, in order."""
        seen, values = visible(shape_of(scope), self._dialect), parameters(scope)
        # From name to name by the index: there may be a million cases, and there are some dozens of names.
        following = select(func.min(cases.c.archive)).where(_MOVED)
        names, name = [], self._run(following).scalar()
        while name is not None:
            lies = select(cases.c.id).where(cases.c.archive == name, seen).limit(1)
            if self._run(lies, values).first() is not None:
                names.append(name)
            name = self._run(following.where(cases.c.archive > name)).scalar()
        return names

    def _standing(self, name: str, wanted: "Holding | Ends") -> "ArchiveStanding":
        from duban.persistence.archive_holdings import OWNER

        return "away" if self._archives is None else self._archives.standing(name, wanted, self._run(OWNER).scalar())

    def unsettled(self, scope: "Scope") -> dict[str, int]:
        """In which archives rows of visible cases may still lie that are in the store again, and of how many."""
        found = select(moving.c.archive, func.count()).join(cases, cases.c.id == moving.c.case_id)
        found = found.where(_LEFT, visible(shape_of(scope), self._dialect)).group_by(moving.c.archive)
        told = self._run(found.order_by(moving.c.archive), parameters(scope))
        return {row[0]: row[1] for row in told}

    def unsettled_cases(self, case_ids: "Sequence[int]") -> set[int]:
        """Those of the cases of which rows may still lie in an archive, though they are in the store again."""
        found = select(moving.c.case_id).join(cases, cases.c.id == moving.c.case_id)
        return {row[0] for row in self._run(found.where(_LEFT, moving.c.case_id.in_(case_ids)))}

    def history_lies_here(self, case_id: int) -> bool:
        """Whether rows of a case lie in the store itself, whatever is noted of where they are."""
        return self._run(select(history.c.seq).where(history.c.case_id == case_id).limit(1)).first() is not None


def may_move(wanted: "Movable") -> ColumnElement[bool]:
    """Cases whose time is over, and that nothing holds back which is still to come or still looks at them."""
    kin = cases.alias("kin")
    # Whoever sees that a case stays may see what keeps it here: what is hidden from some of them holds nothing back.
    kins, own = (type_coerce(one.c.audience, Text) for one in (kin, cases))
    is_told = or_(kins == "", kins == own)
    still_wanted = and_(is_told, or_(kin.c.closed_at.is_(None), kin.c.closed_at >= wanted.before))
    linked = select(links.c.case_id).join(kin, kin.c.id == links.c.case_id).where(is_told)
    dead = and_(outbox.c.case_id == cases.c.id, ended(outbox), outbox.c.state == "dead")
    return and_(
        _ended_long_ago(wanted),
        # What is to be carried out yet, or was given up and may be tried again.
        ~exists().where(outbox.c.case_id == cases.c.id, unfinished(outbox)),
        ~exists().where(dead),
        ~exists().where(stopwatches.c.case_id == cases.c.id, stopwatches.c.next_at.is_not(None)),
        # Parents judge by their children, children fire on their parents.
        ~exists().where(kin.c.parent_id == cases.c.id, still_wanted),
        ~exists().where(kin.c.id == cases.c.parent_id, still_wanted),
        ~linked.where(links.c.target == cases.c.ref, kin.c.closed_at.is_(None)).exists(),
        # A survey's sheets are sealed where they lie.
        *(~exists().where(table.c.case_id == cases.c.id) for table in (survey_plans, answers, answer_keys)),
        # Retention comes first: what is to be erased is not carried elsewhere.
        *(_was_erased(rule) for rule in wanted.erased),
    )


def _ended_long_ago(wanted: "Movable") -> ColumnElement[bool]:
    return and_(cases.c.workflow == wanted.workflow, cases.c.closed_at < wanted.before, cases.c.archive.is_(None))


def _was_erased(rule: str) -> ColumnElement[bool]:
    return exists().where(
        erased.c.case_id == cases.c.id, erased.c.rule == rule, erased.c.closed_at == cases.c.closed_at
    )


def lies_in(case_ids: Any) -> Select[Any]:
    """The archive of each of these cases that was moved."""
    return select(cases.c.id, cases.c.archive).where(cases.c.id.in_(case_ids), _MOVED)
