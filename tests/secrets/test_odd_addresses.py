"""A database address that is mistaken for another form is never repeated where a password may lie in it."""

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Street, bare, clock
from tests.offices.conftest import made
from tests.offices.district import District, stores_in
from tests.secrets.places import ODD_URLS, leaked

__all__ = ["bare", "clock", "made"]
DEBUG = {"DUBAN_LOG": "debug"}


@pytest.mark.parametrize("url", ODD_URLS)
@pytest.mark.parametrize(
    "words", ["list", "doctor", "init", "scheduler --every 1 --metrics x", "backup --out {folder}/x"]
)
def test_a_database_address_of_another_form_is_told_of_without_what_may_be_a_password(
    bare: Street, words: str, url: str
) -> None:
    line = words.format(folder=bare.folder).split()
    said = [
        bare.types(*line, "--db", url, "--verbose", **DEBUG),
        bare.types("--json", *line, **{**DEBUG, "DUBAN_DB": url}),
    ]
    told = "".join(one.out + one.err for one in said)
    assert told
    assert leaked(told) == set()


def test_the_form_that_is_expected_is_told_in_place_of_the_address(bare: Street) -> None:
    said = bare.types("--json", "list", DUBAN_DB=ODD_URLS[0])
    assert said.document["error"]["code"] == "store-error"
    assert said.document["error"]["url"] == "…"
    assert "sqlite:///file.db or postgresql://user@host" in said.document["error"]["message"]


@pytest.mark.parametrize("url", ODD_URLS)
def test_the_address_of_an_office_is_told_no_more_of(made: tuple[Path, Path], tmp_path: Path, url: str) -> None:
    folder = shutil.copytree(made[0], tmp_path / "district")
    district = District(folder, stores_in(folder))
    district.file.write_text(
        "offices:\n  whole: {pack: ./pack, store: {env: DUBAN_WHOLE}, evidence: ./b}\n", encoding="utf-8"
    )
    told = ""
    for words in (("office", "check"), ("office", "list"), ("office", "migrate"), ("doctor",), ("list",)):
        for way in ((), ("--json",)):
            said = district.types(*words, *way, office="whole" if words == ("list",) else None, DUBAN_WHOLE=url)
            told += said.out + said.err
    assert told
    assert leaked(told) == set()
