"""Counts and times work for Prometheus (the extra ``duban[metrics]``).

::

    metrics = Metrics()
    engine = duban.Engine(url, pack="civility", observers=[metrics])
    metrics.watch(engine.store, engine.world.clock) # adds what the store itself tells: backlog, age of the last sweep
    prometheus_client.generate_latest(metrics.registry)

Nothing of a case with an audience is counted: with and without such cases all series are the same.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from duban.engine.errors import StoreError
from duban.engine.ports.clock import Clock
from duban.engine.ports.observer import Fact, Fate, Observer, Verb
from duban.engine.ports.store import Store
from duban.observing.standing import Shelf, Standing, shelf, standing

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds. A step takes some milliseconds; five is how long it waits for a lock."""


class Metrics(Observer):
    """The series of one process, in a registry of their own or in that of the host."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry if registry is not None else CollectorRegistry()
        at = self.registry
        self._steps = Counter(
            "duban_steps", "Commands by what they came to.", ["workflow", "event", "outcome", "code"], registry=at
        )
        self._seconds = Histogram(
            "duban_step_seconds", "How long a command took.", ["workflow"], buckets=BUCKETS, registry=at
        )
        self._refusals = Counter("duban_refusals", "Commands that were refused, by code.", ["code"], registry=at)
        self._climbed = Counter("duban_climbed", "Steps of ladders climbed.", ["workflow", "step"], registry=at)
        self._sweeps = Counter("duban_sweeps", "Sweeps by what they came to.", ["outcome"], registry=at)
        self._failed = Counter("duban_sweep_failed_cases", "Cases that failed in sweeps.", registry=at)
        self._cadences = Counter("duban_cadences", "Occurrences of cadences carried out.", registry=at)
        self._messages = Counter("duban_messages", "Messages tried, by action.", ["action", "outcome"], registry=at)
        self._dispatches = Counter(
            "duban_dispatches", "Messages tried on channels, by kind.", ["kind", "outcome"], registry=at
        )
        self._store = Counter("duban_store_errors", "Work that the store failed, by kind.", ["code"], registry=at)

    def watch(self, store: Store, clock: Clock) -> None:
        """Tell with each scrape how the store stands."""
        self.registry.register(StoreCollector(store, clock))

    def began(self, verb: Verb) -> object:
        """Note the time."""
        return time.perf_counter()

    def ended(self, verb: Verb, mark: object, fact: Fact | None) -> None:
        """Count what it came to; for confidential work nothing."""
        if fact is None:
            return
        if fact.is_store:
            self._store.labels(fact.code).inc()
        if verb == "sweep":
            self._sweeps.labels(fact.ending).inc()
            self._failed.inc(fact.counts.get("failed", 0))
            self._cadences.inc(fact.counts.get("cadences", 0))
        elif verb in ("start", "fire"):
            self._steps.labels(fact.workflow, fact.event, fact.ending, fact.code).inc()
            if fact.ending == "refused":
                self._refusals.labels(fact.code).inc()
            if fact.workflow and isinstance(mark, float):
                self._seconds.labels(fact.workflow).observe(time.perf_counter() - mark)

    def climbed(self, workflow: str, step: str) -> None:
        """Count a step of a ladder."""
        self._climbed.labels(workflow, step).inc()

    def handled(self, action: str, fate: Fate) -> None:
        """Count a message of the outbox."""
        self._messages.labels(action, fate).inc()

    def dispatched(self, kind: str, fate: Fate) -> None:
        """Count a message on a channel."""
        self._dispatches.labels(kind, fate).inc()

    def text(self) -> bytes:
        """All series in Prometheus' text format, UTF-8."""
        return generate_latest(self.registry)


class StoreCollector(Collector):
    """Asks the store at the moment of the scrape. A store that is out of reach is told as ``duban_store_up 0``."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering is not to open the store."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges of the store."""
        up = GaugeMetricFamily("duban_store_up", "Whether the store could be read.")
        try:
            found, shelved = standing(self._store, self._clock.now()), shelf(self._store)
        except StoreError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from _families(found)
        yield from _archives(shelved)


def rendered(collector: Collector) -> str:
    """What one collector tells, in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry).decode("utf-8")


def _families(found: Standing) -> Iterator[Metric]:
    pulse, now = found.pulse, found.now
    if found.swept_at is not None:
        yield _gauge("duban_last_sweep_timestamp_seconds", "When a sweep last ended.", found.swept_at.timestamp())
        yield _gauge("duban_last_sweep_age_seconds", "Time since a sweep last ended.", _age(found.swept_at, now))
    yield _gauge("duban_last_sweep_failed_cases", "Cases that failed in the last sweep.", found.failed)
    yield _gauge("duban_due_steps", "Steps of ladders that are due.", pulse.due)
    yield _gauge("duban_oldest_due_age_seconds", "How long the oldest was due.", _age(pulse.due_at, now))
    messages = GaugeMetricFamily("duban_outbox_messages", "Messages of the outbox, by state.", labels=["state"])
    for state in ("waiting", "claimed", "dead"):
        messages.add_metric([state], pulse.messages.get(state, 0))
    yield messages
    yield _gauge(
        "duban_oldest_undelivered_age_seconds", "Age of the oldest undelivered.",
        _age(pulse.undelivered_at, now),
    )  # fmt: skip
    waiting = GaugeMetricFamily(
        "duban_dispatch_messages", "Messages for channels, by channel and state.", labels=["channel", "state"]
    )
    for (channel, state), count in sorted(pulse.dispatches.items()):
        waiting.add_metric([channel, state], count)
    yield waiting
    yield _gauge(
        "duban_oldest_unsent_age_seconds", "How long the oldest was due.",
        _age(pulse.unsent_at, now),
    )  # fmt: skip


def _archives(found: Shelf) -> Iterator[Metric]:
    archives = GaugeMetricFamily(
        "duban_archives", "Archives of finished cases, by how their files stand.", labels=["standing"]
    )
    for how, count in found.standings.items():
        archives.add_metric([how], count)
    yield archives
    yield _gauge("duban_archives_unsettled_cases", "Cases that are back and still there.", found.unsettled)


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(name, says, value=value)


def _age(at: datetime | None, now: datetime) -> float:
    return 0.0 if at is None else max((now - at).total_seconds(), 0.0)
