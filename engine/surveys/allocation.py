"""How many households are drawn in each community."""

from collections.abc import Mapping
from fractions import Fraction


def proportional(frame: Mapping[str, int], households: int) -> dict[str, int]:
    """``households`` in all, by the communities' numbers of households, with the largest remainders.

    Each community gets the whole part of its quota; what is left goes one by one to the largest remainders. Of equal
    remainders the larger community comes first, then the key that comes first in the alphabet, so that the order of the
    mapping does not matter. The result is in the order of ``frame``.

    Raises:
        ValueError: there are fewer households than are to be drawn, or less than one is to be drawn.
    """
    every = sum(frame.values())
    if not 1 <= households <= every:
        raise ValueError(f"{households} of {every} households")
    quotas = {name: Fraction(households * size, every) for name, size in frame.items()}
    shares = {name: int(quota) for name, quota in quotas.items()}
    left = households - sum(shares.values())
    for name in sorted(frame, key=lambda name: (shares[name] - quotas[name], -frame[name], name))[:left]:
        shares[name] += 1
    return shares


def each(frame: Mapping[str, int], households: int) -> dict[str, int]:
    """The same number in every community, in the order of ``frame``.

    Raises:
        ValueError: a community has fewer households, or less than one is to be drawn.
    """
    least = min(frame.values())
    if not 1 <= households <= least:
        raise ValueError(f"{households} of {least} households")
    return dict.fromkeys(frame, households)
