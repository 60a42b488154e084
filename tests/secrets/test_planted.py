"""Secrets are planted wherever one can come in, everything is made to fail, and none is found anywhere."""

import logging
import shutil
import socket
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.actions.channels.servers import Listener
from tests.cli.conftest import PACK, Street, bare, clock, made_store, person, street
from tests.secrets.places import CHANNELS, NEEDLES, SECRETS, URL, leaked, leaked_in_files

import duban
from duban import app
from duban.persistence.store import SqlStore
from duban.testing import FrozenClock

__all__ = ["bare", "clock", "made_store", "person", "street"]
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # by apprise, when it is imported
DEBUG = {"DUBAN_LOG": "debug", **SECRETS}
WRONG = (
    URL, URL.replace("127.0.0.1:9", "nowhere.invalid"), URL.replace("postgresql", "mysql"), URL.replace(":9", ":port")
)  # fmt: skip
NAMES = ("hook", "robot", "flock", "letters", "typed", "other")


@pytest.fixture
def failing(bare: Street, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    """A street with channels of every kind, each with its secrets, none of which will take a message."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can begin to
        pack = shutil.copytree(PACK, bare.folder / "pack")
        (pack / "channels.yaml").write_text(CHANNELS.format(port=held.getsockname()[1]), encoding="utf-8")
        assert bare.types("init", "--pack", str(pack), **DEBUG).code == 0
        bare.assigns(bare.reports())
        yield bare


def typed(street: Street, *words: str) -> str:
    """Everything that is said to programs and to people, on both streams."""
    told = [street.types(*words, "--as", "office", "--verbose", *mode, **DEBUG) for mode in ([], ["--json"])]
    return "".join(one.out + one.err for one in told)


@pytest.mark.asvs("1.6.2")
def test_what_cannot_be_sent_leaves_no_secret_in_words_logs_rows_or_backups(
    failing: Street, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        said = "".join(typed(failing, "channel", "test", name) for name in NAMES)
        for _ in range(20):  # ten attempts, whose pauses are drawn by chance
            said += typed(failing, "deliver")
            clock.advance("1 working day")
        for words in (
            "doctor", "metrics", "channel list", "outbox list --channel all", "outbox list", "refusals", "sweep",
            "history ISS-000001", "verify", "workflow diagram issue", "workflow show issue", "workflow check",
            f"checkpoint --out {failing.folder}/kept.checkpoint", f"backup --out {failing.folder}/kept.backup",
            f"restore {failing.folder}/kept.backup --db sqlite:///{failing.folder}/again.db", "list --wrong",
            f"backup --out {failing.folder}/pack", "init --pack nothing",
        ):  # fmt: skip
            said += typed(failing, *words.split())
    dead = failing.types("outbox", "list", "--channel", "all", "--as", "office", "--json", **SECRETS).document

    given_up = {one["channel"] for one in dead if one["state"] == "dead" and one["last_error"]}
    left = [(one["state"], one["attempts"], one["last_error"]) for one in dead if one["channel"] not in given_up]
    assert given_up == set(NAMES), repr(left)
    assert "dispatch.failed" in said
    assert (failing.folder / "again.db").exists()
    assert leaked(said) == set()
    assert leaked(caplog.text) == set()
    assert leaked_in_files(failing.folder) == set()


@pytest.mark.parametrize(
    "words",
    ["doctor", "list", "sweep", "deliver", "metrics", "verify", "scheduler --every 1 --metrics x", "workflow list",
     "init", "restore {folder}/nothing", "backup --out {folder}/x", "checkpoint --out {folder}/y",
     "show ISS-000001", "issue assign", "why"],
)  # fmt: skip
@pytest.mark.asvs("7.1.1")
def test_a_database_that_does_not_answer_is_told_of_without_its_password(bare: Street, words: str) -> None:
    line = words.format(folder=bare.folder).split()
    said = "".join(
        one.out + one.err
        for url in (
            URL,
            URL.replace("127.0.0.1:9", "nowhere.invalid"),
            URL.replace("postgresql", "mysql"),
            URL.replace(":9", ":port"),
        )
        for one in (
            bare.types(*line, "--db", url, "--verbose", **DEBUG),
            bare.types("--json", *line, **{**DEBUG, "DUBAN_DB": url}),
        )
    )
    assert said
    assert leaked(said) == set()
    assert leaked_in_files(bare.folder) == set()


@pytest.mark.asvs("7.4.1")
def test_what_nobody_foresaw_is_written_down_without_a_secret(bare: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: SqlStore) -> None:
        raise RuntimeError("unforeseen") from ValueError(repr(self))

    monkeypatch.setattr(SqlStore, "read", fails)
    said = bare.types("list", "--db", URL, "--verbose", "--json", **DEBUG)

    assert said.document["error"]["code"] == "fault"
    log = Path(said.document["error"]["log"])
    assert "unforeseen" in log.read_text(encoding="utf-8")
    assert log.stat().st_mode & 0o077 == 0
    assert leaked(said.out + said.err) == set()
    assert leaked_in_files(bare.folder) == set()


def _raised(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except duban.DubanError as fault:
        return fault
    raise AssertionError("it was done")


@pytest.mark.asvs("7.1.1")
def test_nothing_that_a_host_prints_or_logs_holds_a_secret(
    failing: Street, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Engines of this test live by the clock of the machine.
    monkeypatch.setattr(app, "SystemClock", lambda: failing.clock)
    store = SqlStore(URL, busy_seconds=0.1)
    with caplog.at_level(logging.DEBUG), duban.Engine(URL, pack=failing.folder / "pack") as engine:
        faults = [
            _raised(engine.migrate), _raised(lambda: engine.start("issue", by="grid-worker")), _raised(engine.sweep),
            *(_raised(lambda name=name: engine.try_channel(name)) for name in NAMES),  # type: ignore[misc]
            _raised(lambda: duban.Engine(URL.replace("postgresql", "oracle"), pack="civility")),
            _raised(lambda: duban.Engine(URL.replace(":9", ":port"), pack="civility")),
        ]  # fmt: skip
        things: list[object] = [engine, engine.store, engine.world, engine.world.couriers, store, store.url]
        things += [engine.pack.channels, vars(store), vars(store._database), store._database.engine.url]
        printed = [show(thing) for thing in things for show in (repr, str)]
    printed += [show(fault) for fault in faults for show in (repr, str)]
    printed += ["".join(traceback.format_exception(fault)) for fault in faults]
    printed += [str(fault.data) for fault in faults if isinstance(fault, duban.DubanError)]
    store.close()

    assert len(faults) == 11
    assert {needle for words in printed for needle in leaked(words)} == set()
    assert leaked(caplog.text) == set()


def test_what_apprise_sends_is_not_logged_by_the_library_below_it(
    failing: Street, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Listener(status=500) as listener, duban.Engine(failing.url) as engine:
        monkeypatch.setenv("DUBAN_OTHER_URL", SECRETS["DUBAN_OTHER_URL"].replace(":9/", f":{listener.port}/"))
        with caplog.at_level(logging.DEBUG):
            _raised(lambda: engine.try_channel("other"))
            logging.getLogger("urllib3.connectionpool").debug("a line of the host")
    assert len(listener.taken) == 1
    assert "a line of the host" in caplog.text
    assert leaked(caplog.text) == set()


def test_the_needles_are_found_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "held").write_text(f"a {SECRETS['PGPASSWORD']} b", encoding="utf-8")
    assert len(NEEDLES) > 30
    assert leaked(URL) >= {"plant-db-11", "plant-db-12", "plant-db-13", "plant-db-14"}
    assert leaked_in_files(tmp_path) == {("held", SECRETS["PGPASSWORD"])}
    assert leaked_in_files(tmp_path, "held") == set()
