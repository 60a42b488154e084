"""A file of a case, and what is found in an archive of such files."""

from datetime import datetime
from typing import Literal

from duban.engine.model.frozen import frozen


@frozen
class Exhibit:
    """A file that a case refers to: by which row (``seq``), in which field, given in by which post, when (UTC).

    ``post`` is None where a built-in actor gave it in, or somebody without a post. ``digest`` is the SHA-256 of what is
    kept, ``size`` its bytes, ``media`` its type by content (empty of files from before that was looked into).
    ``taken_out`` names what was taken out before; ``current`` tells whether the field still refers to it.
    """

    ref: str
    seq: int
    event: str
    field: str
    post: str | None
    at: datetime
    name: str
    digest: str
    size: int
    media: str = ""
    taken_out: tuple[str, ...] = ()
    current: bool = True


@frozen
class Exported:
    """What was written into an archive: how many cases and files, their bytes, and the SHA-256 of the manifest."""

    cases: int
    files: int
    size: int
    manifest: str


@frozen
class Flaw:
    """What does not hold in an archive: which path, and what is wrong with it."""

    path: str
    what: Literal["changed", "missing", "added", "twice", "unsafe", "unreadable", "manifest"]


@frozen
class Verdict:
    """What a check of an archive came to; ``manifest`` is the SHA-256 of the manifest as found, None without one."""

    files: int
    manifest: str | None
    flaws: tuple[Flaw, ...] = ()
