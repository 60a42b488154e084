"""A sound pack with one small thing changed: where the fault is found, and under which text it is told."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from duban.actions.registry import Registry
from duban.engine.definition.pack import load_pack
from duban.engine.errors import DefinitionError
from duban.engine.guards.cel import CelGuards
from duban.engine.model.pack import Pack

PACKS = Path(__file__).parents[2] / "packs"
MARK = "▼"


@dataclass(frozen=True)
class Broken:
    """``old`` of ``file`` becomes ``new``, in which ▼ stands just before the place that is expected.

    ``key`` is that of the expected text; ``says`` are words that its English message must hold. Where the fault is
    told elsewhere than where it was made, ``place`` is the text with ▼ and ``told`` the file that holds it.
    """

    key: str
    file: str
    old: str
    new: str
    says: str = ""
    place: str = ""
    told: str = ""

    @property
    def name(self) -> str:
        """How the test is called."""
        return f"{self.key}: {' '.join(self.new.split())[:50]}"

    def source(self) -> tuple[str, int, int]:
        """The broken file, and the line and column that are expected."""
        sound = sound_text(self.file)
        assert sound.count(self.old) >= 1, f"{self.old!r} does not stand in {self.file}"
        text = sound.replace(self.old, self.new, 1)
        marked = text
        if self.place:
            where = sound_text(self.told) if self.told else text
            assert where.count(self.place.replace(MARK, "")) == 1
            marked = where.replace(self.place.replace(MARK, ""), self.place)
        before, mark, after = marked.partition(MARK)
        assert mark
        assert MARK not in after
        line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
        return text.replace(MARK, ""), line, column


def pack_of(file: str) -> str:
    """The sound pack that a file belongs to: the one it names, or the one that uses the whole language."""
    first = file.partition("/")[0]
    return first if "/" in file and (PACKS / first).is_dir() else "rich"


def within(file: str) -> str:
    """The file as it is called within its pack."""
    return file.removeprefix(f"{pack_of(file)}/")


def sound_text(file: str) -> str:
    """The text of a file of a sound pack."""
    return (PACKS / pack_of(file) / within(file)).read_text(encoding="utf-8")


def load(folder: Path) -> Pack:
    """Load a pack as the engine does."""
    return load_pack(folder, CelGuards(), Registry())


def pack_with(folder: Path, file: str, text: str | bytes) -> Path:
    """A copy of the sound pack in which ``file`` holds ``text``."""
    copy = folder / "pack"
    shutil.copytree(PACKS / pack_of(file), copy)
    (copy / within(file)).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return copy


def refusal(folder: Path) -> DefinitionError:
    """Load a pack that must be refused; only a DefinitionError may come of it, and soon."""
    began = time.process_time()
    try:
        load(folder)
    except DefinitionError as error:
        assert time.process_time() - began < 2.0  # time of the processor, so that a busy machine is no failure
        return error
    raise AssertionError("the pack was loaded")


def outcome(folder: Path) -> Pack | DefinitionError:
    """A pack, or why not."""
    try:
        return load(folder)
    except DefinitionError as error:
        return error
