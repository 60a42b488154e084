"""Packs whose files are no files, or lead elsewhere, or unfold to more than a machine holds."""

import io
import zipfile
from typing import Any, Final

from tests.hostile.confined import ROOT
from tests.hostile.pack_texts import ISSUE, KIB, case

MEGABYTE: Final = KIB * KIB
WORD: Final = "templates/sheet.docx"
SHEET: Final = (ROOT / "tests/packs/rich/documents.yaml").read_text(encoding="utf-8")


def made(name: str, *make: str, says: str | None = "plain file", **more: Any) -> dict[str, Any]:
    """A pack in which one file is made as something else: its place, what it is, where it leads."""
    return {"name": name, "says": says, "make": [list(make)], **more}


def packed(**parts: bytes) -> bytes:
    """A Word file of these parts; ``_`` stands for what no name can hold."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return content.getvalue()


def word(name: str, content: bytes, says: str | None = "template") -> dict[str, Any]:
    """The paper of the rich pack, printed with this Word file."""
    paper = SHEET.replace("{md: templates/sheet.md}", f"{{docx: {WORD}}}")
    return case(name, content, says, file=WORD, also={"documents.yaml": paper}, pack="rich", papers=True)


BODY: Final = b'<?xml version="1.0"?><w:document xmlns:w="http://x"><w:body>%s</w:body></w:document>'
LAUGHS: Final = b'<!DOCTYPE l [<!ENTITY a "x">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 50) for n in range(10)
)

FILES: Final = [
    made("a pipe for a workflow", "issue.yaml", "pipe"),
    made("a pipe for an organisation", "organization.yaml", "pipe"),
    made("a pipe for a calendar", "calendar.yaml", "pipe"),
    made("a folder for a workflow", "issue.yaml", "folder"),
    made("a folder for a catalogue", "catalogue.yaml", "folder"),
    made("a socket for a workflow", "issue.yaml", "socket"),
    made("ten gigabytes of nothing", "issue.yaml", "sparse", says="262144"),
    made("a link to the passwords", "issue.yaml", "link", "/etc/passwd", says="out of the pack"),
    made(
        "a link to the passwords by steps",
        "issue.yaml",
        "link",
        "../../../../../../../../etc/passwd",
        says="out of the pack",
    ),
    made("a link for an organisation", "organization.yaml", "link", "/etc/passwd", says="out of the pack"),
    made("a link for channels", "channels.yaml", "link", "/etc/passwd", says="out of the pack"),
    made("a link to the own environment", "issue.yaml", "link", "/proc/self/environ", says="out of the pack"),
    made("a link to the own memory", "issue.yaml", "link", "/proc/self/mem", says="out of the pack"),
    made("a link to what never ends", "issue.yaml", "link", "/dev/zero", says="out of the pack"),
    made("a link to chance", "issue.yaml", "link", "/dev/urandom", says="out of the pack"),
    made("a link to the keyboard", "issue.yaml", "link", "/dev/stdin", says="out of the pack"),
    made("a link to nothing", "issue.yaml", "link", "nowhere.yaml", says="nowhere"),
    made("a link to itself", "issue.yaml", "link", "issue.yaml", says="nowhere"),
    made("a link to a folder", "extra.yaml", "link", ".", says="plain file"),
    made("a link to the folder above", "extra.yaml", "link", "..", says="out of the pack"),
    made(
        "a link within the folder",
        "issue.yaml",
        "link",
        "..data/issue.yaml",
        says=None,
        put=case("", ISSUE, file="..data/issue.yaml")["put"],
    ),
    made(
        "a template that leads away",
        "templates/sheet.md",
        "link",
        "/etc/passwd",
        says="template",
        pack="rich",
        papers=True,
    ),
    made("a template that is a pipe", "templates/sheet.md", "pipe", says="template", pack="rich", papers=True),
    case("a file with another ending", ISSUE, ".yaml", file="issue.yml"),
    case("a file with a line end in its name", "a: 1\n", "workflow", file="a\nb.yaml"),
    case("a file with signs for a terminal in its name", "a: 1\n", "workflow", file="\x1b[2Jb.yaml"),
    case("a file that turns its name", "a: 1\n", "workflow", file="\u202elmay.yaml"),
    case("four hundred files", ISSUE, "at most", also={f"w{n}.yaml": ISSUE for n in range(400)}),
    word("a Word file that unfolds to a gigabyte", packed(word__document_xml=BODY % (b"x" * 60 * MEGABYTE))),
    word("a Word file of open signs", packed(word__document_xml=b"<" * 9 * MEGABYTE)),
    word("a Word file of open braces", packed(word__document_xml=BODY % (b"{{" * 4 * MEGABYTE))),
    word("a Word file that laughs", packed(word__document_xml=LAUGHS + BODY % b"&k;")),
    word("a Word file without words", packed(word__other_xml=b"x")),
    word("a Word file of thousands of parts", packed(**{f"part{n}": b"" for n in range(3_000)})),
    word("a Word file that is cut off", packed(word__document_xml=BODY % b"x")[:-40]),
    word("a Word file that is none", b"PK\x03\x04" + b"\0" * 5_000),
]
