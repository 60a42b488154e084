"""The papers of a pack, and what one of them is printed from."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from duban.engine.model.case import Case
from duban.engine.model.definition import Workflow
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.model.organization import Organization

Format = Literal["docx", "pdf", "xlsx", "md"]
FORMATS: Final[tuple[Format, ...]] = ("docx", "pdf", "xlsx", "md")

BUILT_IN: Final = (
    "number", "year", "ref", "date", "state", "due", "follow", "period", "period_start", "period_end", "edition",
)  # fmt: skip
"""Placeholders that every number and every word may hold besides the fields of the workflow."""


@frozen
class Document:
    """A declared paper.

    ``source`` is the field of type evidence that holds the snapshot it is printed from; without one, it is printed from
    the case's own fields. ``needs`` are fields without which there is nothing to print. ``dated`` are events: the paper
    bears the day of the last of them, and before any it is a draft. ``signed`` is the event whose post signs.
    ``templates`` maps a format to a file below the pack's folder. ``sheets``: whether its tables are given as a
    workbook too.
    """

    name: str
    workflow: str
    label: Label
    number: Label | None = None
    source: str | None = None
    needs: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    signed: str | None = None
    templates: Mapping[str, str] = field(default_factory=dict)
    sheets: bool = False
    words: Mapping[str, Label] = field(default_factory=dict)

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that it can be printed in."""
        return tuple(one for one in FORMATS if one in self.templates or (one == "xlsx" and self.sheets))


@frozen
class Happening:
    """The last time that an event was fired on the case: when (UTC), and by which post, if by one."""

    at: datetime
    actor: str
    post: str | None


@frozen
class Material:
    """All that one paper is printed from; nothing else is read.

    ``folder`` is the pack's. ``snapshot`` is the content of the file in ``document.source``. ``dues`` are the due times
    (UTC) of the case's running deadlines by name.
    """

    document: Document
    folder: Path
    case: Case
    workflow: Workflow
    organization: Organization
    happened: Mapping[str, Happening]
    dues: Mapping[str, datetime]
    snapshot: bytes | None = None


class Printed(list[tuple[str, bytes]]):
    """The files of one paper, names and contents. ``confidential``: only some may see its case, and so its files."""

    def __init__(self, files: Iterable[tuple[str, bytes]], *, confidential: bool) -> None:
        super().__init__(files)
        self.confidential = confidential
