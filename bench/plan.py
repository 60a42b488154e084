"""How much is measured."""

from dataclasses import dataclass

from bench.places import Places
from bench.stores import Stores


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, and where. ``size`` is the number of cases of the large stores; ``rounds`` how often all is done.

    ``steps`` is how many steps a round of part A takes on one thread. ``postgres`` false leaves out what needs a
    server, ``peers`` false what needs the packages of the extra ``bench``.
    """

    places: Places
    stores: Stores
    size: int = 100_000
    rounds: int = 7
    steps: int = 100
    threads: tuple[int, ...] = (1, 4, 16)
    postgres: bool = True
    peers: bool = True
