"""Takes files in as evidence, and names them as a case keeps them: ``{hash, name, size}``."""

import re
from collections.abc import Mapping, Sequence
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import Any, Final, cast

from duban.engine.errors import InvalidEvidence
from duban.engine.ports.evidence import EvidenceStore

MAX_BYTES: Final = 50 * 1024 * 1024
MAX_FILES: Final = 50
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff/\\]")

Exhibit = Path | str | tuple[str, bytes]
"""A file by its path, or its name with its content."""


def stored(
    evidence: Mapping[str, Exhibit | Sequence[Exhibit]], store: EvidenceStore, event: str
) -> dict[str, list[dict[str, Any]]]:
    """Keep every file and tell how the case refers to it.

    Raises:
        InvalidEvidence: a file cannot be read, is empty or too large, or there are too many; all problems at once.
    """
    kept: dict[str, list[dict[str, Any]]] = {}
    problems: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for field, exhibits in evidence.items():
        given = _each(exhibits)
        if len(given) > MAX_FILES:
            problems[field] = ("many", {"found": len(given), "limit": MAX_FILES})
            continue
        for exhibit in given:
            name, source = _named(exhibit)
            try:
                if isinstance(source, Path) and "\0" in str(source):
                    raise FileNotFoundError(ENOENT, strerror(ENOENT))
                digest, size = store.put(source, max_bytes=MAX_BYTES)
            except OSError as fault:
                problems[field] = ("evidence-unreadable", {"found": name, "why": fault.strerror or str(fault)})
            except ValueError:
                problems[field] = ("evidence-size", {"found": name, "limit": MAX_BYTES // 1024**2})
            else:
                kept.setdefault(field, []).append({"hash": digest, "name": name, "size": size})
    if problems:
        raise InvalidEvidence(event=event, problems=problems)
    return kept


def pictured(evidence: Mapping[str, Exhibit | Sequence[Exhibit]]) -> dict[str, list[dict[str, Any]]]:
    """How a case would refer to these files, without keeping them."""
    return {
        field: [{"hash": "", "name": _named(exhibit)[0], "size": 0} for exhibit in _each(exhibits)]
        for field, exhibits in evidence.items()
    }


def _each(exhibits: Exhibit | Sequence[Exhibit]) -> list[Exhibit]:
    if isinstance(exhibits, str | Path) or is_content(exhibits):
        return [cast("Exhibit", exhibits)]
    return list(cast("Sequence[Exhibit]", exhibits))


def is_content(exhibit: Any) -> bool:
    """Whether it is a name with its content."""
    return isinstance(exhibit, tuple) and len(exhibit) == 2 and isinstance(exhibit[1], bytes)


def _named(exhibit: Exhibit) -> tuple[str, Path | bytes]:
    """The bare file name, harmless in any folder or terminal, and where the content is."""
    path = Path(exhibit[0]) if isinstance(exhibit, tuple) else Path(exhibit)
    name = _UNFIT.sub("_", path.name)[-120:]
    if name in ("", "..", "."):
        name = "file"
    return name, exhibit[1] if isinstance(exhibit, tuple) else path
