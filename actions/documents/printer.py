"""Prints papers in every format that they are declared in, and looks at templates before they are needed."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from duban.actions.documents import chart, markdown, pdf, sheet, word
from duban.actions.documents.fonts import fonts
from duban.actions.documents.needs import printing, why
from duban.actions.documents.paper import VARIABLES, Paper, paper_of
from duban.actions.documents.sandbox import faults_of, room
from duban.engine.errors import DocumentError
from duban.engine.model.document import Document, Material
from duban.engine.model.label import Label


class Papers:
    """Fulfils the ports ``Printer`` and ``TemplateInspector``. Loads what prints when it is first asked to."""

    def printed(self, material: Material, formats: Sequence[str], lang: str) -> list[tuple[str, bytes]]:
        """As the port tells."""
        document = material.document
        for one in formats:
            if one not in document.formats:
                raise DocumentError("format", name=document.name, found=one, known=list(document.formats))
        wanted = formats or document.formats
        paper = paper_of(material, lang)
        charts = _charts(paper) if {"docx", "pdf"}.intersection(wanted) else {}
        return [(f"{paper.stem}.{one}", self._one(one, paper, material, charts)) for one in wanted]

    def _one(self, kind: str, paper: Paper, material: Material, charts: Mapping[str, bytes]) -> bytes:
        if kind == "xlsx":
            return sheet.printed(paper)
        place = material.document.templates[kind]
        template = material.folder / place
        with printing():
            from jinja2 import TemplateError
        try:
            if kind == "docx":
                return word.printed(paper, template, charts)
            if kind == "pdf":
                return pdf.printed(paper, template, charts)
            return markdown.printed(paper, template)
        except pdf.TypstFault as fault:
            raise self._broken(material, f"{place}:{fault.line}:{fault.column}", fault.reason) from fault
        except TemplateError as fault:
            line = getattr(fault, "lineno", None)
            where = f"{place}:{line}" if line is not None and kind == "md" else place
            raise self._broken(material, where, why("why", fault.message or type(fault).__name__)) from fault
        except DocumentError:
            raise
        except Exception as fault:  # a template is other people's work: whatever it leads to, it does not work
            raise self._broken(material, place, why("why", f"{type(fault).__name__}: {fault}")) from fault

    def _broken(self, material: Material, file: str, reason: Label) -> DocumentError:
        return DocumentError("template-fault", file=file, name=material.document.name, why=reason)

    def faults(self, document: Document, folder: Path) -> Iterator[tuple[str, int, int, Mapping[str, Any]]]:
        """As the port tells. A PDF's template is looked at for what it reads; whether it compiles is seen when it does,
        over the data of a case."""
        for kind, place in document.templates.items():
            template = folder / place
            if kind == "pdf":
                for fault in pdf.forbidden(template.read_text(encoding="utf-8")):
                    yield kind, fault.line, fault.column, {"why": fault.reason}
                continue
            made = room(escape=kind == "docx")
            sources = word.source_of(template) if kind == "docx" else [template.read_text(encoding="utf-8")]
            try:
                for source in sources:
                    for line, reason in faults_of(made, source, VARIABLES):
                        yield kind, line if kind == "md" else 1, 1, {"why": reason}
            except DocumentError:
                raise
            except Exception as fault:  # no Word file that the package can open, whatever it stumbles over
                yield kind, 1, 1, {"why": why("why", f"{type(fault).__name__}: {fault}")}


def _charts(paper: Paper) -> dict[str, bytes]:
    if paper.snapshot is None or not paper.snapshot.charts:
        return {}
    found = fonts()
    return {
        f"{index}-{one.name}": chart.drawn(one, paper.teller, found) for index, one in enumerate(paper.snapshot.charts)
    }
