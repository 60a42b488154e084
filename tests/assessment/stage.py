"""A loaded small table, and what the tests do with it."""

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.assessment.tables import Row, as_csv, read, small

import duban
from duban.assessment.coverage import current_review
from duban.assessment.loading import Loader, Loading, every
from duban.engine.model.case import Case
from duban.testing import FrozenClock

OFFICE, SUPERVISOR, LEAD = "office-materials-1", "supervision-member-1", "planning-construction-handler"
MORNING = "2020-11-23T09:30:00+08:00"


def picture(shade: int = 128) -> bytes:
    """A photograph of one grey pixel, as PNG."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes([0, shade]))) + chunk(b"IEND", b"")


@dataclass
class Assessment:
    """An engine in memory with the small table loaded."""

    engine: duban.Engine
    clock: FrozenClock
    folder: Path

    def load(self, rows: list[Row] | None = None, by: str = OFFICE) -> Loading:
        """Load a table, the small one unless told."""
        path = as_csv(self.folder, rows if rows is not None else small())
        return Loader(self.engine, read(path), by).load(path, "2020-12-04")

    @property
    def review(self) -> Case:
        """The review that counts."""
        return current_review(self.engine, OFFICE)

    def case(self, code: str) -> Case:
        """The indicator or point of this code."""
        cases = [*every(self.engine, "indicator", OFFICE), *every(self.engine, "inspection_point", OFFICE)]
        return next(case for case in cases if case.data["code"] == code and case.state != "withdrawn")

    def fire(self, code: str, event: str, by: str, *photos: str, **data: Any) -> Case:
        """Fire an event on an indicator or point."""
        files = {name: ("photo.png", picture()) for name in photos}
        return self.engine.fire(self.case(code).ref, event, by=by, data=data, evidence=files).case
