"""Canonical JSON: the one text of a value, by which it is kept, hashed and compared."""

import json
from json import encoder
from typing import Any, Final

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _in_pieces() -> Any:
    """The part of the encoder that is written in C, made once: ``JSONEncoder.encode`` makes one with every call, which
    is half of its time for what a step writes. None where this Python has none.
    """
    make = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return None
    of = _ENCODER
    return make(
        None, of.default, encoder.encode_basestring, None, of.key_separator, of.item_separator,
        of.sort_keys, of.skipkeys, of.allow_nan,
    )  # fmt: skip


_PIECES: Final = _in_pieces()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks, characters as they are, no NaN.

    Raises:
        TypeError: a value has no place in JSON. ValueError: a number is not finite.
        RecursionError: it is nested too deep, or holds itself.
    """
    return _ENCODER.encode(value) if _PIECES is None else "".join(_PIECES(value, 0))
