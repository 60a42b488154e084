"""The JSON Schema of a pack's files, made from the documents that read them, for editors that complete and check.

Draft 7, which the language servers for YAML know best. A file names its schema in a comment::

    # yaml-language-server: $schema=../schema/workflow.schema.json

The schema tells less than ``load_pack``: names between files, the graph and the expressions are checked there.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from duban.engine.definition.archive_documents import ArchiveDoc
from duban.engine.definition.cadence_documents import CadencesDoc
from duban.engine.definition.channel_documents import ChannelsDoc
from duban.engine.definition.compilation_documents import CompilationsDoc
from duban.engine.definition.documents import WorkflowDoc
from duban.engine.definition.figure_documents import FiguresDoc
from duban.engine.definition.office_documents import OfficesDoc
from duban.engine.definition.pack_documents import CalendarDoc, CatalogueDoc, OrganizationDoc
from duban.engine.definition.paper_documents import PapersDoc
from duban.engine.definition.retention_documents import RetentionDoc
from duban.engine.definition.survey_documents import SurveysDoc

KINDS: Final[Mapping[str, type[BaseModel]]] = {
    "workflow": WorkflowDoc,
    "organization": OrganizationDoc,
    "calendar": CalendarDoc,
    "catalogue": CatalogueDoc,
    "cadences": CadencesDoc,
    "figures": FiguresDoc,
    "compilations": CompilationsDoc,
    "documents": PapersDoc,
    "channels": ChannelsDoc,
    "surveys": SurveysDoc,
    "retention": RetentionDoc,
    "archive": ArchiveDoc,
    "offices": OfficesDoc,
}
"""The kinds of files, and the document of each."""

_NAMED: Final = frozenset({"properties", "patternProperties", "definitions"})


class _Draft7(GenerateJsonSchema):
    """Without a title for every key, which editors would show in place of its description."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of a kind of file, one of ``KINDS``.

    Raises:
        KeyError: there is no such kind.
    """
    made = KINDS[kind].model_json_schema(by_alias=True, ref_template="#/definitions/{model}", schema_generator=_Draft7)
    made["definitions"] = made.pop("$defs", {})
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": f"urn:duban:schema:{kind}"}
    tidy: dict[str, Any] = _tidy(made)
    return {**head, **tidy, "title": f"duban {kind}"}


def schema_text(kind: str) -> str:
    """The text of the schema's file."""
    return json.dumps(schema_of(kind), ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write the schema of every kind into ``folder`` as ``KIND.schema.json``; the files, in order."""
    paths = []
    for kind in KINDS:
        path = folder / f"{kind}.schema.json"
        path.write_text(schema_text(kind), encoding="utf-8")
        paths.append(path)
    return paths


def _tidy(node: Any, named: bool = False) -> Any:
    """Draft 7 ignores what stands beside ``$ref``; a mapping of patterned names takes no others; no null defaults."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: _tidy(value, not named and key in _NAMED) for key, value in node.items()}
    if named:
        return kept
    if isinstance(kept.get("title"), str):
        del kept["title"]
    for key, nothing in (("default", None), ("examples", []), ("propertyNames", {})):
        if key in kept and kept[key] == nothing:
            del kept[key]
    if "$ref" in kept and len(kept) > 1:
        kept = {"allOf": [{"$ref": kept.pop("$ref")}], **kept}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    return kept


if __name__ == "__main__":
    write_schemas(Path(__file__).resolve().parents[2] / "workflows" / "schema")
