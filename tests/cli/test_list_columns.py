"""The columns of a list that are asked for: each once, under a head of its own."""

import shutil
from pathlib import Path

import pytest
from tests.cli.conftest import Street
from tests.engine.runtime.street import ROOT


@pytest.fixture
def office(bare: Street, tmp_path: Path) -> Street:
    """A store whose issues have fields that are called like usual columns."""
    pack = shutil.copytree(ROOT / "tests" / "packs" / "sample", tmp_path / "pack")
    words = (pack / "issue.yaml").read_text(encoding="utf-8")
    words = words.replace("fields:\n", "fields:\n  state: {type: text}\n  level: {type: text}\n", 1)
    words = words.replace("takes: [severity]", "takes: [severity, state, level]", 1)
    (pack / "issue.yaml").write_text(words, encoding="utf-8")
    assert bare.types("init", "--pack", str(pack)).code == 0
    return bare


def test_a_column_that_is_asked_for_twice_stands_there_once(street: Street) -> None:
    street.reports("Litter")
    head, row = street.types("list", "issue", "--columns", "title,title", "--as", "office").out.splitlines()
    assert head.split("\t") == ["ref", "state", "title", "level"]
    assert row.split("\t")[2] == "Litter"
    assert len(row.split("\t")) == 4


def test_a_field_called_like_a_usual_column_has_a_head_of_its_own(office: Street) -> None:
    words = ("issue", "report", "--title", "Litter", "--category", "litter", "-f", "state=filed", "-f", "level=high")
    assert office.types(*words, "--as", "grid-worker").code == 0
    head, row = office.types("list", "issue", "--columns", "state,level", "--as", "office").out.splitlines()
    told = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert told == {"ref": "ISS-000001", "state": "reported", "data.state": "filed", "data.level": "high", "level": "0"}
