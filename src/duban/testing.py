"""For tests of those who embed duban: a clock that stands still until it is moved, and photographs."""

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from duban.engine.deadlines.durations import parse_duration
from duban.engine.deadlines.hours import WorkingHours
from duban.engine.deadlines.plan import working_hours
from duban.engine.model.pack import CalendarPlan

_HOURS = working_hours(CalendarPlan(), ZoneInfo("Asia/Shanghai"))


class FrozenClock:
    """A clock that stands at ``at`` (aware; text as ISO 8601) and moves when told.

    ``hours`` are the hours of work in which ``advance`` counts; by default China's, 09:00-12:00 and 14:00-18:00.

    Raises:
        ValueError: ``at`` has no time zone.
    """

    def __init__(self, at: datetime | str, hours: WorkingHours | None = None) -> None:
        self._now = _aware(at)
        self._hours = hours or _HOURS

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._now

    def move_to(self, at: datetime | str) -> None:
        """Stand at another moment, earlier or later."""
        self._now = _aware(at)

    def advance(self, by: timedelta | str) -> None:
        """Move on by a timedelta of plain time, or by a working duration such as ``3 working days``.

        Raises:
            InvalidDuration: the text is not a working duration.
        """
        if isinstance(by, timedelta):
            self._now += by
        else:
            self._now = self._hours.add(self._now, parse_duration(by).seconds(self._hours.day_seconds)).at


def _aware(at: datetime | str) -> datetime:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is None:
        raise ValueError(f"found the naive time {moment}, expected one with a zone, such as 2020-11-23T09:00:00+08:00")
    return moment.astimezone(UTC)


def photograph(of: str = "") -> bytes:
    """A small photograph: a JPEG of 64 by 32 pixels in shades of grey, the same for the same words, another for others.

    It is a real picture, so that evidence fields take it, and holds nothing that would be taken out of it.
    """
    shades = hashlib.sha256(of.encode()).digest()
    bits, before = "", 0
    for shade in shades:
        # One block of 8 by 8 pixels: how much it is lighter than the one before, and no detail within.
        value, before = (shade - 128) - before, shade - 128
        size = abs(value).bit_length()
        bits += f"{size:04b}" + (f"{value if value > 0 else value + (1 << size) - 1:0{size}b}" if size else "") + "0"
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xDB, b"\x00" + b"\x08" * 64),
            _segment(0xC0, b"\x08\x00\x20\x00\x40\x01\x01\x11\x00"),
            _segment(0xC4, b"\x00" + bytes([0, 0, 0, 12, *[0] * 12]) + bytes(range(12))),
            _segment(0xC4, b"\x10" + bytes([1, *[0] * 15]) + b"\x00"),
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            scan,
            b"\xff\xd9",
        ]
    )


def _segment(marker: int, content: bytes) -> bytes:
    """A segment of a JPEG: its marker, its length with the length itself, its content."""
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content
