"""A case keeps the definition under which it began, whatever becomes of the files and the organisation."""

from pathlib import Path

import pytest
from tests.engine.runtime.conftest import Make
from tests.engine.runtime.street import ORGANIZATION, answer, process, written

import duban
import duban.testing

ONE = """
workflow: permit
version: 1
reference: PER
label: {en: Permit, zh: 许可}
follow: {shows: [size]}
fields:
  size: {type: choice, of: {small: {label: {en: Small, zh: 小}}, large: {label: {en: Large, zh: 大}}}}
  remark: {type: text}
states:
  asked: {label: {en: Asked, zh: 已申请}}
  granted: {final: true}
events:
  ask: {to: asked, by: [clerk], takes: [size]}
  grant:
    from: asked
    to: granted
    by: [chief]
    takes: [remark]
    when: [{check: data.size == "small", else: {en: only small ones, zh: 仅限小型}}]
deadlines:
  answer: {runs_in: [asked], within: 2 working days, ladder: [{at: due, level: 1, do: [{notify: {to: chief}}]}]}
"""

TWO = (
    ONE.replace("version: 1", "version: 2")
    .replace("small: {label: {en: Small, zh: 小}}, ", "")
    .replace("remark", "comment")
    .replace("en: Asked", "en: Requested")
    .replace('data.size == "small"', 'data.size == "large"')
    .replace("2 working days", "9 working days")
    .replace("level: 1", "level: 7")
)
OTHER = ONE.replace("permit", "other").replace("PER", "OTH")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack with version 1."""
    return written(tmp_path / "pack", permit=ONE, other=OTHER)


def test_a_case_of_version_1_keeps_its_rules_after_the_file_was_changed(
    make: Make, folder: Path, clock: duban.testing.FrozenClock
) -> None:
    old = make(folder).start("permit", by="clerk", data={"size": "small"})
    written(folder, permit=TWO)
    engine = make(folder)
    new = engine.start("permit", by="clerk", data={"size": "large"})
    assert old.definition != new.definition
    with pytest.raises(duban.InvalidData, match="comment"):
        engine.fire(old.ref, "grant", by="chief", data={"comment": "fine"})
    with pytest.raises(duban.InvalidData, match="remark"):
        engine.fire(new.ref, "grant", by="chief", data={"remark": "fine"})
    assert (old.follow, new.follow) != (None, None)
    assert str(engine.follow(old.follow or "").state) == "Asked"
    assert str(engine.follow(new.follow or "").state) == "Requested"
    assert engine.follow(old.follow or "").shown[0][1].text("zh") == "小"
    clock.advance("3 working days")
    assert engine.sweep().climbed == 1
    assert [engine.get(case.ref, by="clerk").level for case in (old, new)] == [1, 0]
    clock.advance("7 working days")
    engine.sweep()
    assert [engine.get(case.ref, by="clerk").level for case in (old, new)] == [1, 7]
    for case in (old, new):
        assert engine.fire(case.ref, "grant", by="chief").case.state == "granted"
    assert engine.verify() == []


def test_a_new_process_without_the_file_runs_a_case_by_its_stored_definition(
    make: Make, folder: Path, url: str, clock: duban.testing.FrozenClock
) -> None:
    engine = make(folder)
    cases = [engine.start("permit", by="clerk", data={"size": size}) for size in ("small", "large", "small")]
    (folder / "permit.yaml").unlink()
    assert answer(process(url, "explain", cases[0].ref, "chief", pack=folder)) == {"grant": True}
    assert answer(process(url, "explain", cases[1].ref, "chief", pack=folder)) == {"grant": False}
    told = answer(process(url, "fire", cases[0].ref, "grant", "chief", pack=folder))
    assert told == {"state": "granted", "version": 2}
    assert answer(process(url, "sweep", "2020-11-26T09:30:00+08:00", pack=folder)) == {"climbed": 2, "failed": []}
    again = make(folder)
    assert again.verify() == []
    assert [again.get(case.ref, by="clerk").level for case in cases] == [0, 1, 1]
    with pytest.raises(duban.UnknownWorkflow):
        again.start("permit", by="clerk", data={"size": "small"})
    assert again.follow(cases[2].follow or "").shown[0][1].text() == "Small"


def test_a_changed_file_never_changes_a_stored_definition(make: Make, folder: Path) -> None:
    def stored(engine: duban.Engine) -> dict[str, str | None]:
        with engine.store.read() as reader:
            return {digest: reader.definition(digest) for digest, _workflow, _version in reader.definitions()}

    first = make(folder)
    first.start("permit", by="clerk")
    before = stored(first)
    for text in (TWO, ONE.replace("only small ones", "small ones only"), ONE + "# a comment\n"):
        written(folder, permit=text)
        make(folder).start("permit", by="clerk")
    after = stored(first)
    assert {digest: after[digest] for digest in before} == before
    assert len(after) == 3
    assert first.verify() == []


def test_the_same_version_with_other_words_is_another_definition(make: Make, folder: Path) -> None:
    old = make(folder).start("permit", by="clerk", data={"size": "large"})
    written(folder, permit=ONE.replace('"small"', '"large"'))
    engine = make(folder)
    with pytest.raises(duban.GuardRefused):
        engine.fire(old.ref, "grant", by="chief")
    new = engine.start("permit", by="clerk", data={"size": "large"})
    assert engine.fire(new.ref, "grant", by="chief").case.state == "granted"


def test_a_role_that_left_the_organisation_fires_nothing_and_stops_nothing_else(
    make: Make, folder: Path, clock: duban.testing.FrozenClock
) -> None:
    old = make(folder).start("permit", by="clerk", data={"size": "small"})
    (folder / "permit.yaml").unlink()
    (folder / "other.yaml").write_text(OTHER.replace("chief", "head"), encoding="utf-8")
    (folder / "organization.yaml").write_text(ORGANIZATION.replace("chief", "head"), encoding="utf-8")
    engine = make(folder)
    with pytest.raises(duban.UnknownActor):
        engine.fire(old.ref, "grant", by="chief")
    with pytest.raises(duban.NotPermitted, match="needs the role chief"):
        engine.fire(old.ref, "grant", by="head")
    [choice] = engine.explain(old.ref, by="head")
    assert (choice.allowed, choice.code) == (False, "not-permitted")
    clock.advance("3 working days")
    assert engine.sweep().climbed == 1
    assert engine.deliver().delivered == 1
    assert engine.inbox(by="head") == []
    assert engine.verify() == []


def test_a_definition_that_the_store_lost_or_that_was_changed_there_is_not_guessed(make: Make, folder: Path) -> None:
    first = make(folder)
    case = first.start("permit", by="clerk", data={"size": "small"})
    (folder / "permit.yaml").unlink()
    with first.store.write() as writer:
        writer._connection.exec_driver_sql(  # type: ignore[attr-defined]
            "UPDATE duban_definitions SET source = replace(source, 'chief', 'clerk')"
        )
    engine = make(folder)
    with pytest.raises(duban.StoreError, match="lost the definition"):
        engine.fire(case.ref, "grant", by="clerk")
    assert engine.get(case.ref, by="clerk") == case
    assert {broken.what for broken in engine.verify()} == {"definition-changed", "definition-missing"}


def test_a_stored_condition_that_is_not_taken_any_more_refuses_and_tells_why(
    make: Make, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make(folder).start("permit", by="clerk", data={"size": "small"})
    permit, other = (text.replace('data.size == "small"', "level == 0") for text in (ONE, OTHER))
    written(folder, permit=permit, other=other)
    monkeypatch.setattr("duban.engine.guards.cel.MAX_LENGTH", 19)
    engine = make(folder)
    assert engine.fire(engine.start("permit", by="clerk").ref, "grant", by="chief").case.state == "granted"
    with pytest.raises(duban.GuardRefused, match="it has 20 characters"):
        engine.fire(old.ref, "grant", by="chief")
    assert engine.get(old.ref, by="clerk").state == "asked"
