"""The next step that an answer names can be typed as it stands: with who acts, and where the cases are."""

import re
import shlex
from collections.abc import Callable

import pytest
from tests.cli.conftest import Said, Street


def typed_as_told(street: Street, said: str) -> Said:
    """What the last command in an answer comes to."""
    told = re.findall(r"duban ([a-z]+ [^`\n]*)", said)[-1]
    return street.types(*shlex.split(told), DUBAN_DB="", DUBAN_AS="")


@pytest.fixture
def elsewhere(street: Street, person: Callable[[], None]) -> Street:
    """A person at a street whose store is named on each command line."""
    street.env["DUBAN_DB"] = ""
    person()
    return street


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_after_a_start_and_an_event_it_is_what_can_be_done_next(elsewhere: Street, lang: str) -> None:
    where = ("--db", elsewhere.url, "--lang", lang)
    begun = elsewhere.types("issue", "report", "--title", "x", "--category", "litter", *where, "--as", "grid-worker")
    moved = elsewhere.types("issue", "assign", "ISS-000001", "--unit", "office", *where, "--as", "office")

    for said, who in ((begun, "grid-worker"), (moved, "office")):
        assert f"duban why ISS-000001 --as {who} --db " in said.out
        assert typed_as_told(elsewhere, said.out).code == 0


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_after_the_end_it_is_how_it_went(elsewhere: Street, lang: str) -> None:
    where = ("--db", elsewhere.url, "--lang", lang)
    elsewhere.types("issue", "report", "--title", "x", "--category", "litter", *where, "--as", "grid-worker")
    photo = elsewhere.folder / "after.txt"
    photo.write_text("mended", encoding="utf-8")
    for words in (
        ("assign", "ISS-000001", "--unit", "city-management", "--as", "office"),
        ("rectify", "ISS-000001", "--measures", "m", "--photo-after", str(photo), "--as", "city-handler"),
        ("verify", "ISS-000001", "--as", "supervisor"),
        ("close", "ISS-000001", "--as", "office"),
    ):
        said = elsewhere.types("issue", *words, *where)
        assert said.code == 0

    assert "duban why" not in said.out
    told = typed_as_told(elsewhere, said.out)
    assert told.code == 0
    assert "2020-11-23 09:30" in told.out


def test_where_one_event_is_not_open_it_is_what_is(elsewhere: Street) -> None:
    where = ("--db", elsewhere.url)
    elsewhere.types("issue", "report", "--title", "x", "--category", "litter", *where, "--as", "grid-worker")
    said = elsewhere.types("why", "ISS-000001", "close", *where, "--as", "office")

    assert "--as office --db " in said.out
    assert typed_as_told(elsewhere, said.out).code == 0


def test_where_the_environment_says_it_nothing_is_added(street: Street, person: Callable[[], None]) -> None:
    person()
    said = street.types("issue", "report", "--title", "x", "--category", "litter", DUBAN_AS="grid-worker")

    assert said.out.rstrip().endswith("duban why ISS-000001")


def test_usage_in_chinese_has_no_blank_after_its_colon(street: Street) -> None:
    assert street.types("show", "--help", "--lang", "zh").out.startswith("用法：duban show")
