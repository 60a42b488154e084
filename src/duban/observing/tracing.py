"""Spans for OpenTelemetry (the extra ``duban[tracing]``), below whatever span the host is in.

::

    engine = duban.Engine(url, pack="civility", observers=[Spans()])

``duban.start``, ``duban.fire``, ``duban.sweep``, ``duban.deliver``; with ``duban.workflow``, ``duban.event``,
``duban.outcome`` and, where there was an error, ``duban.code``. No data, no titles, no references, no names of actors.
The span of work on a confidential case is never ended, so no exporter gets it.
"""

from contextvars import Token
from typing import NamedTuple

from opentelemetry import context, trace
from opentelemetry.context import Context

from duban.engine.ports.observer import Fact, Fate, Observer, Verb


class _Mark(NamedTuple):
    span: trace.Span
    token: Token[Context]


class Spans(Observer):
    """Makes a span of each piece of work; without ``provider``, with the one that the process has set."""

    def __init__(self, provider: trace.TracerProvider | None = None) -> None:
        self._tracer = trace.get_tracer("duban", tracer_provider=provider)

    def began(self, verb: Verb) -> object:
        """Begin a span, and be in it: what the host traces below, such as statements, becomes its child."""
        span = self._tracer.start_span(f"duban.{verb}")
        return _Mark(span, context.attach(trace.set_span_in_context(span)))

    def ended(self, verb: Verb, mark: object, fact: Fact | None) -> None:
        """End it with what it came to."""
        if not isinstance(mark, _Mark):
            return
        context.detach(mark.token)
        if fact is None:
            return
        told = {"workflow": fact.workflow, "event": fact.event, "outcome": fact.ending, "code": fact.code}
        mark.span.set_attributes({f"duban.{name}": value for name, value in told.items() if value})
        mark.span.set_attributes({f"duban.{name}": count for name, count in fact.counts.items()})
        if fact.ending == "failed":
            mark.span.set_status(trace.StatusCode.ERROR, fact.code)
        mark.span.end()

    def climbed(self, workflow: str, step: str) -> None:
        """An event of the sweep's span."""
        trace.get_current_span().add_event("duban.climbed", {"duban.workflow": workflow, "duban.step": step})

    def handled(self, action: str, fate: Fate) -> None:
        """An event of the delivery's span."""
        trace.get_current_span().add_event("duban.handled", {"duban.action": action, "duban.outcome": fate})

    def dispatched(self, kind: str, fate: Fate) -> None:
        """An event of the delivery's span."""
        trace.get_current_span().add_event("duban.dispatched", {"duban.kind": kind, "duban.outcome": fate})
