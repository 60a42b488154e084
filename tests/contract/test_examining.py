"""What a file is by its content, what is taken out of photographs, and what is refused."""

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from duban.engine.messages import text
from duban.engine.ports.evidence import Examined, Unfit
from duban.persistence.examining import examiner, papers
from duban.persistence.examining.examiner import FileExaminer
from duban.testing import photograph

BOTH = ("photo", "document")
POSITION = {1: "N", 2: (29.0, 33.0, 40.0), 3: "E", 4: (106.0, 33.0, 30.0)}
XMP = b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>a position again</x:xmpmeta>"
TELLING = (b"Some Owner", b"SERIAL-77", b"Maker", b"xmpmeta", b"a remark", b"106.0", b"ftypisom")


def taken(content: bytes, name: str, accept: tuple[str, ...] = BOTH, keep: bool = False) -> Examined:
    return FileExaminer().examined(content, name, accept=accept, keep_metadata=keep)


def refused(content: bytes, name: str, accept: tuple[str, ...] = BOTH) -> Unfit:
    with pytest.raises(Unfit) as caught:
        taken(content, name, accept)
    return caught.value


def exif(orientation: int = 6) -> Image.Exif:
    """All that a telephone writes about a photograph."""
    made = Image.Exif()
    made[0x0112], made[0x010F], made[0x013B] = orientation, "Maker", "Some Owner"
    details = made.get_ifd(0x8769)
    details[0x9003], details[0xA431] = "2020:12:09 09:41:00", "SERIAL-77"
    made.get_ifd(0x8825).update(POSITION)
    return made


def picture(kind: str, orientation: int = 6, size: tuple[int, int] = (48, 32)) -> bytes:
    """A picture whose corners differ, with all that tells too much."""
    made, file = Image.linear_gradient("L").resize(size).convert("RGB"), io.BytesIO()
    if kind == "jpeg":
        made.save(file, "JPEG", exif=exif(orientation), comment=b"a remark", xmp=XMP[29:], dpi=(72, 72))
        return file.getvalue() + b"\x00\x00\x00\x18ftypisom a short film"
    if kind == "png":
        made.save(file, "PNG", exif=exif(orientation))
        remark = b"tEXt" + b"Comment\x00a remark"
        chunk = struct.pack(">I", len(remark) - 4) + remark + struct.pack(">I", zlib.crc32(remark))
        content = file.getvalue()
        return content[:33] + chunk + content[33:] + b"ftypisom"
    made.save(file, "WEBP", exif=exif(orientation), xmp=XMP[29:])
    return file.getvalue()


def document(kind: str, author: str = "Some Owner", extra: str = "") -> bytes:
    """A Word or Excel file as far as it is looked into."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml" if kind == "docx" else "xl/workbook.xml", "<body>words</body>")
        packed.writestr(
            "docProps/core.xml",
            f"<p><dc:creator>{author}</dc:creator><cp:lastModifiedBy>{author}</cp:lastModifiedBy><x>stays</x></p>",
        )
        if extra:
            packed.writestr(extra, "x")
    return file.getvalue()


@pytest.mark.parametrize(("kind", "ending"), [("jpeg", "jpg"), ("png", "png"), ("webp", "webp")])
def test_position_owner_and_camera_leave_a_photograph_and_the_picture_stays(kind: str, ending: str) -> None:
    given = picture(kind)
    kept = taken(given, f"photo.{ending}")
    assert {"position", "owner", "camera"} <= set(kept.taken_out)
    assert not [word for word in TELLING if word in kept.content]
    with Image.open(io.BytesIO(given)) as before, Image.open(io.BytesIO(kept.content)) as after:
        found = after.getexif()
        assert dict(found.get_ifd(0x8825)) == {}
        assert found[0x0112] == 6, "or it would lie on its side"
        assert found.get_ifd(0x8769)[0x9003] == "2020:12:09 09:41:00"
        assert before.tobytes() == after.tobytes()
        assert before.size == after.size


@pytest.mark.parametrize(("kind", "ending"), [("jpeg", "jpg"), ("png", "png"), ("webp", "webp")])
def test_what_was_cleaned_once_is_kept_as_it_is(kind: str, ending: str) -> None:
    once = taken(picture(kind), f"photo.{ending}")
    assert taken(once.content, f"photo.{ending}") == Examined(once.content, once.media, ())
    assert taken(picture(kind, orientation=1), f"photo.{ending}").taken_out == once.taken_out


def test_a_photograph_without_anything_telling_is_kept_byte_for_byte() -> None:
    assert taken(photograph("after"), "after.jpg") == Examined(photograph("after"), "image/jpeg", ())


def test_a_field_that_asks_for_it_gets_the_file_as_it_was_given() -> None:
    for given, name in ((picture("jpeg"), "a.jpg"), (document("docx"), "a.docx")):
        assert taken(given, name, keep=True).content == given


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_author_leaves_an_office_file_and_all_else_stays(kind: str) -> None:
    kept = taken(document(kind), f"plan.{kind}")
    assert kept.taken_out == ("owner",)
    with zipfile.ZipFile(io.BytesIO(kept.content)) as packed:
        assert packed.testzip() is None
        assert packed.read("docProps/core.xml").decode() == (
            "<p><dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy><x>stays</x></p>"
        )
        assert len(packed.namelist()) == 3
    assert taken(kept.content, f"plan.{kind}") == Examined(kept.content, kept.media, ())


@pytest.mark.parametrize(
    ("content", "name", "media"),
    [
        ("巡查情况：正常。\r\n".encode(), "周报.txt", "text/plain"),
        ("巡查情况：正常。\r\n".encode("gb18030"), "周报.csv", "text/plain"),
        (b"words without an ending", "note", "text/plain"),
        (b"%PDF-1.7\n1 0 obj\nendobj\nstartxref\n9\n%%EOF\n", "order.PDF", "application/pdf"),
        (document("docx", ""), "plan.docx", examiner.MEDIA["docx"]),
        (photograph(), "A.JPEG", "image/jpeg"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.asvs("12.2.1")
def test_material_is_taken_for_what_its_content_is(content: bytes, name: str, media: str) -> None:
    assert taken(content, name).media == media


_GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + bytes(20)
_HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(100)


@pytest.mark.parametrize(
    ("content", "name", "accept", "key", "words"),
    [
        (b"a photograph, says somebody", "after.jpg", BOTH, "evidence-ending", "plain text"),
        (photograph(), "after.png", BOTH, "evidence-ending", "jpeg, jpg"),
        (picture("png"), "plan.docx", BOTH, "evidence-ending", "png"),
        (document("xlsx"), "plan.docx", BOTH, "evidence-ending", "xlsx"),
        (b"MZ\x90\x00" + bytes(300), "after.jpg", BOTH, "evidence-kind", "Windows Executable"),
        (_GIF, "after.gif", BOTH, "evidence-kind", "GIF"),
        (bytes(64), "after.jpg", BOTH, "evidence-kind", "of an unknown kind"),
        (b"<svg>", "map.svg", BOTH, "evidence-ending", "plain text"),
        (b"echo hello", "tool.bat", BOTH, "evidence-ending", "plain text"),
        (b"words", "after.txt", ("photo",), "evidence-kind", "JPEG, PNG, WebP"),
        (photograph(), "after.jpg", ("document",), "evidence-kind", "PDF"),
        (_HEIC, "IMG_1.HEIC", BOTH, "evidence-heic", "JPEG"),
        (document("docx", extra="word/vbaProject.bin"), "plan.docx", BOTH, "evidence-macros", "macros"),
        (b"PK\x03\x04" + bytes(60), "plan.docx", BOTH, "evidence-kind", "expected"),
        (b"%PDF-1.7\n and no end", "order.pdf", BOTH, "evidence-damaged", "PDF"),
        (b"", "empty.txt", BOTH, "evidence-size", "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_fit_is_told_with_what_was_found_and_expected(
    content: bytes, name: str, accept: tuple[str, ...], key: str, words: str
) -> None:
    fault = refused(content, name, accept)
    assert fault.key == key
    told = {lang: text(f"field.{key}", lang, **{"name": name, **fault.data}) for lang in ("en", "zh")}
    assert words in told["en"]
    assert told["zh"] != told["en"]


@pytest.mark.parametrize(("kind", "ending"), [("jpeg", "jpg"), ("png", "png"), ("webp", "webp")])
def test_half_a_picture_and_one_with_a_broken_head_are_refused(kind: str, ending: str) -> None:
    whole = taken(picture(kind), f"photo.{ending}").content
    for content in (whole[: len(whole) // 2], whole[:-3], whole[:20] + b"\x00\x00" + whole[22:][:40]):
        assert refused(content, f"photo.{ending}").key == "evidence-damaged"


def test_any_broken_picture_is_taken_or_refused_and_never_a_fault() -> None:
    for kind, ending in (("jpeg", "jpg"), ("png", "png"), ("webp", "webp")):
        whole = picture(kind)
        for place in range(0, len(whole), 7):
            broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
            try:
                kept = taken(broken, f"photo.{ending}")
            except Unfit:
                continue
            assert kept.content


@pytest.mark.asvs("12.1.2")
def test_a_picture_that_would_unfold_to_too_much_is_refused_before_it_is_unfolded() -> None:
    head = b"IHDR" + struct.pack(">II", 60_000, 60_000) + b"\x08\x02\x00\x00\x00"
    chunks = [head, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in chunks
    )
    fault = refused(bomb, "bomb.png")
    assert (fault.key, fault.data["found"]) == ("evidence-pixels", "60000 × 60000")


def test_an_office_file_that_would_unfold_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_UNPACKED", 100)
    assert refused(document("docx"), "plan.docx").key == "evidence-bomb"


def test_each_kind_has_its_own_largest_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(examiner, "MOST_BYTES", {"photo": 100, "document": 400})
    assert refused(photograph(), "after.jpg").key == "evidence-size"
    assert taken(b"a" * 400, "note.txt").media == "text/plain"
    (tmp_path / "note.txt").write_bytes(b"a" * 401)
    with pytest.raises(Unfit):
        FileExaminer().examined(tmp_path / "note.txt", "note.txt", accept=BOTH)


def test_the_smallest_picture_of_the_tests_is_a_real_one() -> None:
    shades: set[Any] = set()
    for words in ("", "before", "after", "照片"):
        with Image.open(io.BytesIO(photograph(words))) as made:
            made.load()
            assert made.size == (64, 32)
            shades.add(made.tobytes())
    assert len(shades) == 4
