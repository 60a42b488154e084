"""The reference pages of the language as facts: a row for every key, and its examples spliced into sound packs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.engine.definition.schema import KINDS, schema_of

# The other pages hold tables of other things: figures, columns, commands.
PAGES = [Path(__file__).parents[2] / "docs" / "reference" / f"{name}.md" for name in ("language", "surveys", "offices")]
PAGE = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
_EXAMPLE = re.compile(r"<!-- example: ([\w./]+) -->\n\n?```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^```yaml\n", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A fragment of the page, and the file that it goes into."""

    file: str
    text: str

    def spliced(self, sound: str) -> str:
        """The sound file with this fragment in it: whole, or each top-level key added to the one that is there."""
        if self.file != "plan.yaml":
            return self.text
        for block in re.split(r"^(?=\w)", self.text, flags=re.MULTILINE):
            if not block.strip():
                continue
            head, _, body = block.partition("\n")
            key = head.partition(":")[0]
            if body and re.search(rf"^{key}:\n", sound, re.MULTILINE):
                sound = sound.replace(f"\n{key}:\n", f"\n{key}:\n{body}", 1)
            else:
                sound = re.sub(rf"^{key}: .*\n", "", sound, flags=re.MULTILINE) + block
        return sound


def examples() -> list[Example]:
    """The examples of the pages, in order."""
    return [Example(file, text) for file, text in _EXAMPLE.findall(PAGE)]


def fences() -> int:
    """How many blocks of YAML the pages show."""
    return len(_FENCE.findall(PAGE))


def tables() -> Iterator[tuple[str, list[str]]]:
    """Every kind of mapping with its rows: key, type, default, meaning. Labels and notes are told once for all."""
    for kind in KINDS:
        schema = schema_of(kind)
        for name, node in [(kind, schema), *schema["definitions"].items()]:
            if "properties" in node and name != "EntriesDoc":
                rows = {key: _row(key, value, node, schema) for key, value in node["properties"].items()}
                yield name, [row for key, row in rows.items() if key not in ("label", "note", "en", "zh")]


def _row(key: str, value: dict[str, Any], holder: dict[str, Any], schema: dict[str, Any]) -> str:
    default = "needed" if key in holder.get("required", ()) else _shown(value.get("default"))
    meaning = value.get("description", "").replace("|", "\\|")
    return f"| `{key}` | {_type(value, schema)} | {default} | {meaning} |"


def _shown(default: Any) -> str:
    if default in (None, [], {}):
        return "—"
    if isinstance(default, list):
        return "`[" + ", ".join(f'"{item}"' for item in default) + "]`"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _type(node: dict[str, Any], schema: dict[str, Any]) -> str:
    if "allOf" in node and "type" not in node:
        node = node["allOf"][0]
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return "{en, zh}" if name == "Bilingual" else name.removesuffix("Doc").lower()
    if "anyOf" in node:
        kinds = [_type(branch, schema) for branch in node["anyOf"] if branch.get("type") != "null"]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind != "entries"))
    if "enum" in node:
        return ", ".join(f"`{item}`" for item in node["enum"])
    if node.get("type") == "array":
        return f"list of {_type(node['items'], schema)}"
    if node.get("type") == "object":
        inside = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
        values = next((one for one in inside if isinstance(one, dict)), None)
        inner = _type(values, schema) if values else "any value"
        return f"mapping of {inner}" if " or " not in inner and "mapping" not in inner else "mapping"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return words.get(node.get("type", ""), "any value")
