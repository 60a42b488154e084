"""``duban demo``: the campaign of the pack with real requests, in a folder of its own."""

import shutil
import sys
from pathlib import Path
from typing import Any

from duban.cli.kit.answer import Answer
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.inert import inert
from duban.cli.kit.options import Option


class _Page:
    """Lines to standard output, passing remarks to a terminal."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent
        self._passing = not silent and sys.stderr.isatty()

    def line(self, words: str = "") -> None:
        if not self._silent:
            sys.stdout.write(inert(words) + "\n")
            sys.stdout.flush()

    def progress(self, words: str) -> None:
        if self._passing:
            sys.stderr.write(f"\r\x1b[K{'  ' + inert(words) if words else ''}")
            sys.stderr.flush()


def _demo(desk: Desk, requests: str | None, folder: str) -> Answer:
    from duban.demo.folder import DemoFolder
    from duban.demo.play import Demonstration

    place = DemoFolder(Path(folder))
    given = Path(requests) if requests else None
    page = _Page(silent=desk.json)
    played = Demonstration(place, page, desk.lang, given, _program()).play()
    return Answer(played.document, exit_code=7 if played.imported.rejected or played.imported.stopped else 0)


def _program() -> str:
    """How duban can be called from here: by its name, or by the place that it was called by."""
    called: Any = Path(sys.argv[0])
    return str(called) if called.name == "duban" and shutil.which("duban") is None else "duban"


command = Command(
    "demo",
    "command.demo",
    _demo,
    [
        Option(["--requests"], says="option.demo-requests", metavar="FILE"),
        Option(["--folder"], says="option.demo-folder", metavar="DIR", default="duban-demo"),
    ],
)
