"""The packages of the extra ``documents``, imported when something is printed and not before."""

from collections.abc import Iterator
from contextlib import contextmanager

from duban.engine.errors import DocumentError
from duban.engine.messages import text
from duban.engine.model.label import Label


@contextmanager
def printing() -> Iterator[None]:
    """What is imported inside may be missing.

    Raises:
        DocumentError: it is, with the command that installs it.
    """
    try:
        yield
    except ImportError as fault:
        raise DocumentError("extra", package=(fault.name or str(fault)).partition(".")[0]) from fault


def why(key: str, what: object) -> Label:
    """A sentence of ``document.why-…`` in both languages."""
    name = f"document.{key}"
    return Label(text(name, "en", what=what), text(name, "zh", what=what))
