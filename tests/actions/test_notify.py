"""notify: who is meant by ``to``, and in which words."""

from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import written

import duban

ORGANIZATION = """
timezone: Asia/Shanghai
units:
  office: {}
  roads: {}
  parks: {}
posts:
  office: {unit: office, roles: [office]}
  clerk: {unit: office, roles: [clerk]}
  road-head: {unit: roads, roles: [head]}
  road-hand: {unit: roads, roles: [hand]}
  park-head: {unit: parks, roles: [head]}
  park-hand: {unit: parks, roles: [hand]}
  auditor: {unit: parks, roles: [auditor, hand]}
"""


def pack(folder: Path, params: str, **more: str) -> Path:
    """A pack whose one event notifies with these parameters."""
    return written(
        folder,
        ORGANIZATION,
        ask=f"""
workflow: ask
version: 1
label: {{en: Question, zh: 询问}}
reference: ASK
fields:
  unit: {{type: unit}}
  units: {{type: list, of: unit}}
  warden: {{type: post}}
  wardens: {{type: list, of: post}}
  hand: {{type: post}}
states: {{open: {{label: {{en: Open, zh: 已提出}}}}, done: {{final: true}}}}
events:
  put:
    label: {{en: Put, zh: 提出}}
    to: open
    by: [clerk]
    takes: [unit, units, warden, wardens, hand]
    do: [{{notify: {params}}}]
  end: {{from: open, to: done, by: [clerk, head, hand, auditor, office]}}
""",
        **more,
    )


def told(engine: duban.Engine, **data: Any) -> set[str]:
    """The posts that find a notice in their inbox after a case was started with these data."""
    ref = engine.start("ask", by="clerk", data=data).ref
    engine.deliver()
    posts = engine.world.directory.organization.posts
    return {post for post in posts for notice in engine.inbox(by=post) if notice.ref == ref}


@pytest.mark.parametrize(
    ("to", "data", "posts"),
    [
        ("unit", {"unit": "roads"}, {"road-head", "road-hand"}),
        ("unit", {"unit": "office"}, {"office", "clerk"}),  # though a role and a post are called so as well
        ("unit", {}, set()),
        ("head", {"unit": "roads"}, {"road-head"}),
        ("head", {"unit": "office"}, {"road-head", "park-head"}),
        ("head", {}, {"road-head", "park-head"}),
        ("[head, clerk]", {"unit": "parks"}, {"park-head", "clerk"}),
        ("[unit, head, hand]", {"unit": "parks"}, {"park-head", "park-hand", "auditor"}),
        ("warden", {"warden": "road-hand"}, {"road-hand"}),
        ("warden", {"warden": "office"}, {"office"}),
        ("wardens", {"wardens": ["road-hand", "clerk"]}, {"road-hand", "clerk"}),
        ("units", {"units": ["roads", "office"], "unit": "parks"}, {"road-head", "road-hand", "office", "clerk"}),
        ("units", {"units": []}, set()),
        ("hand", {"hand": "clerk"}, {"clerk"}),  # the field says who, and not the role of the same name
    ],
)
def test_who_is_meant(make: Make, tmp_path: Path, to: str, data: dict[str, Any], posts: set[str]) -> None:
    assert told(make(pack(tmp_path / "pack", f"{{to: {to}}}")), **data) == posts


def test_who_is_meant_twice_is_told_once(make: Make, tmp_path: Path) -> None:
    engine = make(pack(tmp_path / "pack", "{to: [unit, head, warden]}"))
    told(engine, unit="roads", warden="road-head")
    assert len(engine.inbox(by="road-head")) == 1


def test_without_words_the_notice_tells_what_happened_to_which_case_in_both_languages(
    make: Make, tmp_path: Path
) -> None:
    engine = make(pack(tmp_path / "pack", "{to: clerk}"))
    told(engine)
    [notice] = engine.inbox(by="clerk")
    assert (notice.text.en, notice.text.zh) == ("ASK-000001: Put (Open)", "ASK-000001：提出（已提出）")
    assert notice.at == engine.world.clock.now()


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("come", "come", "come"),
        ("{en: come, zh: 请来}", "come", "请来"),
        ('"{ref} %s {0}"', "{ref} %s {0}", "{ref} %s {0}"),
    ],
)
def test_declared_words_are_told_as_they_are(make: Make, tmp_path: Path, text: str, en: str, zh: str) -> None:
    engine = make(pack(tmp_path / "pack", f"{{to: clerk, text: {text}}}"))
    told(engine)
    [notice] = engine.inbox(by="clerk")
    assert (notice.text.en, notice.text.zh) == (en, zh)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ("{to: clrek}", "clrek"),
        ("{to: []}", "expected `unit`, a role"),
        ("{}", "expected `unit`, a role"),
        ("{to: [1]}", "expected `unit`, a role"),
        ("{too: clerk}", "known: to, text"),
        ("{to: clerk, text: {en: come}}", "expected a text or"),
        ("{to: clerk, text: 5}", "expected a text or"),
    ],
)
def test_wrong_parameters_are_found_when_the_pack_is_loaded(
    make: Make, tmp_path: Path, params: str, words: str
) -> None:
    with pytest.raises(duban.DefinitionError, match=r"ask\.yaml") as caught:
        make(pack(tmp_path / "pack", params))
    assert words in str(caught.value)


def test_of_a_confidential_case_only_those_are_told_who_may_see_it(make: Make, tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack", "{to: [unit, head, clerk]}")
    text = (folder / "ask.yaml").read_text(encoding="utf-8")
    (folder / "ask.yaml").write_text(text + "confidential: [auditor, clerk]\n", encoding="utf-8")
    engine = make(folder)
    assert told(engine, unit="parks") == {"auditor", "clerk"}


def test_whoever_left_between_the_event_and_its_delivery_is_not_told(make: Make, tmp_path: Path) -> None:
    folder = pack(tmp_path / "pack", "{to: [warden, unit]}")
    make(folder).start("ask", by="clerk", data={"warden": "auditor", "unit": "roads"})
    left = ORGANIZATION.replace("  auditor: {unit: parks, roles: [auditor, hand]}\n", "")
    (folder / "organization.yaml").write_text(left, encoding="utf-8")
    ask = (folder / "ask.yaml").read_text(encoding="utf-8").replace(", auditor", "")
    (folder / "ask.yaml").write_text(ask, encoding="utf-8")
    engine = make(folder)
    assert engine.deliver().delivered == 1
    assert [len(engine.inbox(by=post)) for post in ("road-head", "road-hand")] == [1, 1]
