"""Opens a pack: as it was kept, if nothing has changed since; else it is loaded, checked, and kept."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from duban.engine.definition.caching.coding import packed, unpacked
from duban.engine.definition.caching.fingerprint import are_unchanged, name_of, templates_of
from duban.engine.keeping import cache_folder, keep, kept
from duban.engine.model.pack import Loaded, Pack

if TYPE_CHECKING:
    from duban.engine.ports.actions import ActionRegistry
    from duban.engine.ports.guards import GuardCompiler

_PARTS: Final = tuple(field.name for field in fields(Pack) if field.name not in ("name", "folder", "workflows"))
_WORKFLOW: Final = "workflow "
"""How the parts begin that hold one workflow each."""


def opened_pack(folder: Path, compiler: "GuardCompiler", registry: "ActionRegistry") -> Pack:
    """The pack of a folder, which was checked now or earlier.

    Raises:
        DefinitionError: as of ``load_pack``; a pack that does not hold is never kept.
    """

    def load() -> Pack:
        from duban.engine.definition.pack import load_pack  # with all that reads YAML and checks it

        return load_pack(folder, compiler, registry)

    name = name_of(folder)
    found = _found(name, folder, registry, load) if name is not None else None
    if found is None:
        found = load()
        # Files that were changed while they were read belong under no name.
        if name is not None and name_of(folder) == name:
            _keep(name, found, registry)
    return found


class _Parts:
    """The parts of a kept pack, each unpacked when it is asked for: a command needs a few of them.

    ``load`` reads the whole pack anew.
    """

    load: Callable[[], Pack]

    def __init__(self, places: Mapping[str, tuple[int, int]], content: memoryview) -> None:
        self.names = tuple(name.removeprefix(_WORKFLOW) for name in places if name.startswith(_WORKFLOW))
        self._places = places
        self._content = content

    def part(self, name: str) -> Any:
        """A part by its name; one that cannot be unpacked is read anew from the files of the pack."""
        try:
            begin, end = self._places[name]
            return unpacked(bytes(self._content[begin:end]))
        except Exception:  # whatever is wrong with it
            pack = self.load()
            return pack.workflows[name.removeprefix(_WORKFLOW)] if name.startswith(_WORKFLOW) else getattr(pack, name)


class _Workflows(Mapping[str, Loaded]):
    def __init__(self, parts: _Parts) -> None:
        self._parts = parts
        self._unpacked: dict[str, Loaded] = {}

    def __getitem__(self, name: str) -> Loaded:
        if name not in self._unpacked:
            if name not in self._parts.names:
                raise KeyError(name)
            self._unpacked[name] = self._parts.part(_WORKFLOW + name)
        return self._unpacked[name]

    def __contains__(self, name: object) -> bool:
        return name in self._parts.names

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts.names)

    def __len__(self) -> int:
        return len(self._parts.names)


class KeptPack(Pack):
    """A pack as it was kept. Python asks ``__getattr__`` for a field only while its slot is empty."""

    __slots__ = ("_parts",)
    _parts: _Parts

    def __getattr__(self, name: str) -> Any:
        if name not in _PARTS:
            raise AttributeError(name)
        value = self._parts.part(name)
        object.__setattr__(self, name, value)
        return value


def _keep(name: str, pack: Pack, registry: "ActionRegistry") -> None:
    parts = {part: getattr(pack, part) for part in _PARTS}
    parts |= {_WORKFLOW + one: loaded for one, loaded in pack.workflows.items()}
    try:
        head: dict[str, Any] = {"templates": templates_of(pack), "calls": list(_others(pack, registry)), "parts": {}}
        begin, body = 0, []
        for part, value in parts.items():
            body.append(packed(value))
            head["parts"][part] = (begin, begin + len(body[-1]))
            begin += len(body[-1])
        told = json.dumps(head).encode()
    except (TypeError, ValueError, OSError):
        return  # such as parameters of other people's actions that are no JSON
    keep(name, b"\n".join([told, b"".join(body)]))


def _found(name: str, folder: Path, registry: "ActionRegistry", load: Callable[[], Pack]) -> Pack | None:
    try:
        head, pack = _opened(name, cache_folder(), folder)
        if not are_unchanged(folder, head["templates"]) or not _are_right(head["calls"], registry):
            return None
    except Exception:  # whatever is kept there, the files of the pack tell
        return None
    pack._parts.load = load
    return pack


@lru_cache(maxsize=4)
def _opened(name: str, _cache: str | None, folder: Path) -> tuple[Mapping[str, Any], KeptPack]:
    """What is kept under this name, its parts still packed. Engines of one process share it, as it is frozen.

    Raises:
        LookupError: nothing is kept, which is not remembered. Exception: of any kind, where something else is.
    """
    content = kept(name)
    if content is None:
        raise LookupError(name)
    end = content.index(b"\n")
    head = json.loads(content[:end])
    parts = _Parts(dict(head["parts"]), memoryview(content)[end + 1 :])
    pack, where = object.__new__(KeptPack), folder.resolve()
    for slot, value in (("_parts", parts), ("name", where.name), ("folder", where), ("workflows", _Workflows(parts))):
        object.__setattr__(pack, slot, value)
    return head, pack


def _others(pack: Pack, registry: "ActionRegistry") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The calls of other people's actions."""
    for loaded in pack.workflows.values():
        every = [call for event in loaded.workflow.events.values() for call in event.calls]
        every += [call for _, step in loaded.workflow.ladders() for call in step.calls]
        for call in every:
            if not type(registry.find(call.action)).__module__.startswith("duban."):
                yield call.action, call.params


def _are_right(calls: list[tuple[str, Mapping[str, Any]]], registry: "ActionRegistry") -> bool:
    """Whether other people's actions, whose code may have changed, still take their parameters."""
    found = [(registry.find(name), params) for name, params in calls]
    return all(action is not None and not action.problems(params) for action, params in found)
