"""Where packs lie: in a folder that is named, or among those that come with duban."""

from pathlib import Path
from typing import Final

from duban.engine.errors import DefinitionError
from duban.engine.model.label import Label
from duban.engine.model.problem import Problem
from duban.engine.model.saying import why_of

ORGANIZATION: Final = "organization.yaml"
"""The one file that every pack has."""

MAX_BYTES: Final = 256 * 1024
"""The largest file of a pack that is read."""


def find_pack(name: str | Path) -> Path:
    """The folder of a pack: a folder that is named, or a built-in pack.

    Raises:
        DefinitionError: there is neither.
    """
    folder = Path(name).expanduser()
    try:
        if folder.is_dir():
            return folder
    except OSError as fault:
        if str(name) not in built_in():
            reason = {"reason": why_of(fault)}
            raise DefinitionError([Problem(str(name), 1, 1, "yaml.unreadable", reason)]) from None
    if str(name) in built_in():
        return _packs() / str(name)
    why = Label(f"{name} is neither a folder nor a built-in pack", f"{name} 既不是文件夹，也不是内置流程包")
    raise DefinitionError([Problem(str(name), 1, 1, "finding.no-pack", {"why": why, "known": built_in()})])


def is_built_in(name: str | Path, folder: Path) -> bool:
    """Whether the folder that ``find_pack`` found for a name is that of a built-in pack."""
    return folder == _packs() / str(name) and str(name) in built_in()


def _packs() -> Path:
    return Path(__file__).parents[2] / "workflows"


def built_in() -> list[str]:
    """The names of the packs that come with duban."""
    return sorted(path.parent.name for path in _packs().glob(f"*/{ORGANIZATION}"))
