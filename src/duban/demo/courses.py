"""The whole course of one case, a line for each event and each step that it climbed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from duban.demo.columns import WIDTH, cut, fill, width, wrapped
from duban.demo.stage import Stage
from duban.engine.model.case import HistoryRow
from duban.engine.model.definition import Workflow
from duban.engine.runtime.steps import said_step

DID: Final = 32
"""Columns for what an event did."""

_SAID: Final = (
    "reason", "measures", "reply", "finding", "opinion", "statement", "conclusion", "feedback", "answer",
)  # fmt: skip
_AGAIN: Final = "bulletined"
"""What comes every week is told once, with how often it came."""


def course(stage: Stage, ref: str, by: str, invented_from: datetime | None = None) -> None:
    """Tell the history of a case as ``by`` sees it; what the demonstration invented is marked."""
    workflow = stage.workflow(stage.engine.get(ref, by=by).workflow)
    rows = stage.engine.history(ref, by=by)
    level, often = 0, sum(row.event == _AGAIN for row in rows)
    for index, row in enumerate(rows):
        mark = "*" if invented_from is not None and row.at >= invented_from else " "
        begin = f"{mark} {stage.minute(row.at)}  "
        if row.kind == "step":
            stage.lines(_climbed(stage, workflow, row, begin, row.level > level))
        elif row.event != _AGAIN or _is_first(rows, index):
            stage.lines(_fired(stage, workflow, row, begin, often))
        level = row.level


def _is_first(rows: Sequence[HistoryRow], index: int) -> bool:
    return all(row.event != rows[index].event for row in rows[:index])


def _climbed(stage: Stage, workflow: Workflow, row: HistoryRow, begin: str, rose: bool) -> list[str]:
    words = said_step(workflow, row.event, stage.lang)
    words = stage.say("climbed-level", step=words, level=row.level) if rose else words
    return wrapped(begin + words, "", " " * width(begin))


def _fired(stage: Stage, workflow: Workflow, row: HistoryRow, begin: str, often: int) -> list[str]:
    """One event: what it was, where it led, who did it, and the words that came with it."""
    words = stage.label(workflow.events[row.event].label)
    state = stage.label(workflow.states[row.to_state].label)
    if row.from_state != row.to_state and state != words:
        words += f" → {state}"
    if row.event == _AGAIN and often > 1:
        words = stage.say("told-often", words=words, often=often)
    who, space = stage.post(row.actor), " " * width(begin)
    room = WIDTH - width(begin) - 2
    if width(words) + width(who) > room:
        lines = [f"{begin}{words}", f"{space}{cut(who, room)}"]
    else:
        lines = [f"{begin}{fill(words, min(max(DID, width(words)), room - width(who)))}  {who}"]
    said = next((row.data[name] for name in _SAID if row.data.get(name)), None)
    return lines + (wrapped(stage.say("said", words=said), space, space) if said else [])
