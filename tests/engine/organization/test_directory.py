"""Who acts, who is told, who may see."""

from zoneinfo import ZoneInfo

import pytest

from duban.engine.errors import UnknownActor
from duban.engine.model.label import Label
from duban.engine.model.organization import Account, Organization, Post, Role, Unit
from duban.engine.organization.directory import Directory

WORDS = Label("x", "x")


def _post(name: str, unit: str, *roles: str) -> Post:
    return Post(name, unit, frozenset(roles), WORDS)


@pytest.fixture
def directory() -> Directory:
    units = {
        name: Unit(name, WORDS, parent=parent)
        for name, parent in (("office", None), ("repairs", None), ("north", "repairs"), ("corner", "north"))
    }
    roles = {
        "resident": Role("resident", WORDS, "own"),
        "hand": Role("hand", WORDS, "unit"),
        "desk": Role("desk", WORDS),
    }
    posts = [
        _post("clerk", "office", "desk"),
        _post("fitter", "repairs", "hand"),
        _post("gardener", "north", "hand"),
        _post("resident", "office", "resident"),
    ]
    accounts = {
        "account-1": Account("account-1", ("clerk", "fitter")),
        "account-2": Account("account-2", ("resident",)),
    }
    return Directory(Organization(ZoneInfo("UTC"), units, roles, {post.name: post for post in posts}, accounts))


def test_an_account_carries_the_roles_of_all_its_posts(directory: Directory) -> None:
    assert directory.actor("account-1").roles == {"desk", "hand"}


def test_a_post_can_be_used_as_an_account_of_its_own(directory: Directory) -> None:
    actor = directory.actor("fitter")
    assert (actor.kind, actor.roles) == ("post", {"hand"})


def test_a_name_that_is_not_there_is_refused_with_the_nearest_one(directory: Directory) -> None:
    with pytest.raises(UnknownActor, match="did you mean `fitter`"):
        directory.actor("fiter")


def test_a_role_is_not_an_actor(directory: Directory) -> None:
    with pytest.raises(UnknownActor):
        directory.actor("hand")


def test_a_role_may_ask_as_whoever_carries_it_in_the_unit(directory: Directory) -> None:
    actor = directory.actor_or_role("hand", "north")
    assert (actor.kind, [post.name for post in actor.posts], actor.roles) == ("role", ["gardener"], {"hand"})


def test_an_account_acts_in_the_post_that_fits_the_unit_of_the_case(directory: Directory) -> None:
    actor = directory.actor("account-1")
    chosen = directory.acting_post(actor, ["desk", "hand"], "repairs")
    elsewhere = directory.acting_post(actor, ["desk"], "repairs")
    assert chosen is not None
    assert elsewhere is not None
    assert (chosen.name, elsewhere.name) == ("fitter", "clerk")
    assert directory.acting_post(actor, ["resident"], "repairs") is None


def test_a_role_means_those_who_carry_it_in_the_unit_else_wherever(directory: Directory) -> None:
    assert [post.name for post in directory.recipients(["hand"], "north")] == ["gardener"]
    assert [post.name for post in directory.recipients(["hand"], "office")] == ["fitter", "gardener"]


def test_unit_means_every_post_of_the_unit_of_the_case(directory: Directory) -> None:
    assert [post.name for post in directory.recipients(["unit"], "office")] == ["clerk", "resident"]
    assert directory.recipients(["unit"], None) == ()


def test_nobody_is_told_twice(directory: Directory) -> None:
    assert [post.name for post in directory.recipients(["unit", "desk", "clerk", "office"], "office")] == [
        "clerk",
        "resident",
    ]


def test_the_widest_role_decides_what_is_seen(directory: Directory) -> None:
    assert directory.scope(directory.actor("account-1")).sees == "all"
    assert directory.scope(directory.actor("fitter")).sees == "unit"
    assert directory.scope(directory.actor("account-2")).sees == "own"


def test_who_sees_a_unit_sees_what_lies_below_it(directory: Directory) -> None:
    assert directory.scope(directory.actor("fitter")).units == {"repairs", "north", "corner"}
    assert directory.scope(directory.actor("gardener")).units == {"north", "corner"}


def test_the_engine_itself_sees_everything(directory: Directory) -> None:
    assert directory.scope(directory.actor("scheduler")).everything
