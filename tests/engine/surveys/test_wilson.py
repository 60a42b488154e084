"""Wilson's interval: the values of the textbooks, and its laws."""

from decimal import Decimal, getcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.engine.surveys.wilson import SCALE, interval

# R. G. Newcombe: Two-sided confidence intervals for the single proportion: comparison of seven methods. Statistics in
# Medicine 17 (1998), 857-872, table I, method 3 (score without continuity correction).
NEWCOMBE = [
    (81, 263, "0.2553", "0.3662"),
    (15, 148, "0.0624", "0.1605"),
    (0, 20, "0.0000", "0.1611"),
    (1, 29, "0.0061", "0.1718"),
]


@pytest.mark.parametrize(("positive", "n", "low", "high"), NEWCOMBE)
def test_the_bounds_are_those_of_the_textbook(positive: int, n: int, low: str, high: str) -> None:
    assert interval(Fraction(positive, n), Fraction(n)) == (Decimal(low) * SCALE, Decimal(high) * SCALE)


def by_formula(positive: int, n: int) -> tuple[int, int]:
    """Worked out apart, with decimals of 60 digits."""
    getcontext().prec = 60
    z, p = Decimal("1.959963984540054"), Decimal(positive) / Decimal(n)
    root = (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
    low, high = ((p + z * z / (2 * n) + sign * z * root) / (1 + z * z / n) for sign in (-1, 1))
    return max(0, round(low * SCALE)), min(SCALE, round(high * SCALE))


@given(st.integers(1, 3_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_bounds_are_those_of_the_formula_and_hold_the_share(given: tuple[int, int]) -> None:
    positive, n = given
    low, high = interval(Fraction(positive, n), Fraction(n))
    assert (low, high) == by_formula(positive, n)
    assert 0 <= low <= round(Fraction(positive, n) * SCALE) <= high <= SCALE
    assert interval(1 - Fraction(positive, n), Fraction(n)) == (SCALE - high, SCALE - low)


@given(st.fractions(0, 1), st.integers(5, 500))
def test_more_sheets_never_make_it_wider(share: Fraction, n: int) -> None:
    low, high = interval(share, Fraction(n))
    narrow_low, narrow_high = interval(share, Fraction(n + 50))
    assert narrow_high - narrow_low <= high - low


@pytest.mark.parametrize(("share", "n"), [(Fraction(3, 2), 5), (Fraction(-1, 2), 5), (Fraction(1, 2), 0)])
def test_what_is_no_share_has_no_interval(share: Fraction, n: int) -> None:
    with pytest.raises(ValueError, match="share"):
        interval(share, Fraction(n))
