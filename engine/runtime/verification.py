"""Checks the whole store: chains, states, definitions, evidence."""

from collections.abc import Callable, Iterator

from duban.engine.definition.source import digest_of
from duban.engine.errors import StoreError
from duban.engine.model.case import Broken, Case, HistoryRow
from duban.engine.ports.evidence import EvidenceStore
from duban.engine.ports.store import Reader
from duban.engine.runtime.chain import broken_links
from duban.engine.runtime.definitions import Definitions


def verify(
    reader: Reader, definitions: Definitions, evidence: EvidenceStore, progress: Callable[[int], None]
) -> Iterator[Broken]:
    """Every place that does not hold, case by case in bounded memory; ``progress`` hears after each case."""
    checked: dict[str, bool] = {}
    for digest, _workflow, _version in reader.definitions():
        source = reader.definition(digest)
        checked[digest] = source is not None and digest_of(source) == digest
        if not checked[digest]:
            yield Broken("", None, "definition-changed")
    for number, case in enumerate(reader.all_cases(), start=1):
        rows = reader.history(case)
        yield from broken_links(case, rows)
        if not checked.get(case.definition, False):
            yield Broken(case.ref, None, "definition-missing")
        else:
            yield from _against_definition(case, rows, reader, definitions, evidence)
        progress(number)


def _against_definition(
    case: Case, rows: list[HistoryRow], reader: Reader, definitions: Definitions, evidence: EvidenceStore
) -> Iterator[Broken]:
    try:
        workflow = definitions.pinned(case.definition, reader).workflow
    except StoreError:
        yield Broken(case.ref, None, "definition-missing")
        return
    state = workflow.states.get(case.state)
    if state is None or state.final == case.is_open:
        yield Broken(case.ref, None, "state-differs")
    for row in rows:
        if row.definition != case.definition:
            yield Broken(case.ref, row.seq, "definition-differs")
        for name, value in row.data.items():
            field = workflow.fields.get(name)
            if field is None or field.kind != "evidence":
                continue
            for item in value:
                if not evidence.matches(item["hash"]):
                    yield Broken(case.ref, row.seq, "evidence-differs")
