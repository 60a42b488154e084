"""The whole demonstration, scene by scene."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from duban.app import Engine
from duban.demo.acts import Acts
from duban.demo.campaign import LAUNCHED_AT, Campaign
from duban.demo.columns import folded, table
from duban.demo.figures import figures_page
from duban.demo.folder import DemoFolder
from duban.demo.pages import campaign_page, overdue_page, units_page
from duban.demo.papers import papers_page
from duban.demo.staff import Staff
from duban.demo.stage import OFFICE, Narrator, Stage
from duban.demo.stories import climbed_page, referral_page, returned_page
from duban.engine.definition.mapping import load_map
from duban.engine.definition.places import find_pack
from duban.engine.runtime.kept import STANDS_AT
from duban.importing.rejects import Rejects
from duban.importing.replay import Replay, ReplayReport
from duban.importing.run import Importer, ImportReport
from duban.importing.table import Table
from duban.testing import FrozenClock

PACK: Final = "civility"
MAP: Final = "maps/myla311.yaml"
REQUESTS: Final = "demo/requests.csv"
DELIVERED_DAILY: Final = 1_000
"""Requests up to which the notices of every day are delivered; with more they wait in the outbox."""

ENDS_ON: Final = date(2021, 2, 19)
"""Three months after the launch. What the register records for later has not happened yet."""

_FRIDAY: Final = 4


@dataclass(slots=True)
class Played:
    """What the demonstration came to, for programs."""

    url: str
    imported: ImportReport
    replayed: ReplayReport
    cases: int = 0
    broken: int = 0
    seconds: float = 0.0
    weeks: list[dict[str, Any]] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)

    @property
    def document(self) -> dict[str, Any]:
        """All figures as one document."""
        counts = {name: getattr(self.imported, name) for name in ("read", "imported", "rejected", "stopped")}
        return {
            "db": self.url, "requests": counts, "steps_fired": self.replayed.fired, "climbed": self.replayed.climbed,
            "steps_later": self.replayed.left,
            "cases": self.cases, "broken": self.broken, "seconds": round(self.seconds, 1), "weeks": self.weeks,
            "papers": self.papers,
        }  # fmt: skip


class Demonstration:
    """Plays the campaign in a folder of its own.

    ``requests`` is a table in the form of the map ``myla311``; without it, the pack's own extract. ``program`` is how
    duban is called in the commands that are shown at the end.
    """

    def __init__(
        self, folder: DemoFolder, narrator: Narrator, lang: str, requests: Path | None = None, program: str = "duban"
    ) -> None:
        self._folder = folder
        self._narrator = narrator
        self._lang = lang
        self._requests = requests or find_pack(PACK) / REQUESTS
        self._own = requests is None
        self._program = program
        self._delivered = 0
        self._weeks: list[dict[str, Any]] = []

    def play(self) -> Played:
        """Play it from the beginning.

        Raises:
            BrokenTable: the requests cannot be read.
            DefinitionError: they lack a column that the map needs.
        """
        began = time.monotonic()
        table_ = Table(self._requests)  # a wrong file is refused before the earlier store is removed
        self._folder.renew()
        clock = FrozenClock(LAUNCHED_AT)
        with Engine(self._folder.url, pack=PACK, clock=clock, durable=False) as engine:
            stage = Stage(engine, clock, self._lang, self._narrator)
            self._narrator.line(stage.say("title"))
            self._narrator.line("═" * 80)
            self._open(stage, began)
            campaign, acts = self._campaign(stage), Acts(stage)
            stage.title("part-requests")
            stage.tell("source" if self._own else "source-given", file=self._requests.name)
            stage.tell("stands-in")
            played = self._issues(stage, campaign, acts, table_)
            self._weeks_page(stage)
            self._pages(stage, campaign, acts, played)
            with engine.store.write() as writer:
                writer.put_setting(STANDS_AT, clock.now().isoformat())
            played.papers = papers_page(stage, self._folder.papers)
            played.seconds = time.monotonic() - began
            self._where_to_go(stage, acts, played)
            return played

    def _open(self, stage: Stage, began: float) -> None:
        pack = stage.engine.pack
        stage.title("part-setting")
        counts = {
            "units": len(pack.organization.units), "posts": len(pack.organization.posts),
            "workflows": len(pack.workflows),
        }  # fmt: skip
        with stage.step("pack-loaded", since=began, pack=pack.name, **counts):
            stage.engine.migrate()
        stage.tell("store", folder=str(self._folder.path))

    def _campaign(self, stage: Stage) -> Campaign:
        campaign = Campaign(stage)
        with stage.step("launched") as found:
            found["tasks"] = campaign.launch()
        with stage.step("mobilized"):
            campaign.mobilize()
        with stage.step("rectifying"):
            campaign.rectify()
        stage.tell("invented-dates")
        return campaign

    def _issues(self, stage: Stage, campaign: Campaign, acts: Acts, requests: Table) -> Played:
        mapping = load_map(find_pack(PACK) / MAP, stage.engine.pack)
        staff = Staff(stage, acts.all)
        with Rejects(requests, self._folder.report, self._lang, "utf-8") as rejects, stage.step("replayed") as found:
            importer = Importer(stage.engine, mapping, requests, rejects, replay=True)

            def at_close(at: datetime) -> None:
                if importer.total <= DELIVERED_DAILY:
                    self._delivered += stage.engine.deliver(by=None).delivered
                campaign.at_close(at)
                self._note_week(stage, at)

            replay = Replay(importer, stage.clock, at_close, during=staff.moments, until=ENDS_ON).run(
                lambda done, total: stage.narrator.progress(
                    stage.say("progress", day=stage.day(stage.clock.now()), share=f"{100 * done // max(total, 1)}")
                )
            )
            report = importer.finish()
            found.update(imported=report.imported, read=report.read, fired=replay.fired, climbed=replay.climbed)
            found.update(later=replay.left)
            found["day"] = stage.day(stage.clock.now())
            self._note(stage, stage.clock.now())
        if report.rejected or report.stopped:
            stage.tell("rejected", count=report.rejected + report.stopped, report=str(self._folder.report))
        if importer.total <= DELIVERED_DAILY:
            stage.tell("delivered", count=self._delivered)
        else:
            stage.tell("not-delivered")
        stage.tell("invented-work")
        return Played(self._folder.url, report, replay, weeks=self._weeks)

    def _note_week(self, stage: Stage, at: datetime) -> None:
        if at.astimezone(stage.engine.world.hours.zone).weekday() == _FRIDAY:
            self._note(stage, at)

    def _note(self, stage: Stage, at: datetime) -> None:
        day = stage.day(at)
        if self._weeks and self._weeks[-1]["day"] == day:
            return
        counts: dict[str, int] = defaultdict(int)
        for tally in stage.engine.stats(by=OFFICE):
            if tally.workflow == "issue":
                counts["reported"] += tally.count
                counts["open" if tally.open else "closed"] += tally.count
                counts["overdue"] += tally.overdue
        self._weeks.append({"day": day, **{n: counts[n] for n in _WEEK}})

    def _weeks_page(self, stage: Stage) -> None:
        stage.title("weeks-head")
        chosen = [
            week for index, week in enumerate(self._weeks) if index < 4 or index % 4 == 3 or week is self._weeks[-1]
        ]
        rows = [[week["day"], *(str(week[name]) for name in _WEEK)] for week in chosen]
        heads = [stage.say("head-day"), *(stage.say(f"head-{name}") for name in _WEEK)]
        for line in table(heads, rows, right=frozenset(range(1, len(heads)))):
            self._narrator.line(line)

    def _pages(self, stage: Stage, campaign: Campaign, acts: Acts, played: Played) -> None:
        campaign_page(stage, campaign.case())
        units_page(stage)
        overdue_page(stage)
        figures_page(stage)
        climbed_page(stage)
        referral_page(stage, acts)
        returned_page(stage, acts)
        stage.title("verify-head")

        def count(number: int) -> None:
            played.cases = number

        began = time.monotonic()
        played.broken = len(stage.engine.verify(count))
        key = "verified" if played.broken == 0 else "broken"
        with stage.step(key, since=began, cases=played.cases, broken=played.broken):
            pass

    def _where_to_go(self, stage: Stage, acts: Acts, played: Played) -> None:
        stage.title("next-head")
        call = f"{self._program} --db {self._folder.url} --as {OFFICE} --lang {self._lang}"
        ref = acts.returned.ref or "ISS-000001"
        for key, words in (("overdue", "list issue --overdue"), ("why", f"why {ref}"), ("history", f"history {ref}")):
            self._narrator.line(f"  # {stage.say(f'next-{key}', ref=ref)}")
            for line in folded(f"{call} {words}"):
                self._narrator.line(line)
        self._narrator.line()
        self._narrator.line("  " + stage.say("took", seconds=f"{played.seconds:.1f}"))


_WEEK: Final = ("reported", "closed", "open", "overdue")
