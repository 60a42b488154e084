"""Draws a workflow as a Mermaid state diagram."""

import re

from duban.engine.messages import text
from duban.engine.model.definition import Event, Workflow
from duban.engine.model.label import Label

_UNFIT = re.compile(r'[\x00-\x1f\x7f-\x9f;:{}<>"#%`\\]+')
_RESERVED = frozenset("class classdef click default direction end fork join note state style".split())
"""Words of Mermaid's own, which cannot name a state."""


def drawn(workflow: Workflow, lang: str) -> str:
    """The diagram, its states and events in the words of ``lang``. An event that stays is drawn on its state."""
    lines = ["---", f"title: {_words(workflow.label, lang)}", "---", "stateDiagram-v2"]
    lines += [f'    state "{_words(state.label, lang)}" as {_name(name)}' for name, state in workflow.states.items()]
    for event in workflow.events.values():
        label = _label(workflow, event, lang)
        if event.opens:
            lines.append(f"    [*] --> {_name(event.target or '')}: {label}")
            continue
        lines += [f"    {_name(source)} --> {_name(event.target or source)}: {label}" for source in event.sources]
    lines += [f"    {_name(name)} --> [*]" for name, state in workflow.states.items() if state.final]
    return "\n".join(lines)


def _label(workflow: Workflow, event: Event, lang: str) -> str:
    words = _words(event.label, lang)
    steps = {step.fire for _, step in workflow.ladders()}
    return f"{words} ({text('say.by-deadline', lang)})" if event.name in steps else words


def _name(state: str) -> str:
    return f"{state}_" if state in _RESERVED else state


def _words(label: Label, lang: str) -> str:
    return _UNFIT.sub(" ", label.text(lang)).strip()
