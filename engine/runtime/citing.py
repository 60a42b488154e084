"""Evidence that another case holds already, attached by reference: the same file by its hash, and nothing is copied.

Only what the actor can see is found, and what only some roles may see is never attached where others can see it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from duban.engine.model.frozen import frozen
from duban.engine.model.saying import Saying
from duban.engine.runtime.exhibits import Exhibit, is_content
from duban.engine.runtime.given import odd_argument

if TYPE_CHECKING:
    from duban.engine.model.case import Case
    from duban.engine.ports.store import Reader
    from duban.engine.runtime.telling import Telling

MOST_CITED: Final = 500

_FILES: Final = Saying("argument.files")


@frozen
class Cited:
    """A file that the case ``ref`` refers to: ``digest`` is its SHA-256 (64 hex digits)."""

    ref: str
    digest: str


Given = Mapping[str, "Exhibit | Cited | Sequence[Exhibit | Cited]"]


def parted(evidence: Given) -> tuple[dict[str, list[Exhibit]], dict[str, list[Cited]]]:
    """The files, and what is attached by reference, each by field."""
    files: dict[str, list[Exhibit]] = {}
    cited: dict[str, list[Cited]] = {}
    for field, given in evidence.items():
        alone = isinstance(given, str | Path | Cited) or is_content(given)
        if not alone and not isinstance(given, list | tuple):
            raise odd_argument(f"evidence.{field}", given, _FILES)
        for one in [cast("Exhibit | Cited", given)] if alone else cast("Sequence[Exhibit | Cited]", given):
            if isinstance(one, Cited):
                cited.setdefault(field, []).append(one)
            elif not isinstance(one, str | Path) and not is_content(one):
                raise odd_argument(f"evidence.{field}", one, _FILES)
            else:
                files.setdefault(field, []).append(one)
    return files, cited


@frozen
class Attached:
    """What is attached, by field, exactly as the other case refers to it; and what cannot be, by field."""

    items: Mapping[str, list[dict[str, Any]]]
    problems: Mapping[str, tuple[str, Mapping[str, Any]]]


def attached(cited: Mapping[str, Sequence[Cited]], telling: "Telling", audience: tuple[str, ...]) -> Attached:
    """Look up what is attached; each file once. ``audience`` are the roles that may see the case to which it is.

    A problem is that no case which the actor can see holds it, or one that holds it for fewer eyes.
    """
    items: dict[str, list[dict[str, Any]]] = {}
    problems: dict[str, tuple[str, Mapping[str, Any]]] = {}
    held: dict[str, tuple[Case | None, dict[str, dict[str, Any]]]] = {}
    for field, wanted in cited.items():
        if len(wanted) > MOST_CITED:
            problems[field] = ("many", {"found": len(wanted), "limit": MOST_CITED})
            continue
        for one in wanted:
            if one.ref not in held:
                held[one.ref] = _held(telling.reader, one.ref, telling)
            case, found = held[one.ref]
            if case is None or one.digest not in found:
                problems[field] = ("evidence-not-there", {"found": one.digest[:12], "ref": one.ref})
            elif case.audience and case.audience != audience:
                problems[field] = ("evidence-hidden", {"found": one.digest[:12], "ref": one.ref})
            elif all(item["hash"] != one.digest for item in items.get(field, ())):
                items.setdefault(field, []).append(found[one.digest])
    return Attached(items, problems)


def evidence_in(data: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The files that data refer to, each with its field, in the order of the fields."""
    return [
        (field, item)
        for field, value in data.items()
        if isinstance(value, list)
        for item in value
        if isinstance(item, dict) and "hash" in item
    ]


def _held(reader: "Reader", ref: str, telling: "Telling") -> tuple["Case | None", dict[str, dict[str, Any]]]:
    """A case, and every file that it refers to or ever did, by hash."""
    case = reader.case(ref, telling.scope)
    if case is None:
        return None, {}
    telling.note(case.ref, case.audience)
    rows = reader.history(case)
    return case, {item["hash"]: item for row in rows for _, item in evidence_in(row.data)}
