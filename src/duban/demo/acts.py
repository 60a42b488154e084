"""All that the demonstration invents, as one cast: who takes a turn, in which order, and what the pages ask about."""

from typing import Final

from duban.demo.bulletins import Bulletins
from duban.demo.extended import ExtendedIssue
from duban.demo.merged import DuplicateIssue
from duban.demo.orders import Orders
from duban.demo.passed_on import PassedOnIssue
from duban.demo.persuaded import PersuadedIssue
from duban.demo.recurring import RecurringIssue
from duban.demo.recused import Recusal
from duban.demo.referral import Referrals
from duban.demo.reports import Reports
from duban.demo.returned import ReturnedIssue
from duban.demo.rounds import Rounds
from duban.demo.staff import Act
from duban.demo.stage import Stage
from duban.demo.tasks import Tasks

ACTED_ON: Final = 150
"""The most orders, and the most proposed referrals, that the staff answers; the rest is left."""


class Acts:
    """The acts of one performance."""

    def __init__(self, stage: Stage) -> None:
        self.returned = ReturnedIssue(stage)
        self.persuaded = PersuadedIssue(stage)
        self.recurring = RecurringIssue(stage)
        self.referrals = Referrals(stage, ACTED_ON)
        self.recusal = Recusal(stage)
        self.extended = ExtendedIssue(stage)
        self.passed_on = PassedOnIssue(stage)
        self.duplicate = DuplicateIssue(stage, self.extended)
        self._others: list[Act] = [
            Tasks(stage), Reports(stage), Bulletins(stage), Orders(stage, ACTED_ON),
        ]  # fmt: skip
        self._rounds = Rounds(stage)

    @property
    def all(self) -> list[Act]:
        """In their order: rounds begin before they find anything."""
        found: list[Act] = [self.persuaded, self.recurring, self.extended, self.passed_on, self.duplicate]
        return [self._rounds, *found, self.returned, *self._others, self.referrals, self.recusal]
