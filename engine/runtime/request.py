"""What somebody asks for, and its fingerprint."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from duban.engine.definition.values import LARGEST
from duban.engine.errors import UsageError
from duban.engine.model.canonical import canonical
from duban.engine.model.frozen import frozen
from duban.engine.runtime.given import is_mapping

if TYPE_CHECKING:
    from duban.engine.model.organization import Actor

STEP_KEY: Final = "step:"
"""How the keys of ladder steps begin; no request may bring such a key."""

ACTION_KEY: Final = "action:"
"""How the keys of events begin that an action of the outbox fires; nor such a one."""

CADENCE_KEY: Final = "cadence:"
"""How the keys of what is done by the calendar begin; no request may bring such a key either."""


MAX_KEY: Final = 200
"""The most characters of a key."""


def checked_key(key: str | None) -> str | None:
    """A key that somebody gave.

    Raises:
        UsageError: it is empty, too long, not printable, or begins like the engine's own.
    """
    reserved = (STEP_KEY, CADENCE_KEY, ACTION_KEY)
    if key is not None and (not 1 <= len(key) <= MAX_KEY or key.startswith(reserved) or not key.isprintable()):
        raise UsageError("key", found=key[:40], most=MAX_KEY)
    return key


@frozen
class Request:
    """One attempt to fire ``event``, or to start a case of ``workflow`` (then ``ref`` is None).

    ``evidence`` holds what was put into the evidence store already, by field. ``computed`` are fields that the engine
    fills in by itself (None: not now); whoever gives one by hand is refused. ``around`` is what of the fingerprint
    stands before and after the reference, where many requests differ in that alone.
    """

    actor: "Actor"
    event: str | None
    ref: str | None = None
    workflow: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    evidence: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    key: str | None = None
    expect_version: int | None = None
    computed: Mapping[str, Any] = field(default_factory=dict)
    around: tuple[str, str] | None = None

    @property
    def fingerprint(self) -> str:
        """What the request asks for, as a hash: the same key must come with the same request."""
        if self.around is not None:
            told = canonical(self.ref).join(self.around)
        else:
            told = canonical(
                [self.actor.name, self.event, self.ref, self.workflow, _plain(self.data), _plain(self.evidence)]
            )
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def around_of(request: Request) -> tuple[str, str]:
    """What the fingerprints of all requests have in common that differ from this one in their reference alone."""
    before = [request.actor.name, request.event]
    after = [request.workflow, _plain(request.data), _plain(request.evidence)]
    return f"{canonical(before)[:-1]},", f",{canonical(after)[1:]}"


def _plain(value: Any) -> Any:
    """Any value as JSON can hold it; only for comparing, so the text of an odd value serves."""
    if value is None or type(value) is str:
        return value
    if is_mapping(value):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, int) and abs(value) > LARGEST:
        return hex(value)
    if isinstance(value, str | bool | int):
        return value
    return repr(value)
