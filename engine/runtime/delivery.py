"""Carries out the actions of the outbox: at least once, with a stable key, never blocking what stands behind."""

import random
import secrets
from datetime import datetime, timedelta
from typing import Final

from duban.engine.log import log
from duban.engine.model.case import Message
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization
from duban.engine.model.scope import Scope
from duban.engine.ports.observer import Fate
from duban.engine.ports.outbox import NewNotice
from duban.engine.ports.store import Store
from duban.engine.runtime.compiling.filing import Filing
from duban.engine.runtime.compiling.ledger import Ledger
from duban.engine.runtime.observing import told
from duban.engine.runtime.routing import routes_of
from duban.engine.runtime.world import World

LEASE: Final = timedelta(minutes=5)
ATTEMPTS: Final = 10
FIRST_WAIT: Final = timedelta(seconds=20)
LONGEST_WAIT: Final = timedelta(hours=1)
BATCH: Final = 100


@frozen
class DeliveryReport:
    """How many messages were delivered, put off until later, and laid among the dead; ``sent`` went out on channels.

    What was put off or laid among the dead counts with or without a channel. Of confidential cases only those messages
    count that whoever it is told to may know of.
    """

    delivered: int
    postponed: int
    dead: int
    sent: int = 0

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        return DeliveryReport(
            self.delivered + other.delivered, self.postponed + other.postponed, self.dead + other.dead,
            self.sent + other.sent,
        )  # fmt: skip


class CollectingToolbox(Filing):
    """What one message's action may use: the organisation, the inboxes, and what is compiled and filed.

    Notices are collected, and written with the acknowledgement of their message in one transaction.
    """

    def __init__(self, world: World, store: Store, ledger: Ledger | None = None) -> None:
        super().__init__(store, world, ledger or Ledger(world.clock))
        self._world = world
        self.notices: list[NewNotice] = []

    @property
    def organization(self) -> Organization:
        """The organisation in force."""
        return self._world.directory.organization

    def put_notice(self, post: str, message: Message, text: Label) -> None:
        """Lay a notice into a post's inbox once the action is done; the same message lies there once.

        It goes out on the channels of the post, too.
        """
        self.notices.append(NewNotice(post, text, routes_of(self._world, message, post)))


def deliver(store: Store, world: World, limit: int | None, scope: Scope) -> DeliveryReport:
    """Carry out what waits, until nothing is due or ``limit`` messages were tried.

    Messages that ``scope`` does not admit are carried out on the way. They neither count nor use up the limit, which
    would tell of them.
    """
    counts = {"delivered": 0, "postponed": 0, "dead": 0}
    left, ledger = limit, Ledger(world.clock)
    while left is None or left > 0:
        now, token = world.clock.now(), secrets.token_hex(16)
        wanted = BATCH if left is None else min(BATCH, left)
        messages = store.outbox.claim(now, now + LEASE, token, wanted)
        if not messages:
            break
        for position, message in enumerate(messages):
            if world.clock.now() >= now + LEASE:
                # Another worker may have what is left of the batch by now. What nobody has was not tried either.
                for rest in messages[position:]:
                    store.outbox.put_off(rest.number, token, world.clock.now())
                break
            came_to = _one(message, token, store, world, ledger)
            counts[came_to] += scope.admits(message.audience)
            if not message.audience:
                _tell(world, message.action, came_to)
        left = None if left is None else left - sum(scope.admits(message.audience) for message in messages)
    return DeliveryReport(**counts)


def _one(message: Message, token: str, store: Store, world: World, ledger: Ledger) -> Fate:
    if message.attempts > ATTEMPTS:
        # Its workers never came back, so nobody could say that it failed.
        store.outbox.fail(message.number, token, message.last_error or "the workers that tried it died", None)
        _warn(message)
        return "dead"
    toolbox = CollectingToolbox(world, store, ledger)
    try:
        action = world.registry.find(message.action)
        if action is None:
            raise LookupError(f"no action is called {message.action}")
        action.carry_out(message, toolbox)
    except Exception as fault:  # an action is other people's code: whatever it raises means "not done"
        retry_at = retry_time(message.attempts, world.clock.now())
        store.outbox.fail(message.number, token, f"{type(fault).__name__}: {fault}"[:500], retry_at)
        _warn(message)
        return "dead" if retry_at is None else "postponed"
    store.outbox.acknowledge(message.number, token, world.clock.now(), toolbox.notices)
    if not message.audience:
        log.info("message.delivered", key=message.key, action=message.action)
    return "delivered"


def _tell(world: World, action: str, fate: Fate) -> None:
    told(world.observers, lambda observer: observer.handled(action, fate))


def _warn(message: Message) -> None:
    """A line in the log; none of a confidential case, whose own people find the message in the outbox."""
    if not message.audience:
        log.warning("message.failed", key=message.key, action=message.action, attempts=message.attempts)


def retry_time(attempts: int, now: datetime) -> datetime | None:
    """When to try again; None where so many attempts were enough.

    Twice as long each time from twenty seconds on, at most an hour, spread by half so that retries do not march.
    """
    if attempts >= ATTEMPTS:
        return None
    wait = min(FIRST_WAIT * 2.0 ** (attempts - 1), LONGEST_WAIT)
    return now + random.uniform(0.5, 1.0) * wait
