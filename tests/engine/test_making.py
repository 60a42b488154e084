"""Every class of the model keeps its fields, lets none be changed, and can be pickled, copied and replaced."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from inspect import signature
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.model.case import Case, HistoryRow, Message, Outcome, Stopwatch
from duban.engine.model.changing import changed
from duban.engine.model.frozen import frozen
from duban.engine.ports.records import NewMessage, Refusal, Standing
from duban.engine.runtime.request import Request
from duban.engine.runtime.situation import Situation

KINDS = (Case, HistoryRow, Message, NewMessage, Outcome, Refusal, Request, Situation, Standing, Stopwatch)


@frozen
class Quick:
    """Once with each kind of field."""

    name: str
    number: int = 3
    held: dict[str, Any] = field(default_factory=dict)
    aside: int = field(default=0, compare=False, repr=False)

    @property
    def told(self) -> str:
        """What the class says of itself."""
        return f"{self.name} {self.number}"


@frozen
class Early:
    """The same, of which none is ever made."""

    name: str
    number: int = 3
    held: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Slow:
    """The same, as Python makes it."""

    name: str
    number: int = 3
    held: dict[str, Any] = field(default_factory=dict)
    aside: int = field(default=0, compare=False, repr=False)


def filled(kind: type) -> Any:
    """A value of the class with another text in each field."""
    return kind(**{one.name: f"value of {one.name}" for one in fields(kind)})


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_of_the_hot_path_keeps_each_field_and_lets_none_be_changed(kind: type) -> None:
    value = filled(kind)
    for one in fields(kind):
        assert getattr(value, one.name) == f"value of {one.name}"
        with pytest.raises(FrozenInstanceError):
            setattr(value, one.name, "another")
        with pytest.raises(FrozenInstanceError):
            delattr(value, one.name)
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        value.colour = "red"


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_of_the_hot_path_can_be_pickled_copied_and_replaced(kind: type) -> None:
    value = filled(kind)
    first = fields(kind)[0].name
    for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value), replace(value)):
        assert again == value
        assert type(again) is kind
    other = replace(value, **{first: "another"})
    assert other == changed(value, **{first: "another"})
    assert other != value
    assert hash(value) == hash(replace(value))


@given(st.text(), st.integers(), st.dictionaries(st.text(), st.integers()), st.integers())
def test_it_looks_and_compares_as_a_frozen_value_does(name, number, held, aside) -> None:
    quick, slow = Quick(name, number, held, aside), Slow(name, number, held, aside)
    assert repr(quick).replace("Quick", "Slow") == repr(slow)
    assert quick == Quick(name, number, held, aside + 1)
    assert quick != Quick(name, number + 1, held)
    assert quick != slow
    assert quick.told == f"{name} {number}"


def test_what_is_left_out_is_as_declared_and_no_two_values_share_what_is_made_for_them() -> None:
    one, two = Quick("a"), Quick(name="b")
    assert (one.number, one.held, one.aside) == (3, {}, 0)
    assert one.held is not two.held
    for kind in (Quick, Early):  # of the latter none was ever made
        assert str(signature(kind)).startswith("(name: str, number: int = 3, held: dict[str, typing.Any] = ")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'name'"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        Quick("a", colour=1)  # type: ignore[call-arg]


def test_a_field_that_is_not_there_is_not_written() -> None:
    with pytest.raises(AttributeError):
        changed(Quick("a"), colour="red")


def test_a_class_below_another_has_the_fields_of_both_and_checks_itself() -> None:
    @frozen
    class Below(Quick):
        more: str = "more"

        def __post_init__(self) -> None:
            if not self.name:
                raise ValueError("no name")

    below = Below("a", 4, more="b")
    assert repr(below).endswith("Below(name='a', number=4, held={}, more='b')")
    assert (type(below), type(Quick("a"))) == (Below, Quick)
    assert isinstance(below, Quick)
    assert changed(below, more="c") == Below("a", 4, more="c")
    with pytest.raises(ValueError, match="no name"):
        Below("")
    with pytest.raises(FrozenInstanceError):
        below.name = "other"  # type: ignore[misc]


def test_a_value_of_one_field_or_none_is_changed_and_pickled_like_all_others() -> None:
    @frozen
    class Alone:
        name: str

    @frozen
    class Empty:
        pass

    assert changed(Alone("a"), name="b") == Alone("b")
    assert copy.copy(Alone("a")) == Alone("a")
    assert copy.deepcopy(Empty()) == Empty()
    assert repr(Empty()).endswith("Empty()")


def test_what_is_left_out_or_too_much_is_told_of_the_class_that_was_called() -> None:
    def told(*args: Any, **given: Any) -> list[str]:
        said = []
        for kind in (Quick, Slow):
            with pytest.raises(TypeError) as caught:
                kind(*args, **given)
            said.append(str(caught.value))
        return said

    for quick, slow in (told(), told(1, 2, 3, 4, 5), told("a", colour=1)):
        assert quick.startswith("Quick.__init__() ")
        assert quick.replace("Quick", "Slow") == slow


def below(kind: Any) -> list[Any]:
    """Values of classes below this one, of each way to make such a class."""

    class Plain(kind):  # type: ignore[misc]
        pass

    class Placed(kind):  # type: ignore[misc]
        __slots__ = ("place",)

    class Filling(kind):  # type: ignore[misc]
        def __init__(self, word: str) -> None:
            super().__init__(word, len(word))

    class Bare(kind):  # type: ignore[misc]
        __slots__ = ()

        def __init__(self, word: str) -> None:
            super().__init__(word, len(word))

    @dataclass(frozen=True)
    class Standard(kind):  # type: ignore[misc]
        more: str = "more"

    @dataclass(frozen=True, slots=True)
    class Calling(kind):  # type: ignore[misc]
        more: str = "more"

        def __post_init__(self) -> None:
            kind.__init__(self, self.name, 9)

    # The second of each is made as the first was.
    return [one for made in (Plain, Placed, Filling, Bare, Standard, Calling) for one in (made("word"), made("word"))]


def test_classes_below_a_value_are_filled_as_below_any_frozen_dataclass() -> None:
    @frozen
    class Fresh:
        name: str
        number: int = 3

    @dataclass(frozen=True, slots=True)
    class Like:
        name: str
        number: int = 3

    for value, like in zip(below(Fresh), below(Like), strict=True):
        assert (type(value).__name__, value.name, value.number) == (type(like).__name__, like.name, like.number)
        assert changed(value, name="other").name == "other"
        assert signature(type(value)) == signature(type(like))
        with pytest.raises(FrozenInstanceError):
            value.name = "other"
    plain = below(Fresh)[0]
    plain.own = 1
    assert plain.own == 1
    with pytest.raises(TypeError, match="frozen"):
        dataclass(type("Thawed", (Fresh,), {}))


def test_each_way_to_declare_a_field_is_kept() -> None:
    def made(declaring: Any) -> Any:
        class Declared:
            name: str
            rate: float = 0.5
            fixed: int = field(init=False, default=4)
            held: list[int] = field(init=False, default_factory=list)
            aside: list[int] = field(hash=False, default_factory=list)
            last: int = field(kw_only=True, default=7)

        return declaring(Declared)

    quick, slow = made(frozen), made(dataclass(frozen=True, slots=True))
    one, other = quick("a", aside=[1]), slow("a", aside=[1])
    assert repr(one) == repr(other)
    with pytest.raises(TypeError, match="list"):
        hash(one)  # of `held`
    assert str(signature(quick)) == str(signature(slow))
    assert quick.__match_args__ == slow.__match_args__
    assert quick.__dataclass_params__.frozen
    assert replace(one, last=8).last == 8


def test_a_value_that_can_be_called_tells_what_its_call_takes() -> None:
    @frozen
    class Doing:
        name: str

        def __call__(self, times: int) -> str:
            return self.name * times

    assert list(signature(Doing("a")).parameters) == ["times"]
    assert list(signature(Doing).parameters) == ["name"]


def test_threads_that_make_the_first_value_of_a_class_at_once_make_the_same() -> None:
    for _ in range(20):

        @frozen
        class First:
            name: str
            number: int = 3

        gate = Barrier(8)

        def make(place: int, kind: Any = First, gate: Barrier = gate) -> Any:
            gate.wait()
            return kind(f"{place}") if place % 2 else changed(kind(f"{place}"), number=4)

        with ThreadPoolExecutor(8) as pool:
            values = list(pool.map(make, range(8)))
        assert {type(value) for value in values} == {First}
        assert [value.name for value in values] == [str(place) for place in range(8)]
        with pytest.raises(FrozenInstanceError):
            values[0].name = "other"
