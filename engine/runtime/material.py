"""What an actor is told of the files of cases, and of their snapshots; archives of both."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duban.engine.errors import StoreError, UnknownEvidence, UnknownSnapshot
from duban.engine.model.case import Case
from duban.engine.model.saying import Saying
from duban.engine.ports.records import CaseQuery
from duban.engine.runtime.given import as_path, as_texts, require_instants, require_texts, require_texts_or_none
from duban.engine.runtime.measures import Measures
from duban.engine.runtime.queries import seen

if TYPE_CHECKING:
    from duban.engine.model.compilation import Snapshot
    from duban.engine.model.definition import Workflow
    from duban.engine.model.exhibit import Exhibit, Exported
    from duban.engine.runtime.telling import Telling

BATCH = 500


class Material(Measures):
    """The reads of files. Who is told of a confidential case's files is written down, as with every read."""

    def evidence(self, ref: str, *, by: str) -> "list[Exhibit]":
        """The files of a case, in the order of its history; those that were replaced are there, not ``current``.

        Raises:
            UnknownActor, UnknownCase.
        """
        return self._told(by, "evidence", lambda telling: self._exhibits(telling, seen(telling, ref)))

    def evidence_file(self, ref: str, which: str, *, by: str) -> "tuple[Exhibit, bytes]":
        """A file of a case with its content: by the beginning of its hash, or the last one given in for a field.

        Raises:
            UnknownActor, UnknownCase, UnknownEvidence. StoreError: the file is gone, or is not what the case says.
        """
        require_texts(which=which)

        def read(telling: "Telling") -> "Exhibit":
            found = self._exhibits(telling, seen(telling, ref))
            fitting = [one for one in found if one.field == which]
            if not fitting and len(which) >= 6:
                fitting = [one for one in found if one.digest.startswith(which.lower())]
            if not fitting:
                known = list(dict.fromkeys(one.field for one in found))
                raise UnknownEvidence(ref=ref, evidence=which, known=known or None)
            return fitting[-1]

        exhibit = self._told(by, "evidence", read)
        evidence = self._world.evidence
        if not evidence.matches(exhibit.digest):
            raise StoreError(url="", why=Saying("store.no-exhibit", ref=ref, file=exhibit.name))
        with evidence.open(exhibit.digest) as content:
            return exhibit, content.read()

    def export_evidence(
        self, out: str | Path, *, by: str, refs: Iterable[str] = (), workflow: str | None = None,
        since: datetime | None = None, until: datetime | None = None,
    ) -> "Exported":  # fmt: skip
        """Write the files of cases into an archive: of the cases named, or of all that the actor can see of a workflow.

        With ``since`` and ``until`` (aware, half-open) only files that were given in then. What is told of a workflow
        as a whole leaves out confidential cases; these are exported by name only.

        Raises:
            UnknownActor, UnknownCase, UnknownWorkflow. UsageError: ``since`` or ``until`` has no zone; ``out`` is
            no path. StoreError: a file is gone, or is not what its case says.
            OSError: the archive cannot be written.
        """
        from duban.engine.runtime.archiving.writing import write_archive

        place, wanted = as_path("out", out), as_texts("refs", refs)
        require_texts_or_none(workflow=workflow)
        require_instants(since=since, until=until)

        def read(telling: "Telling") -> "tuple[list[Case], list[Exhibit]]":
            named = [seen(telling, ref) for ref in dict.fromkeys(wanted)]
            cases = named + ([] if workflow is None else self._open_to_all(telling, workflow))
            files = [one for case in cases for one in self._exhibits(telling, case)]
            bounded = [one for one in files if (since is None or one.at >= since) and (until is None or one.at < until)]
            holding = {one.ref for one in bounded}
            return [case for case in cases if case.ref in holding or case in named], bounded

        cases, files = self._told(by, "evidence", read)
        world = self._world
        return write_archive(place, cases, files, world.evidence, world.pack.name, world.clock.now())

    def snapshot(self, ref: str, *, by: str) -> "Snapshot":
        """The snapshot of a case, checked against its digest, which stands in the case's history.

        Raises:
            UnknownActor, UnknownCase, UnknownSnapshot. StoreError: the file is gone, or is not what the case says.
        """
        from duban.engine.runtime.compiling.build import kept_snapshot

        def read(telling: "Telling") -> "Snapshot | None":
            case = seen(telling, ref)
            telling.note(case.ref, case.audience)
            try:
                return kept_snapshot(telling.reader, self._world.evidence, case.id)
            except LookupError:
                raise StoreError(url="", why=Saying("store.no-exhibit", ref=ref, file="snapshot.json")) from None

        found = self._told(by, "snapshot", read)
        if found is None:
            raise UnknownSnapshot(ref=ref)
        return found

    def _open_to_all(self, telling: "Telling", workflow: str) -> list[Case]:
        self._world.definitions.current(workflow, telling.actor)
        query, found = CaseQuery(workflow=workflow, limit=BATCH), list[Case]()
        while page := telling.reader.cases(query, telling.scope):
            found += [case for case in page if not case.audience]
            query = replace(query, after=page[-1].id)
        return found[::-1]

    def _exhibits(self, telling: "Telling", case: Case) -> "list[Exhibit]":
        telling.note(case.ref, case.audience)
        workflow = self._world.definitions.pinned(case.definition, telling.reader).workflow
        return list(exhibits_of(case, workflow, telling.reader.history(case)))


def exhibits_of(case: Case, workflow: "Workflow", rows: Sequence[Any]) -> "Iterable[Exhibit]":
    """Every file that the rows of a case brought, in order."""
    from duban.engine.model.exhibit import Exhibit

    fields = [name for name, field in workflow.fields.items() if field.kind == "evidence"]
    current = {(name, one["hash"]) for name in fields for one in case.data.get(name) or ()}
    for row in rows:
        for name in fields:
            for one in row.data.get(name) or ():
                yield Exhibit(
                    case.ref, row.seq, row.event, name, row.post, row.at, one["name"], one["hash"], one["size"],
                    one.get("type", ""), tuple(one.get("taken_out", ())), (name, one["hash"]) in current,
                )  # fmt: skip
