"""Lines for every command there is, found by walking the tree of the program itself: a new command is among them."""

from collections.abc import Iterator
from itertools import product

import click
from tests.security.twins import UNKNOWN

from duban.cli.kit.command import Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.shared import shared_options
from duban.cli.program import program

CASES = ("DEA-000001", "TIP-000001", UNKNOWN)
LEFT_OUT = {
    "demo": "its store is one of its own",
    "backup": "it holds the whole store and is looked into by itself",
    "restore": "it needs a store without tables",
}
VALUES = {
    "REF": CASES, "WORKFLOW": ("deal", "tip", "tap"), "EVENT": ("hear", "weigh", "nothing"), "FILE": ("rows.csv",),
    "BOARD": ("deals",), "FIGURE": ("dealt", "tips"), "CODE": ("00000-00000",),
    "KEY": ("TIP-000001:1:0", "DEA-000001:1:0"),
    "NAME=VALUE": ("title=typed",), "NAME=FILE": ("papers=rows.csv",), "UNIT": ("roads",), "STATE": ("open", "waiting"),
    "YYYY-MM-DD": ("2020-12-01",), "DATE": ("2020-12-01",), "NAME": ("register", "sheet", "tip"), "PERIOD": ("week",),
    "N": ("2",), "SECONDS": ("60",), "SHELL": ("bash",), "POST": ("clerk", "judge-1"), "NUMBER": ("3",),
    "YES|NO": ("yes",), "WHO": ("clerk", "judge-1"), "ROLE": ("clerk",),
    "FIELD|HASH": ("papers",), "HASH": ("0" * 64,), "FIELD": ("title",), "LINK": ("about",),
}  # fmt: skip
"""What is typed for a parameter, by how the help calls it; for all others, a word that means nothing."""


def tree(desk: Desk) -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, generic ones first, then those of each workflow of the pack."""
    context = click.Context(program, info_name="duban", obj=desk)
    for name in [*program.list_commands(context), *desk.engine.pack.workflows]:
        found = program.get_command(context, name)
        assert found is not None
        yield from _below(name, found, click.Context(found, info_name=name, parent=context, obj=desk))


def _below(words: str, command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, Group):
        yield words, command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        inner = click.Context(found, info_name=name, parent=context, obj=context.obj)
        yield from _below(f"{words} {name}", found, inner)


def lines(desk: Desk) -> list[list[str]]:
    """What is typed: each command with what it needs for each case, and then with each of its options alone."""
    found: list[list[str]] = []
    for words, command in tree(desk):
        if words in LEFT_OUT:
            continue
        needed = [one for one in command.params if _is_needed(one)]
        bare = [[word for given in typed for word in given] for typed in product(*map(_typings, needed))]
        begin = words.split()
        found += [[*begin, *line] for line in bare]
        for option in command.params:
            if option not in needed:
                found += [[*begin, *line, *typed] for line in bare[:2] for typed in _typings(option)]
    return found


def _is_needed(one: click.Parameter) -> bool:
    # An argument that may be left out is a place where something can be named, so it is tried as well.
    return one.required or (isinstance(one, click.Argument) and _called(one) == "REF")


def _typings(one: click.Parameter) -> list[list[str]]:
    """Ways to give one parameter, as words of a line."""
    if isinstance(one, click.Argument):
        return [[value] for value in _values(one)]
    name = one.opts[0]
    if isinstance(one, click.Option) and one.is_flag:
        return [[name]]
    return [[name, value] for value in _values(one)]


def _called(one: click.Parameter) -> str:
    return (one.metavar or str(one.name)).strip("[].").replace("]", "").rstrip(".").upper()


def _values(one: click.Parameter) -> tuple[str, ...]:
    if isinstance(one.type, click.Choice):
        return (str(one.type.choices[0]),)
    if isinstance(one.type, click.IntRange):
        return ("2",)
    if one.name in ("out", "report"):
        return ("made.out",)
    return VALUES.get(_called(one), ("typed",))


def shared() -> set[str]:
    """Names of the options that every command has, which are tried with all."""
    return {name for option in shared_options() for name in option.opts}
