"""Watches several offices from one process: every series and every answer is told by the name of the office.

::

    series = OfficeMetrics(["north-street", "south-street"])
    offices = duban.Offices("offices.yaml", observers=lambda name: [series.of(name)])
    series.watch(lambda name: (offices[name].store, offices[name].world.clock))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from duban.engine.errors import DubanError
from duban.engine.ports.clock import Clock
from duban.engine.ports.store import Store
from duban.observing.endpoint import Page, page_of, told_health
from duban.observing.metrics import Metrics, StoreCollector

T = TypeVar("T")

Watched = Callable[[str], tuple[Store, Clock]]
"""Opens what is watched of an office. What keeps it from being opened is an error of duban's."""

_THREADS: Final = 32
"""The most offices that are asked at a time: one whose server does not answer holds up no other."""


class OfficeMetrics:
    """The series of a process that serves several offices, each with the label ``office``."""

    def __init__(self, names: Sequence[str]) -> None:
        self._of: Final = {name: Metrics() for name in names}

    def of(self, name: str) -> Metrics:
        """What counts the work of one office.

        Raises:
            KeyError: there is none of this name.
        """
        return self._of[name]

    def watch(self, watched: Watched) -> None:
        """Tell with each scrape how each office and its store stand."""
        for name, series in self._of.items():
            series.registry.register(_OfficeCollector(name, watched))

    def text(self) -> bytes:
        """All series in Prometheus' text format, UTF-8."""
        return _text(each(list(self._of), lambda name: list(self._of[name].registry.collect())))


class _OfficeCollector(Collector):
    """Whether an office can be opened, and how its store stands."""

    def __init__(self, name: str, watched: Watched) -> None:
        self._name = name
        self._watched = watched

    def describe(self) -> Iterator[Metric]:
        """Nothing: registering is not to open the office."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """The gauges of the office."""
        up = GaugeMetricFamily("duban_office_up", "Whether the office could be opened, its pack with it.")
        try:
            store, clock = self._watched(self._name)
        except DubanError:
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        yield from StoreCollector(store, clock).collect()


class _Labelled(Collector):
    """Families of several offices as one: each sample with the name of its office."""

    def __init__(self, found: Mapping[str, Sequence[Metric]]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Each family once, with the samples of all offices."""
        merged: dict[str, Metric] = {}
        for office, families in self._found.items():
            for one in families:
                family = merged.setdefault(one.name, Metric(one.name, one.documentation, one.type, one.unit))
                family.samples += [
                    sample._replace(labels={"office": office, **sample.labels}) for sample in one.samples
                ]
        yield from merged.values()


def standing_text(names: Sequence[str], watched: Watched) -> bytes:
    """How offices and their stores stand, once, without what a process counts; in the same format."""
    return _text(each(names, lambda name: list(_OfficeCollector(name, watched).collect())))


def _text(found: Mapping[str, Sequence[Metric]]) -> bytes:
    registry = CollectorRegistry()
    registry.register(_Labelled(found))
    return generate_latest(registry)


def health_of(name: str, watched: Watched) -> Page:
    """Whether one office is swept: 200, else 503."""
    return page_of(_health(name, watched))


def health_of_all(names: Sequence[str], watched: Watched) -> Page:
    """Whether all offices are swept: 200, else 503; and each by its name."""
    found = each(names, lambda name: _health(name, watched))
    return page_of({"healthy": all(one["healthy"] for one in found.values()), "offices": found})


def each(names: Sequence[str], work: Callable[[str], T]) -> dict[str, T]:
    """What the work comes to for each office, done at the same time, in the order of the names."""
    with ThreadPoolExecutor(max(min(len(names), _THREADS), 1), thread_name_prefix="duban-offices") as threads:
        return dict(zip(names, threads.map(work, names), strict=True))


def _health(name: str, watched: Watched) -> dict[str, Any]:
    try:
        store, clock = watched(name)
    except DubanError as fault:
        return {"healthy": False, "code": fault.code}
    return told_health(store, clock)
