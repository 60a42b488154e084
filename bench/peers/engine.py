"""duban itself: ``engine.fire`` with a key and the version that is expected."""

from pathlib import Path

import duban
from bench.steppers import EVENTS, Step, key_of, payload, ref_of

PACK = Path(__file__).resolve().parents[1] / "pack"


class Duban:
    """One engine for all threads, as an office embeds it."""

    name = "duban"

    def __init__(self, url: str, cases: int) -> None:
        self.engine = duban.Engine(url, pack=PACK)
        self.engine.migrate()
        with self.engine.batch() as batch:
            for _ in range(cases):
                batch.start("step", by="office", data={"title": "a case", "unit": "unit-0", "amount": 1})

    def session(self) -> Step:
        """The engine is safe to share."""
        fire = self.engine.fire

        def step(number: int, turn: int) -> None:
            fire(
                ref_of(number), EVENTS[turn % 2], by="office", data=payload(turn), key=key_of(number, turn),
                expect_version=turn + 1,
            )  # fmt: skip

        return step

    def close(self) -> None:
        """Close the engine."""
        self.engine.close()
