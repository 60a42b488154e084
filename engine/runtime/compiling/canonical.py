"""The canonical form of a snapshot: the same content is the same bytes, and so has the same digest."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from duban.engine.model.canonical import canonical as text_of
from duban.engine.model.compilation import FORMAT


def canonical(document: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8 with sorted keys, no spaces, no floating-point numbers, and a newline at the end.

    Raises:
        ValueError: it holds a floating-point number, whose text another machine might write otherwise.
    """
    _refuse_floats(document)
    return (text_of(document) + "\n").encode()


def digest(content: bytes) -> str:
    """The SHA-256 of a snapshot, as evidence names it."""
    return hashlib.sha256(content).hexdigest()


def parsed(content: bytes) -> dict[str, Any]:
    """What a snapshot holds.

    Raises:
        ValueError: it is none, or one of a form that this version does not know.
    """
    document = json.loads(content)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"expected {FORMAT}")
    return document


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError(f"a snapshot holds no floating-point numbers, and this is one: {value}")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            _refuse_floats(item)
