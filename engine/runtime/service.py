"""What is done with a store as a whole: sweeping, delivering, checking, looking after messages."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from duban.engine.errors import UnknownMessage
from duban.engine.model.organization import SYSTEM
from duban.engine.model.suspension import SUSPENSIONS
from duban.engine.runtime.given import (
    require_counts,
    require_mappings,
    require_secrets,
    require_texts,
    require_texts_or_none,
)
from duban.engine.runtime.keeping import Keeping

# What only one verb needs is imported by that verb: a command line calls one of them, and waits for all imports.
if TYPE_CHECKING:
    from duban.engine.model.case import Broken, Message
    from duban.engine.model.dispatch import Dispatch
    from duban.engine.ports.dispatches import Dispatches
    from duban.engine.ports.outbox import Outbox
    from duban.engine.runtime.delivery import DeliveryReport
    from duban.engine.runtime.published import Heads
    from duban.engine.runtime.sweep import SweepReport
    from duban.engine.runtime.telling import Telling


class Service(Keeping):
    """The verbs of the engine, and those that look after its store. Told as to whom is said with each."""

    def sweep(
        self, progress: Callable[[int], None] = lambda _count: None, stopped: Callable[[], bool] = lambda: False,
        *, by: str | None = SYSTEM,
    ) -> "SweepReport":  # fmt: skip
        """Climb every ladder step and carry out every cadence that is due; safe to run anywhere, any number of times.

        Once a day it also erases what finished cases have held for as long as retention.yaml says, and removes files
        that no case refers to any more.

        It is told as to ``by``: the engine itself unless somebody else is named; None is nobody, and hears of no
        confidential case. ``progress`` is told the count of steps climbed so far. ``stopped`` is asked between
        transactions; when it says so, the rest is left for the next sweep.

        Raises:
            StoreError: the store is out of reach or stays locked. What was climbed until then is kept.
        """
        from duban.engine.runtime.archives import archive_today
        from duban.engine.runtime.retention import retain
        from duban.engine.runtime.sweep import sweep

        room = self.room(by)
        report = sweep(self._store, self._world, progress, stopped, room)
        retained = retain(self._store, self._world, stopped)
        if retained.is_done:
            self.collect()
        erased = sum(room.admits(case.audience) for case in retained.erased)
        moved = archive_today(self._store, self._world, stopped, room).moved
        return replace(report, erased=erased, archived=moved)

    def deliver(self, limit: int | None = None, *, by: str | None = SYSTEM) -> "DeliveryReport":
        """Carry out the actions that wait in the outbox, then send what is due on channels.

        Each at least once, with a stable key. ``limit`` bounds each of the two.

        Told as to ``by``, as a sweep is.
        """
        from duban.engine.ports.observer import Fact
        from duban.engine.runtime.delivery import deliver
        from duban.engine.runtime.dispatching import dispatch
        from duban.engine.runtime.observing import ended, observed

        if limit is not None:
            require_counts(0, limit=limit)
        room = self.room(by)

        def work() -> "DeliveryReport":
            return deliver(self._store, self._world, limit, room) + dispatch(self._store, self._world, limit)

        if not self._world.observers:
            return work()
        # How much it did is told message by message: the sums of the report may hold confidential ones.
        return observed(self._world.observers, "deliver", work, lambda _report: Fact("done"), ended)

    def try_channel(self, name: str, post: str | None = None) -> str:
        """Send a message that says that it is a trial, to ``post`` where each has an address; what came back.

        Raises:
            UnknownChannel, UsageError: it has no such recipient. ChannelError: not configured, or not taken.
        """
        from duban.engine.runtime.dispatching import tried

        require_texts(name=name)
        require_texts_or_none(post=post)
        return tried(self._world, name, post)

    def dispatches(
        self, *, by: str, channel: str | None = None, state: str | None = None, limit: int = 50
    ) -> "list[Dispatch]":
        """What goes out on channels about cases that the actor can see, oldest first, without its notices.

        Raises:
            UnknownActor.
        """
        require_texts_or_none(channel=channel, state=state)
        require_counts(limit=limit)

        def read(telling: "Telling") -> "list[Dispatch]":
            found = telling.reader.dispatches(telling.scope, channel, state, limit)
            return [replace(one, number=0) for one in found]

        return self._told(by, "dispatches", read)

    def verify(
        self, progress: Callable[[int], None] = lambda _count: None, published: "Heads | None" = None,
        *, by: str | None = SYSTEM,
    ) -> list["Broken"]:  # fmt: skip
        """Check every history chain, state, definition and evidence file; what does not hold, nothing if all does.

        Confidential cases are checked for ``by`` who may see them: the engine itself may see all, nobody (None) none.

        ``published`` is an earlier ``checkpoint`` that was kept outside the database. What ``by`` may not see is not
        compared with it: ``heads-unseen`` tells, as one number, how many heads belong to such cases or to none.
        """
        from duban.engine.runtime.sealing import broken_seals
        from duban.engine.runtime.suspension_chain import broken_suspensions
        from duban.engine.runtime.verification import verify

        require_mappings(published=published)
        with self._store.read() as reader:
            world, scope = self._world, self.room(by)
            broken = list(verify(reader, world, progress, published, scope))
            heads = dict(published or {})
            broken += broken_suspensions(reader, heads.get(SUSPENSIONS))
            return [*broken, *broken_seals(reader, world.pack.surveys, scope)]

    def checkpoint(self, *, by: str | None = SYSTEM) -> dict[str, tuple[int, str]]:
        """The version and the head of every case, by reference: plain JSON, to be published outside the database.

        Confidential cases are in it for ``by`` who may see them, and then it is as confidential as they are. With None,
        they are left out.

        Who changes a whole history, its head included, is found out by ``verify(published=...)``.
        """
        from duban.engine.runtime.verification import each_head

        with self._store.read() as reader:
            return dict(each_head(reader, self.room(by)))

    def write_checkpoint(
        self, write: Callable[[str], object], key: bytes | None = None, *, by: str | None = SYSTEM
    ) -> None:
        """The same as lines of a file for :func:`duban.engine.runtime.checkpoints.read`, in bounded memory.

        With ``key``, which is kept outside the database, the file is sealed: nobody else can make another like it.
        """
        from duban.engine.runtime.checkpoints import written
        from duban.engine.runtime.verification import each_head

        require_secrets(key=key)
        with self._store.read() as reader:
            heads = each_head(reader, self.room(by))
            for line in written(heads, self._world.pack.name, self._world.clock.now(), key):
                write(line)

    def messages(self, *, by: str, state: str | None = None, limit: int = 50) -> list["Message"]:
        """Messages of the outbox about cases that the actor can see, oldest first.

        Raises:
            UnknownActor.
        """

        require_texts_or_none(state=state)
        require_counts(limit=limit)

        def read(telling: "Telling") -> list["Message"]:
            found = telling.reader.messages(telling.scope, state, limit)
            for message in found:
                telling.note(message.ref, message.audience)
            return [replace(message, number=0) for message in found]

        return self._told(by, "messages", read)

    def retry(self, key: str, *, by: str) -> None:
        """Put a dead or discarded message, of the outbox or on a channel, back among the waiting; ``key`` names it.

        Raises:
            UnknownActor, UnknownMessage.
        """
        lies, number = self._place(key, by)
        if not lies.retry(number, self._world.clock.now()):
            raise UnknownMessage(key=key)

    def discard(self, key: str, *, by: str) -> None:
        """Set a waiting or dead message, of the outbox or on a channel, aside for good; ``key`` names it.

        Raises:
            UnknownActor, UnknownMessage.
        """
        lies, number = self._place(key, by)
        if not lies.discard(number):
            raise UnknownMessage(key=key)

    def _place(self, key: str, by: str) -> "tuple[Outbox | Dispatches, int]":
        """Where a message lies that the actor can see, and the store's number of it."""
        require_texts(key=key)
        found = self._told(by, "messages", lambda telling: telling.reader.message_by_key(key, telling.scope))
        if found is not None:
            return self._store.outbox, found.number
        sent = self._told(by, "dispatches", lambda telling: telling.reader.dispatch_by_key(key, telling.scope))
        if sent is not None:
            return self._store.dispatches, sent.number
        raise UnknownMessage(key=key)
