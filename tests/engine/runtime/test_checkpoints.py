"""A checkpoint is a file that nobody changes unseen."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import duban
from duban.engine.runtime.checkpoints import MerkleRoot, lines_of, read, written

AT = datetime(2020, 12, 11, 10, 0, tzinfo=UTC)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32
HEADS = {f"ISS-{number:06}": (number, f"{number:064x}") for number in range(1, 8)}

# The tests of Certificate Transparency: these leaves, and the root after each of them.
LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def lines(key: bytes | None = None) -> list[str]:
    return list(written(HEADS.items(), "street", AT, key))


def test_the_root_is_that_of_rfc_6962() -> None:
    root, found = MerkleRoot(), []
    assert root.hexdigest() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for leaf in LEAVES:
        root.add(bytes.fromhex(leaf))
        found.append(root.hexdigest())
    assert tuple(found) == ROOTS


@pytest.mark.parametrize(
    ("made_with", "read_with", "seal"), [(None, None, "none"), (KEY, KEY, "holds"), (KEY, None, "unchecked")]
)
def test_what_is_written_is_read_back(made_with: bytes | None, read_with: bytes | None, seal: str) -> None:
    kept = read(lines(made_with), read_with)
    assert (kept.pack, kept.taken_at, kept.heads, kept.seal) == ("street", AT, HEADS, seal)


@pytest.mark.parametrize(("made_with", "read_with"), [(OTHER_KEY, KEY), (None, KEY)])
def test_a_file_without_the_seal_of_this_key_is_refused(made_with: bytes | None, read_with: bytes) -> None:
    with pytest.raises(duban.BrokenCheckpoint, match="seal"):
        read(lines(made_with), read_with)


def test_a_seal_does_not_fit_another_time() -> None:
    sealed, later = lines(KEY), list(written(HEADS.items(), "street", AT.replace(day=12), KEY))
    with pytest.raises(duban.BrokenCheckpoint, match="seal"):
        read([later[0], *sealed[1:]], KEY)


@given(st.data())
@pytest.mark.asvs("5.5.1")
def test_no_line_is_changed_left_out_or_moved_unseen(data: st.DataObject) -> None:
    changed = lines()
    at = data.draw(st.integers(0, len(changed) - 1))
    match data.draw(st.sampled_from(["edit", "drop", "swap", "repeat"])):
        case "edit":
            where = data.draw(st.integers(0, len(changed[at]) - 2))
            letter = data.draw(st.characters(codec="ascii", exclude_characters="\n"))
            changed[at] = changed[at][:where] + letter + changed[at][where + 1 :]
        case "drop":
            del changed[at]
        case "swap":
            other = data.draw(st.integers(0, len(changed) - 1))
            changed[at], changed[other] = changed[other], changed[at]
        case "repeat":
            changed.insert(at, changed[at])
    try:
        found = read(changed, None)
    except duban.BrokenCheckpoint as fault:
        assert fault.message("zh") != fault.message("en")
    else:
        # The first line is under the seal, not under the root.
        assert found.heads == HEADS
        assert changed[1:] == lines()[1:]


class Endless(io.StringIO):
    """A file whose line has no end."""

    asked = 0

    def readline(self, size: int | None = -1, /) -> str:
        """As much of the line as is asked for."""
        assert size is not None
        assert size > 0, "all of a line that has no end was asked for"
        self.asked += size
        return "[" * size


def test_a_line_without_an_end_is_refused_at_its_beginning() -> None:
    file = Endless()
    with pytest.raises(duban.BrokenCheckpoint) as fault:
        read(lines_of(file, "endless"), None, "endless")
    assert fault.value.data["line"] == 1
    assert file.asked <= 5_000


def test_the_lines_of_a_file_are_those_that_were_written() -> None:
    assert list(lines_of(io.StringIO("".join(lines())))) == lines()


@pytest.mark.parametrize("text", ["", "{}", "[]", "nothing", "[" * 100_000, '{"format":"duban-checkpoint/2"}', "null"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(duban.BrokenCheckpoint):
        read([text], None)
