"""Plays random histories of four machines against their models for some minutes: ``make fuzz`` runs it.

One argument: the minutes. Ends with 1 and the shortest history where engine and model part.
"""

import sys
import time
from collections.abc import Sequence

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from tests.engine.runtime.test_counts_stateful import Jobs
from tests.engine.runtime.test_deadline_histories import Chores
from tests.engine.runtime.test_stateful import Street
from tests.fuzz.machine import Things

MACHINES: Sequence[type[RuleBasedStateMachine]] = (Things, Street, Chores, Jobs)
ROUND = settings(
    max_examples=30, stateful_step_count=50, deadline=None, database=None, print_blob=True,
    suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
)  # fmt: skip


def main(minutes: float) -> None:
    """Round after round of each machine, until the time is over."""
    ends, rounds = time.monotonic() + minutes * 60, 0
    while time.monotonic() < ends:
        run_state_machine_as_test(MACHINES[rounds % len(MACHINES)], settings=ROUND)
        rounds += 1
        sys.stdout.write(f"{rounds} rounds of {ROUND.max_examples} histories agree with their models\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
