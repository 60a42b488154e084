"""Tells times, people, states and values in the reader's language."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from duban.cli.kit.answer import Cell
from duban.engine.deadlines.durations import WorkingDuration
from duban.engine.messages import text
from duban.engine.runtime.steps import said_step

if TYPE_CHECKING:
    from duban.app import Engine
    from duban.engine.model.case import Case
    from duban.engine.model.definition import Field, Workflow
    from duban.engine.model.period import Period


def iso(at: datetime | None) -> str:
    """A moment as programs read it: ISO 8601 in UTC, ending in Z."""
    return "" if at is None else at.isoformat().replace("+00:00", "Z")


def period_cell(period: "Period", lang: str) -> Cell:
    """A period of the calendar."""
    count, _, unit = period.text.partition(" ")
    key = f"period.{unit.removesuffix('s')}{'' if count == '1' else 's'}"
    return Cell(period.text, text(key, lang, count=count))


def as_declared(data: Mapping[str, Any], workflow: "Workflow") -> list[tuple[str, Any]]:
    """Fields with their values in the order in which the workflow declares them; what it does not know comes last."""
    places = {name: place for place, name in enumerate(workflow.fields)}
    return sorted(data.items(), key=lambda pair: places.get(pair[0], len(places)))


class Teller:
    """Speaks one language, with the organisation and the hours of one engine at hand."""

    def __init__(self, engine: "Engine", lang: str) -> None:
        self.lang = lang
        self._world = engine.world
        self._store = engine.store
        self._organization = engine.pack.organization

    def moment(self, at: datetime | None) -> Cell:
        """A moment: for people in the organisation's time zone, to the minute."""
        local = "" if at is None else at.astimezone(self._organization.zone).strftime("%Y-%m-%d %H:%M")
        return Cell(iso(at), local)

    def span(self, seconds: int) -> str:
        """Working time in words, to the minute."""
        days, rest = divmod(max(seconds, 0), self._world.hours.day_seconds)
        minutes = rest // 60
        if not days and not minutes:
            return text("say.moment", self.lang)
        return WorkingDuration(Fraction(days), minutes).label(self.lang)

    def left(self, case: "Case") -> Cell:
        """The working time left, or since when it is overdue; for pipes in seconds, below zero when overdue."""
        if case.due_at is None or not case.is_open:
            return Cell("", "")
        now, hours = self._world.clock.now(), self._world.hours
        late, left = hours.between(case.due_at, now), hours.between(now, case.due_at)
        overdue = case.is_overdue(now)
        words = text("say.overdue-by" if overdue else "say.left", self.lang, span=self.span(late or left))
        return Cell(str(-late if overdue else left), words)

    def definition(self, case: "Case") -> "Workflow":
        """The definition that the case began under."""
        with self._store.read() as reader:
            return self._world.definitions.pinned(case.definition, reader).workflow

    def unit(self, name: str | None) -> Cell:
        """A unit by its label."""
        known = self._organization.units.get(name or "")
        return Cell(name or "", known.label.text(self.lang) if known else name or "")

    def actor(self, name: str) -> Cell:
        """An account or a post: a post by its label and unit, an account by its name."""
        post = self._organization.posts.get(name)
        if post is None:
            built_in = name in ("scheduler", "system")
            return Cell(name, text(f"say.actor-{name}", self.lang) if built_in else name)
        return Cell(name, self.post(name).shown)

    def post(self, name: str) -> Cell:
        """A post by its label, with the unit it belongs to."""
        post = self._organization.posts.get(name)
        if post is None:
            return Cell(name, name)
        unit, label = self.unit(post.unit).shown, post.label.text(self.lang)
        return Cell(name, label if label == unit else text("say.post", self.lang, unit=unit, post=label))

    def workflow(self, name: str) -> Cell:
        """A workflow by its label."""
        loaded = self._world.pack.workflows.get(name)
        return Cell(name, loaded.workflow.label.text(self.lang) if loaded else name)

    def state(self, workflow: "Workflow", name: str | None) -> Cell:
        """A state by its label."""
        state = workflow.states.get(name or "")
        return Cell(name or "", state.label.text(self.lang) if state else name or "")

    def event(self, workflow: "Workflow", name: str) -> Cell:
        """An event by its label; a step of a ladder by its deadline and point, or by its count and how often."""
        event = workflow.events.get(name)
        if event is not None:
            return Cell(name, event.label.text(self.lang))
        return Cell(name, said_step(workflow, name, self.lang))

    def field(self, workflow: "Workflow", name: str) -> str:
        """A field by its label."""
        field = workflow.fields.get(name)
        return field.label.text(self.lang) if field else name

    def value(self, field: "Field | None", value: Any) -> Cell:
        """A value as the field means it: choices, units and posts by label, yes and no, files by name."""
        if isinstance(value, bool):
            return Cell(str(value).lower(), text("say.yes" if value else "say.no", self.lang))
        if isinstance(value, list):
            item = field.item if field else None
            if field is not None and field.kind == "evidence":
                return Cell(",".join(one["name"] for one in value), self._joined([one["name"] for one in value]))
            cells = [self.value(item, one) for one in value]
            return Cell(",".join(one.plain for one in cells), self._joined([one.shown for one in cells]))
        name = "" if value is None else str(value)
        if field is not None and field.kind in ("unit", "post"):
            return self.unit(name) if field.kind == "unit" else self.post(name)
        choices: Mapping[str, Any] = (field.choices if field else None) or {}
        return Cell(name, choices[name].text(self.lang) if name in choices else name)

    def heading(self, workflow: "Workflow", data: Mapping[str, Any]) -> str:
        """What a case is about: its field ``title`` or ``name``, else its first field of text."""
        texts = [name for name, field in workflow.fields.items() if field.kind == "text"]
        for name in [one for one in ("title", "name") if one in texts] + texts[:1]:
            if data.get(name):
                return str(data[name])
        return ""

    def _joined(self, words: list[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(words)
