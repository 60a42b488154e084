"""In a district the owner of the tables moves histories to archives; the role that works reads them, and moves none."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from tests.cli.conftest import Said, Street
from tests.contract.conftest import POSTGRESQL
from tests.contract.districts import District, new_district
from tests.engine.runtime.hidden_slips import CALLING, RINGING, RULES
from tests.engine.runtime.shelf import LATER, SECRET, WORDS, finished, pack

import duban
import duban.testing
from duban import app
from duban.engine.runtime.archives import FAILED
from duban.persistence import moving

Open = Callable[..., duban.Engine]


@pytest.fixture(params=[POSTGRESQL])
def district(request: pytest.FixtureRequest, postgres_server: str) -> Iterator[District]:
    with new_district(postgres_server) as found:
        yield found


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The folder of archives."""
    return tmp_path / "archives"


@pytest.fixture
def clock() -> duban.testing.FrozenClock:
    return duban.testing.FrozenClock("2020-11-23T09:30:00+08:00")


@pytest.fixture
def entering(tmp_path: Path, shelf: Path, clock: duban.testing.FrozenClock) -> Iterator[Open]:
    """An engine on a store as one of its roles."""
    with ExitStack() as stack:

        def entered(url: str, **files: str) -> duban.Engine:
            folder = pack(tmp_path / f"pack-{len(files)}", **files)
            engine = duban.Engine(url, pack=folder, clock=clock, evidence=tmp_path / "evidence", archives=shelf)
            return stack.enter_context(engine)

        yield entered


def rows(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert found is not None
    return int(found[0])


def test_a_sweep_of_the_working_role_leaves_moving_alone_and_says_nothing(
    district: District, entering: Open, clock: duban.testing.FrozenClock, shelf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "duban")
    working = entering(district.working)
    finished(working)
    clock.move_to(LATER)
    caplog.clear()
    assert [working.sweep().archived for _ in range(2)] == [0, 0]
    assert [line.getMessage() for line in caplog.records if line.name == "duban" and line.levelname != "INFO"] == []
    assert not shelf.exists()
    assert rows(district.owner, "duban_moving") == 0


def test_a_step_that_fires_on_a_case_in_an_archive_waits_for_a_sweep_of_the_owner(
    district: District, entering: Open, clock: duban.testing.FrozenClock
) -> None:
    words = {"note": RINGING, "slip": CALLING, "archive": RULES}
    owner, working = entering(district.owner, **words), entering(district.working, **words)
    note = working.start("note", by="clerk", data={"title": "a note"}).ref
    for event in ("attach", "close"):
        working.fire(note, event, by="clerk")
    working.deliver()
    clock.move_to(LATER)
    assert owner.archive().moved == 1
    other = working.start("slip", by="chief", data={"title": "another"}).ref
    clock.advance("70 working days")
    report = working.sweep(by="chief")
    assert (report.climbed, report.failed) == (1, ("SLI-000001",))
    assert owner.sweep().climbed == 1
    assert [row.event for row in working.history(note, by="clerk")][-1] == "ring"
    assert [row.event for row in working.history(other, by="chief")][1] == "look@due"


def test_the_working_role_is_told_who_moves(
    district: District, entering: Open, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    working, owner = entering(district.working), entering(district.owner)
    ref = finished(working)
    clock.move_to(LATER)
    with pytest.raises(duban.ArchivesNotGranted) as refused:
        working.archive()
    assert "duban_owner_" in refused.value.data["owner"]
    assert "DELETE duban_history" in refused.value.data["lacks"]
    assert not shelf.exists()
    assert rows(district.owner, "duban_moving") == 0
    assert owner.archive().moved == 1
    with pytest.raises(duban.ArchivesNotGranted):
        working.bring_back(ref, by="chief")
    with pytest.raises(duban.UnknownCase):
        working.bring_back("NOT-000009", by="chief")
    assert working.get(ref, by="clerk").archive is not None


def test_what_the_owner_moved_the_working_role_reads_and_works_beside(
    district: District, entering: Open, clock: duban.testing.FrozenClock
) -> None:
    working, owner = entering(district.working), entering(district.owner)
    ref = finished(working, key="first")
    published = working.checkpoint()
    clock.move_to(LATER)
    assert owner.archive().moved == 1
    assert rows(district.owner, "duban_history") == 0
    assert [row.event for row in working.history(ref, by="clerk")] == ["write", "change", "close"]
    assert working.verify(published=published) == []
    again = working.start("note", by="clerk", data={"title": "a note", "phone": SECRET}, key="other")
    assert again.ref != ref
    with pytest.raises(duban.KeyReused):
        working.start("note", by="clerk", data={"title": "another"}, key="first")
    assert working.sweep().archived == 0
    assert owner.bring_back(ref, by="chief").startswith("closed-2020")
    assert working.fire(ref, "reopen", by="chief").case.state == "open"
    assert rows(district.owner, "duban_moving") == 0


def test_what_retention_reaches_in_archives_is_erased_where_the_owner_moves(
    district: District, entering: Open, clock: duban.testing.FrozenClock, shelf: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "duban")
    ref = finished(entering(district.working))
    clock.move_to(LATER)
    entering(district.owner).archive()
    (file,) = shelf.iterdir()
    working, owner = entering(district.working, retention=WORDS), entering(district.owner, retention=WORDS)
    clock.move_to("2021-02-24T09:00:00+08:00")
    caplog.clear()
    assert working.sweep().erased == 0
    told = [json.loads(line.getMessage()) for line in caplog.records if line.name == "duban"]
    assert [(line["event"], line["level"], line["cases"]) for line in told] == [("retention.left", "info", 1)]
    assert [one.count for one in working.retention()] == [1]
    assert SECRET.encode() in file.read_bytes()
    assert owner.archive().moved == 1
    assert SECRET.encode() not in file.read_bytes()
    assert [one.count for one in working.retention()] == [0]
    assert working.get(ref, by="clerk").data["phone"] is None
    assert working.verify() == []


def test_what_lies_in_the_store_is_erased_by_the_working_role(
    district: District, entering: Open, clock: duban.testing.FrozenClock
) -> None:
    working = entering(district.working, retention=WORDS)
    finished(working)
    clock.move_to("2021-02-24T09:00:00+08:00")
    assert working.sweep().erased == 1
    assert working.verify() == []


def test_why_the_last_sweep_moved_nothing_is_noted_until_one_does(
    district: District, entering: Open, clock: duban.testing.FrozenClock, shelf: Path
) -> None:
    owner = entering(district.owner)
    finished(owner)
    clock.move_to(LATER)
    shelf.write_text("no folder")

    def noted() -> str | None:
        with owner.store.read() as reader:
            return reader.setting(FAILED)

    assert owner.sweep().archived == 0
    assert noted()
    shelf.unlink()
    assert owner.sweep().archived == 1
    assert noted() == ""


def test_the_command_line_of_a_district_tells_who_archives_and_whether_it_is_done(
    district: District, tmp_path: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(app, "SystemClock", lambda: clock)
    street = Street(tmp_path, clock)

    def types(url: str, *words: str) -> Said:
        return street.types("--db", url, "--json", *words)

    def told(url: str) -> list[str]:
        said = types(url, "doctor")
        # The clock that is moved is years behind that of the server, of which it warns.
        assert [words for words in said.document["warnings"] if "archive" in words] == []
        return [words for words in said.document.get("advice", []) if "archive" in words]

    kept = pack(tmp_path / "pack")
    assert types(district.owner, "init", "--pack", str(kept)).code == 0
    assert types(district.working, "note", "write", "--title", "over", "--as", "clerk").code == 0
    assert types(district.working, "note", "close", "NOT-000001", "--as", "chief").code == 0
    types(district.working, "deliver")
    clock.move_to(LATER)
    assert types(district.working, "sweep").document["archived"] == 0
    (whose,) = told(district.working)
    assert "that is the work of the role duban_owner_" in whose
    assert told(district.owner) == []
    clock.move_to("2020-12-28T09:00:00+08:00")
    types(district.working, "sweep")
    assert told(district.working)[1].startswith("1 finished cases have waited for more than two days")

    refused = types(district.working, "archive", "run")
    assert refused.code == 1
    assert refused.document["error"]["code"] == "archives-not-granted"
    assert types(district.owner, "archive", "run").document["archived"] == 1
    back = types(district.working, "archive", "return", "NOT-000001", "--as", "chief")
    assert back.document["error"]["code"] == "archives-not-granted"
    shown = types(district.working, "show", "NOT-000001", "--as", "clerk")
    assert shown.document["archive"].startswith("closed-2020-")
    assert told(district.working) == [whose]

    (kept / "retention.yaml").write_text(WORDS, encoding="utf-8")
    clock.move_to("2021-02-24T09:00:00+08:00")
    types(district.working, "sweep")
    assert told(district.working)[1].startswith("1 cases in archives hold what was to be erased")
    types(district.owner, "archive", "run")
    assert told(district.working) == [whose]
    assert types(district.owner, "archive", "return", "NOT-000001", "--as", "chief").code == 0


def test_that_a_sweep_could_not_move_is_told_by_the_doctor_to_those_who_may_know_of_what_waits(
    tmp_path: Path, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "SystemClock", lambda: clock)
    street = Street(tmp_path, clock)
    street.types("init", "--pack", str(pack(tmp_path / "pack")))
    street.types("note", "write", "--title", "over", "--as", "clerk")
    street.types("note", "hide", "NOT-000001", "--as", "chief")
    street.types("note", "close", "NOT-000001", "--as", "chief")
    street.types("deliver")
    clock.move_to(LATER)
    (tmp_path / "street.db.archives").write_text("no folder")
    street.types("sweep")
    outside, inside = street.types("doctor", "--json"), street.types("doctor", "--json", "--as", "chief")
    assert (outside.code, outside.document["warnings"]) == (0, [])
    assert inside.code == 1
    assert [words for words in inside.document["warnings"] if "could not (" in words]
    (tmp_path / "street.db.archives").unlink()
    street.types("sweep")
    assert street.types("doctor", "--json", "--as", "chief").code == 0


def test_what_an_attempt_without_the_right_left_behind_is_seen_to_by_the_owner(
    district: District, entering: Open, clock: duban.testing.FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, owner = entering(district.working), entering(district.owner)
    finished(working)
    clock.move_to(LATER)

    def denied(*_given: object) -> None:
        raise duban.StoreUnwritable(url="", why="")

    with monkeypatch.context() as patched:
        patched.setattr(moving, "dropped", denied)  # as it was when the store was not asked before
        with pytest.raises(duban.StoreUnwritable):
            owner.archive()
    assert rows(district.owner, "duban_moving") == 1
    assert working.sweep().archived == 0
    assert owner.archive().moved == 1
    assert rows(district.owner, "duban_moving") == 0
    assert working.verify() == []
