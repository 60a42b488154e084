"""Loads a pack with something hostile in it, as ``duban workflow check`` does; what is taken is loaded again."""

import base64
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Any, Final

from tests.hostile.confined import ROOT
from tests.hostile.pack_files import packed
from tests.hostile.pack_texts import ISSUE, coded
from tests.hostile.prepared import Prepared

from duban.actions.documents.printer import Papers
from duban.actions.registry import Registry
from duban.engine.definition.pack import load_pack
from duban.engine.errors import DefinitionError, DubanError
from duban.engine.guards.cel import CelGuards
from duban.engine.model.pack import Pack

PACKS: Final = ROOT / "tests" / "packs"
SHEET: Final = (PACKS / "rich" / "documents.yaml").read_text(encoding="utf-8")
NO_WORD: Final = packed(word__document_xml=b"<w:document/>")


def warm() -> None:
    """Every package that a load may need is imported: for each pack, whole and with something wrong in it."""
    for folder in (PACKS / "rich", PACKS / "surveyed", PACKS / "sample"):
        load_pack(folder, CelGuards(), Registry(), Papers())
    word = {"documents.yaml": SHEET.replace(".md", ".docx").replace("md:", "docx:"), "templates/sheet.docx": NO_WORD}
    wrong: list[tuple[str, dict[str, str | bytes]]] = [
        ("sample", {"calendar.yaml": "calendar: holidays:DE-NOWHERE"}),
        ("sample", {"calendar.yaml": "calendar: china"}),
        ("sample", {"calendar.yaml": "calendar: holidays:DE-BY"}),
        ("sample", {"organization.yaml": "timezone: No/Where\nunits: {}\nposts: {}"}),
        ("sample", {"organization.yaml": "timezone: Asia\nunits: {}\nposts: {}"}),
        ("sample", {"issue.yaml": "workflov: issue"}),
        ("sample", {"issue.yaml": ISSUE.replace("to: closed", "to: clsed")}),
        ("rich", {"templates/sheet.md": "{% x"}),
        ("rich", {"templates/sheet.md": "{% include 'x' %}"}),
        ("rich", word),
    ]
    for pack, put in wrong:
        case = {"name": "warm", "pack": pack, "papers": True}
        ready = prepare({**case, "put": {name: coded(text) for name, text in put.items()}})
        try:
            do(ready)
        except DubanError as fault:
            fault.message("zh")
        finally:
            clean(ready)


def prepare(case: dict[str, Any]) -> Prepared:
    """A copy of the pack with the files of the case; what is no plain file is made by name."""
    above = Path(tempfile.mkdtemp(prefix="hostile-"))
    folder = above / "pack"
    shutil.copytree(PACKS / case.get("pack", "sample"), folder)
    for name, data in case.get("put", {}).items():
        place = folder / name
        place.unlink(missing_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(base64.b64decode(data))
    for name, kind, *rest in case.get("make", []):
        place = folder / name
        place.unlink(missing_ok=True)
        _make(place, kind, *rest)
    # The library for conditions asks each time for a package that is not needed, and jinja makes code of templates.
    but = ("import google", *(("compile", "code.__new__", "exec") if case.get("papers") else ()))
    return Prepared(case, folders=(folder,), but=but, made={"above": above, "folder": folder})


def _make(place: Path, kind: str, target: str = "") -> None:
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "link":
        place.symlink_to(target)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as door:
            here = os.getcwd()
            os.chdir(place.parent)  # the whole path may be too long for a socket
            door.bind(place.name)
            os.chdir(here)
    elif kind == "sparse":
        with place.open("wb") as file:
            file.truncate(10 << 30)
    else:
        raise ValueError(kind)


def do(prepared: Prepared) -> dict[str, Any]:
    """Load it; twice, where it is taken."""
    folder = prepared.made["folder"]
    inspector = Papers() if prepared.case.get("papers") else None
    first = load_pack(folder, CelGuards(), Registry(), inspector)
    again = load_pack(folder, CelGuards(), Registry(), inspector)
    return {"same": _hashes(first) == _hashes(again)}


def _hashes(pack: Pack) -> dict[str, str]:
    return {name: loaded.workflow.hash for name, loaded in pack.workflows.items()}


def facts(fault: DubanError) -> dict[str, Any]:
    """Where it is told, and how much."""
    if not isinstance(fault, DefinitionError):
        return {}
    return {
        "line": fault.line,
        "column": fault.column,
        "problems": len(fault.problems),
        "longest": max(len(one.message(lang)) for one in fault.problems for lang in ("en", "zh")),
    }


def clean(prepared: Prepared) -> None:
    """Take the folder away again."""
    shutil.rmtree(prepared.made["above"], ignore_errors=True)
