"""The commands that are made from the built-in pack."""

from collections.abc import Iterator

import click
import pytest

from duban import Engine
from duban.cli.kit.called import call_roles
from duban.cli.kit.command import Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import document_of, words_of
from duban.cli.kit.help import width_of
from duban.cli.kit.options import Option
from duban.cli.pack import workflow_group
from duban.cli.registry import OF_SURVEYS
from duban.engine.errors import NotPermitted

FILLED_IN = {("survey", "run"): {"sampled", "plan"}, ("survey", "close"): {"sheets", "seal"}}
"""Fields that nobody gives by hand."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("civility")
    url = f"sqlite:///{folder / 'street.db'}"
    with Engine(url, pack="civility") as engine:
        engine.migrate()
    desk = Desk(["--db", url], {})
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def groups(desk: Desk) -> dict[str, Group]:
    found = {name: workflow_group(desk, name) for name in desk.engine.pack.workflows}
    return {name: group for name, group in found.items() if group is not None}


def test_every_workflow_has_a_group_and_every_event_a_command(desk: Desk, groups: dict[str, Group]) -> None:
    declared = {name: set(loaded.workflow.events) for name, loaded in desk.engine.pack.workflows.items()}
    declared["survey"] |= set(OF_SURVEYS)

    assert {name: {one.replace("-", "_") for one in group.commands} for name, group in groups.items()} == declared


def test_every_field_that_an_event_takes_has_an_option_of_its_own(desk: Desk, groups: dict[str, Group]) -> None:
    for name, group in groups.items():
        for event in desk.engine.pack.workflows[name].workflow.events.values():
            command = group.commands[event.name.replace("_", "-")]
            context = click.Context(command, obj=desk)
            names = [word for option in command.get_params(context) for word in option.opts if word.startswith("-")]
            fields = [
                option
                for option in command.params
                if isinstance(option, Option) and (option.name or "").startswith("field_")
            ]
            assert len(names) == len(set(names))
            left_out = FILLED_IN.get((name, event.name), set())
            assert len(fields) == len({*event.needs, *event.takes} - left_out)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_page_of_help_fits_eighty_columns(desk: Desk, groups: dict[str, Group], lang: str) -> None:
    desk.lang = lang
    for group in groups.values():
        above = click.Context(group, info_name=f"duban {group.name}", obj=desk)
        pages = [group.get_help(above)]
        pages += [one.get_help(click.Context(one, above, one.name, obj=desk)) for one in group.commands.values()]
        assert [line for page in pages for line in page.splitlines() if width_of(line) > 80] == []


def test_roles_in_errors_are_told_in_chinese_by_what_they_are_called_and_to_programs_by_name(desk: Desk) -> None:
    en, zh = (Desk(["--db", desk.url, "--lang", lang], {}) for lang in ("en", "zh"))
    for one, told in ((en, "it needs the role supervisor, and"), (zh, "需要角色 督查组成员，而")):
        assert one.engine.pack.name == "civility"
        fault = NotPermitted(actor="volunteer", event="rework", roles=["supervisor"], carried=["volunteer", "gone"])
        call_roles(one, fault)
        assert told in words_of(fault, one.lang)
        assert document_of(fault, one.lang)["error"]["roles"] == ["supervisor"]
        assert document_of(fault, one.lang)["error"]["carried"] == ["volunteer", "gone"]
    assert "志愿者、gone" in words_of(fault, "zh")
    en.close()
    zh.close()
