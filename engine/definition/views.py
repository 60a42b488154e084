"""From documents of views to what the runtime uses."""

from duban.engine.definition.parts import as_many, label_of
from duban.engine.definition.view_documents import BoardDoc, RecordDoc
from duban.engine.model.views import Board, Record


def record_of(name: str, doc: RecordDoc) -> Record:
    """A record as declared."""
    return Record(
        name=name,
        label=label_of(doc.label, name),
        of=frozenset(as_many(doc.of)),
        per=doc.per,
        among=doc.among,
        shows=tuple(doc.shows),
        cases=doc.cases,
    )


def board_of(name: str, doc: BoardDoc) -> Board:
    """A board as declared."""
    return Board(
        name=name,
        label=label_of(doc.label, name),
        states=as_many(doc.states),
        where=doc.where,
        shows=tuple(doc.shows),
    )
