"""Packs Word files and workbooks so that the same content is the same bytes: order and times of the parts are fixed."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Final

_EARLIEST: Final = datetime(1980, 1, 1, tzinfo=UTC)


def repacked(content: bytes, at: datetime) -> bytes:
    """The same parts, those first that readers look for first, then by name; each bears the time ``at`` (UTC)."""
    moment = max(at.astimezone(UTC), _EARLIEST)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in sorted(
            before.namelist(), key=lambda name: (name != "[Content_Types].xml", name != "_rels/.rels", name)
        ):
            part = zipfile.ZipInfo(name, stamp)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            part.create_system = 3
            after.writestr(part, before.read(name))
    return made.getvalue()
