"""Spans for OpenTelemetry: below the host's own, with names and outcomes, and nothing that is in a case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.observing.office import a_morning, opened

import duban
from duban.observing.tracing import Spans


class Traced:
    """A provider of the test and what it exported."""

    def __init__(self) -> None:
        self.provider = TracerProvider(shutdown_on_exit=False)
        self._memory = InMemorySpanExporter()
        self.provider.add_span_processor(SimpleSpanProcessor(self._memory))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """Finished spans, in the order in which they ended."""
        return self._memory.get_finished_spans()


@pytest.fixture
def traced() -> Iterator[Traced]:
    """Everything that is traced in the test."""
    found = Traced()
    yield found
    found.provider.shutdown()


def told(span: ReadableSpan) -> tuple[str, dict[str, object], list[tuple[str, dict[str, object]]]]:
    """A span without its ids and times."""
    return span.name, dict(span.attributes or {}), [(one.name, dict(one.attributes or {})) for one in span.events]


def test_a_span_lies_below_that_of_the_host_and_tells_names_and_outcome(tmp_path: Path, traced: Traced) -> None:
    with opened(tmp_path, [Spans(traced.provider)]) as engine:
        with traced.provider.get_tracer("host").start_as_current_span("request") as request:
            ref = engine.start("matter", by="clerk", data={"words": "-"}).ref
            with pytest.raises(duban.GuardRefused):
                engine.fire(ref, "close", by="clerk")
        started, fired, _host = traced.spans
    assert started.parent is not None
    assert started.parent.span_id == fired.parent.span_id == request.get_span_context().span_id  # type: ignore[union-attr]
    names = {"duban.workflow": "matter", "duban.event": "report", "duban.outcome": "done"}
    assert told(started) == ("duban.start", names, [])
    assert told(fired)[1] == {
        "duban.workflow": "matter", "duban.event": "close", "duban.outcome": "refused", "duban.code": "guard-refused",
    }  # fmt: skip


def test_sweeps_and_deliveries_tell_what_they_did_as_events(tmp_path: Path, traced: Traced) -> None:
    with opened(tmp_path, [Spans(traced.provider)]) as engine:
        a_morning(engine, hidden=False)
    swept = next(span for span in traced.spans if span.name == "duban.sweep")
    sent = next(span for span in traced.spans if span.name == "duban.deliver")
    assert told(swept)[1] == {"duban.outcome": "done", "duban.climbed": 2, "duban.failed": 0, "duban.cadences": 0}
    assert told(swept)[2] == [("duban.climbed", {"duban.workflow": "matter", "duban.step": "answer@due"})] * 2
    assert [name for name, _ in told(sent)[2]] == ["duban.handled"] * 4


def test_no_span_tells_of_a_confidential_case_or_of_what_a_case_holds(tmp_path: Path) -> None:
    found = []
    for hidden in (True, False):
        traced, folder = Traced(), tmp_path / str(hidden)
        folder.mkdir()
        with opened(folder, [Spans(traced.provider)]) as engine:
            a_morning(engine, hidden=hidden)
        found.append([told(span) for span in traced.spans])
        traced.provider.shutdown()
    assert found[0] == found[1]
    assert not any(word in str(found) for word in ("MAT-", "TIP-", "hush", "秘", "clerk", "judge", "tip"))


def test_the_context_of_the_host_is_given_back_whatever_happens(tmp_path: Path, traced: Traced) -> None:
    from opentelemetry import trace

    with opened(tmp_path, [Spans(traced.provider)]) as engine:
        before = trace.get_current_span()
        a_morning(engine, hidden=True)
        assert trace.get_current_span() is before


def test_work_that_the_store_failed_is_a_span_with_an_error(tmp_path: Path, traced: Traced) -> None:
    with opened(tmp_path, [Spans(traced.provider)]) as engine:
        (tmp_path / "office.db").rename(tmp_path / "away.db")
        with pytest.raises(duban.StoreNotReady):
            engine.sweep()
    (span,) = traced.spans
    assert (span.status.is_ok, span.status.description) == (False, "store-not-ready")
