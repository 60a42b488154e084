"""A pack as it was kept is the pack as it is read; whatever it depends on is noticed; a broken one is never kept."""

import dataclasses
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.actions.registry import Registry
from duban.engine.definition.caching import fingerprint, packs
from duban.engine.definition.caching.coding import packed, unpacked
from duban.engine.definition.caching.packs import KeptPack, opened_pack
from duban.engine.definition.places import find_pack
from duban.engine.errors import DefinitionError
from duban.engine.guards.cel import CelGuards
from duban.engine.model.label import Label
from duban.engine.model.pack import Pack

TESTS = Path(__file__).parents[2]
PACKS = [find_pack("civility"), *sorted(path.parent for path in TESTS.glob("*/**/organization.yaml"))]
RICH = TESTS / "packs" / "rich"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of a pack with most kinds of files, and a cache of its own."""
    monkeypatch.setenv("DUBAN_CACHE", str(tmp_path / "cache"))
    return Path(shutil.copytree(RICH, tmp_path / "pack"))


def opened(folder: Path) -> Pack:
    return opened_pack(folder, CelGuards(), Registry())


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """Nothing is known from an earlier test."""
    packs._opened.cache_clear()


def is_kept(folder: Path) -> bool:
    return isinstance(opened(folder), KeptPack)


def parts(pack: Pack) -> dict[str, Any]:
    found = {field.name: getattr(pack, field.name) for field in dataclasses.fields(Pack)}
    return found | {"workflows": list(dict(found["workflows"]).items())}


@pytest.mark.parametrize("place", PACKS, ids=lambda place: place.name)
def test_a_pack_comes_back_as_it_was_read(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_CACHE", str(tmp_path))
    first, second = opened(place), opened(place)

    assert not isinstance(first, KeptPack)
    assert isinstance(second, KeptPack)
    assert parts(second) == parts(first)
    for name in packs._PARTS:  # 1 is not 1.0, nor a list a tuple
        assert packed(getattr(second, name)) == packed(getattr(first, name))
    for name, loaded in first.workflows.items():
        assert packed(second.workflows[name]) == packed(loaded)


def test_nothing_is_unpacked_that_nobody_asks_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(folder)
    asked: list[int] = []
    monkeypatch.setattr(packs, "unpacked", lambda content: asked.append(len(content)) or unpacked(content))

    pack = opened(folder)
    assert "plan" in pack.workflows
    assert len(pack.workflows) == len(list(pack.workflows)) > 0
    assert asked == []

    assert pack.workflows["plan"].workflow is pack.workflows["plan"].workflow
    assert pack.organization is pack.organization
    assert len(asked) == 2
    with pytest.raises(AttributeError):
        pack.nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_engines_of_one_process_share_what_is_unpacked(folder: Path) -> None:
    opened(folder)
    assert opened(folder).workflows["plan"] is opened(folder).workflows["plan"]


def test_every_change_of_a_file_is_noticed(folder: Path) -> None:
    for file in sorted(folder.glob("*.yaml")):
        opened(folder)
        assert is_kept(folder)
        stamp = file.stat()
        file.write_text(file.read_text(encoding="utf-8") + "# more\n", encoding="utf-8")
        os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # the content counts, not the clock
        assert not is_kept(folder), file.name


def test_a_file_more_or_less_is_noticed(folder: Path) -> None:
    opened(folder)
    (folder / "stray.yml").write_text("workflow: stray\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="stray"):
        opened(folder)
    (folder / "stray.yml").unlink()
    assert is_kept(folder)


def test_a_template_that_was_changed_or_removed_is_noticed(folder: Path) -> None:
    opened(folder)
    template = folder / "templates" / "sheet.md"
    template.write_text(template.read_text(encoding="utf-8") + "{{ words.nonsense }}\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="nonsense"):
        opened(folder)
    template.unlink()
    with pytest.raises(DefinitionError, match=r"sheet\.md"):
        opened(folder)


def test_other_code_reads_it_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(folder)
    monkeypatch.setattr(fingerprint, "_code", lambda: ("another",))
    assert not is_kept(folder)
    assert is_kept(folder)


def test_the_code_is_known_by_its_modules_and_the_folders_of_packages() -> None:
    names = [str(stamp[0]) for stamp in fingerprint._code() if isinstance(stamp, tuple)]
    for module in ("definition/pack.py", "model/definition.py", "guards/cel.py", "caching/coding.py", "notify.py"):
        assert any(name.endswith(module) for name in names), module
    assert any("packages" in Path(name).name for name in names)


def test_a_broken_pack_is_never_kept_and_tells_the_same_each_time(folder: Path) -> None:
    file = folder / "plan.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("workflow:", "workflwo:", 1), encoding="utf-8")
    told = []
    for _ in range(2):
        with pytest.raises(DefinitionError) as caught:
            opened(folder)
        told.append([(one.path, one.line, one.column, one.message()) for one in caught.value.problems])
    assert told[0] == told[1] != []
    assert not any("pack-" in name for _, _, names in os.walk(folder.parent / "cache") for name in names)


def test_a_part_that_cannot_be_unpacked_is_read_from_the_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(folder)
    monkeypatch.setattr(packs, "unpacked", lambda content: unpacked(b"[[], [99]]"))
    pack = opened(folder)
    assert isinstance(pack, KeptPack)
    assert parts(pack) == parts(first)


HEADS = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["templates", "calls", "parts"]), inner, max_size=3)
    ),
    max_leaves=8,
).map(lambda head: json.dumps(head).encode() + b"\n")


@given(content=st.binary(max_size=80) | HEADS)
def test_whatever_is_kept_under_its_name_opening_never_fails(content: bytes) -> None:
    """Whether a part can be unpacked shows when it is asked for, and then the files are read."""
    whole = Pack("rich", RICH, *[None] * 4, hashes={"digest": "plan"})  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packs, "kept", lambda _name: content)
        packs._opened.cache_clear()
        pack = packs._found("pack-0", RICH, Registry(), lambda: whole)
    assert pack is None or pack.hashes == whole.hashes


class Ours:
    """An action of another package."""

    name = "ours"
    takes = frozenset({"colour"})

    def problems(self, params: dict[str, Any]) -> dict[str, Any]:
        return {name: ("unknown-parameter", {"known": []}) for name in params if name not in self.takes}

    def recipients(self, _params: dict[str, Any]) -> tuple[str, ...]:
        return ()


def test_other_peoples_actions_are_asked_again_whether_they_take_their_parameters(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "plan.yaml"
    words = file.read_text(encoding="utf-8")
    ours = words.replace("do: [{notify: {to: unit}}]", "do: [{ours: {colour: red}}]", 1)
    assert ours != words
    file.write_text(ours, encoding="utf-8")
    registry = Registry()
    registry._loaded["ours"] = Ours()  # type: ignore[assignment]
    opened_pack(folder, CelGuards(), registry)
    assert isinstance(opened_pack(folder, CelGuards(), registry), KeptPack)

    monkeypatch.setattr(Ours, "takes", frozenset())
    with pytest.raises(DefinitionError, match="colour"):
        opened_pack(folder, CelGuards(), registry)


@pytest.mark.parametrize("name", ["os:system", "builtins:eval", "duban.app:Engine", "duban.engine.model.label:text"])
@pytest.mark.asvs("1.5.2", "5.5.3")
def test_only_values_of_the_model_are_made(name: str) -> None:
    with pytest.raises((ValueError, AttributeError)):
        unpacked(json.dumps([[name], [0, "x"]]).encode())
    assert unpacked(packed(Label("a", "甲"))) == Label("a", "甲")


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", Path("x"), float("nan")])
def test_what_is_no_value_of_a_pack_is_not_packed(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        packed(value)
