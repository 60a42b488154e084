"""For how long a channel is left alone when the fault is not the message's."""

from datetime import timedelta
from typing import Final

NO_ANSWER: Final = timedelta(seconds=30)
"""Nobody answers there: what waits behind is tried a little later, without counting."""
TOO_FAST: Final = timedelta(minutes=1)
"""The robots count by the minute."""
LONGEST: Final = timedelta(hours=1)
"""However long a receiver asks to be left alone."""
