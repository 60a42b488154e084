"""Loads documents.yaml: the papers of a pack, over its workflows, with the templates that they are printed with.

What is looked at here costs nothing: that a template is there, and that what it names of words, fields and events is
declared. Whether it works is for a ``TemplateInspector``, which has to load the packages that print.
"""

import re
import string
import zipfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from duban.engine.definition.findings import MOST, Findings, Loc
from duban.engine.definition.names import IDENTIFIER
from duban.engine.definition.paper_documents import PaperDoc, PapersDoc
from duban.engine.definition.parts import as_many, label_of
from duban.engine.definition.reader import read_document
from duban.engine.definition.shape import shaped
from duban.engine.definition.template_words import template_words
from duban.engine.errors import DefinitionError
from duban.engine.model.definition import Workflow
from duban.engine.model.document import BUILT_IN, Document
from duban.engine.model.hint import hint
from duban.engine.model.label import Label
from duban.engine.model.problem import Problem
from duban.engine.ports.documents import TemplateInspector

MAX_TEMPLATE: Final = 5 * 1024 * 1024
SUFFIXES: Final = {"docx": ".docx", "pdf": ".typ", "md": ".md"}
_NAMED: Final = re.compile(r"\b(words|fields|labels|happened|dues)\.([A-Za-z_][A-Za-z0-9_]*)")


def load_papers(
    path: Path, workflows: Mapping[str, Workflow], inspector: TemplateInspector | None = None
) -> dict[str, Document]:
    """Read and check the papers of a pack whose workflows are sound; none where there is no such file.

    Raises:
        DefinitionError: all that is wrong, each with its place; what is wrong in a template, with its place there.
    """
    if not path.is_file():
        return {}
    node = read_document(path)
    findings = Findings(str(path), node)
    doc = shaped(PapersDoc, node, str(path))
    shared = {word: label_of(said, word) for word, said in doc.words.items()}
    built = {name: _paper(name, one, shared, workflows, findings) for name, one in doc.documents.items()}
    problems: list[Problem] = []
    for paper in built.values():
        if paper is not None:
            _check_words(paper, workflows[paper.workflow], findings)
            problems += _check_templates(paper, path.parent, workflows, findings)
            if inspector is not None and not findings.problems:
                problems += _inspected(paper, path.parent, inspector)
    if findings.problems or problems:
        places = {(one.path, one.line, one.column, one.key, one.message()): one for one in problems}
        raise DefinitionError([*sorted(findings.problems, key=lambda one: (one.line, one.column)), *places.values()])
    return {name: paper for name, paper in built.items() if paper is not None}


def _paper(
    name: str, doc: PaperDoc, shared: Mapping[str, Label], workflows: Mapping[str, Workflow], findings: Findings
) -> Document | None:
    loc: Loc = ("documents", name)
    if not IDENTIFIER.fullmatch(name):
        findings.add(loc, "name-form", at_key=True, name=name)
    workflow = workflows.get(doc.workflow)
    if workflow is None:
        findings.unknown((*loc, "workflow"), "workflow", doc.workflow, list(workflows))
        return None
    if doc.source is not None:
        if doc.source not in workflow.fields:
            findings.unknown((*loc, "from"), "field", doc.source, list(workflow.fields))
        elif workflow.fields[doc.source].kind != "evidence":
            findings.add((*loc, "from"), "document-source", name=doc.source, kind=workflow.fields[doc.source].kind)
    for index, field in enumerate(doc.needs):
        if field not in workflow.fields:
            findings.unknown((*loc, "needs", index), "field", field, list(workflow.fields))
    for key, events in (("dated", as_many(doc.dated)), ("signed", as_many(doc.signed))):
        for event in events:
            if event not in workflow.events:
                findings.unknown(findings.one((*loc, key), event), "event", event, list(workflow.events))
    given = doc.templates.model_dump() if doc.templates is not None else {}
    templates = {one: place for one, place in given.items() if place is not None}
    if not templates and doc.xlsx is None:
        findings.add(loc, "document-idle", at_key=True, name=name)
    return Document(
        name=name,
        workflow=doc.workflow,
        label=label_of(doc.label, name),
        number=label_of(doc.number, "") if doc.number is not None else None,
        source=doc.source,
        needs=tuple(doc.needs),
        dated=as_many(doc.dated),
        signed=doc.signed,
        templates=templates,
        sheets=doc.xlsx is not None,
        words={**shared, **{word: label_of(said, word) for word, said in doc.words.items()}},
    )


def _check_words(paper: Document, workflow: Workflow, findings: Findings) -> None:
    """Every placeholder of the number and of the words has something to stand for."""
    loc: Loc = ("documents", paper.name)
    known = [*BUILT_IN, *(name for name in workflow.fields if name not in BUILT_IN)]
    said: list[tuple[Loc, Label]] = [
        (findings.first((*loc, "words", name), ("words", name)), label) for name, label in paper.words.items()
    ]
    if paper.number is not None:
        said.append(((*loc, "number"), paper.number))
    for place, label in said:
        for found in dict.fromkeys([*_placeholders(label.en), *_placeholders(label.zh)]):
            if found not in known:
                findings.add(place, "document-placeholder", name=found, known=known, hint=hint(found, known))


def _placeholders(words: str) -> Iterator[str]:
    """The names in braces; anything but a bare name is given back as it stands, which no name is like."""
    try:
        for _, name, spec, conversion in string.Formatter().parse(words):
            if name is not None:
                yield f"{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
    except ValueError:
        yield words


def _check_templates(
    paper: Document, folder: Path, workflows: Mapping[str, Workflow], findings: Findings
) -> Iterator[Problem]:
    workflow = workflows[paper.workflow]
    known = {
        "words": list(paper.words),
        "fields": list(workflow.fields),
        "labels": list(workflow.fields),
        "happened": list(workflow.events),
        "dues": list(workflow.deadlines),
    }
    for kind, place in paper.templates.items():
        loc: Loc = ("documents", paper.name, "templates", kind)
        file = folder / place
        if not place.endswith(SUFFIXES[kind]) or not file.resolve().is_relative_to(folder.resolve()):
            findings.add(loc, "template-path", found=place, suffix=SUFFIXES[kind])
            continue
        if not file.is_file() or file.stat().st_size > MAX_TEMPLATE:
            findings.add(loc, "template-missing", found=place)
            continue
        try:
            words = template_words(file)
        except (UnicodeDecodeError, zipfile.BadZipFile, KeyError, OSError):
            findings.add(loc, "template-unreadable", found=place)
            continue
        for found in islice(_unknown(words, known), MOST):
            group, name = found.groups()
            before = words[: found.start(2)] if file.suffix != ".docx" else ""
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            data = {"name": f"{group}.{name}", "paper": paper.name, "hint": hint(name, known[group])}
            yield Problem(str(file), line, column, "finding.template-variable", data)


def _unknown(words: str, known: Mapping[str, list[str]]) -> Iterator[re.Match[str]]:
    for found in _NAMED.finditer(words):
        group, name = found.groups()
        if name not in known[group] and name not in ("at", "items", "keys", "values", "get"):
            yield found


def _inspected(paper: Document, folder: Path, inspector: TemplateInspector) -> Iterator[Problem]:
    for kind, line, column, data in inspector.faults(paper, folder):
        yield Problem(str(folder / paper.templates[kind]), line, column, "document.template-broken", dict(data))
