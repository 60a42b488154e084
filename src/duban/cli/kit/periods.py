"""Options that name a period and the moment as of which a figure is told."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Option
from duban.engine.errors import UsageError
from duban.engine.figures.periods import EXAMPLES, named, of_instant, span
from duban.engine.model.figure import Period, PeriodKind

_KINDS: Final[tuple[PeriodKind, ...]] = ("day", "week", "month", "quarter", "year")
PERIODS: Final = [
    *(Option([f"--{kind}"], says=f"option.{kind}", metavar=EXAMPLES[kind]) for kind in _KINDS),
    Option(["--from", "first"], says="option.from", metavar="DATE"),
    Option(["--to", "last"], says="option.to", metavar="DATE"),
    Option(["--as-of"], says="option.as-of", metavar="TIME"),
]


def given(options: dict[str, str | None]) -> bool:
    """Whether any of the options was given."""
    return any(value is not None for value in options.values())


def period_in(desk: Desk, options: dict[str, str | None], as_of: datetime) -> Period:
    """The period that the options name; the week of ``as_of`` where they name none.

    Raises:
        UsageError: they name several, or none that there is.
    """
    zone = desk.engine.world.hours.zone
    kinds = [kind for kind in _KINDS if options[kind] is not None]
    spanned = options["first"] is not None or options["last"] is not None
    if len(kinds) + spanned > 1:
        raise UsageError("periods")
    if spanned:
        first, last = options["first"] or "", options["last"] or options["first"] or ""
        try:
            found = span(date.fromisoformat(first), date.fromisoformat(last), zone)
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise UsageError("span", first=first, last=last)
        return found
    if not kinds:
        return of_instant("week", as_of, zone)
    words = options[kinds[0]] or ""
    found = named(words, zone, kinds[0])
    if found is None:
        raise UsageError("period-of-kind", found=words, kind=kinds[0], example=EXAMPLES[kinds[0]])
    return found


def as_of_in(desk: Desk, words: str | None) -> datetime:
    """The moment that is meant, in UTC: now, a time on the organisation's clock, or the end of a day.

    Raises:
        UsageError: it is neither, or lies ahead.
    """
    now = desk.engine.world.clock.now()
    if words is None:
        return now
    zone = desk.engine.world.hours.zone
    try:
        if len(words) == len("2020-12-11"):
            midnight = datetime.combine(date.fromisoformat(words) + timedelta(days=1), time(), zone)
            # What is of the day is of it to its last moment; the end of this day lies ahead, and means now.
            return min(midnight.astimezone(UTC) - timedelta(microseconds=1), max(now, _begin(words, desk)))
        at = datetime.fromisoformat(words)
        at = (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError("as-of", found=words) from None
    if at > now:
        raise UsageError("as-of-ahead", found=words, now=desk.teller.moment(now).shown)
    return at


def _begin(day: str, desk: Desk) -> datetime:
    begin = datetime.combine(date.fromisoformat(day), time(), desk.engine.world.hours.zone).astimezone(UTC)
    now = desk.engine.world.clock.now()
    if begin > now:
        raise UsageError("as-of-ahead", found=day, now=desk.teller.moment(now).shown)
    return begin
