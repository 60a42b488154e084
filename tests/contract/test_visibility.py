"""Who may not see, does not see: the SQL of a scope means the same as ``Scope.allows``, under every read."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.samples import EVERYTHING, T0, a_case, started, stored, undone

from duban.engine.model.case import Case
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.outbox import NewNotice
from duban.engine.ports.records import CaseQuery, Refusal
from duban.persistence.store import SqlStore

# Names that a search by pattern would mix up, besides those that fields of a pack can hold.
NAMES = st.sampled_from(
    ["office", "Office", "off_ce", "off%ce", "off|ce", "%7C", "ice", "督办", "unit-head", "a", "b", ""]
)
CASES = st.lists(
    st.builds(
        lambda audience, unit, opened_by: a_case(audience=tuple(audience), unit=unit, opened_by=opened_by),
        st.lists(NAMES, max_size=3),
        st.none() | NAMES,
        NAMES,
    ),
    max_size=6,
)
SCOPES = st.builds(
    Scope,
    actor=NAMES,
    roles=st.frozensets(NAMES, max_size=4),
    sees=st.sampled_from(["all", "unit", "own"]),
    units=st.frozensets(NAMES, max_size=3),
    everything=st.booleans(),
)


@given(cases=CASES, scopes=st.lists(SCOPES, min_size=1, max_size=4))
# Every example undoes what it wrote, so the one store serves them all.
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.asvs("1.4.4")
def test_every_read_shows_exactly_what_the_scope_allows(
    store: SqlStore, cases: list[Case], scopes: list[Scope]
) -> None:
    with undone(store) as writer:
        kept = []
        for number, plain in enumerate(cases):
            named = replace(plain, ref=f"X-{number}")
            case = stored(writer, named, messages=1)
            writer.put_notices(case.id, case.ref, [NewNotice("desk", Label("en", "zh"))], T0)
            writer.add_refusal(Refusal(T0, "a", case.ref, "issue", "assign", "guard-refused"))
            kept.append(case)
        for scope in scopes:
            allowed = {case.ref for case in kept if scope.allows(case)}
            assert {case.ref for case in writer.cases(CaseQuery(limit=99), scope)} == allowed
            assert {case.ref for case in kept if writer.case(case.ref, scope) is not None} == allowed
            assert {case.ref for case in kept if writer.lock_case(case.ref, scope) is not None} == allowed
            assert {message.ref for message in writer.messages(scope, None, 99)} == allowed
            assert {notice.ref for notice in writer.notices(["desk"], scope, 99)} == allowed
            told = {refusal.ref for refusal in writer.refusals(scope, 99)}
            assert told == (allowed if scope.everything or scope.sees == "all" or scope.actor == "a" else set())
            assert sum(tally.count for tally in writer.tallies(scope, T0)) == len(allowed)


def test_a_limit_counts_visible_cases_only(store: SqlStore) -> None:
    visible = started(store, "REF-1", unit="office")
    for number in range(3):
        started(store, f"REF-hidden-{number}", audience=("discipline",))
    outsider = Scope("account-17", frozenset({"handler"}), "all")
    with store.read() as reader:
        assert reader.cases(CaseQuery(limit=1), outsider) == [visible]


def test_a_refusal_of_a_hidden_case_and_of_an_unknown_reference_are_hidden_alike(store: SqlStore) -> None:
    started(store, "REF-1", audience=("discipline",))
    hidden = Refusal(T0, "account-17", "REF-1", "referral", "approve", "unknown-case")
    unknown = Refusal(T0, "account-17", "REF-2", None, "approve", "unknown-case")
    secret = Refusal(T0, "account-17", None, "referral", "propose", "not-permitted", (), ("discipline",))
    why = Label("needs the role reporter", "需要上报角色")
    plain = Refusal(T0, "account-17", None, "issue", "report", "not-permitted", (why,))
    with store.write() as writer:
        for refusal in (hidden, unknown, secret, plain):
            writer.add_refusal(refusal)
    with store.read() as reader:
        assert reader.refusals(Scope("leader", frozenset({"leader"}), "all"), 9) == [plain]
        told = replace(hidden, audience=("discipline",))  # that of its case
        assert reader.refusals(Scope("secretary", frozenset({"discipline"}), "all"), 9) == [plain, secret, told]
        assert reader.refusals(EVERYTHING, 9) == [plain, secret, unknown, hidden]
        assert reader.refusals(EVERYTHING, 1) == [plain]
