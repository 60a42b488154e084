"""Counts by what cases hold: one query, the same on every store, and never more than may be seen."""

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.samples import EVERYTHING, a_case, started, undone

from duban.engine.model.scope import Scope
from duban.engine.ports.grouping import GroupQuery
from duban.persistence.store import SqlStore

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5),
    st.sampled_from(["", "1", "true", "null", '"', "a'b", "测评", "\u2028"]),
    st.lists(st.sampled_from(["a", "b"]), max_size=2),
)  # fmt: skip
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def counted(store: SqlStore, query: GroupQuery, scope: Scope = EVERYTHING) -> dict[Any, int]:
    with store.read() as reader:
        return {(group.values, group.state): group.count for group in reader.grouped(query, scope)}


@FEW
@given(held=st.lists(st.tuples(VALUES, VALUES, st.sampled_from(["open", "done"])), max_size=12))
def test_the_counts_are_those_that_counting_the_cases_one_by_one_gives(store: SqlStore, held: list[Any]) -> None:
    with undone(store) as writer:
        for number, (x, y, state) in enumerate(held):
            writer.add_case(a_case(f"ISS-{number:06}", state=state, data={"x": x, "y": y}))
        for fields in (("x",), ("x", "y"), ("y", "missing")):
            groups = writer.grouped(GroupQuery("issue", fields), EVERYTHING)
            found = Counter({(repr(one.values), one.state): one.count for one in groups})
            rows = [({"x": x, "y": y}, state) for x, y, state in held]
            expected = Counter((repr(tuple(data.get(name) for name in fields)), state) for data, state in rows)
            assert found == expected


def test_only_cases_of_the_workflow_whose_data_hold_what_is_asked_for_are_counted(store: SqlStore) -> None:
    started(store, "ISS-000001", data={"review": "REV-1", "major": "1"})
    started(store, "ISS-000002", data={"review": "REV-2", "major": "1"})
    started(store, "TSK-000001", workflow="task", data={"review": "REV-1", "major": "1"})

    query = GroupQuery("issue", ("major",), {"review": "REV-1"})
    assert counted(store, query) == {(("1",), "reported"): 1}


def test_what_the_scope_does_not_allow_is_not_counted(store: SqlStore) -> None:
    started(store, "ISS-000001", data={"major": "1"}, unit="safety")
    started(store, "ISS-000002", data={"major": "1"}, unit="finance")
    started(store, "ISS-000003", data={"major": "1"}, unit="safety", audience=("discipline",))
    query = GroupQuery("issue", ("major",))

    nobody = Scope("x", sees="own")
    unit = Scope("x", sees="unit", units=frozenset({"safety"}))
    insider = Scope("x", roles=frozenset({"discipline"}), sees="all")
    assert [sum(counted(store, query, scope).values()) for scope in (nobody, unit, Scope.of_nobody(), insider)] == [
        0, 1, 2, 3,
    ]  # fmt: skip


def test_without_fields_the_cases_are_counted_by_state_alone(store: SqlStore) -> None:
    started(store, "ISS-000001")
    started(store, "ISS-000002", state="closed")

    assert counted(store, GroupQuery("issue", ())) == {((), "reported"): 1, ((), "closed"): 1}
