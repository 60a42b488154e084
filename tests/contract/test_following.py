"""Of several servers a process stays with the one that took over, and never goes back to one that was overtaken."""

from typing import Any

import pytest

from duban.engine.errors import StoreUnreachable
from duban.persistence.faults import Faults
from duban.persistence.following import Following


class Arrival:
    """A new connection to a server on a timeline; None for a copy."""

    def __init__(self, host: str, port: int, timeline: int | None) -> None:
        self.info, self.host, self.port = self, host, port
        self._timeline, self.is_closed = timeline, False

    def execute(self, _asked: str) -> "Arrival":
        """Ask for the timeline."""
        return self

    def fetchone(self) -> tuple[int | None]:
        """The timeline."""
        return (self._timeline,)

    def close(self) -> None:
        """Hang up."""
        self.is_closed = True


@pytest.fixture
def following() -> Following:
    return Following(Faults("postgresql://h1,h2/db", 5).overtaken)


def order(following: Following, **given: Any) -> tuple[str, str | None]:
    """The hosts and ports as the driver gets them."""
    following.ordered(given)
    return given["host"], given.get("port")


def test_the_order_is_that_of_the_url_until_one_was_the_right_one(following: Following) -> None:
    assert order(following, host="h1,h2", port="5432,5433") == ("h1,h2", "5432,5433")
    following.arrived(Arrival("h1", 5432, None))
    assert order(following, host="h1,h2", port="5432,5433") == ("h1,h2", "5432,5433")


@pytest.mark.parametrize("ports", ["5431,5432,5433", ",,", "5432,5432,5432"])
def test_the_one_that_was_the_right_one_comes_first(following: Following, ports: str) -> None:
    following.arrived(Arrival("h2", 5432, 2))
    split = ports.split(",")
    expected = ",".join([split[1], split[0], split[2]])
    assert order(following, host="h1,h2,h3", port=ports) == ("h2,h1,h3", expected)


def test_without_ports_they_are_the_usual_ones(following: Following) -> None:
    following.arrived(Arrival("::2", 5432, 2))
    assert order(following, host="::1,::2") == ("::2,::1", ",")


def test_one_that_was_overtaken_is_not_used_and_told(following: Following) -> None:
    following.arrived(Arrival("h1", 5432, 1))
    following.arrived(Arrival("h2", 5432, 2))
    old = Arrival("h1", 5432, 1)
    with pytest.raises(StoreUnreachable, match="overtaken") as caught:
        following.arrived(old)
    assert old.is_closed
    assert "取代" in caught.value.message("zh")
    following.arrived(Arrival("h2", 5432, 2))
    following.arrived(Arrival("h3", 5432, 3))
