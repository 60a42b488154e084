"""A file that is no whole backup is refused, and nothing is restored from it."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import duban
from duban.backups import EVIDENCE, MANIFEST, STORE, back_up, check, restore

Damage = Callable[[dict[str, bytes]], object]


@pytest.fixture
def place(lived: duban.Engine, tmp_path: Path) -> Path:
    """A whole backup."""
    back_up(lived.store, lived.world.evidence, tmp_path / "b.zip", datetime.now(UTC))  # type: ignore[arg-type]
    return tmp_path / "b.zip"


def rewritten(place: Path, damage: Damage) -> None:
    with zipfile.ZipFile(place) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    damage(members)
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _manifest(members: dict[str, bytes], change: Callable[[dict[str, object]], None]) -> None:
    told = json.loads(members[MANIFEST])
    change(told)
    members[MANIFEST] = json.dumps(told).encode()


def _evidence_name(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.startswith(EVIDENCE))


def _outside(members: dict[str, bytes]) -> None:
    name = _evidence_name(members)
    content = members.pop(name)
    members["../outside"] = content

    def change(told: dict[str, object]) -> None:
        files = told["files"]
        assert isinstance(files, dict)
        files["../outside"] = files.pop(name)

    _manifest(members, change)


DAMAGES: dict[str, Damage] = {
    "a changed store": lambda members: members.update({STORE: members[STORE][:-1] + b"~"}),
    "a longer store": lambda members: members.update({STORE: members[STORE] + b"more"}),
    "a changed photograph": lambda members: members.update({_evidence_name(members): b"another"}),
    "a photograph too few": lambda members: members.pop(_evidence_name(members)),
    "a file too many": lambda members: members.update({"evidence/extra": b"x"}),
    "no store": lambda members: members.pop(STORE),
    "no manifest": lambda members: members.pop(MANIFEST),
    "a manifest that is no JSON": lambda members: members.update({MANIFEST: b"{"}),
    "a manifest of another shape": lambda members: members.update({MANIFEST: b"[]"}),
    "a manifest of nested lists": lambda members: members.update({MANIFEST: b"[" * 100_000}),
    "another format": lambda members: _manifest(members, lambda told: told.update(format="other/1")),
    "a name that leads outside": _outside,
}


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.asvs("8.1.6")
def test_a_damaged_backup_is_refused_before_anything_is_written(place: Path, tmp_path: Path, name: str) -> None:
    rewritten(place, DAMAGES[name])
    target = tmp_path / "restored.db"

    with pytest.raises(duban.BrokenBackup) as refused:
        restore(place, f"sqlite:///{target}", tmp_path / "restored.evidence")

    assert not target.exists()
    assert not (tmp_path / "restored.evidence").exists()
    assert not (tmp_path.parent / "outside").exists()
    assert refused.value.message("zh") != refused.value.message("en")


@pytest.mark.parametrize("length", [0, 1, 100, -1, -100])
def test_a_backup_that_was_cut_is_refused(place: Path, length: int) -> None:
    place.write_bytes(place.read_bytes()[:length])

    with pytest.raises(duban.BrokenBackup):
        check(place)


@pytest.mark.parametrize("where", ["missing.zip", "."])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, where: str) -> None:
    with pytest.raises(duban.UsageError, match="cannot be read"):
        check(tmp_path / where)


@pytest.mark.asvs("5.5.1")
def test_any_flipped_byte_of_the_content_is_found(place: Path) -> None:
    whole = place.read_bytes()
    with zipfile.ZipFile(place) as archive:
        size, content = archive.getinfo(STORE).compress_size, archive.read(STORE)
    begins = 30 + len(STORE) + 20  # after the header, the name and the long sizes of the first file
    found = 0
    for at in range(begins, begins + size, size // 50):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 0x40]) + whole[at + 1 :])
        try:
            check(place)
        except duban.BrokenBackup:
            found += 1
        else:
            # Some bits of the compression stand for nothing.
            with zipfile.ZipFile(place) as archive:
                assert archive.read(STORE) == content
    assert found >= 45
