"""What the action `compile` may do: read as of its message's row, and fire once for each message."""

from collections.abc import Mapping

from duban.engine.errors import TransitionNotAllowed
from duban.engine.model.case import Case, Message
from duban.engine.model.scope import Scope
from duban.engine.organization.directory import SYSTEM_ACTOR
from duban.engine.ports.store import Reader, Store, Writer
from duban.engine.runtime.cascade import refusal_of
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.compiling.build import snapshot
from duban.engine.runtime.compiling.ledger import Ledger
from duban.engine.runtime.exhibits import stored
from duban.engine.runtime.request import ACTION_KEY, Request
from duban.engine.runtime.world import World


class Filing:
    """The part of a toolbox that compiles, for actions of the outbox."""

    def __init__(self, store: Store, world: World, ledger: Ledger) -> None:
        self._store = store
        self._filed_in = world
        self._ledger = ledger

    def has_fired(self, message: Message) -> bool:
        """Whether this message fired its event already, in an earlier attempt."""
        with self._store.read() as reader:
            return reader.row_by_key(_key(message)) is not None

    def compiled(self, message: Message, compilation: str) -> bytes:
        """The snapshot as of the history row that the message belongs to.

        Raises:
            LookupError: the pack has no such compilation any more, or the case cannot be compiled.
        """
        declared = self._filed_in.pack.compilations.get(compilation)
        if declared is None:
            raise LookupError(f"no compilation is called {compilation}")
        with self._store.read() as reader:
            case = _case_of(reader, message)
            return snapshot(reader, self._filed_in, declared, case, int(message.key.split(":")[1]), self._ledger)

    def fire(self, message: Message, event: str, evidence: Mapping[str, tuple[str, bytes]]) -> None:
        """Fire an event on the message's case as ``system``, once; quiet where the case has moved on."""
        world = self._filed_in
        with self._store.read() as reader:
            fields = world.definitions.pinned(_case_of(reader, message).definition, reader).workflow.fields
        items = stored(evidence, fields, world.evidence, world.examiner, event)
        request = Request(actor=SYSTEM_ACTOR, event=event, ref=message.ref, evidence=items, key=_key(message))

        def fired(writer: Writer) -> None:
            try:
                with writer.part():
                    Commands(world, writer).fire(request)
            except TransitionNotAllowed as fault:
                case = _case_of(writer, message)
                writer.add_refusal(refusal_of(fault, world.clock.now(), SYSTEM_ACTOR, case, event))

        self._store.transact(fired, keyed=True)


def _key(message: Message) -> str:
    return f"{ACTION_KEY}{message.key}"


def _case_of(reader: Reader, message: Message) -> Case:
    case = reader.case(message.ref, Scope.unbounded())
    if case is None:
        raise LookupError(f"no case is called {message.ref}")
    return case
