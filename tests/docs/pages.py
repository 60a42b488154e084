"""Runs a page of the documentation as a reader would: writes its files, types its commands, compares what is shown.

A block whose first line is ``# file: NAME`` is written to that file; a Python file is run as well. In a ``console``
block, lines after ``$`` are typed; the lines below must be found in the output in order, ``…`` standing for anything.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# file: (\S+)\n")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The file that the block is to be written to."""
        found = _FILE.match(self.text)
        return found.group(1) if found else None


def blocks_of(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    return [Block(page, language, text) for language, text in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def follow(page: Path, folder: Path) -> int:
    """Do all that the page says in ``folder``; how many commands and programs were run."""
    ran = 0
    for block in blocks_of(page):
        if block.file is not None:
            target = folder / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            # In a table the line with the name would be a row, so it is left out there.
            text = block.text.partition("\n")[2] if block.language == "csv" else block.text
            target.write_text(text, encoding="utf-8")
            if block.language == "python":
                typed(f"{sys.executable} {block.file}", folder)
                ran += 1
        if block.language == "console":
            for command, expected in _typed_lines(block.text):
                compare(command, expected, typed(command, folder))
                ran += 1
    return ran


def typed(command: str, folder: Path) -> str:
    """What the command prints; it must succeed."""
    paths = [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    environment = {**os.environ, "PATH": os.pathsep.join(paths), "DUBAN_LANG": "en", "COLUMNS": "80"}
    for name in ("DUBAN_DB", "DUBAN_OFFICE", "DUBAN_OFFICES"):
        environment.pop(name, None)
    done = subprocess.run(command, shell=True, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"$ {command}\nended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def compare(command: str, expected: list[str], output: str) -> None:
    """Every expected line is found, in order."""
    place = 0
    for line in expected:
        pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
        found = re.compile(pattern).search(output, place)
        assert found, f"$ {command}\nshould show {line!r} after character {place} of:\n{output}"
        place = found.end()


def _typed_lines(text: str) -> list[tuple[str, list[str]]]:
    commands: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif line.strip() and commands:
            commands[-1][1].append(line)
    return commands
