"""How much is measured."""

from dataclasses import dataclass

from bench.places import Places
from bench.stores import Stores


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, and where. ``size`` is the number of cases of the large stores; ``rounds`` how often all is done.

    ``steps`` is how many steps a round of part A takes on one thread, ``starts`` how many starts one of part E, of
    which the fastest counts; ``works`` are those whose memory is measured. ``postgres`` false leaves out what needs a
    server, ``peers`` false what needs the packages of the extra ``bench``.
    """

    places: Places
    stores: Stores
    size: int = 100_000
    rounds: int = 7
    steps: int = 100
    threads: tuple[int, ...] = (1, 4, 16)
    starts: int = 3
    works: tuple[str, ...] = ("sweep", "verify", "checkpoint", "backup", "import")
    postgres: bool = True
    peers: bool = True
