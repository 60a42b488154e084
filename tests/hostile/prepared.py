"""A case that lies ready to be done."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Prepared:
    """``folders`` may be read while it is done, those in ``writable`` written; ``but`` names events that are right."""

    case: dict[str, Any]
    folders: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    but: tuple[str, ...] = ()
    made: dict[str, Any] = field(default_factory=dict)
