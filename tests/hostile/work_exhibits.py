"""Fires an event with hostile evidence, through the engine, and looks at what is kept and how it would be exported."""

import io
import os
import shutil
import socket
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any, Final

from tests.hostile.confined import ROOT
from tests.hostile.prepared import Prepared

import duban
from duban.engine.errors import DubanError
from duban.engine.runtime.archiving.names import Unique, is_harmless
from duban.testing import photograph

SAMPLE: Final = ROOT / "tests" / "packs" / "sample"
PHOTO: Final = photograph("evidence")
MEGABYTE: Final = 1 << 20
_HERE: Final[dict[str, Any]] = {}


def warm() -> None:
    """One engine for all; every kind of file is looked into once."""
    home = Path(tempfile.mkdtemp(prefix="hostile-"))
    pack = home / "pack"
    shutil.copytree(SAMPLE, pack)
    engine = duban.Engine(f"sqlite:///{home / 'street.db'}", pack=pack, evidence=home / "evidence")
    engine.migrate()
    data = {"title": "x", "category": "litter"}
    case = engine.start("issue", by="grid-worker", data=data)
    engine.fire(case.ref, "assign", by="office", data={"unit": "city-management"})
    _HERE.update(home=home, engine=engine, ref=case.ref)
    engine.history(case.ref, by="office")
    word = _zip(**{"word/document.xml": b"<a/>", "[Content_Types].xml": b"<a/>"})
    for name, content in (
        ("a.jpg", PHOTO), ("a.jpg", PHOTO[:200]), ("a.png", _png(1, 1)), ("a.png", _png(1, 1)[:-20]),
        ("a.txt", b"words"), ("a.pdf", b"%PDF-1.4\n%%EOF"), ("a.docx", word), ("a.gif", b"GIF89a" + bytes(40)),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 " + bytes(30)), ("a.bin", bytes(range(256))),
    ):  # fmt: skip
        ready = Prepared({}, made={"source": (name, content)})
        try:
            do(ready)
        except DubanError as fault:
            fault.message("zh")


def _zip(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return content.getvalue()


def _claiming(archive: bytes, size: int) -> bytes:
    """The archive, in which a part of this size says that it comes to three gigabytes, as one that does would."""
    directory = archive.index(b"PK\x01\x02")
    claim = archive[directory:].replace(struct.pack("<I", size), struct.pack("<I", 3 << 30))
    return archive[:directory] + claim


def _png(width: int, height: int, rows: bytes | None = None) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(rows if rows is not None else b"\0" * (width + 1) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _content(kind: str) -> tuple[str, bytes] | None:
    word = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
    contents: dict[str, tuple[str, bytes]] = {
        "empty": ("a.jpg", b""),
        "pixels": ("a.png", _png(40_000, 25_000, b"\0" * 100)),
        "bomb-png": ("a.png", _png(30_000, 30_000, b"\0" * (64 * MEGABYTE))),
        "cut": ("a.jpg", PHOTO[: len(PHOTO) // 2]),
        "gifar": ("a.gif", b"GIF89a" + PHOTO),
        "html": ("a.jpg", b"<html><script>alert(1)</script></html>" * 100),
        "svg": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        "elf": ("a.jpg", b"\x7fELF\x02\x01\x01" + bytes(2_000)),
        "exe": ("a.jpg", b"MZ" + bytes(2_000)),
        "bomb-docx": ("a.docx", _claiming(_zip(**{**word, "word/x.xml": bytes(MEGABYTE)}), MEGABYTE)),
        "bomb-xlsx": (
            "a.xlsx",
            _claiming(_zip(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": bytes(2000)}), 2000),
        ),
        "weighs": ("a.docx", _zip(**{**word, "word/x.xml": bytes(100 * MEGABYTE)})),
        "macro": ("a.docx", _zip(**{**word, "word/vbaProject.bin": b"x"})),
        "slip": ("a.docx", _zip(**{"../../../etc/cron.d/x": b"x", "/etc/passwd": b"x"})),
        "zip": ("a.docx", _zip(**{"inner.zip": _zip(a=bytes(MEGABYTE))})),
        "pdf": ("a.pdf", b"%PDF-" + bytes(5_000)),
        "polyglot": ("a.jpg", PHOTO + b"%PDF-1.4\n1 0 obj\nendobj\n%%EOF"),
        "text": ("a.txt", b"a" * (10 * MEGABYTE)),
        "text-nul": ("a.txt", b"words\0words"),
        "bytes": ("a.txt", bytes(range(128, 256)) * 50),
        "ending": ("a.txt", PHOTO),
    }
    return contents.get(kind)


def _place(kind: str, home: Path) -> Path:
    """A path at which no plain file lies."""
    place = home / "given.jpg"
    devices = {"zero": "/dev/zero", "random": "/dev/urandom", "tty": "/dev/tty", "memory": "/proc/self/mem"}
    targets = {"link": "/etc/passwd", "photo-link": str(home / "real.jpg"), "circle": str(place)}
    if kind in devices:
        return Path(devices[kind])
    if kind in targets:
        (home / "real.jpg").write_bytes(PHOTO)
        place.symlink_to(targets[kind])
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(str(place))
    elif kind == "sparse":
        with place.open("wb") as file:
            file.truncate(10 << 30)
    return {"nul": home / "a\0.jpg", "long": home / ("x" * 5_000)}.get(kind, place)


def prepare(case: dict[str, Any]) -> Prepared:
    """The file, and the folders that may be touched: that of the file, and those of the engine."""
    home = Path(tempfile.mkdtemp(prefix="hostile-"))
    if "given" in case:
        source: Any = (case["given"], PHOTO)
    else:
        source = _content(case["kind"]) or _place(case["kind"], home)
    devices = (Path("/dev"), Path("/proc")) if isinstance(source, Path) else ()
    return Prepared(case, (home, *devices), (_HERE["home"],), made={"source": source, "home": home})


def do(prepared: Prepared) -> dict[str, Any]:
    """Fire with it; where it is taken, tell what is kept, and bring the case back."""
    engine, ref = _HERE["engine"], _HERE["ref"]
    evidence = {"photo_after": prepared.made["source"]}
    row = engine.fire(ref, "rectify", by="city-handler", data={"measures": "x"}, evidence=evidence).row
    engine.fire(ref, "rework", by="supervisor", data={"reason": "again"})
    kept = row.data["photo_after"][0]
    given = prepared.made["source"][0] if isinstance(prepared.made["source"], tuple) else ""
    exported = Unique().path("photo_after", kept["name"])
    return {"kept": kept["name"], "type": kept["type"], "exported": is_harmless(exported), "given": given[:40]}


def facts(fault: DubanError) -> dict[str, Any]:
    """Its exit code's kind, and whether nothing was kept."""
    return {"code": fault.code, "rows": len(_HERE["engine"].history(_HERE["ref"], by="office"))}


def clean(prepared: Prepared) -> None:
    """Take the file away again."""
    shutil.rmtree(prepared.made["home"], ignore_errors=True)
