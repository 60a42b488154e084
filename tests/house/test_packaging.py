"""What a wheel holds must not depend on where it was built: a checkout, an sdist, or a checkout without links."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOMS = ("actions", "engine", "persistence", "workflows")
Contents = dict[str, int]


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables}
    done = subprocess.run([*command], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def build(tree: Path, out: Path, kind: str) -> Path:
    """Build one `wheel` or `sdist` with the backend itself, so that no network is needed."""
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", out, cwd=tree)
    (built,) = out.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def contents(wheel: Path) -> Contents:
    """Each file's name and checksum, and proof that no name is there twice."""
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names)), "a file lies in the wheel twice"
        return {info.filename: info.CRC for info in archive.infolist()}


def copy_of(root: Path, files: list[Path], into: Path, *, links_as_text: bool) -> Path:
    for file in files:
        target = into / file.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink() and links_as_text:
            target.write_text(os.readlink(file), encoding="utf-8")
        else:
            shutil.copy2(file, target, follow_symlinks=False)
    return into


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("packaging")


@pytest.fixture(scope="module")
def tree(root: Path, project_files: list[Path], place: Path) -> Path:
    return copy_of(root, project_files, place / "tree", links_as_text=False)


@pytest.fixture(scope="module")
def wheel(tree: Path, place: Path) -> Path:
    return build(tree, place / "wheel", "wheel")


@pytest.fixture(scope="module")
def sdist_tree(tree: Path, place: Path) -> Path:
    """The sdist, built and unpacked."""
    with tarfile.open(build(tree, place / "sdist", "sdist")) as archive:
        archive.extractall(place / "unpacked", filter="data")
    (unpacked,) = (place / "unpacked").iterdir()
    return unpacked


def test_nothing_but_duban_lies_at_the_top_of_a_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in contents(wheel)}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"duban"}
    assert len(tops) == 2


def test_a_wheel_holds_every_file_of_the_rooms_and_of_the_front_door(
    wheel: Path, root: Path, project_files: list[Path]
) -> None:
    paths = [file.relative_to(root) for file in project_files if file.is_file()]
    rooms = {f"duban/{path.as_posix()}" for path in paths if path.parts[0] in ROOMS}
    door = {path.relative_to("src").as_posix() for path in paths if path.parts[0] == "src"}

    packed = {name for name in contents(wheel) if name.startswith("duban/")}

    assert packed == rooms | door - {f"duban/{room}" for room in ROOMS}


@pytest.mark.parametrize(
    "wanted",
    [
        "duban/py.typed",
        "duban/engine/catalogue/errors.toml",
        "duban/workflows/civility/organization.yaml",
        "duban/workflows/schema/workflow.schema.json",
    ],
)
def test_a_wheel_holds_what_is_no_python(wheel: Path, wanted: str) -> None:
    assert wanted in contents(wheel)


def test_a_wheel_holds_the_migrations(wheel: Path) -> None:
    assert [name for name in contents(wheel) if name.startswith("duban/persistence/migrations/versions/")]


@pytest.mark.asvs("10.3.2", "14.1.1")
def test_the_wheel_from_an_sdist_is_the_wheel_from_the_tree(wheel: Path, sdist_tree: Path, place: Path) -> None:
    assert contents(build(sdist_tree, place / "from-sdist", "wheel")) == contents(wheel)


def test_an_sdist_holds_each_room_once(sdist_tree: Path) -> None:
    assert [room for room in ROOMS if os.path.lexists(sdist_tree / "src" / "duban" / room)] == []
    assert [room for room in ROOMS if not (sdist_tree / room).is_dir()] == []


def test_a_checkout_whose_links_became_text_gives_the_same_wheel(
    wheel: Path, root: Path, project_files: list[Path], place: Path
) -> None:
    plain = copy_of(root, project_files, place / "plain", links_as_text=True)
    assert (plain / "src" / "duban" / "engine").read_text(encoding="utf-8") == "../../engine"

    assert contents(build(plain, place / "from-plain", "wheel")) == contents(wheel)


def test_who_installs_duban_gets_duban_and_no_bare_room(wheel: Path, place: Path) -> None:
    target, empty = place / "installed", place / "empty"
    empty.mkdir()
    run(sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "-t", target, wheel, cwd=empty)
    look = "from importlib.util import find_spec as f; print([r for r in {!r} if f(r)], f('duban').origin)"

    told = run(sys.executable, "-c", look.format(ROOMS), cwd=empty, PYTHONPATH=str(target)).stdout.strip()

    assert told == f"[] {target / 'duban' / '__init__.py'}"
