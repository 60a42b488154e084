"""The values of the model are dataclasses like any other."""

from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace

import pytest

from duban.engine.model.frozen import frozen


@frozen
class Point:
    """Where something is."""

    x: int
    y: int = 0
    note: str = field(default="", compare=False)
    secret: str = field(default="", repr=False)


@frozen
class Nothing:
    """A value without a field."""


@frozen
class Loose:
    """Told by its name alone."""

    name: str
    size: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Loose) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)


def test_values_are_equal_when_their_fields_are_and_of_the_same_class() -> None:
    @dataclass(frozen=True)
    class Other:
        x: int
        y: int = 0

    assert Point(1, 2) == Point(1, 2, note="elsewhere")
    assert Point(1, 2) != Point(1, 3)
    assert Point(1, 2) != Other(1, 2)
    assert {Point(1, 2), Point(1, 2, note="elsewhere")} == {Point(1, 2)}
    assert Nothing() == Nothing()
    assert len({Nothing(), Nothing()}) == 1


def test_a_value_is_told_as_it_would_be_written_without_its_secrets() -> None:
    assert repr(Point(1, secret="word")) == f"{Point.__qualname__}(x=1, y=0, note='')"
    assert repr(Nothing()) == "Nothing()"


def test_a_value_keeps_what_it_says_itself_of_equality() -> None:
    assert Loose("a", 1) == Loose("a", 2)
    assert hash(Loose("a", 1)) == hash("a")


def test_a_value_is_frozen_and_has_slots() -> None:
    point = Point(1)

    with pytest.raises(FrozenInstanceError):
        point.x = 2  # type: ignore[misc]
    assert not hasattr(point, "__dict__")
    assert replace(point, x=2) == Point(2)
    assert asdict(point) == {"x": 1, "y": 0, "note": "", "secret": ""}
