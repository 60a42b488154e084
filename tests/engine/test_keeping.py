"""What is kept comes back whole or not at all, and only if nobody but the user could have written it."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.engine import keeping
from duban.engine.keeping import MOST, cache_folder, keep, kept

NAME = "pack-0"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUBAN_CACHE", str(tmp_path))
    keep(NAME, b"content")
    assert kept(NAME) == b"content"
    return tmp_path / "duban"


def test_only_the_user_can_enter(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("place", [".", NAME])
@pytest.mark.parametrize("mode", [0o040, 0o004, 0o020, 0o002])
def test_what_others_may_read_or_write_is_not_used(folder: Path, place: str, mode: int) -> None:
    target = folder / place
    target.chmod(stat.S_IMODE(target.stat().st_mode) | mode)

    assert kept(NAME) is None


def test_what_belongs_to_somebody_else_is_neither_used_nor_written_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)

    assert kept(NAME) is None
    keep("pack-1", b"more")
    assert sorted(os.listdir(folder)) == [NAME]


def test_a_folder_that_others_can_enter_is_left_alone(folder: Path) -> None:
    folder.chmod(0o777)

    keep("pack-1", b"more")

    assert sorted(os.listdir(folder)) == [NAME]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777


def test_neither_a_link_is_followed_nor_a_pipe_waited_for(folder: Path) -> None:
    (folder / "link").symlink_to(folder / NAME)
    os.mkfifo(folder / "pipe", 0o600)

    assert kept("link") is None
    assert kept("pipe") is None
    assert kept("no\0name") is None


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_was_cut_short_or_written_over_is_as_if_it_was_not_there(folder: Path, data: st.DataObject) -> None:
    keep(NAME, data.draw(st.binary(min_size=1, max_size=200)))
    whole = (folder / NAME).read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from(
            [whole[:cut], whole[:cut] + bytes([whole[cut] ^ 1]) + whole[cut + 1 :], whole + b"x", whole[cut:] + b"\n"]
        )
        | st.binary(max_size=300)
    )
    if damaged != whole:
        (folder / NAME).write_bytes(damaged)
        assert kept(NAME) is None


def test_of_many_who_keep_at_once_one_wins_and_each_reader_finds_it_whole(folder: Path) -> None:
    contents = [bytes([65 + number]) * 100_000 for number in range(8)]

    def work(content: bytes) -> bytes | None:
        keep(NAME, content)
        return kept(NAME)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(work, contents * 4))

    assert set(found) <= set(contents)
    assert os.listdir(folder) == [NAME]


def test_the_latest_are_kept_and_those_that_were_not_used_for_longest_go(folder: Path) -> None:
    for number in range(MOST):
        keep(f"pack-{number}", b"content")
        os.utime(folder / f"pack-{number}", (number, number))
    assert kept("pack-0") == b"content"  # used now

    keep("pack-new", b"content")

    left = set(os.listdir(folder))
    assert len(left) == MOST
    assert {"pack-0", "pack-new"} <= left
    assert "pack-1" not in left


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"DUBAN_CACHE": "off", "XDG_CACHE_HOME": "/x"}, None),
        ({"DUBAN_CACHE": "OFF"}, None),
        ({"DUBAN_CACHE": "/a/b", "XDG_CACHE_HOME": "/x"}, "/a/b/duban"),
        ({"XDG_CACHE_HOME": "/x"}, "/x/duban"),
        ({"XDG_CACHE_HOME": "relative"}, os.path.expanduser("~/.cache/duban")),
        ({}, os.path.expanduser("~/.cache/duban")),
    ],
)
def test_where_it_is_kept(environ: dict[str, str], expected: str | None) -> None:
    assert cache_folder(environ) == expected


def test_without_a_place_nothing_is_kept_and_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    for place in ("off", str(tmp_path / "file")):
        monkeypatch.setenv("DUBAN_CACHE", place)
        keep(NAME, b"content")
        assert kept(NAME) is None


def test_a_disk_that_is_full_leaves_no_half_of_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping.os, "replace", full)
    keep(NAME, b"other")
    monkeypatch.undo()

    assert sorted(os.listdir(folder)) == [NAME]
