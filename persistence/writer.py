"""Writing: one transaction, whose parts are there together or not at all."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, text

from duban.engine.errors import DubanError, VersionConflict
from duban.engine.model.changing import changed
from duban.engine.model.saying import Saying
from duban.engine.ports.records import NewMessage, Refusal
from duban.persistence import rows, statements
from duban.persistence.advancing import advancing
from duban.persistence.answers import SqlAnswersWriter
from duban.persistence.batch_writer import SqlBatchWriter, message_values, refusal_values
from duban.persistence.faults import Collision, Faults
from duban.persistence.reader import SqlReader
from duban.persistence.retention import SqlRetentionWriter
from duban.persistence.standing import SqlStandingWriter

if TYPE_CHECKING:
    from duban.engine.model.case import Case, HistoryRow, Reading, Stopwatch
    from duban.engine.model.scope import Scope
    from duban.engine.ports.outbox import NewNotice
    from duban.persistence.archive_files import ArchiveFiles
    from duban.persistence.driving import Driving

_GIVE_WAY: Final = text("SET LOCAL lock_timeout = 300")
_OVERWRITE: Final = text("PRAGMA secure_delete = ON")
_case_values: Final = rows.values_of(rows.CASE_NAMES)
_row_values: Final = rows.values_of(rows.ROW_NAMES)
_stopwatch_values: Final = rows.values_of(rows.STOPWATCH_NAMES)


class SqlWriter(SqlStandingWriter, SqlRetentionWriter, SqlReader, SqlAnswersWriter, SqlBatchWriter):
    """The writing half of the port. It neither begins nor commits: whoever made the connection does."""

    def __init__(
        self, connection: Connection, faults: Faults, driving: "Driving | None" = None,
        archives: "ArchiveFiles | None" = None,
    ) -> None:  # fmt: skip
        super().__init__(connection, faults, driving, archives)
        self._upserts = statements.upserts(self._dialect)
        self._late: list[tuple[int, HistoryRow]] = []

    def lock_case(self, ref: str, scope: "Scope") -> "Case | None":
        """Like ``case``, and nobody else changes it until the transaction ends (PostgreSQL: row lock)."""
        return self._visible_case(ref, scope, lock=True)

    def lock_case_by_id(self, case_id: int) -> "Case | None":
        """Like ``case_by_id``, locked."""
        return self._one_case(statements.CASE_BY_ID_LOCKED, {"wanted": case_id})

    def next_number(self, reference: str) -> int:
        """The next number of a reference prefix, from 1, without gaps within committed transactions."""
        number: int = self._driving.rows(self._upserts.number, {"prefix": reference})[0][0]
        return number

    def add_case(self, case: "Case") -> "Case":
        """Insert a case (its ``id`` is ignored) and return it with its id.

        Raises:
            VersionConflict: the reference was taken meanwhile.
            StoreError: the follow code belongs to another case already.
        """
        try:
            number: int = self._driving.rows(statements.ADD_CASE, _case_values(case))[0][0]
        except Collision as error:
            if "follow" in error.data["why"]:
                raise self._faults.unusable(Saying("store.follow-taken")) from error
            if "ref" in error.data["why"]:
                raise VersionConflict(ref=case.ref, found=1, expected=0) from error
            raise
        return changed(case, id=number)

    def advance_case(self, after: "Case", before: "Case") -> bool:
        """Write the columns in which the case has changed where its version is still that of ``before``.

        Where answers come late, nobody waits for this one: a case that was not locked and has moved on holds the number
        of the row that follows.
        """
        statement, values = advancing(after, before)
        if self._driving.is_late:
            self._driving.put(statement, [values])
            return True
        return self._driving.change(statement, values) == 1

    def add_row(self, case_id: int, row: "HistoryRow") -> None:
        """Append a history row; ``UNIQUE (case, seq)`` and ``UNIQUE (key, actor)`` back it.

        Raises:
            VersionConflict: the row's number or key was taken meanwhile. Its data name the case that holds the number
                or the key, the version found there and the one expected, and the ``key`` where that was taken.
        """
        values = _row_values(row)
        values["case_id"] = case_id
        if self._driving.is_late:
            self._late.append((case_id, row))
            self._driving.put(statements.ADD_ROW, [values])
        elif self._driving.change(self._upserts.row, values) != 1:
            raise self._conflict(case_id, row)

    def collided(self, error: Collision) -> DubanError:
        """What a collision means that was heard of late, now that what was written is undone."""
        for case_id, row in reversed(self._late):
            if self._holder(row) is not None or row.seq <= self._version(case_id)[1]:
                return self._conflict(case_id, row)
        return error

    def _conflict(self, case_id: int, row: "HistoryRow") -> VersionConflict:
        holder = self._holder(row)
        if holder is not None:
            return VersionConflict(ref=holder.ref, found=holder.seq, expected=holder.seq - 1, key=row.key)
        ref, found = self._version(case_id)
        return VersionConflict(ref=ref, found=found, expected=row.seq - 1)

    def _holder(self, row: "HistoryRow") -> "HistoryRow | None":
        return None if row.key is None else self.row_by_key(row.key, row.actor)

    def _version(self, case_id: int) -> tuple[str, int]:
        found = self._driving.rows(statements.VERSION_OF, {"wanted": case_id})
        return (found[0][0], found[0][1]) if found else ("", 0)

    def put_stopwatches(self, case_id: int, stopwatches: Sequence["Stopwatch"]) -> None:
        """Insert or replace stopwatches of a case by deadline name."""
        if stopwatches:
            values = [{"case_id": case_id, **_stopwatch_values(one)} for one in stopwatches]
            self._driving.put(self._upserts.stopwatch, values)

    def add_messages(self, case_id: int, messages: Sequence[NewMessage], at: datetime) -> None:
        """Lay actions into the outbox, waiting."""
        if messages:
            values = [message_values(case_id, message, at) for message in messages]
            self._driving.put(statements.ADD_MESSAGES, values)

    def add_evidence(self, case_id: int, seq: int, items: Sequence[tuple[str, str]]) -> None:
        """Note which row refers to which evidence: (field, digest)."""
        values = [{"case_id": case_id, "seq": seq, "field": field, "digest": digest} for field, digest in items]
        if values:
            self._driving.put(self._upserts.evidence, values)

    def add_occurrence(self, rule: str, subject: str, at: datetime, case_id: int, seq: int) -> None:
        """Note that it happened to the subject, in this row of this case."""
        values = {"rule": rule, "subject": subject, "at": at, "case_id": case_id, "seq": seq}
        self._driving.put(self._upserts.occurrence, [values])

    def forget_occurrences(self, rules: Iterable[str], subject: str) -> None:
        """From here on these count from zero for the subject."""
        self._run(statements.FORGET_OCCURRENCES, {"rules": list(rules), "of_subject": subject})

    def lock_subject(self, rule: str, subject: str) -> None:
        """Nobody else counts this until the transaction ends. SQLite has one writer, and needs no lock."""
        if self._dialect == "postgresql":
            self._run(statements.LOCK_SUBJECT, {"subject": f"duban:{rule}:{subject}"})

    def put_links(self, case_id: int, field: str, targets: Sequence[str]) -> None:
        """Note which cases (references) a field of this case refers to, instead of those before."""
        self._driving.put(statements.DROP_LINKS, [{"of_case": case_id, "in_field": field}])
        if targets:
            values = [{"case_id": case_id, "field": field, "target": target} for target in targets]
            self._driving.put(self._upserts.link, values)

    def erase(self, case_id: int, fields: Sequence[str], left: Sequence[tuple[int, Mapping[str, Any], str]]) -> None:
        """Take the values of these fields out of the case's messages, evidence and links, and out of its rows."""
        if self._dialect == "sqlite":
            # What stood there is overwritten, not only given free.
            self._run(_OVERWRITE)
        for seq, data, salt in left:
            values = {"of_case": case_id, "of_seq": seq, "data_left": data, "new_salt": salt}
            self._run(statements.ERASE_ROW, values)
        about = {"of_case": case_id, "in_fields": list(fields)}
        self._run(statements.DROP_EVIDENCE, about)
        self._run(statements.DROP_LINKS_OF, about)
        for number, params in self._run(statements.PARAMS_OF, {"of_case": case_id}).all():
            held = params.get("fields", {})
            if not held.keys().isdisjoint(fields):
                emptied = {name: None if name in fields else value for name, value in held.items()}
                self._run(statements.SET_PARAMS, {"wanted": number, "new_params": {**params, "fields": emptied}})

    def add_refusal(self, refusal: Refusal) -> None:
        """Write down a refusal."""
        self._driving.put(statements.ADD_REFUSAL, [refusal_values(refusal)])

    def add_definition(self, digest: str, workflow: str, version: int, source: str, at: datetime) -> None:
        """Keep a definition; quiet when it is there already."""
        values = {"digest": digest, "workflow": workflow, "version": version, "source": source, "at": at}
        self._driving.put(self._upserts.definition, [values])

    def put_setting(self, name: str, value: str) -> None:
        """Store a setting."""
        self._driving.put(self._upserts.setting, [{"name": name, "value": value}])

    def give_way(self) -> None:
        """From here on wait only a moment for what others have locked, and fail instead.

        Shorter than PostgreSQL's own search for deadlocks, so that it is never the other one that fails.
        """
        if self._dialect == "postgresql":
            self._driving.put(_GIVE_WAY, [{}])

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of the transaction that is undone alone when it raises (a savepoint).

        Raises:
            StoreError: the database has undone the whole transaction, of which there can be no further part.
        """
        # What was held before may be given back: a host undoes parts of its own, of which nothing is heard here.
        self.forget_rights()
        is_begun = False
        try:
            with self._driving.part():
                is_begun = True
                yield
        except Collision as error:
            self.forget_rights()
            if not is_begun:
                raise  # it is of what was put before, and told where all of that is undone
            raise self.collided(error) from error
        except BaseException:
            # A lock that was taken since the savepoint is given back with it.
            self.forget_rights()
            raise

    def put_notices(self, case_id: int, key: str, notices: Sequence["NewNotice"], at: datetime) -> None:
        """Lay notices about a case into inboxes, once per (key, post), and add each to what goes out on its routes."""
        about = {"case_id": case_id, "key": key, "at": at}
        values = [
            {**about, "post": one.post, "en": rows.cleaned(one.text.en), "zh": rows.cleaned(one.text.zh)}
            for one in notices
        ]
        staying = [value for one, value in zip(notices, values, strict=True) if not one.routes]
        if staying:
            self._run(self._upserts.notice, staying)
        if len(staying) == len(values):
            return
        from duban.persistence.dispatches import gather  # whose statements only those with channels need

        for one, value in zip(notices, values, strict=True):
            if one.routes:
                number = self._run(self._upserts.numbered_notice, value).scalar_one_or_none()
                if number is not None:
                    gather(self._connection, number, one.routes, at)

    def add_readings(self, readings: Sequence["Reading"]) -> None:
        """Write down who was told of which case.

        Raises:
            StoreError: there is no such case, or it cannot be written.
        """
        values = [{"read_ref": one.ref, "actor": one.actor, "what": one.what, "at": one.at} for one in readings]
        if values:
            self._run(statements.ADD_READINGS, values)
