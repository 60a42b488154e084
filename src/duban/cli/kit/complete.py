"""What a shell may complete. Whatever goes wrong here, the shell gets nothing, and no error."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from duban.engine.model.label import Label

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from duban.cli.kit.desk import Desk
    from duban.engine.model.definition import Field

Completer = Callable[["click.Context", "click.Parameter", str], "list[CompletionItem]"]
_MOST_CASES = 50


def actors(desk: "Desk", begun: str) -> "list[CompletionItem]":
    """Accounts and posts."""

    def found() -> Iterable[tuple[str, Label]]:
        organization = desk.engine.pack.organization
        yield from ((name, Label(name, name)) for name in organization.accounts)
        yield from ((name, post.label) for name, post in organization.posts.items())

    return _items(desk, begun, found)


def offices(desk: "Desk", begun: str) -> "list[CompletionItem]":
    """Offices of the deployment."""
    return _items(desk, begun, lambda: ((name, one.label) for name, one in desk.offices.declared.items()))


def refs(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Open cases that the actor can see, newest first."""
    desk: Desk = context.obj

    def found() -> Iterable[tuple[str, Label]]:
        for case in desk.engine.find(by=desk.by, open=True, limit=_MOST_CASES):
            yield case.ref, Label(case.state, case.state)

    return _items(desk, begun.upper(), found)


def workflows(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Workflows of the pack."""
    desk: Desk = context.obj
    return _items(desk, begun, lambda: ((n, loaded.workflow.label) for n, loaded in desk.engine.pack.workflows.items()))


def units(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Units of the organisation."""
    desk: Desk = context.obj
    return _items(desk, begun, lambda: ((n, unit.label) for n, unit in desk.engine.pack.organization.units.items()))


def figures(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Figures of the pack."""
    desk: Desk = context.obj
    return _items(desk, begun, lambda: ((n, one.label) for n, one in desk.engine.pack.figures.figures.items()))


def dimensions(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """What figures can be told per."""
    desk: Desk = context.obj
    return _items(desk, begun, lambda: ((n, one.label) for n, one in desk.engine.pack.figures.dimensions.items()))


def scores(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Scores of the pack."""
    desk: Desk = context.obj
    return _items(desk, begun, lambda: ((n, one.label) for n, one in desk.engine.pack.figures.scores.items()))


def accounts(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Accounts and posts of the pack."""
    desk: Desk = context.obj

    def found() -> Iterable[tuple[str, Label]]:
        organization = desk.engine.pack.organization
        yield from ((name, Label("", "")) for name in organization.accounts)
        yield from ((name, post.label) for name, post in organization.posts.items())

    return _items(desk, begun, found)


def states(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """States of the workflow that was named, else of all."""
    desk: Desk = context.obj

    def found() -> Iterable[tuple[str, Label]]:
        for name, loaded in desk.engine.pack.workflows.items():
            if context.params.get("workflow") in (None, name):
                yield from ((state.name, state.label) for state in loaded.workflow.states.values())

    return _items(desk, begun, found)


def events(context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Events of the case that was named."""
    desk: Desk = context.obj

    def found() -> Iterable[tuple[str, Label]]:
        for choice in desk.engine.explain(context.params["ref"], by=desk.by):
            if choice.allowed:
                yield choice.event, choice.label

    return _items(desk, begun, found)


def values_of(field: "Field") -> Completer:
    """The values that a field takes, where they can be told: choices, units, posts, yes and no, cases."""

    def complete(context: "click.Context", parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
        one = field.item if field.kind == "list" and field.item is not None else field
        done, comma, last = begun.rpartition(",")
        if field.kind != "list":
            done, comma, last = "", "", begun
        if one.kind == "unit":
            found = units(context, parameter, last)
        elif one.kind == "case":
            found = refs(context, parameter, last)
        elif one.kind == "post":
            posts = context.obj.engine.pack.organization.posts
            found = _items(context.obj, last, lambda: ((name, post.label) for name, post in posts.items()))
        elif one.kind == "boolean":
            found = _items(context.obj, last, lambda: (("yes", Label("yes", "是")), ("no", Label("no", "否"))))
        else:
            found = _items(context.obj, last, lambda: (one.choices or {}).items())
        from click.shell_completion import CompletionItem

        return [CompletionItem(done + comma + item.value, help=item.help) for item in found]

    return complete


def files(_context: "click.Context", _parameter: "click.Parameter", begun: str) -> "list[CompletionItem]":
    """Files, left to the shell."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(begun, type="file")]


def _items(desk: "Desk", begun: str, found: Callable[[], Iterable[tuple[str, Any]]]) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    try:
        return [CompletionItem(name, help=label.text(desk.lang)) for name, label in found() if name.startswith(begun)]
    except Exception:  # a shell that waits for a completion must never see a message
        return []
