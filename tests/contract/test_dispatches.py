"""What goes out on channels, in every store: gathered with the notices, in exactly one message, leased by token."""

from datetime import timedelta

import pytest
from tests.contract.samples import EVERYTHING, HOUR, T0, started

from duban.engine.model.dispatch import Dispatch
from duban.engine.model.label import Label
from duban.engine.model.scope import Scope
from duban.engine.ports.dispatches import Route
from duban.engine.ports.outbox import NewNotice
from duban.persistence.store import SqlStore

WINDOW = timedelta(minutes=30)
NOBODY = Scope.of_nobody()


def route(key: str, channel: str = "mail", recipient: str = "desk", most: int = 9, *, urgent: bool = False) -> Route:
    return Route(key, channel, recipient, urgent, most, T0 + WINDOW, T0)


def noticed(store: SqlStore, ref: str, *routes: Route, post: str = "desk", audience: tuple[str, ...] = ()) -> None:
    """A case whose one message was delivered as a notice on these routes."""
    started(store, ref, messages=1, audience=audience)
    (message,) = store.outbox.claim(T0, T0 + HOUR, "w", 9)
    assert store.outbox.acknowledge(message.number, "w", T0, [NewNotice(post, Label(ref, ref), routes)])


def claim(store: SqlStore, token: str = "w1", *, after: timedelta = WINDOW, limit: int = 9) -> list[Dispatch]:
    return store.dispatches.claim(T0 + after, T0 + after + HOUR, token, limit)


def listed(store: SqlStore, scope: Scope = EVERYTHING) -> list[Dispatch]:
    with store.read() as reader:
        return reader.dispatches(scope, None, None, 99)


def test_notices_of_one_recipient_are_gathered_into_one_message_with_the_first_key(store: SqlStore) -> None:
    for number, ref in enumerate("abc"):
        noticed(store, ref, route(f"k{number}"))
    assert claim(store, after=WINDOW - timedelta(seconds=1)) == []
    (one,) = claim(store)
    assert (one.key, one.channel, one.recipient, one.state, one.attempts) == ("k0", "mail", "desk", "claimed", 1)
    assert [notice.ref for notice in one.notices] == ["a", "b", "c"]
    assert claim(store) == []


def test_each_recipient_channel_and_urgency_has_a_message_of_its_own(store: SqlStore) -> None:
    noticed(store, "a", route("k0"), route("k1", "group", ""))
    noticed(store, "b", route("k3", recipient="head"), post="head")
    found = {one.key: (one.channel, one.recipient, [notice.ref for notice in one.notices]) for one in claim(store)}
    assert found == {"k0": ("mail", "desk", ["a"]), "k1": ("group", "", ["a"]), "k3": ("mail", "head", ["b"])}


def test_what_is_urgent_is_not_gathered_with_what_is_not(store: SqlStore) -> None:
    noticed(store, "a", route("k0"))
    noticed(store, "b", route("k1", urgent=True))
    found = {one.key: (one.urgent, [notice.ref for notice in one.notices]) for one in claim(store)}
    assert found == {"k0": (False, ["a"]), "k1": (True, ["b"])}


def test_a_full_message_goes_out_before_its_time_and_the_next_notice_begins_another(store: SqlStore) -> None:
    for number, ref in enumerate("abc"):
        noticed(store, ref, route(f"k{number}", most=2))
    (full,) = claim(store, after=timedelta(0))
    assert (full.key, [notice.ref for notice in full.notices]) == ("k0", ["a", "b"])
    (rest,) = claim(store)
    assert (rest.key, [notice.ref for notice in rest.notices]) == ("k2", ["c"])


@pytest.mark.parametrize("how", ["claimed", "waiting again", "dead", "discarded"])
def test_nothing_is_added_to_what_was_claimed_once_or_set_aside(store: SqlStore, how: str) -> None:
    noticed(store, "a", route("k0"))
    if how == "discarded":
        assert store.dispatches.discard(listed(store)[0].number)
    else:
        (one,) = claim(store)
        if how != "claimed":
            retry_at = T0 + 9 * HOUR if how == "waiting again" else None
            assert store.dispatches.fail(one.number, "w1", "no answer", retry_at)
    noticed(store, "b", route("k1"))
    assert [one.key for one in listed(store)] == ["k0", "k1"]
    (next_one,) = claim(store, "w2")
    assert (next_one.key, [notice.ref for notice in next_one.notices]) == ("k1", ["b"])


def test_a_second_attempt_holds_the_same_notices_under_the_same_key(store: SqlStore) -> None:
    noticed(store, "a", route("k0"))
    (first,) = claim(store)
    noticed(store, "b", route("k1"))
    assert store.dispatches.fail(first.number, "w1", "no answer", T0 + HOUR)
    again = next(one for one in claim(store, "w2", after=2 * HOUR) if one.key == "k0")
    assert (again.attempts, again.last_error, again.notices) == (2, "no answer", first.notices)


def test_a_lapsed_lease_is_taken_over_and_the_old_token_counts_no_more(store: SqlStore) -> None:
    noticed(store, "a", route("k0"))
    (first,) = claim(store)
    (again,) = claim(store, "w2", after=WINDOW + HOUR)
    assert again.number == first.number
    assert not store.dispatches.acknowledge(first.number, "w1", T0)
    assert not store.dispatches.fail(first.number, "w1", "late", None)
    assert not store.dispatches.put_off(first.number, "w1", T0)
    assert store.dispatches.acknowledge(first.number, "w2", T0)
    assert [one.state for one in listed(store)] == ["done"]


def test_what_is_put_off_has_not_used_up_an_attempt(store: SqlStore) -> None:
    noticed(store, "a", route("k0"))
    (one,) = claim(store)
    assert store.dispatches.put_off(one.number, "w1", T0 + 5 * HOUR)
    assert claim(store, after=2 * HOUR) == []
    (again,) = claim(store, after=5 * HOUR)
    assert again.attempts == 1


def test_the_dead_can_be_retried_or_set_aside(store: SqlStore) -> None:
    noticed(store, "a", route("k0"))
    (one,) = claim(store)
    store.dispatches.fail(one.number, "w1", "gone", None)
    assert store.dispatches.retry(one.number, T0)
    (again,) = claim(store)
    assert (again.attempts, [notice.ref for notice in again.notices]) == (1, ["a"])
    assert not store.dispatches.discard(again.number)
    store.dispatches.fail(one.number, "w1", "gone", None)
    assert store.dispatches.discard(one.number)
    assert claim(store, after=9 * HOUR) == []


def test_a_notice_that_was_not_laid_goes_out_nowhere(store: SqlStore) -> None:
    started(store, "a", messages=1)
    (message,) = store.outbox.claim(T0, T0 + HOUR, "w1", 9)
    store.outbox.claim(T0 + 2 * HOUR, T0 + 3 * HOUR, "w2", 9)
    lost = [NewNotice("desk", Label("a", "a"), (route("k0"),))]
    assert not store.outbox.acknowledge(message.number, "w1", T0, lost)
    assert listed(store) == []


def test_the_same_notice_twice_is_in_one_message_once(store: SqlStore) -> None:
    started(store, "a", messages=1)
    (message,) = store.outbox.claim(T0, T0 + HOUR, "w1", 9)
    twice = [NewNotice("desk", Label("a", "a"), (route("k0"),)), NewNotice("desk", Label("a", "a"), (route("k1"),))]
    assert store.outbox.acknowledge(message.number, "w1", T0, twice)
    (one,) = claim(store)
    assert [notice.ref for notice in one.notices] == ["a"]


def test_who_sees_none_of_its_cases_does_not_see_a_message(store: SqlStore) -> None:
    noticed(store, "a", route("k0"), audience=("leader",))
    noticed(store, "b", route("k1", recipient="head"), post="head")
    assert [one.key for one in listed(store, NOBODY)] == ["k1"]
    with store.read() as reader:
        assert reader.dispatch_by_key("k0", NOBODY) is None
        assert reader.dispatch_counts(NOBODY) == {("mail", "waiting"): 1}
        assert reader.dispatch_counts(EVERYTHING) == {("mail", "waiting"): 2}
        assert [one.key for one in reader.dispatches(EVERYTHING, "mail", "waiting", 1)] == ["k0"]
        assert reader.dispatches(EVERYTHING, "group", None, 9) == []
        assert reader.dispatch_by_key("nu\0ll", EVERYTHING) is None
