"""Whatever is done to a sound pack, loading it gives a pack or a DefinitionError with a place in the file."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.definition.broken_packs import outcome, pack_with, sound_text

from duban.engine.definition.nodes import to_plain
from duban.engine.definition.reader import read_document
from duban.engine.definition.source import restore
from duban.engine.errors import DefinitionError

FILES = ["sample/issue.yaml", "plan.yaml", "part.yaml", "organization.yaml", "catalogue.yaml", "calendar.yaml"]
WORDS = st.sampled_from(
    "title,category,unit,office,assigned,closed,any,system,scheduler,catalogue.sites,catalogue.sites.unit,catalogue.,"
    "item,item.label,item.x,due,75%,0%,-1,99999999999999,x,else,by,from,cel,value,entries,1\u00a0day,[,(,null,a b,../x,"
    "due + 1 working day,3 working days,09:00-12:00,2021-02-30,holidays:,holidays:DE-XX".split(",")
)
NUMBERS = st.integers(-(10**14), 10**14) | st.floats(-1e6, 1e6)
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=5
)


def places(tree: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a plain tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [way, *(place for key, value in items for place in places(value, (*way, key)))]


def mutated(tree: Any, data: st.DataObject) -> None:
    """Delete, replace or insert at one place of the tree."""
    *way, last = data.draw(st.sampled_from([place for place in places(tree) if place]))
    holder = tree
    for part in way:
        holder = holder[part]
    match data.draw(st.sampled_from(["delete", "replace", "insert", "swap"])):
        case "delete":
            del holder[last]
        case "replace":
            holder[last] = data.draw(VALUES)
        case "insert" if isinstance(holder, dict):
            holder[data.draw(WORDS)] = data.draw(VALUES)
        case "insert":
            holder.insert(last, data.draw(VALUES))
        case _:
            other = data.draw(st.sampled_from([place for place in places(tree) if place]))
            value: Any = tree
            for part in other:
                value = value[part]
            holder[last] = json.loads(json.dumps(value))


@pytest.mark.parametrize("file", FILES)
def test_a_mutated_pack_is_a_pack_or_an_error_with_a_place(file: str) -> None:
    sound = to_plain(read_document(file, sound_text(file).encode()))

    @settings(max_examples=60)
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        tree = json.loads(json.dumps(sound))
        for _ in range(data.draw(st.integers(1, 2))):
            if tree:
                mutated(tree, data)
        text = json.dumps(tree, ensure_ascii=True, indent=1)
        with tempfile.TemporaryDirectory() as folder:
            found = outcome(pack_with(Path(folder), file, text))
            if not isinstance(found, DefinitionError):
                for loaded in found.workflows.values():
                    assert restore(loaded.source) == loaded.workflow
                return
            for problem in found.problems:
                own = Path(problem.path).name == Path(file).name
                lines = text.split("\n") if own else []
                if Path(problem.path).is_file() and not own:
                    lines = Path(problem.path).read_text(encoding="utf-8").split("\n")
                if lines:
                    assert 1 <= problem.line <= len(lines)
                    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
                assert problem.message("en")
                assert problem.message("zh")

    holds()
