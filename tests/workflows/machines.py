"""The machines of the pack `civility` as their YAML declares them, read without the engine, and ways through them."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duban.engine.definition.nodes import to_plain
from duban.engine.definition.pack_files import OTHERS
from duban.engine.definition.reader import read_document

PACK = Path(__file__).resolve().parents[2] / "workflows" / "civility"

Edge = tuple[str, str, str]
Walk = tuple[Edge, ...]


def read(name: str) -> dict[str, Any]:
    """A file of the pack as plain values."""
    plain = to_plain(read_document(PACK / name))
    assert isinstance(plain, dict)
    return plain


@dataclass(frozen=True)
class Machine:
    """States and edges of one workflow. An edge is (from, event, to); an opening one comes from ``""``."""

    name: str
    plain: dict[str, Any]

    @property
    def events(self) -> dict[str, dict[str, Any]]:
        """The declared events."""
        found: dict[str, dict[str, Any]] = self.plain["events"]
        return found

    @property
    def states(self) -> list[str]:
        """The declared states, in order."""
        return list(self.plain["states"])

    @property
    def finals(self) -> set[str]:
        """The final states."""
        return {name for name, state in self.plain["states"].items() if state and state.get("final") in (True, "true")}

    @property
    def openings(self) -> list[str]:
        """The events that start a case."""
        return [name for name, event in self.events.items() if "from" not in event]

    @property
    def edges(self) -> list[Edge]:
        """Every declared pair of state and event, with the state that it leads to."""
        return [(s, name, event.get("to", s)) for name, event in self.events.items() for s in self.sources(name)]

    def sources(self, event: str) -> list[str]:
        """The states that an event leaves."""
        declared = self.events[event].get("from", [])
        if declared == "any":
            return [state for state in self.states if state not in self.finals]
        return [declared] if isinstance(declared, str) else list(declared)

    def roles(self, event: str) -> set[str]:
        """The roles that may fire an event."""
        by = self.events[event]["by"]
        return {by} if isinstance(by, str) else set(by)

    def paths(self, opening: str) -> Iterator[Walk]:
        """Every path from an opening event that visits no state twice, shortest first; also those that end early."""
        waiting: deque[Walk] = deque([(("", opening, self.events[opening]["to"]),)])
        while waiting:
            path = waiting.popleft()
            yield path
            seen, here = {edge[2] for edge in path}, path[-1][2]
            if here in self.finals:
                continue
            waiting.extend((*path, edge) for edge in self.edges if edge[0] == here and edge[2] not in seen)


def machines() -> dict[str, Machine]:
    """Every workflow of the pack."""
    names = sorted(path.name for path in PACK.glob("*.yaml") if path.name not in OTHERS)
    plain = [read(name) for name in names]
    return {item["workflow"]: Machine(item["workflow"], item) for item in plain}


def events_of(walk: Walk) -> tuple[str, ...]:
    """The events of a walk, in order."""
    return tuple(edge[1] for edge in walk)
