"""``duban metrics``: how the store stands, once, as Prometheus reads it."""

from typing import TYPE_CHECKING

from duban.cli.kit.answer import Answer, Raw
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.engine.errors import UsageError

if TYPE_CHECKING:
    from duban.observing.metrics import Metrics
    from duban.observing.offices import Watched
    from duban.offices import Offices


def empty_metrics() -> "Metrics":
    """Series in which nothing is counted yet.

    Raises:
        UsageError: the package that makes them is not installed.
    """
    try:
        from duban.observing.metrics import Metrics
    except ModuleNotFoundError as fault:
        if (fault.name or "").partition(".")[0] != "prometheus_client":
            raise
        raise UsageError("metrics-missing") from None
    return Metrics()


def metrics(desk: Desk) -> Answer:
    """Print the gauges of the store, or of offices. Counters belong to processes that go on, so there are none here."""
    empty_metrics()
    if desk.given.is_office:
        from duban.observing.offices import standing_text

        return _told(standing_text(desk.office_names, watched(desk.offices)).decode())
    from duban.observing.metrics import StoreCollector, rendered

    with desk.engine.store.read():
        pass  # a store that is out of reach is an error here; only a scrape goes on without it
    words = rendered(StoreCollector(desk.engine.store, desk.engine.world.clock))
    return _told(words)


def watched(offices: "Offices") -> "Watched":
    """Opens what is watched of an office."""
    return lambda name: (offices[name].store, offices[name].world.clock)


def _told(words: str) -> Answer:
    return Answer({"metrics": words}, [Raw(words.rstrip("\n"))])


command = Command("metrics", "command.metrics", metrics)
