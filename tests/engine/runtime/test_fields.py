"""What each type of field takes, what it refuses and in which words, and the one form in which it is kept."""

import os
import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import ROOT, contents, written

import duban
from duban.testing import photograph

CARD = """
workflow: card
version: 1
reference: CRD
fields:
  words: {type: text, max: 5}
  code: {type: text, pattern: "[A-Z]{2}[0-9]+"}
  share: {type: number, min: 0.5, max: 10}
  count: {type: number, whole: true}
  flag: {type: boolean}
  day: {type: date}
  until: {type: date}
  kind: {type: choice, of: {litter: {label: {en: Litter, zh: 垃圾}}, parking: {label: {en: Parking, zh: 停车}}}}
  where: {type: unit}
  who: {type: post}
  other: {type: case, workflow: card}
  tags: {type: list, of: text}
  units: {type: list, of: unit}
  proof: {type: evidence}
  given: {type: text, default: usual}
  weight: {type: number}
  points: {type: number}
  sum: {type: number}
  remark: {type: text}
states: {open: {}, done: {final: true}}
events:
  open:
    to: open
    by: [clerk]
    takes:
      [words, code, share, count, flag, day, until, kind, where, who, other, tags, units, proof, given, weight, points]
    set:
      weight: {by: kind, litter: 1.5, parking: 3}
      points: {by: kind, litter: 2, else: 7}
  add: {from: open, by: [clerk], takes: [share], set: {sum: {cel: data.share + data.weight}, remark: reckoned}}
  end: {from: open, to: done, by: [clerk], needs: [remark], has: [kind]}
deadlines:
  target: {runs_in: [open], until: until, ladder: [{at: due, level: 1}]}
"""
GOOD: list[tuple[str, Any, Any]] = [
    ("words", "五个字符也", "五个字符也"),
    ("words", " a\n\tb", " a\n\tb"),
    ("words", "🏮\ufe0f", "🏮\ufe0f"),
    ("code", "AB12", "AB12"),
    ("share", 0.5, 0.5),
    ("share", 10, 10),
    ("share", 3.0, 3),
    ("share", Decimal("2.25"), 2.25),
    ("count", 4.0, 4),
    ("count", -(10**15), -(10**15)),
    ("flag", False, False),
    ("day", "2020-02-29", "2020-02-29"),
    ("day", date(2020, 11, 23), "2020-11-23"),
    ("kind", "litter", "litter"),
    ("where", "roads", "roads"),
    ("who", "chief", "chief"),
    ("other", "CRD-000001", "CRD-000001"),
    ("tags", ("a", "b"), ["a", "b"]),
    ("tags", [], []),
    ("units", ["roads", "parks"], ["roads", "parks"]),
]

BAD: list[tuple[str, str, Any]] = [
    ("unknown", "wordz", "x"),
    ("not-taken", "sum", 1),
    ("text", "words", 5),
    ("text", "words", ["x"]),
    ("empty", "words", ""),
    ("empty", "words", " \n"),
    ("empty", "words", "\u3000\u00a0"),
    *(("invisible", "words", signs) for signs in ("\u200b", "\ufeff \u2060", "\u3164", "\u2800", "\u00ad\ufe0f")),
    ("invisible", "tags", ["a", "\u200d"]),
    ("long", "words", "six666"),
    ("long", "given", "x" * 10_001),
    ("pattern", "code", "AB"),
    ("pattern", "code", "AB1\n"),
    *(("control", "words", f"a{character}") for character in "\x00\x07\x1b\x7f\x85\u2028\ud800"),
    ("control", "kind", "\x1b[31m"),
    ("number", "share", "1"),
    ("number", "share", True),
    ("number", "share", float("nan")),
    ("number", "share", float("inf")),
    ("number", "share", Decimal("NaN")),
    ("number", "share", Decimal("Infinity")),
    ("whole", "count", 1.5),
    ("small", "share", 0.49),
    ("large", "share", 10.01),
    ("large", "count", 10**16),
    ("large", "share", Decimal("1E+400")),
    ("small", "count", -(10**16)),
    ("number", "share", Decimal("sNaN")),
    ("boolean", "flag", 1),
    ("boolean", "flag", "true"),
    ("date", "day", "2021-02-29"),
    ("date", "day", "23.11.2020"),
    ("date", "day", 20201123),
    ("date", "day", datetime(2020, 11, 23)),  # noqa: DTZ001 - the point is that it is no date
    ("date-far", "until", "9999-12-31"),
    ("choice", "kind", "liter"),
    ("choice", "kind", None.__class__),
    ("list", "tags", "a,b"),
    ("list", "tags", {"a": 1}),
    ("many", "tags", [str(number) for number in range(1_001)]),
    ("twice", "tags", ["a", "b", "a"]),
    ("empty", "tags", ["a", ""]),
    ("unit", "where", "road"),
    ("unit", "units", ["roads", "nowhere"]),
    ("post", "who", "chef"),
    ("case", "other", "CRD-000099"),
    ("case", "other", 1),
    ("evidence", "proof", "after.jpg"),
    ("evidence", "proof", [{"hash": "0" * 64, "name": "x", "size": 1}]),
]


@pytest.fixture
def engine(make: Make, tmp_path: Path) -> duban.Engine:
    """An engine on a pack with a field of every type, and a first case to refer to."""
    engine = make(written(tmp_path / "pack", card=CARD))
    engine.start("card", by="clerk")
    return engine


def problem(engine: duban.Engine, field: str, **given: Any) -> tuple[str, dict[str, str]]:
    """The key of what is wrong with a field when a case is started so, and the words in both languages."""
    before = contents(engine)
    with pytest.raises(duban.InvalidData) as caught:
        engine.start("card", by="clerk", **given)
    assert contents(engine) == before
    assert set(caught.value.fields) == {field}
    words = {lang: caught.value.fields_in(lang)[field] for lang in ("en", "zh")}
    assert f"{field}: {words['en']}" in str(caught.value)
    return caught.value.problems[field][0], words


@pytest.mark.parametrize(("field", "value", "kept"), GOOD)
@pytest.mark.asvs("5.1.4", "5.3.4")
def test_a_good_value_is_kept_in_its_one_form(engine: duban.Engine, field: str, value: Any, kept: Any) -> None:
    case = engine.start("card", by="clerk", data={field: value})
    stored = engine.get(case.ref, by="clerk").data[field]
    assert (stored, type(stored)) == (kept, type(kept))
    assert case.data == engine.get(case.ref, by="clerk").data


@pytest.mark.parametrize(("key", "field", "value"), BAD)
@pytest.mark.asvs("5.1.3")
def test_a_bad_value_is_refused_in_words(engine: duban.Engine, key: str, field: str, value: Any) -> None:
    found, words = problem(engine, field, data={field: value})
    assert found == key
    assert words["en"] != words["zh"]
    for text in words.values():
        assert not re.search(r"\{(found|limit|known|hint|pattern|workflow)\}", text)
        assert all(character.isprintable() for character in text)
        assert len(text) < 300


def test_a_number_of_thousands_of_digits_is_too_large_and_no_crash(engine: duban.Engine) -> None:
    assert problem(engine, "count", data={"count": 10**5_000})[0] == "large"
    engine.start("card", by="clerk", key="req-1")
    with pytest.raises(duban.KeyReused):
        engine.start("card", by="clerk", data={"count": 10**5_000}, key="req-1")


def test_every_text_about_fields_is_told_in_some_test() -> None:
    told = {key for key, _field, _value in BAD}
    told |= {"evidence-not-there", "evidence-hidden"}  # tests/assessment/test_materials.py
    told |= {"case-hidden"}  # test_confidential.py
    told |= {"missing", "absent", "expression", "evidence-unreadable", "evidence-size", "not-evidence"}
    texts = tomllib.loads((ROOT / "engine" / "catalogue" / "fields.toml").read_text(encoding="utf-8"))["field"]
    assert {name for name in texts if not name.startswith("evidence-")} <= told, "and evidence in test_examining.py"
    assert told <= set(texts)


def test_what_is_needed_and_what_must_be_there_by_then_is_asked_for(engine: duban.Engine) -> None:
    with pytest.raises(duban.InvalidData) as caught:
        engine.fire("CRD-000001", "end", by="clerk", data={"remark": None})
    assert {name: key for name, (key, _data) in caught.value.problems.items()} == {
        "remark": "missing",
        "kind": "absent",
    }
    assert caught.value.fields_in("zh") == {
        "remark": "为必填项，未填写",
        "kind": "此时事项中必须已有该项，但没有；请随本动作填写",
    }
    case = engine.start("card", by="clerk", data={"kind": "litter"})
    assert engine.fire(case.ref, "end", by="clerk", data={"remark": "x"}).case.state == "done"


def test_defaults_and_settings_fill_in_what_was_not_given(engine: duban.Engine) -> None:
    plain = engine.start("card", by="clerk")
    assert dict(plain.data) == {"given": "usual", "points": 7}
    litter = engine.start("card", by="clerk", data={"kind": "litter"})
    assert (litter.data["weight"], litter.data["points"]) == (1.5, 2)
    own = engine.start("card", by="clerk", data={"kind": "parking", "weight": 9, "given": "other"})
    assert (own.data["weight"], own.data["points"], own.data["given"]) == (9, 7, "other")
    added = engine.fire(litter.ref, "add", by="clerk", data={"share": 2}).case
    assert (added.data["sum"], added.data["remark"]) == (3.5, "reckoned")
    assert engine.history(litter.ref, by="clerk")[-1].data == {"share": 2, "sum": 3.5, "remark": "reckoned"}


def test_an_expression_that_cannot_be_worked_out_is_told(engine: duban.Engine) -> None:
    with pytest.raises(duban.InvalidData) as caught:
        engine.fire("CRD-000001", "add", by="clerk")
    assert {name: key for name, (key, _data) in caught.value.problems.items()} == {"sum": "expression"}
    assert "`data.share + data.weight`" in caught.value.fields["sum"]


def test_evidence_is_taken_as_a_path_as_bytes_and_as_several(engine: duban.Engine, tmp_path: Path) -> None:
    photo = tmp_path / "照片 1.jpg"
    photo.write_bytes(photograph("one"))
    given = [photo, str(photo), ("two.jpg", photograph("two"))]
    for proof in (photo, str(photo), ("照片 1.jpg", photograph("one")), given):
        case = engine.start("card", by="clerk", evidence={"proof": proof})  # type: ignore[dict-item]
        kept = case.data["proof"]
        assert (kept[0]["name"], kept[0]["size"]) == ("照片 1.jpg", len(photograph("one")))
        assert all(engine.world.evidence.matches(item["hash"]) for item in kept)
    assert [item["name"] for item in kept] == ["照片 1.jpg", "照片 1.jpg", "two.jpg"]
    photo.write_bytes(b"changed after it was taken")
    assert engine.verify() == []


def test_what_cannot_be_taken_as_evidence_is_told(
    engine: duban.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = {"photo": 2 * 1024**2, "document": 2 * 1024**2}
    monkeypatch.setattr("duban.persistence.examining.examiner.MOST_BYTES", most)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "street.db")
    cases: list[tuple[str, Any]] = [
        ("evidence-unreadable", tmp_path / "missing.jpg"),
        ("evidence-unreadable", tmp_path),
        ("evidence-unreadable", tmp_path / "pipe"),
        ("evidence-unreadable", tmp_path / "link"),
        ("evidence-unreadable", "a\0b"),
        ("evidence-size", ("empty.jpg", b"")),
        ("evidence-size", ("large.txt", b"a" * (2 * 1024**2 + 1))),
        ("many", [("a.jpg", photograph())] * 51),
    ]
    for key, proof in cases:
        found, words = problem(engine, "proof", evidence={"proof": proof})
        assert found == key
        assert words["en"] != words["zh"]
    assert engine.start("card", by="clerk", evidence={"proof": ("fits.txt", b"a" * (2 * 1024**2))}).version == 1
    assert problem(engine, "words", evidence={"words": ("a.jpg", photograph())})[0] == "not-evidence"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
        ("a\\..\\b.jpg", "a_.._b.jpg"),
        ("\x1b[2Jclear.jpg", "_[2Jclear.jpg"),
        ("gpj\u202eexe.jpg", "gpj_exe.jpg"),
        ("line\nbreak.jpg", "line_break.jpg"),
        ("half\udc80.jpg", "half_.jpg"),
        ("x" * 300 + ".jpg", "x" * 116 + ".jpg"),
        ("<script>.jpg", "<script>.jpg"),
    ],
)
@pytest.mark.asvs("12.3.5")
def test_a_hostile_file_name_is_made_harmless(engine: duban.Engine, name: str, kept: str) -> None:
    case = engine.start("card", by="clerk", evidence={"proof": (name, photograph())})
    assert case.data["proof"][0]["name"] == kept
    assert engine.verify() == []
