"""The whole assessment system, 12 major items to 666 points and 300 households, on every store that can be shared."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import duban
from duban.assessment.coverage import SUMMED, Wanted, coverage, current_review, listed
from duban.assessment.example import FILE, example, written
from duban.assessment.loading import Loader, Loading, every
from duban.assessment.opening import opened
from duban.assessment.shape import checked
from duban.assessment.vocabulary import LEVELS, Vocabulary
from duban.testing import photograph

OFFICE = "office-materials-1"
SHAPE = {"major": 12, "sub": 40, "minor": 88, "indicator": 237, "point": 666, "household": 300}
SECONDS = 40
"""Of this process's own time, so that a busy machine does not matter; on a quiet one all of it takes four."""


@pytest.fixture
def engine(shared_url: str, tmp_path: Path) -> Iterator[duban.Engine]:
    with duban.Engine(shared_url, pack="civility", evidence=tmp_path / "evidence") as made:
        made.migrate()
        yield made


def load(engine: duban.Engine, path: Path, progress: list[int] | None = None) -> Loading:
    hierarchy = checked(opened(path), Vocabulary.of(engine.pack))
    heard = progress if progress is not None else []
    return Loader(engine, hierarchy, OFFICE).load(path, "2030-12-31", heard.append)


def test_the_whole_table_loads_in_seconds_with_progress_and_loading_again_changes_nothing(
    engine: duban.Engine, tmp_path: Path
) -> None:
    path, heard = tmp_path / FILE, list[int]()
    written(path, example(engine.pack, "zh"), "zh")

    began = time.process_time()
    loading = load(engine, path, heard)
    took = time.process_time() - began

    assert loading.new
    assert loading.hierarchy.counts == SHAPE
    assert heard == list(range(1, 1 + 1 + 237 + 666))
    assert took < SECONDS
    review = current_review(engine, OFFICE)
    assert {name: review.data[f"{name}s"] for name in LEVELS} == SHAPE
    assert sum(int(line.rpartition(": ")[2]) for line in review.data["allotment"]) == 300
    assert review.data["document"][0]["name"] == FILE
    indicators, points = (list(every(engine, name, OFFICE)) for name in ("indicator", "inspection_point"))
    assert (len(indicators), len(points)) == (237, 666)
    assert {case.parent for case in indicators} == {review.ref}
    assert {case.parent for case in points} <= {case.ref for case in indicators}
    again = load(engine, path)
    assert (again.new, again.review, again.differences) == (False, review.ref, [])
    assert engine.get(review.ref, by=OFFICE).version == review.version
    assert engine.verify() == []


def test_coverage_at_every_level_is_what_counting_the_cases_gives_and_takes_one_grouped_query_each(
    engine: duban.Engine, tmp_path: Path
) -> None:
    path = tmp_path / FILE
    written(path, example(engine.pack, "en"), "en")
    load(engine, path)
    review = current_review(engine, OFFICE)
    photo = {"photo": ("p.jpg", photograph())}
    for number, point in enumerate(listed(engine, OFFICE, review, "inspection_point", Wanted(of="3"))[:20]):
        data = {"finding": "破损", "category": "litter"} if number % 4 == 0 else {}
        event = "fail" if data else "pass"
        engine.fire(point.ref, event, by="supervision-member-1", data=data, evidence=photo)
    for indicator in listed(engine, OFFICE, review, "indicator", Wanted(of="3.1")):
        engine.fire(indicator.ref, "withdraw", by=OFFICE, data={"reason": "不测"})
    cases = {name: list(every(engine, name, OFFICE)) for name in ("indicator", "inspection_point")}

    for level in SUMMED:
        rows = coverage(engine, OFFICE, review, level)
        key = {"indicator": {"indicator": "code", "inspection_point": "indicator"}}.get(level, {})
        for workflow, part in (("indicator", "indicators"), ("inspection_point", "points")):
            if workflow == "indicator" and level == "community":
                continue
            outcome = Vocabulary.of(engine.pack).outcomes[workflow]
            name_of = key.get(workflow, level)
            counts: Counter[tuple[str, str]] = Counter()
            for case in cases[workflow]:
                if case.state in outcome.left_out:
                    continue
                name = "total" if level == "total" else str(case.data.get(name_of) or "")
                counts[name, "total"] += 1
                counts[name, "checked"] += case.state in outcome.checked
                counts[name, "passed"] += case.state in outcome.passed
            for row in rows:
                standing = getattr(row, part)
                assert (standing.total, standing.checked, standing.passed) == tuple(
                    counts[row.name, what] for what in ("total", "checked", "passed")
                ), (level, row.name)


def test_a_table_that_cannot_be_loaded_whole_leaves_nothing_behind(engine: duban.Engine, tmp_path: Path) -> None:
    path = tmp_path / FILE
    written(path, example(engine.pack, "zh"), "zh")
    hierarchy = checked(opened(path), Vocabulary.of(engine.pack))

    class Broken(Exception):
        pass

    def stop(done: int) -> None:
        if done == 300:
            raise Broken

    with pytest.raises(Broken):
        Loader(engine, hierarchy, OFFICE).load(path, None, stop)

    assert len(engine.find(by=OFFICE)) == 0


def test_who_may_not_load_a_table_writes_nothing(engine: duban.Engine, tmp_path: Path) -> None:
    path = tmp_path / FILE
    written(path, example(engine.pack, "zh"), "zh")
    hierarchy = checked(opened(path), Vocabulary.of(engine.pack))

    with pytest.raises(duban.NotPermitted):
        Loader(engine, hierarchy, "safety-handler").load(path, None)

    assert len(engine.find(by=OFFICE)) == 0
