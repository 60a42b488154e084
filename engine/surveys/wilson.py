"""The 95 % interval of a share after Wilson, in whole numbers only.

E. B. Wilson: Probable inference, the law of succession, and statistical inference. Journal of the American Statistical
Association 22 (1927), 209-212. With p the share, n the number of sheets and z the normal quantile::

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n)

z is 1.959963984540054 as a decimal fraction. The root is taken of whole numbers, cut off after 20 decimals, and the
bounds are rounded to ten-thousandths, half to even. So the result is the same on every machine.

The finite population correction is left out: it needs the true number of households, which is a declared default here,
and without it an interval is wider, never narrower, than it should be. With 300 of 20,000 it would shorten it by 0.8
%.
"""

from fractions import Fraction
from math import isqrt
from typing import Final

SCALE: Final = 10_000
"""Bounds are told in parts of this."""

_Z: Final = Fraction("1.959963984540054")
_CUT: Final = 10**20


def interval(share: Fraction, n: Fraction) -> tuple[int, int]:
    """The bounds in ten-thousandths. ``n`` need not be whole: of weighted sheets it is the effective number.

    Raises:
        ValueError: the share does not lie between 0 and 1, or ``n`` is not positive.
    """
    if not 0 <= share <= 1 or n <= 0:
        raise ValueError(f"a share of {share} among {n}")
    square = _Z * _Z
    centre = share + square / (2 * n)
    spread = _Z * _root(share * (1 - share) / n + square / (4 * n * n))
    low, high = ((centre + sign * spread) / (1 + square / n) for sign in (-1, 1))
    return max(0, round(low * SCALE)), min(SCALE, round(high * SCALE))


def _root(value: Fraction) -> Fraction:
    """The square root, cut off after 20 decimals."""
    return Fraction(isqrt(value.numerator * _CUT * _CUT // value.denominator), _CUT)
