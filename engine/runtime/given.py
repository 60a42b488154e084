"""Whether what a program hands to a verb is of the kind that the verb takes: text, a mapping, a number, an instant.

What a person types is always text; this is for those who embed duban, who else would meet an error from deep inside.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from duban.engine.errors import UsageError
from duban.engine.model.saying import Saying

_TEXT: Final = Saying("argument.text")
_MAPPING: Final = Saying("argument.mapping")
_VALUE: Final = Saying("argument.value")
_LIST: Final = Saying("argument.list")
_FLAG: Final = Saying("argument.flag")
_NUMBER: Final = Saying("argument.number")
_INSTANT: Final = Saying("argument.instant")
_BYTES: Final = Saying("argument.bytes")
_PATH: Final = Saying("argument.path")
_MOST: Final = 1_000_000_000
"""So many of anything are asked for by mistake, and what a database can count ends somewhere beyond."""


def is_mapping(value: Any) -> bool:
    """Whether it is a mapping; a plain one, as most are, is told at once."""
    return type(value) is dict or isinstance(value, Mapping)


def require_texts(**given: Any) -> None:
    """See that each of these is text.

    Raises:
        UsageError: one is something else, or None.
    """
    for name, value in given.items():
        if not isinstance(value, str):
            raise odd_argument(name, value, _TEXT)


def require_texts_or_none(**given: Any) -> None:
    """The same where each may be left out.

    Raises:
        UsageError: one is something else.
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise odd_argument(name, value, _TEXT)


def require_mappings(**given: Any) -> None:
    """See that each of these is a mapping whose keys are text, or None.

    Raises:
        UsageError: one is something else.
    """
    for name, value in given.items():
        if value is not None and not (is_mapping(value) and all(isinstance(key, str) for key in value)):
            raise odd_argument(name, value, _MAPPING)


def require_kept(**given: Any) -> None:
    """See that each of these is a mapping, or None, whose values are such as data can hold: text, numbers, lists.

    Raises:
        UsageError: one is something else.
    """
    require_mappings(**given)
    for name, value in given.items():
        for key, held in (value or {}).items():
            try:
                json.dumps(held)
            except (TypeError, ValueError, RecursionError):
                raise odd_argument(f"{name}.{key}", held, _VALUE) from None


def require_lists(**given: Any) -> None:
    """See that each of these is a list or a tuple of texts.

    Raises:
        UsageError: one is something else.
    """
    for name, value in given.items():
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise odd_argument(name, value, _LIST)


def require_flags(**given: Any) -> None:
    """See that each of these is True, False or None.

    Raises:
        UsageError: one is something else.
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, bool):
            raise odd_argument(name, value, _FLAG)


def require_numbers(**given: Any) -> None:
    """See that each of these is a whole number; True and False are none.

    Raises:
        UsageError: one is something else, or None.
    """
    for name, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool):
            raise odd_argument(name, value, _NUMBER)


def require_counts(least: int = 1, **given: Any) -> None:
    """See that each of these tells how many are wanted: a whole number from ``least`` on, within reason.

    Raises:
        UsageError: one is something else, or None.
    """
    require_numbers(**given)
    for name, value in given.items():
        if not least <= value <= _MOST:
            raise odd_argument(name, value, Saying("argument.count", least=least, most=_MOST))


def require_instants(**given: Any) -> None:
    """See that each of these is a datetime that tells its zone, or None.

    Raises:
        UsageError: one is something else, or means another instant in every zone.
    """
    for name, value in given.items():
        if value is not None and not (isinstance(value, datetime) and value.utcoffset() is not None):
            raise odd_argument(name, value, _INSTANT)


def as_path(name: str, value: Any) -> Path:
    """A path that was given as one or as text.

    Raises:
        UsageError: it is neither.
    """
    if not isinstance(value, str | Path) or not str(value):
        raise odd_argument(name, value, _PATH)
    return Path(value)


def as_texts(name: str, value: Any) -> list[str]:
    """Texts, one after another; a single one means itself, not its letters.

    Raises:
        UsageError: it is neither.
    """
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Iterable):
        raise odd_argument(name, value, _LIST)
    found = list(value)
    if not all(isinstance(one, str) for one in found):
        raise odd_argument(name, value, _LIST)
    return found


def require_address(**given: Any) -> None:
    """See that each of these is text; what else it is, which may hold a password, is not repeated.

    Raises:
        UsageError: one is something else, or None.
    """
    for name, value in given.items():
        if not isinstance(value, str):
            raise _untold(name, value, _TEXT)


def require_secrets(**given: Any) -> None:
    """See that each of these is bytes, or None; what else it is, is not repeated.

    Raises:
        UsageError: one is something else.
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, bytes | bytearray):
            raise _untold(name, value, _BYTES)


def odd_argument(name: str, value: Any, expected: Saying) -> UsageError:
    """The error of an argument that is something else than what is expected."""
    return UsageError("argument", name=name, found=repr(value)[:60], kind=type(value).__name__, expected=expected)


def _untold(name: str, value: Any, expected: Saying) -> UsageError:
    found = repr(value) if value is None else "…"
    return UsageError("argument", name=name, found=found, kind=type(value).__name__, expected=expected)
