"""Commands made from the pack: a group for every workflow, and in it a command for every declared event."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from duban.cli.kit import complete
from duban.cli.kit.choices import choice, told_choices
from duban.cli.kit.command import Command, Group, dashed
from duban.cli.kit.options import Option
from duban.cli.kit.outcome import fired, started
from duban.cli.kit.shared import NAMES
from duban.cli.kit.words import Pair, pairs
from duban.cli.options import DRY_RUN, EVIDENCE, EXPECT_VERSION, FIELDS, KEY, REF
from duban.cli.registry import OF_SURVEYS
from duban.engine.messages import text
from duban.engine.runtime.sealing import filled_in

if TYPE_CHECKING:
    from duban.cli.kit.answer import Answer
    from duban.cli.kit.desk import Desk
    from duban.engine.model.definition import Event, Field, Workflow
    from duban.engine.model.organization import Role

_OWN: Final = (DRY_RUN, EXPECT_VERSION, KEY, FIELDS, EVIDENCE)
_TAKEN: Final = frozenset([*NAMES, *(name for option in _OWN for name in option.opts)])
_METAVARS: Final = {
    "text": "TEXT", "number": "NUMBER", "boolean": "yes|no", "date": "YYYY-MM-DD", "choice": "CHOICE", "unit": "UNIT",
    "post": "POST", "case": "REF", "evidence": "FILE", "list": "A,B,…",
}  # fmt: skip


def workflow_group(desk: "Desk", name: str) -> Group | None:
    """The group of a workflow of the pack; None when the pack has none of this name.

    Raises:
        UsageError: the store names no pack yet.
    """
    loaded = desk.engine.pack.workflows
    found = loaded.get(name) or loaded.get(name.replace("-", "_"))
    if found is None:
        return None
    workflow = found.workflow
    roles = desk.engine.pack.organization.roles
    rules = desk.engine.pack.surveys
    commands = [
        event_command(workflow, event, roles, filled_in(rules, workflow.name, event.name))
        for event in workflow.events.values()
    ]
    if rules is not None and rules.survey.workflow == workflow.name:
        commands = [*(_placed(place) for place in OF_SURVEYS.values()), *commands]
    return Group(dashed(workflow.name), lambda lang: text("help.workflow", lang, label=workflow.label), commands)


def _placed(place: str) -> Command:
    module, _, attribute = place.partition(":")
    found: Command = getattr(import_module(module), attribute)
    return found


def event_command(
    workflow: "Workflow", event: "Event", roles: Mapping[str, "Role"], left_out: Sequence[str] = ()
) -> Command:  # fmt: skip
    """The command of one event; the fields ``left_out`` are filled in by the engine itself."""

    def work(desk: "Desk", ref: str | None = None, **given: Any) -> "Answer":
        typed, files = _typed(given, options)
        typed += pairs(given["field"], "-f")
        files += pairs(given["evidence"], "--evidence")
        if ref is None:
            return started(desk, workflow.name, typed, files, event=event.name, key=given["key"])
        return fired(
            desk, ref, event.name, typed, files, workflow=workflow.name, dry_run=given["dry_run"], key=given["key"],
            expect_version=given["expect_version"],
        )  # fmt: skip

    options = [
        _option(workflow.fields[name], name in event.needs)
        for name in [*event.needs, *event.takes]
        if name not in left_out
    ]
    own = [KEY, FIELDS, EVIDENCE] if event.opens else [DRY_RUN, KEY, EXPECT_VERSION, FIELDS, EVIDENCE]
    arguments = [] if event.opens else [REF]
    return Command(
        dashed(event.name), lambda lang: _page(workflow, event, roles, lang), work, [*arguments, *options, *own]
    )


def option_name(name: str) -> str:
    """The option for a field; a name that every command takes itself is set apart."""
    plain = f"--{dashed(name)}"
    return f"--field-{dashed(name)}" if plain in _TAKEN else plain


class _FieldOption(Option):
    """The option for one field."""

    def __init__(self, field: "Field", needed: bool) -> None:
        is_many = field.kind in ("list", "evidence")
        completer = complete.files if field.kind == "evidence" else complete.values_of(field)
        super().__init__(
            [option_name(field.name), f"field_{field.name}"], says=lambda lang: _words(field, needed, lang),
            metavar=_METAVARS[field.kind], multiple=is_many, shell_complete=completer,
        )  # fmt: skip
        self.field = field


def _option(field: "Field", needed: bool) -> _FieldOption:
    return _FieldOption(field, needed)


def _typed(given: dict[str, Any], options: Sequence[_FieldOption]) -> tuple[list[Pair], list[Pair]]:
    typed: list[Pair] = []
    files: list[Pair] = []
    for option in options:
        value = given.get(option.name or "")
        for words in value if isinstance(value, tuple) else () if value is None else (value,):
            (files if option.field.kind == "evidence" else typed).append((option.field.name, words))
    return typed, files


def _words(field: "Field", needed: bool, lang: str) -> str:
    parts = [field.label.text(lang)]
    one = field.item if field.kind == "list" and field.item is not None else field
    if one.choices:
        parts.append(text("help.one-of", lang, known=told_choices(one.choices, lang)))
    if field.default is not None:
        parts.append(text("help.default", lang, value=field.default))
    if needed:
        parts.append(text("help.needed", lang))
    if field.kind in ("list", "evidence"):
        parts.append(text("help.repeatable", lang))
    return ("；" if lang == "zh" else "; ").join(parts)


def _page(workflow: "Workflow", event: "Event", roles: Mapping[str, "Role"], lang: str) -> str:
    def told(states: Sequence[str]) -> list[str]:
        return [workflow.states[name].label.text(lang) for name in states]

    label = event.label.text(lang)
    carried = [choice(role, roles[role].label.text(lang)) if role in roles else role for role in event.by]
    lines = [label if label != event.name else text("help.event", lang, event=event.name, workflow=workflow.label)]
    target = told([event.target])[0] if event.target else text("help.stays", lang)
    key = "help.opens" if event.opens else "help.moves"
    lines += ["", text(key, lang, sources=told(event.sources), target=target)]
    lines += ["", text("help.by", lang, roles=carried)]
    return "\n".join(lines)
