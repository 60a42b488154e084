"""Working time: durations as people write them, hours of work, and the calendars that say which days are worked."""
