"""Boards and records on the command line: a board needs no account, tells only what it declares, and prints inert."""

from collections.abc import Callable
from pathlib import Path

import pytest

import duban
from duban.cli.kit.help import width_of
from duban.testing import FrozenClock, photograph

OFFICE, WALKER = "office-coordination-1", "planning-construction-handler"
HOSTILE = "\u202e[red]垃圾[/red] {{x}} =1+1 :warning:"
PHOTO = ("IMG_20201123_093000_a_long_name.jpg", photograph())


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with an entry on the exposure board and a round on its way; its URL."""
    url = f"sqlite:///{tmp_path / 'civility.db'}"
    clock = FrozenClock("2020-11-23T09:30:00+08:00")
    with duban.Engine(url, pack="civility", clock=clock) as engine:
        engine.migrate()
        data = {"title": "楼前乱扔垃圾", "text": HOSTILE, "category": "litter"}
        ref = engine.start("publication", by="renhejie-handler", event="draft", data=data).ref
        engine.fire(ref, "review", by=OFFICE, data={"names_nobody": True})
        engine.fire(ref, "publish", by=OFFICE)
        round_of = {"day": "2020-11-23", "unit": "planning-construction", "circuit": "cleanliness"}
        ref = engine.start("round", by=OFFICE, event="plan", data=round_of).ref
        found = {"site": "back-lanes", "result": "reported", "what": "积存垃圾", "category": "exposed-garbage"}
        engine.fire(ref, "check", by=WALKER, data=found, evidence={"photo": PHOTO})
    return url


def test_a_board_is_told_without_an_account_and_without_anything_that_is_not_declared(street, store: str) -> None:
    said = street.types("board", "exposure", "--json", DUBAN_DB=store)

    (entry,) = said.document
    assert (said.code, entry["ref"], set(entry["shown"])) == (
        0, "PUB-000001", {"title", "text", "category", "published_on"},
    )  # fmt: skip
    assert not any(word in said.out for word in ("handler", "coordination", "renhejie"))


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("words", [("board",), ("board", "exposure"), ("show", "RND-000001", "--as", WALKER)])
def test_what_people_see_is_inert_and_fits_eighty_columns(
    street, store: str, person: Callable[[], None], words: tuple[str, ...], lang: str
) -> None:
    person()

    said = street.types(*words, "--lang", lang, DUBAN_DB=store)

    shown = said.out.partition("duban round")[0]
    assert (said.code, shown.strip() != "") == (0, True)
    assert [line for line in shown.splitlines() if width_of(line) > 80] == []
    assert not any(sign in said.out for sign in "\x1b\u202e")


def test_boards_are_listed_with_how_much_stands_on_them(street, store: str) -> None:
    said = street.types("board", "--json", DUBAN_DB=store)

    counts = {one["board"]: one["entries"] for one in said.document}
    assert counts == {"red_list": 0, "black_list": 0, "exposure": 1, "role_model_notice": 0, "role_models": 0}


def test_a_board_that_is_none_is_told_with_the_nearest(street, store: str) -> None:
    said = street.types("board", "exposur", DUBAN_DB=store)

    assert (said.code, said.out) == (4, "")
    assert "exposure" in said.err


def test_show_tells_every_point_of_a_round_with_its_issue(street, store: str) -> None:
    said = street.types("show", "RND-000001", "--as", WALKER, "--json", DUBAN_DB=store)

    lines = {line["value"]: line for line in said.document["records"]["points"]}
    assert list(lines) == ["restaurants", "main-roads", "back-lanes", "old-compounds"]
    assert (lines["back-lanes"]["row"], lines["back-lanes"]["cases"]) == (2, ["ISS-000001"])
    assert lines["restaurants"]["data"]["peak_hours"] == ["07:00-09:00", "11:30-12:30", "16:00-19:00"]
