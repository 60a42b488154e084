"""A checkpoint as a file: the heads of all cases, to be kept where nobody who can write the database can write.

JSON lines. The first names the format, the pack and the instant; one line a case, ``[reference, version, head]``, in
the order of the store, and one like it for the log of suspensions, where there is any; the last holds their count, the
Merkle root over these lines, and the seal. The root is that of RFC 6962, section 2.1: a leaf is
``SHA-256(0x00 + line)``, a node ``SHA-256(0x01 + left + right)``. So 64 digits, read out or printed, stand for the
whole store. The seal is HMAC-SHA-256 over the first line and the root, with a key that is not in the database: without
it, nobody makes another file that looks as good.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final, Literal, TextIO

from duban.engine.errors import BrokenCheckpoint
from duban.engine.model.canonical import canonical
from duban.engine.model.frozen import frozen
from duban.engine.model.suspension import SUSPENSIONS
from duban.engine.runtime.published import Heads

FORMAT: Final = "duban-checkpoint/1"
LONGEST: Final = 4_096
"""The most characters of a line: a head takes some hundred."""

Seal = Literal["none", "holds", "unchecked"]


@frozen
class Checkpoint:
    """What a file tells. ``taken_at`` is in UTC; ``seal`` is ``unchecked`` where there is one and no key was given."""

    pack: str
    taken_at: datetime
    heads: Heads
    root: str
    seal: Seal

    @property
    def cases(self) -> int:
        """How many cases it names."""
        return len(self.heads) - (SUSPENSIONS in self.heads)


class MerkleRoot:
    """The root over leaves that come one by one; it keeps one hash for each power of two."""

    def __init__(self) -> None:
        self.count = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next leaf."""
        self.count += 1
        size, node = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while self._peaks and self._peaks[-1][0] == size:
            node = _joined(self._peaks.pop()[1], node)
            size *= 2
        self._peaks.append((size, node))

    def hexdigest(self) -> str:
        """The root of all leaves so far, 64 hex digits; that of no leaves is the hash of nothing."""
        if not self._peaks:
            return hashlib.sha256().hexdigest()
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = _joined(left, node)
        return node.hex()


def written(heads: Iterable[tuple[str, tuple[int, str]]], pack: str, at: datetime, key: bytes | None) -> Iterator[str]:
    """The lines of a checkpoint, each with its end of line, in bounded memory; a ``key`` seals the last one."""
    head = canonical({"format": FORMAT, "pack": pack, "taken_at": at.astimezone(UTC).isoformat()})
    yield head + "\n"
    root = MerkleRoot()
    for ref, (version, hash_) in heads:
        line = canonical([ref, version, hash_])
        root.add(line.encode())
        yield line + "\n"
    last: dict[str, Any] = {"cases": root.count, "root": root.hexdigest()}
    if key is not None:
        last["seal"] = _seal(key, head, last["root"])
    yield canonical(last) + "\n"


def lines_of(file: TextIO, name: str = "checkpoint") -> Iterator[str]:
    """The lines of an open file, none of which is read beyond what a checkpoint may have.

    Raises:
        BrokenCheckpoint: a line is longer.
    """
    number = 1
    while line := file.readline(LONGEST + 1):
        if len(line) > LONGEST:
            raise BrokenCheckpoint("line", file=name, line=number)
        yield line
        number += 1


def read(lines: Iterable[str], key: bytes | None, name: str = "checkpoint") -> Checkpoint:
    """Read a checkpoint and check that it is whole; ``name`` is what errors call it.

    Raises:
        BrokenCheckpoint: it is cut, changed or of another format; or a ``key`` was given and the seal is another's or
            missing.
    """
    root, heads = MerkleRoot(), dict[str, tuple[int, str]]()
    numbered = enumerate(lines, 1)
    head = next((line.rstrip("\n") for _, line in numbered), "")
    first = _first(head, name)
    last: dict[str, Any] | None = None
    for number, raw in numbered:
        line = raw.rstrip("\n")
        if last is not None:
            raise BrokenCheckpoint("after-end", file=name, line=number)
        found = _parsed(line, number, name)
        if isinstance(found, dict):
            last = found
            continue
        match found:
            case [str(ref), int(version), str(hash_)] if canonical(found) == line and ref not in heads:
                heads[ref] = (version, hash_)
                root.add(line.encode())
            case _:
                raise BrokenCheckpoint("line", file=name, line=number)
    if last is None:
        raise BrokenCheckpoint("cut", file=name)
    if last.get("cases") != root.count or last.get("root") != root.hexdigest():
        raise BrokenCheckpoint("root", file=name, found=root.hexdigest(), expected=str(last.get("root")))
    return Checkpoint(
        first["pack"],
        datetime.fromisoformat(first["taken_at"]),
        heads,
        root.hexdigest(),
        _sealed(key, head, last, name),
    )


def _first(line: str, name: str) -> dict[str, str]:
    found = _parsed(line, 1, name)
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BrokenCheckpoint("format", file=name, expected=FORMAT)
    try:
        taken_at = datetime.fromisoformat(found["taken_at"])
    except (KeyError, TypeError, ValueError):
        raise BrokenCheckpoint("line", file=name, line=1) from None
    if not isinstance(found.get("pack"), str) or taken_at.tzinfo is None or canonical(found) != line:
        raise BrokenCheckpoint("line", file=name, line=1)
    return found


def _sealed(key: bytes | None, head: str, last: dict[str, Any], name: str) -> Seal:
    seal = last.get("seal")
    if key is None:
        return "none" if seal is None else "unchecked"
    if seal is None:
        raise BrokenCheckpoint("unsealed", file=name)
    if not hmac.compare_digest(str(seal).encode(), _seal(key, head, last["root"]).encode()):
        raise BrokenCheckpoint("seal", file=name)
    return "holds"


def _seal(key: bytes, head: str, root: str) -> str:
    return hmac.new(key, f"{head}\n{root}".encode(), hashlib.sha256).hexdigest()


def _joined(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _parsed(line: str, number: int, name: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise BrokenCheckpoint("line", file=name, line=number) from None
