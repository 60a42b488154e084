"""The same snapshot gives the same bytes, in every format and language; what a paper bears is the day of its event."""

import io
from collections.abc import Callable
from datetime import datetime

import openpyxl
import pypdf
import pytest
from tests.actions.documents.conftest import AT
from tests.actions.documents.opened import parts, word_file
from tests.actions.documents.samples import snapshot

from duban.actions.documents.printer import Papers
from duban.engine.model.document import FORMATS, Material

ISSUED = {"sign": "party-secretary", "issue": "office-coordination-1"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_snapshot_gives_the_same_bytes(material: Callable[..., Material], kind: str, lang: str) -> None:
    first = Papers().printed(material("bulletin", happened=ISSUED), [kind], lang)
    again = Papers().printed(material("bulletin", happened=ISSUED), [kind], lang)
    other = Papers().printed(material("bulletin", snapshot(("另一件",)), happened=ISSUED), [kind], lang)
    assert first == again
    assert first != other


def test_a_paper_bears_the_day_of_its_event_and_no_other(material: Callable[..., Material]) -> None:
    made = dict(Papers().printed(material("bulletin", happened=ISSUED), (), "zh"))
    stamp = AT.replace(tzinfo=None)
    docx, pdf, xlsx, _ = made.values()
    assert {at for _, at in [*parts(docx), *parts(xlsx)]} == {stamp.timetuple()[:6]}
    assert word_file(docx).core_properties.created.replace(tzinfo=None) == stamp
    assert openpyxl.load_workbook(io.BytesIO(xlsx)).properties.created == stamp
    told = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert told is not None
    assert told.creation_date == datetime.fromisoformat("2020-12-14T01:00:00+00:00")


def test_the_parts_of_a_word_file_stand_in_the_same_order(material: Callable[..., Material]) -> None:
    ((_, content),) = Papers().printed(material("reply", data={"answer": "已清理"}), ["docx"], "zh")
    names = [name for name, _ in parts(content)]
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert names[2:] == sorted(names[2:])
