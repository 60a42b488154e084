"""The room in which tags of Word and Markdown templates are worked out: no files, no code, no way out of escaping."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from duban.actions.documents.needs import printing, why
from duban.engine.model.label import Label

_LEFT_OUT: Final = ("safe", "xmlattr", "attr", "map", "tojson", "urlize", "format", "pprint")
_FUNCTIONS: Final = ("range", "loop")


def room(finalize: Callable[[Any], Any] | None = None, *, escape: bool) -> Any:
    """An environment of Jinja: strict about names, sandboxed, with escaping that a template cannot turn off."""
    with printing():
        from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
        from jinja2.exceptions import SecurityError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Room(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**"})

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            # A few characters of a template could otherwise ask for all the memory there is.
            if operator == "*" and all(isinstance(one, int) and abs(one) < 1_000_000 for one in (left, right)):
                return left * right
            raise SecurityError(f"`{operator}`")

        def _parse(self, source: str, name: str | None, filename: str | None) -> Any:
            tree = super()._parse(source, name, filename)
            forbidden = (nodes.EvalContextModifier, nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
            for node in tree.find_all(forbidden):
                raise TemplateSyntaxError(f"`{type(node).__name__.lower()}`", node.lineno, name, filename)
            return tree

    made = Room(
        autoescape=escape, undefined=StrictUndefined, finalize=finalize, keep_trailing_newline=True, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    for name in _LEFT_OUT:
        made.filters.pop(name, None)
    ranged = made.globals["range"]  # the sandbox's own, which knows a bound
    made.globals.clear()
    made.globals["range"] = ranged
    return made


def faults_of(environment: Any, source: str, known: frozenset[str]) -> Iterator[tuple[int, Label]]:
    """What is wrong with the tags of a template: the line, and why. Names that are not ``known`` are wrong too."""
    from jinja2 import TemplateError, TemplateSyntaxError, nodes

    try:
        environment.compile(source)
        tree = environment.parse(source)
    except TemplateSyntaxError as fault:
        yield fault.lineno, why("why-tag", fault.message)
        return
    except (TemplateError, SyntaxError, RecursionError) as fault:
        yield 1, why("why-tag", fault)
        return
    made = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in known | made | {"loop", *_FUNCTIONS}:
            yield node.lineno, why("why-variable", node.name)
