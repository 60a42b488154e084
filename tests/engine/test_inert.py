"""What is shown is harmless, and what is harmless is shown as it is."""

import sys

from duban.engine.inert import HARMFUL, inert


def test_signs_that_can_be_printed_are_never_harmful() -> None:
    printable = "".join(sign for sign in map(chr, range(sys.maxunicode + 1)) if sign.isprintable())

    # With a sign that is harmful beside it each of them goes the long way.
    assert inert(f"{printable}\u200b") == f"{printable}�"
    assert inert(printable) == printable
    assert not printable.isascii()
    assert HARMFUL.isascii()
