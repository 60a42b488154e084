"""A field that is called like one of the words of ``--where`` is reached as ``data.NAME``, on each kind of store."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Street
from tests.engine.runtime.street import ROOT
from tests.postgres import new_database, running_server

CALLED = ("state", "unit", "parent", "overdue", "open", "ref", "level")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A PostgreSQL server; its URL."""
    with running_server() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("pg"))])
def office(request: pytest.FixtureRequest, bare: Street, tmp_path: Path) -> Iterator[Street]:
    """A store whose issues have fields that are called like usual columns: two are reported, one of them as a draft."""
    pack = shutil.copytree(ROOT / "tests" / "packs" / "sample", tmp_path / "pack")
    words = (pack / "issue.yaml").read_text(encoding="utf-8")
    words = words.replace("  unit:     {type: unit}\n", "", 1).replace("needs: [unit]", "takes: [state]", 1)
    declared = "".join(f"  {name}: {{type: text}}\n" for name in CALLED)
    words = words.replace("fields:\n", f"fields:\n{declared}", 1)
    words = words.replace("takes: [severity]", f"takes: [severity, {', '.join(CALLED)}]", 1)
    (pack / "issue.yaml").write_text(words, encoding="utf-8")
    if request.param == "sqlite":
        yield filled(bare, pack)
        return
    with new_database(request.getfixturevalue("server")) as url:
        bare.env["DUBAN_DB"] = url
        yield filled(bare, pack)


def filled(office: Street, pack: Path) -> Street:
    assert office.types("init", "--pack", str(pack)).code == 0
    for title, word in (("first", "draft"), ("second", "final")):
        given = [part for name in CALLED for part in ("-f", f"{name}={word}")]
        typed = ("issue", "report", "--title", title, "--category", "litter", *given, "--as", "grid-worker")
        assert office.types(*typed).code == 0
    return office


def fits(office: Street, *where: str) -> int:
    """How many cases an event would be fired on."""
    told = [part for one in where for part in ("--where", one)]
    said = office.types("fire", "issue", "assign", *told, "--as", "office", "--dry-run", "--json")
    return int(said.document["done"])


@pytest.mark.parametrize("name", CALLED)
def test_the_field_is_chosen_by_and_not_the_column(office: Street, name: str) -> None:
    assert fits(office, f"data.{name}=draft") == 1
    assert fits(office, f"data.{name}=reported") == 0


def test_column_and_field_of_one_name_are_asked_for_together(office: Street) -> None:
    assert fits(office, "state=reported", "data.state=final") == 1
    assert fits(office, "state=reported") == 2
    assert fits(office, "state=assigned", "data.state=final") == 0


def test_every_field_may_be_told_so_and_once(office: Street) -> None:
    assert fits(office, "data.title=first") == fits(office, "title=first") == 1
    twice = ("--where", "title=first", "--where", "data.title=second")
    assert office.types("fire", "issue", "assign", *twice, "--as", "office", "--dry-run").code == 2


def test_the_event_is_fired_on_those_alone(office: Street) -> None:
    typed = ("fire", "issue", "assign", "--where", "data.state=draft", "--as", "office", "--yes")
    assert office.types(*typed, "--json").document["done"] == 1
    listed = office.types("list", "issue", "--state", "assigned", "--as", "office", "--json").document
    assert [one["data"]["title"] for one in listed] == ["first"]


def test_a_list_takes_the_name_that_it_shows(office: Street) -> None:
    said = office.types("list", "issue", "-f", "data.state=draft", "--columns", "data.state,title", "--as", "office")
    head, row = said.out.splitlines()
    assert head.split("\t") == ["ref", "state", "data.state", "title", "level"]
    assert row.split("\t")[1:4] == ["reported", "draft", "first"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_who_misspells_it_is_told_what_to_type(office: Street, lang: str) -> None:
    typed = ("fire", "issue", "assign", "--where", "data.stat=draft", "--dry-run", "--as", "office")
    said = office.types(*typed, "--lang", lang)
    assert said.code == 2
    assert "data.state" in said.err
