"""The options that every command has, at every position."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final

import click

from duban.cli.kit.options import Option
from duban.engine.messages import LANGUAGES

NAMES: Final = ("--db", "--office", "--offices", "--as", "--lang", "--json", "--verbose", "-v", "--help", "-h")
"""Names that no other option may take."""
_VALUED: Final = {"--db": "db", "--office": "office", "--offices": "offices", "--as": "who", "--lang": "lang"}


def glimpsed(arguments: Iterable[str]) -> dict[str, str]:
    """What a first look at the arguments shows: ``db``, ``office``, ``offices``, ``who``, ``lang``, ``json``.

    The pack has to be known before its commands can be made, and the language before an error can be told; so these
    are looked for wherever they stand, before anything is parsed.
    """
    found: dict[str, str] = {}
    pending: str | None = None
    for argument in arguments:
        if pending is not None:
            found[pending], pending = argument, None
            continue
        if argument == "--":
            break
        name, equals, value = argument.partition("=")
        if argument == "--json":
            found["json"] = "yes"
        elif name in _VALUED and equals:
            found[_VALUED[name]] = value
        elif argument in _VALUED:
            pending = _VALUED[argument]
    return found


def language(chosen: str | None, environ: Mapping[str, str]) -> str:
    """The language to speak: as chosen, else of ``DUBAN_LANG``, ``LC_ALL``, ``LC_MESSAGES`` or ``LANG``."""
    for wanted in (chosen, environ.get("DUBAN_LANG")):
        if wanted in LANGUAGES:
            return str(wanted)
    for name in ("DUBAN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


@cache
def shared_options() -> tuple[Option, ...]:
    """The options themselves. What they are given is noted on the desk."""
    return (
        Option(["--db"], says="option.db", metavar="URL", expose_value=False, callback=_noted, is_eager=True),
        Option(["--office"], says="option.office", metavar="NAME", expose_value=False, callback=_noted, is_eager=True,
               multiple=True, shell_complete=_offices),
        Option(["--offices"], says="option.offices", metavar="FILE", expose_value=False, callback=_noted,
               is_eager=True),
        Option(["--as", "who"], says="option.as", metavar="WHO", expose_value=False, callback=_noted, is_eager=True,
               shell_complete=_actors),
        Option(["--lang"], says="option.lang", type=click.Choice(LANGUAGES), expose_value=False, callback=_noted,
               is_eager=True),
        Option(["--json"], says="option.json", is_flag=True, expose_value=False, callback=_noted, is_eager=True),
        Option(["-v", "--verbose"], says="option.verbose", is_flag=True, expose_value=False, callback=_noted),
        Option(["-h", "--help"], says="option.help", is_flag=True, expose_value=False, callback=_helped,
               is_eager=True),
    )  # fmt: skip


def _noted(context: click.Context, option: click.Parameter, value: Any) -> None:
    if value and context.obj is not None:
        context.obj.note(option.name, value)


def _helped(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        context.obj.show_help(context.command_path, context.get_help())
        context.exit()


def _actors(context: click.Context, _option: click.Parameter, begun: str) -> list[Any]:
    from duban.cli.kit.complete import actors

    return actors(context.obj, begun)


def _offices(context: click.Context, _option: click.Parameter, begun: str) -> list[Any]:
    from duban.cli.kit.complete import offices

    return offices(context.obj, begun)
