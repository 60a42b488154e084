"""How papers are printed, and how their templates are looked at before one is needed."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from duban.engine.model.document import Document, Material


class Printer(Protocol):
    """Prints papers."""

    def printed(self, material: Material, formats: Sequence[str], lang: str) -> list[tuple[str, bytes]]:
        """The paper in each of ``formats``, in the order asked for: file name and content.

        The same material gives the same bytes on the same machine.

        Raises:
            DocumentError: packages or fonts are missing, a template does not work, or the snapshot is none.
        """
        ...


class TemplateInspector(Protocol):
    """Looks whether templates work."""

    def faults(self, document: Document, folder: Path) -> Iterable[tuple[str, int, int, Mapping[str, Any]]]:
        """What is wrong with the templates of a document: format, line and column (from 1; 1 and 1 where it cannot be
        told), and what was found, as the data of ``document.template-broken``."""
        ...
