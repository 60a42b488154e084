"""offices.yaml: what it declares, and what is wrong with it at which place."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.engine.definition.broken_packs import MARK as HERE
from tests.engine.definition.broken_packs import PACKS

import duban
from duban.engine.model.channel import Setting
from duban.offices import Offices

SOUND = (PACKS / "district" / "offices.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Broken:
    """``old`` becomes ``new``; ▼ in ``new``, or in ``place``, stands just before what is told under ``key``."""

    key: str
    old: str
    new: str
    place: str = ""
    says: str = ""

    def source(self) -> tuple[str, int, int]:
        """The broken file, with the line and the column that are expected."""
        assert SOUND.count(self.old) == 1, self.old
        text = SOUND.replace(self.old, self.new)
        marked = text if not self.place else text.replace(self.place.replace(HERE, ""), self.place)
        before, mark, _ = marked.partition(HERE)
        assert mark
        return text.replace(HERE, ""), before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


EVERY = [Broken(**row) for row in tomllib.loads((Path(__file__).parent / "broken.toml").read_text("utf-8"))["broken"]]


def loaded(folder: Path, text: str = SOUND, **environ: str) -> Offices:
    (folder / "offices.yaml").write_text(text, encoding="utf-8")
    return Offices(folder / "offices.yaml", environ=environ)


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.key}: {case.new.strip()[:40]}")
def test_a_fault_is_told_at_its_place_in_both_languages_and_secrets_are_not(case: Broken, tmp_path: Path) -> None:
    text, line, column = case.source()
    with pytest.raises(duban.DefinitionError) as caught:
        loaded(tmp_path, text)
    places = [(one.key, one.line, one.column) for one in caught.value.problems]
    assert (case.key, line, column) in places
    problem = caught.value.problems[places.index((case.key, line, column))]
    assert case.says in problem.message("en")
    assert any("\u4e00" <= sign <= "\u9fff" for sign in problem.message("zh"))
    assert "hunter2" not in caught.value.message("en") + caught.value.message("zh") + repr(caught.value)


def test_every_finding_of_offices_is_met_here() -> None:
    catalogue = Path(__file__).parents[2] / "engine" / "catalogue" / "offices.toml"
    declared = {f"finding.{name}" for name in tomllib.loads(catalogue.read_text("utf-8"))["finding"]}
    assert declared <= {case.key for case in EVERY}


def test_nothing_is_opened_before_it_is_asked_for(tmp_path: Path) -> None:
    with loaded(tmp_path) as offices:
        assert list(offices) == ["north-street", "south-street", "east-street", "far-street"]
        assert ("far-street" in offices, "nowhere" in offices, len(offices)) == (True, False, 4)
        north = offices.declared["north-street"]
        assert (north.label.zh, north.store.text) == ("北街街道", "postgresql://north@db/district?schema=north_street")
        assert north.password == Setting(env="DUBAN_NORTH_PASSWORD")
        assert offices.declared["south-street"].evidence == tmp_path / "south.db.evidence"
    assert [file.name for file in tmp_path.iterdir()] == ["offices.yaml"]


def test_places_begin_at_the_folder_of_the_file_and_not_where_somebody_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "offices.yaml").write_text(SOUND.replace("../sample", str(PACKS / "sample")), encoding="utf-8")
    with duban.Offices(Path("..") / "offices.yaml") as offices:
        offices["south-street"].migrate()
    assert (tmp_path / "south.db").is_file()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_an_office_that_is_not_declared_is_a_key_error_that_offers_the_nearest(tmp_path: Path) -> None:
    with loaded(tmp_path) as offices:
        with pytest.raises(KeyError):
            offices["north"]
        with pytest.raises(duban.UnknownOffice, match="did you mean `north-street`"):
            offices["north-stret"]
        assert offices.get("nowhere") is None


def test_a_store_in_the_environment_is_told_apart_where_it_is_set_and_asked_for_where_it_is_not(
    tmp_path: Path,
) -> None:
    with pytest.raises(duban.DefinitionError, match="the store of south-street"):
        loaded(tmp_path, DUBAN_FAR_STORE="sqlite:///south.db")
    with loaded(tmp_path) as offices, pytest.raises(duban.StoreError, match="DUBAN_FAR_STORE is not set"):
        offices["far-street"]
    with loaded(tmp_path, DUBAN_FAR_STORE="nonsense:hunter2") as offices, pytest.raises(duban.StoreError) as caught:
        offices["far-street"]
    assert "hunter2" not in str(caught.value)


def test_a_password_from_the_environment_opens_the_store_and_is_shown_nowhere(tmp_path: Path) -> None:
    small = SOUND.replace("pack: civility", f"pack: {PACKS / 'sample'}")
    with loaded(tmp_path, small, DUBAN_NORTH_PASSWORD="hunter2 & more") as offices:
        assert offices.url("north-street").startswith("postgresql+psycopg://north:hunter2")
        engine = offices["north-street"]
        assert engine.store.url == "postgresql://north@db/district?schema=north_street"
        assert "hunter2" not in repr(offices.declared) + repr(engine.store.__dict__.get("_faults").__dict__)


@pytest.mark.skipif(os.name != "posix", reason="links of files are those of POSIX here")
def test_two_names_of_one_file_are_one_store(tmp_path: Path) -> None:
    (tmp_path / "south.db").touch()
    os.link(tmp_path / "south.db", tmp_path / "hard.db")
    (tmp_path / "soft.db").symlink_to("south.db")
    for other in ("hard.db", "soft.db"):
        with pytest.raises(duban.DefinitionError, match="the store of south-street"):
            loaded(tmp_path, SOUND.replace("east.db", other))


def test_the_channels_of_an_office_find_what_it_declares_as_its_own_and_nothing_else(tmp_path: Path) -> None:
    environ = {"DUBAN_NORTH_HOOK": "its own", "DUBAN_HOOK_SECRET": "somebody else's", "DUBAN_OTHER": "x"}
    with loaded(tmp_path, **environ) as offices:
        assert dict(offices.environment("north-street")) == {"DUBAN_HOOK_SECRET": "its own"}
        assert dict(offices.environment("south-street")) == {}
        assert offices.environment("south-street").get("DUBAN_HOOK_SECRET") is None
