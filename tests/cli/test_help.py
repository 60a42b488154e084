"""Help: for everything, in both languages, within eighty columns."""

from collections.abc import Iterator
from importlib import import_module

import click
import pytest

from duban.cli.kit.command import Command, Group
from duban.cli.kit.help import width_of, wrapped
from duban.cli.kit.options import Argument, Option, said
from duban.cli.kit.shared import shared_options
from duban.cli.registry import COMMANDS
from duban.engine.messages import has_text


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, place in COMMANDS.items():
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        yield (name,), command
        if isinstance(command, Group):
            yield from (((name, sub), one) for sub, one in command.commands.items())


EVERY = dict(commands())


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_says_what_it_does_in_both_languages(path: tuple[str, ...]) -> None:
    command = EVERY[path]

    assert isinstance(command, Command | Group)
    english, chinese = said(command.says, "en"), said(command.says, "zh")
    assert english.strip() != ""
    assert english != chinese
    assert not chinese.strip().isascii()


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_option_and_argument_explains_itself_in_both_languages(path: tuple[str, ...]) -> None:
    for parameter in [*EVERY[path].params, *shared_options()]:
        assert isinstance(parameter, Option | Argument)
        english, chinese = said(parameter.says, "en"), said(parameter.says, "zh")
        assert english.strip() != ""
        assert not chinese.isascii()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_generic_command_has_a_summary_that_is_read_without_importing_it(name: str) -> None:
    assert has_text(f"command.{name}")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", [(), *EVERY, ("issue",), ("issue", "report"), ("issue", "rectify")], ids=" ".join)
def test_help_fits_eighty_columns(street, path: tuple[str, ...], lang: str) -> None:
    help_page = street.types(*path, "--help", "--lang", lang)

    assert help_page.code == 0
    assert [line for line in help_page.out.splitlines() if width_of(line) > 80] == []
    assert "--json" in help_page.out


def test_a_command_of_the_pack_explains_its_fields_by_their_labels(street) -> None:
    english = street.types("issue", "report", "--help").out
    chinese = street.types("issue", "report", "--help", "--lang", "zh").out

    assert "Title; needed" in english
    assert "标题；必填" in chinese
    assert "litter、parking、hanging" in chinese


def test_help_with_json_is_a_document(street) -> None:
    document = street.types("show", "--help", "--json").document

    assert document["command"] == "duban show"
    assert "--json" in document["help"]


@pytest.mark.parametrize("width", [12, 20, 40])
def test_words_are_wrapped_by_columns_and_nothing_is_lost(width: int) -> None:
    words = "督办（see it through）：把事项跟到办结为止，every single case。"

    lines = wrapped(words, width)

    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert max(width_of(line) for line in lines) <= width
    assert not any(line[0] in "），。" or line[-1] == "（" for line in lines)
