"""Takes files in as evidence, and names them as a case keeps them: ``{hash, name, size, type}``.

``type`` is the media type by the content; ``taken_out`` stands there too where something was taken out of the file.
"""

import re
from collections.abc import Mapping, Sequence
from errno import ENOENT
from os import strerror
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from duban.engine.errors import InvalidEvidence
from duban.engine.model.saying import why_not_regular, why_of
from duban.engine.ports.evidence import EvidenceStore, Examined, Examiner, Unfit

if TYPE_CHECKING:
    from duban.engine.model.definition import Field

MAX_FILES: Final = 50
ACCEPTED: Final = ("photo", "document")
"""What an evidence field takes that does not say."""
_NAMELESS: Final = "file"
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff/\\]")

Exhibit = Path | str | tuple[str, bytes]
"""A file by its path, or its name with its content."""


def stored(
    evidence: Mapping[str, Exhibit | Sequence[Exhibit]], fields: Mapping[str, "Field"], store: EvidenceStore,
    examiner: Examiner, event: str,
) -> dict[str, list[dict[str, Any]]]:  # fmt: skip
    """Look into every file, keep it, and tell how the case refers to it; ``fields`` tell what they take.

    Raises:
        InvalidEvidence: a file cannot be read, is not what its field takes, is empty or too large, or there are too
            many; all problems at once.
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
                file = _looked_into(source, name, fields.get(field), examiner)
            except OSError as fault:
                problems[field] = ("evidence-unreadable", _why_unread(name, source, fault))
            except Unfit as fault:
                problems[field] = (fault.key, {"name": name, **fault.data})
            else:
                digest, size = store.put(file.content, max_bytes=len(file.content))
                item: dict[str, Any] = {"hash": digest, "name": name, "size": size, "type": file.media}
                if file.taken_out:
                    item["taken_out"] = list(file.taken_out)
                kept.setdefault(field, []).append(item)
    if problems:
        raise InvalidEvidence(event=event, problems=problems)
    return kept


def _looked_into(source: Path | bytes, name: str, field: "Field | None", examiner: Examiner) -> Examined:
    if isinstance(source, Path) and "\0" in str(source):
        raise FileNotFoundError(ENOENT, strerror(ENOENT))
    accept = field.accept if field is not None and field.accept else ACCEPTED
    return examiner.examined(source, name, accept=accept, keep_metadata=field is not None and field.keep_metadata)


def pictured(evidence: Mapping[str, Exhibit | Sequence[Exhibit]]) -> dict[str, list[dict[str, Any]]]:
    """How a case would refer to these files, without keeping them."""
    return {
        field: [{"hash": "", "name": _named(exhibit)[0], "size": 0, "type": ""} for exhibit in _each(exhibits)]
        for field, exhibits in evidence.items()
    }


def _each(exhibits: Exhibit | Sequence[Exhibit]) -> list[Exhibit]:
    if isinstance(exhibits, str | Path) or is_content(exhibits):
        return [cast("Exhibit", exhibits)]
    return list(cast("Sequence[Exhibit]", exhibits))


def is_content(exhibit: Any) -> bool:
    """Whether it is a name with its content."""
    return isinstance(exhibit, tuple) and len(exhibit) == 2 and isinstance(exhibit[1], bytes)


def _why_unread(name: str, source: Path | bytes, fault: OSError) -> dict[str, object]:
    if not isinstance(source, Path):
        return {"found": name, "why": why_of(fault)}
    found = str(source) if name == _NAMELESS else name  # which a folder such as `.` has no other of
    return {"found": found, "why": why_not_regular(source) or why_of(fault)}


def _named(exhibit: Exhibit) -> tuple[str, Path | bytes]:
    """The bare file name, harmless in any folder or terminal, and where the content is."""
    path = Path(exhibit[0]) if isinstance(exhibit, tuple) else Path(exhibit)
    name = _UNFIT.sub("_", path.name).strip()[-120:]
    if not name.strip(" ."):
        name = _NAMELESS
    return name, exhibit[1] if isinstance(exhibit, tuple) else path
