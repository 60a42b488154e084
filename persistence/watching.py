"""Reading how the service stands, as monitors and the doctor ask for it."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, literal_column, select

from duban.persistence.running import Running
from duban.persistence.statements import HELD_UP
from duban.persistence.tables import cases, claimed, dispatches, outbox, stopwatches, unfinished
from duban.persistence.visibility import parameters, shape_of, visible

if TYPE_CHECKING:
    from duban.engine.model.scope import Scope
    from duban.engine.ports.watching import Lying, Pulse


class SqlWatchReader(Running):
    """The part of the reader that is about the service itself."""

    def pulse(self, scope: "Scope", now: datetime) -> "Pulse":
        """How things stand at ``now``, of visible cases only."""
        from duban.engine.ports.watching import Pulse

        seen, values = visible(shape_of(scope), self._dialect), parameters(scope)
        due = select(func.count(), func.min(stopwatches.c.next_at)).join(cases, cases.c.id == stopwatches.c.case_id)
        steps, due_at = self._run(due.where(seen, stopwatches.c.next_at <= now), values).one()
        # What is unfinished has an index of its own; written into one condition with the dead, it is not used.
        kept = select(outbox.c.state, func.count(), func.min(outbox.c.created_at))
        kept = kept.join(cases, cases.c.id == outbox.c.case_id).where(seen).group_by(outbox.c.state)
        waits = self._run(kept.where(unfinished(outbox)), values).all()
        dead = self._run(kept.where(outbox.c.state == literal_column("'dead'")), values).all()
        sent = select(dispatches.c.channel, dispatches.c.state, func.count(), func.min(dispatches.c.next_at))
        sent = sent.where(self._seen(scope)).group_by(dispatches.c.channel, dispatches.c.state)
        leaving = self._run(sent.where(unfinished(dispatches)), values).all()
        lost = self._run(sent.where(dispatches.c.state == literal_column("'dead'")), values).all()
        waiting_since = [at for _channel, state, _count, at in leaving if state == "waiting" and at <= now]
        return Pulse(
            due=steps,
            due_at=due_at,
            messages={state: count for state, count, _at in [*waits, *dead]},
            undelivered_at=min((at for _state, _count, at in waits), default=None),
            dispatches={(channel, state): count for channel, state, count, _at in [*leaving, *lost]},
            unsent_at=min(waiting_since, default=None),
        )

    def lying(self, scope: "Scope", now: datetime) -> "Lying":
        """What could be delivered at ``now`` and is not, of visible cases only."""
        from duban.engine.ports.watching import Lying

        seen, values = visible(shape_of(scope), self._dialect), parameters(scope)
        due = select(func.count(), func.min(outbox.c.next_at)).join(cases, cases.c.id == outbox.c.case_id)
        count, since = self._run(due.where(seen, unfinished(outbox), outbox.c.next_at <= now, ~HELD_UP), values).one()
        held = select(outbox.c.number).join(cases, cases.c.id == outbox.c.case_id).limit(1)
        taken = self._run(held.where(seen, claimed(outbox), outbox.c.next_at > now), values).scalar()
        return Lying(count, since, taken is not None)

    def latest_at(self, scope: "Scope") -> datetime | None:
        """When the latest row of a visible case was written."""
        seen = visible(shape_of(scope), self._dialect)
        found: datetime | None = self._run(select(func.max(cases.c.updated_at)).where(seen), parameters(scope)).scalar()
        return found
