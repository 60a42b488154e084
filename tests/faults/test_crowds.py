"""Many processes on few cases: nothing acknowledged is lost, one wins each race, and a lock is waited for."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults import crowd
from tests.faults.errands import FULL
from tests.faults.running import Running, _environment
from tests.faults.soundness import sound

import duban
import duban.testing

PROCESSES, TIMES, PARCELS = (8, 500, 4) if FULL else (8, 40, 4)
RACERS, RACES = (50, 100) if FULL else (12, 10)


class Crowd(Running):
    """Processes of ``tests/faults/crowd.py``."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, crowd.__file__, *words]
        self._began(
            subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Both databases."""
    kind: str = request.param
    return kind


def test_processes_that_fire_on_the_same_few_cases_lose_nothing_and_hear_of_no_lock_before_the_whole_wait(
    office: duban.Engine, url: str, parcel_pack: Path, record_property: Callable[[str, object], None]
) -> None:
    refs = [office.start("parcel", by="clerk").ref for _ in range(PARCELS)]
    with Crowd("hammer", url, str(parcel_pack), str(PROCESSES), str(TIMES), *refs) as hammer:
        told = [hammer.until("stamped") for _ in range(PROCESSES)]
        assert hammer.ended() == 0
    acknowledged = [tuple(one) for answer in told for one in answer["acknowledged"]]
    assert len(acknowledged) == PROCESSES * TIMES
    assert [answer["early"] for answer in told] == [[]] * PROCESSES
    assert sum(answer["conflicts"] for answer in told) > 0
    for figure, of_all in (("conflicts", sum), ("late", sum), ("longest", max)):
        record_property(figure, of_all(answer[figure] for answer in told))
    events = sound(office, acknowledged)
    assert events == {"receive": PARCELS, "stamp": PROCESSES * TIMES}


def test_of_processes_that_race_for_one_transition_exactly_one_wins_and_all_others_are_told(
    office: duban.Engine, url: str, parcel_pack: Path
) -> None:
    won = []
    with Crowd("race", url, str(parcel_pack), str(RACERS)) as race:
        race.until("ready")
        for _ in range(RACES):
            ref = office.start("parcel", by="clerk").ref
            race.says(ref)
            answers = race.until("raced")["answers"]
            winners = [answer for answer in answers if answer[0] == "won"]
            assert [winner[2:] for winner in winners] == [[ref, 2]]
            others = [answer for answer in answers if answer[0] != "won"]
            assert others == [["version-conflict", 1, 2, None]] * (RACERS - 1)
            won += [tuple(winner[1:]) for winner in winners]
        race.says("")
        assert race.ended() == 0
    assert sound(office, won) == {"receive": RACES, "take": RACES}
