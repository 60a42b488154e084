"""``duban checkpoint``: writes the heads of all cases into a file, to be kept outside the database."""

import os
import stat
from pathlib import Path
from typing import Final

from duban.arriving import private, replacing
from duban.cli.kit.answer import Answer, Facts, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Option
from duban.engine.errors import UsageError
from duban.engine.model.saying import why_of
from duban.engine.runtime.checkpoints import FORMAT, Checkpoint, lines_of, read

KEY: Final = "DUBAN_CHECKPOINT_KEY"
SHORTEST: Final = 32
"""Characters of a key: 32 hex digits are 128 bits."""


def checkpoint(desk: Desk, out: str) -> Answer:
    """Write the file, and tell the root that stands for all of it."""
    key, place = key_of(desk), Path(out)
    _write(place, desk, key)
    kept = read_file(place, key)
    document = {"file": str(place), "cases": kept.cases, "root": kept.root, "sealed": key is not None}
    heads = desk.head("file", "cases", "root", "sealed")
    facts = Facts([(name, heads[name], cell(_told(desk, value))) for name, value in document.items()])
    return Answer(document, [facts, Words([desk.say("checkpoint-keep" if key else "checkpoint-unsealed", name=KEY)])])


def key_of(desk: Desk) -> bytes | None:
    """The key that seals checkpoints, from the environment only.

    Raises:
        UsageError: it is too short to keep anybody out.
    """
    given = desk.environ.get(KEY)
    if not given:
        return None
    if len(given) < SHORTEST:
        raise UsageError("checkpoint-key", name=KEY, found=len(given), least=SHORTEST)
    return given.encode()


def read_file(place: Path, key: bytes | None) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        BrokenCheckpoint: it is cut, changed, or sealed with another key.
        UsageError: the file cannot be read, or is no plain file.
    """
    try:
        with open(place, encoding="utf-8", newline="\n", opener=_plain) as file:
            return read(lines_of(file, place.name), key, place.name)
    except OSError as fault:
        raise UsageError("file-unreadable", file=str(place), why=why_of(fault)) from None
    except UnicodeDecodeError:
        return read(("",), key, place.name)


def _plain(place: str, flags: int) -> int:
    # To open a pipe would be to wait for whoever writes to it, without this flag; Windows has neither.
    handle = os.open(place, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UsageError("no-plain-file", file=str(place))
    return handle


def _write(place: Path, desk: Desk, key: bytes | None) -> None:
    with replacing(place, _is_checkpoint) as whole, private(whole, "w", encoding="utf-8", newline="\n") as file:
        desk.engine.write_checkpoint(file.write, key, by=desk.told_to)


def _is_checkpoint(place: Path) -> bool:
    try:
        with place.open("rb") as file:
            return FORMAT.encode() in file.read(200)
    except OSError:
        return False  # what cannot be read is somebody's, too


def _told(desk: Desk, value: object) -> object:
    return desk.say("yes" if value else "no") if isinstance(value, bool) else value


command = Command(
    "checkpoint",
    "command.checkpoint",
    checkpoint,
    [Option(["--out"], says="option.checkpoint-out", metavar="FILE", required=True)],
)
