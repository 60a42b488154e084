"""A store of the sample pack, maps for it, and tables on the disk."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path

import pytest

from duban.app import Engine
from duban.engine.definition.mapping import load_map
from duban.engine.model.case import Case
from duban.importing.rejects import Rejects
from duban.importing.replay import Moment, Replay, ReplayReport, claim_store
from duban.importing.run import Importer, ImportReport
from duban.importing.table import Table
from duban.testing import FrozenClock

SAMPLE = Path(__file__).resolve().parents[1] / "packs" / "sample"

MAP = """\
import: issue
register: requests
key: number
event: report
by: grid-worker
times: {format: "%Y-%m-%d %H:%M", timezone: Asia/Shanghai, shift: {from: "2020-01-01", to: "2020-11-25"}}
keep: {kind: [Litter, Parking, Wires, Odd]}
fields:
  title: {column: title}
  category: {column: kind, values: {Litter: litter, Parking: parking, Wires: hanging}}
replay:
  start_at: created
  course: {column: status, values: {Closed: [assign, rectify, verify, close], Open: [assign]}}
  events:
    assign: {at: created, by: {role: office}, fields: {unit: {value: city-management}}}
    rectify:
      at: [closed, updated]
      by: {role: handler, of: unit}
      fields: {measures: {template: "{kind}: {status}"}}
      evidence: {photo_after: row}
    verify: {at: closed, by: supervisor}
    close: {at: closed, by: office}
"""

HEADER = "number,title,kind,status,created,updated,closed"
ROWS = (
    "A-1,Bags by the door,Litter,Closed,2020-01-02 09:30,2020-01-02 09:30,2020-01-03 10:00",
    "A-2,Car on the pavement,Parking,Open,2020-01-02 10:00,2020-01-02 10:00,",
    "A-3,Cable across the lane,Wires,Closed,2020-01-02 11:00,2020-01-02 11:00,2020-01-14 16:00",
)


def table(*rows: str) -> str:
    """A table of these rows under the header."""
    return "\n".join([HEADER, *rows]) + "\n"


@dataclass
class Bench:
    """A store and what is done with it."""

    engine: Engine
    clock: FrozenClock
    folder: Path
    report: Path | None = None

    def file(self, content: str | bytes = table(*ROWS), name: str = "r.csv") -> Path:
        """A table on the disk."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, path: Path, text: str = MAP, *, encoding: str = "utf-8", lang: str = "en") -> ImportReport:
        """Import without a replay."""
        mapping = load_map("map.yaml", self.engine.pack, text.encode())
        requests = Table(path, encoding)
        with Rejects(requests, None, lang, encoding) as rejects:
            importer = Importer(self.engine, mapping, requests, rejects)
            importer.run()
            return importer.finish()

    def replay(
        self, path: Path, text: str = MAP, *, during: Mapping[time, Moment] | None = None, until: date | None = None
    ) -> tuple[ImportReport, ReplayReport]:
        """Import and drive along the recorded course."""
        mapping = load_map("map.yaml", self.engine.pack, text.encode())
        requests = Table(path)
        with Rejects(requests, None, "en", "utf-8") as rejects:
            importer = Importer(self.engine, mapping, requests, rejects, replay=True)
            claim_store(importer)
            replayed = Replay(importer, self.clock, during=during, until=until).run()
            return importer.finish(), replayed

    def cases(self) -> list[Case]:
        """All cases, oldest first."""
        return sorted(self.engine.find("issue", by="office", limit=1000), key=lambda case: case.ref)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock = FrozenClock("2020-11-24T09:00:00+08:00")
    with Engine(f"sqlite:///{tmp_path}/s.db", pack=SAMPLE, clock=clock) as engine:
        engine.migrate()
        yield Bench(engine, clock, tmp_path)


@pytest.fixture
def refuse_map(bench: Bench) -> Callable[[str], list[tuple[int, int, str]]]:
    """What is wrong with a map: line, column, and the words."""
    from duban.engine.errors import DefinitionError

    def refuse(text: str) -> list[tuple[int, int, str]]:
        with pytest.raises(DefinitionError) as caught:
            load_map("map.yaml", bench.engine.pack, text.encode())
        assert caught.value.path == "map.yaml"
        assert all(problem.message("zh") for problem in caught.value.problems)
        return [(problem.line, problem.column, problem.message()) for problem in caught.value.problems]

    return refuse
