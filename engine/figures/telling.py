"""Exact numbers as people read them: one decimal, rounded half to even, only here at the very end."""

from fractions import Fraction


def percent(numerator: int, denominator: int) -> str | None:
    """A share as a percentage with one decimal, such as ``66.7%``; None where nothing counted."""
    return f"{decimal(Fraction(numerator * 100, denominator))}%" if denominator else None


def decimal(value: Fraction) -> str:
    """A number with one decimal, rounded half to even: 12.25 is ``12.2``, 12.35 is ``12.4``."""
    tenths = round(value * 10)
    sign, tenths = ("-" if tenths < 0 else ""), abs(tenths)
    return f"{sign}{tenths // 10}.{tenths % 10}"
