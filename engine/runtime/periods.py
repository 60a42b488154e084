"""When periods that began with the end of a case are over: by days, in the organisation's time zone."""

from datetime import datetime, timedelta

from duban.engine.model.period import Period
from duban.engine.runtime.world import World


def start_of_day(world: World) -> datetime:
    """When today began."""
    zone = world.directory.organization.zone
    return world.clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def ended_before(world: World, period: Period) -> datetime:
    """The end of the last day on which a case may have ended whose period is over today."""
    today = start_of_day(world)
    day = period.last_day(today.date()) + timedelta(days=1)
    return today.replace(year=day.year, month=day.month, day=day.day)
