"""Which households are drawn: an order by hash, that anybody can work out again.

Household ``number`` (from 1) of a community stands at SHA-256 of the UTF-8 text::

    duban-sample/1\\n<reference of the survey>\\n<seed>\\n<community>\\n<number>

and the households of a community are drawn in ascending order of these hashes. The first ones are the sample, the next
ones the reserve. A hash is the same in every language and version, which a random number generator is not.
"""

import hashlib
import heapq
from typing import Final

from duban.engine.model.survey import SurveyPlan

FORMAT: Final = "duban-sample/1"


def standing(survey: str, seed: str, community: str, number: int) -> str:
    """The hash, 64 hex digits, that a household is ordered by."""
    return hashlib.sha256(f"{FORMAT}\n{survey}\n{seed}\n{community}\n{number}".encode()).hexdigest()


def drawn(plan: SurveyPlan, community: str) -> list[int]:
    """The running numbers of the sample and then of the reserve of a community, in the order of drawing."""
    wanted = plan.allocated.get(community, 0) + reserve_of(plan, community)
    numbers = range(1, plan.frame[community] + 1)
    return heapq.nsmallest(wanted, numbers, key=lambda number: standing(plan.survey, plan.seed, community, number))


def reserve_of(plan: SurveyPlan, community: str) -> int:
    """The reserve of a community in households: its per cent of the sample, rounded up, while there are any."""
    sample = plan.allocated.get(community, 0)
    return min(-(-sample * plan.reserve // 100), plan.frame[community] - sample)
