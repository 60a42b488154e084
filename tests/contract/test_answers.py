"""Answer sheets: kept whole by community, apart from everything else, in every store."""

from pathlib import Path

import pytest
from tests.contract.samples import started, undone

from duban.engine.errors import StoreError
from duban.engine.model.survey import Pile
from duban.persistence.store import SqlStore

YES, NO = (("q", "yes"),), (("q", "no"), ("r", "是"))


def test_piles_are_read_back_as_they_were_written(store: SqlStore) -> None:
    case, other = started(store), started(store, "ISS-000002")
    with store.write() as writer:
        writer.put_piles(case.id, [Pile("south", {YES: 3, NO: 1}), Pile("north", {NO: 2})])
        writer.put_piles(case.id, [])
    with store.read() as reader:
        assert reader.piles(case.id) == [Pile("north", {NO: 2}), Pile("south", {YES: 3, NO: 1})]
        assert reader.piles(other.id) == []


def test_a_pile_takes_the_place_of_the_one_before_and_leaves_the_others(store: SqlStore) -> None:
    case = started(store)
    with store.write() as writer:
        writer.put_piles(case.id, [Pile("south", {YES: 1}), Pile("north", {NO: 1})])
        writer.put_piles(case.id, [Pile("south", {YES: 2})])
    with store.read() as reader:
        assert reader.piles(case.id) == [Pile("north", {NO: 1}), Pile("south", {YES: 2})]


def test_a_key_is_used_once_for_each_survey(store: SqlStore) -> None:
    case, other = started(store), started(store, "ISS-000002")
    with store.write() as writer:
        assert writer.use_answer_key(case.id, "a" * 64)
        assert writer.use_answer_key(other.id, "a" * 64)
        assert not writer.use_answer_key(case.id, "a" * 64)
    with undone(store) as writer:
        assert writer.use_answer_key(case.id, "b" * 64)
    with store.write() as writer:
        assert writer.use_answer_key(case.id, "b" * 64)


def test_a_survey_is_pinned_to_its_plan_once(store: SqlStore) -> None:
    case = started(store)
    plan = {"seed": "2020", "frame": [["north", 7, {"en": "North", "zh": "北"}]]}
    with store.read() as reader:
        assert reader.survey_plan(case.id) is None
    with store.write() as writer:
        writer.add_survey_plan(case.id, plan)
    with pytest.raises(StoreError), store.write() as writer:
        writer.add_survey_plan(case.id, {"seed": "2021"})
    with store.read() as reader:
        assert reader.survey_plan(case.id) == plan


def test_sheets_that_are_undone_were_never_there(store: SqlStore) -> None:
    case = started(store)
    with undone(store) as writer:
        writer.put_piles(case.id, [Pile("south", {YES: 1})])
        writer.add_survey_plan(case.id, {"seed": "2020"})
    with store.read() as reader:
        assert reader.piles(case.id) == []
        assert reader.survey_plan(case.id) is None


def test_a_file_holds_no_trace_of_the_pile_before(tmp_path: Path) -> None:
    file = tmp_path / "street.db"
    store = SqlStore(f"sqlite:///{file}")
    store.migrate()
    case = started(store)
    for answer, size in (("first-pile", 500), ("second-pile", 400), ("last-pile", 1)):
        with store.write() as writer:
            writer.put_piles(case.id, [Pile("south", {(("q", f"{answer}-{number}"),): 1 for number in range(size)})])
    store.close()
    held = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"last-pile" in held
    assert b"first-pile" not in held
    assert b"second-pile" not in held
