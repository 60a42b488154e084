"""The port of answer sheets: what the store keeps of a survey besides its case.

Of a sheet it keeps the survey, the community and the answers: not who, not when, not in which order, not of which
household.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from duban.engine.model.survey import Pile


class AnswersReader(Protocol):
    """The reading half. The caller has checked that the survey is visible."""

    def survey_plan(self, case_id: int) -> Mapping[str, Any] | None:
        """The plan that a survey is pinned to, as JSON; None before it was drawn."""

    def piles(self, case_id: int) -> list[Pile]:
        """The sheets of a survey by community, in the order of the communities' names."""


class AnswersWriter(AnswersReader, Protocol):
    """The writing half. The caller has locked the survey's case."""

    def add_survey_plan(self, case_id: int, plan: Mapping[str, Any]) -> None:
        """Pin a survey to its plan.

        Raises:
            StoreError: it has one already.
        """

    def put_piles(self, case_id: int, piles: Iterable[Pile]) -> None:
        """Write these communities' sheets whole, in place of those before."""

    def use_answer_key(self, case_id: int, digest: str) -> bool:
        """Note that sheets came under the key of this digest; False when it was used for the survey before."""
