"""Answer sheets in the database: one row for all sheets of a survey in a community, written whole each time.

A row a sheet would lie in the order in which the sheets came, with the number of the transaction that brought it
(PostgreSQL's ``ctid`` and ``xmin``, SQLite's ``rowid``), and so beside the interview in the history. One sorted row
has neither.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, text

from duban.persistence.running import Running
from duban.persistence.statements import inserting
from duban.persistence.tables import answer_keys, answers, survey_plans

if TYPE_CHECKING:
    from duban.engine.model.survey import Pile


class SqlAnswersReader(Running):
    """The reading half of the port of answer sheets."""

    def survey_plan(self, case_id: int) -> Mapping[str, Any] | None:
        """The plan that a survey is pinned to, as JSON; None before it was drawn."""
        found = self._run(select(survey_plans.c.plan).where(survey_plans.c.case_id == case_id)).first()
        return None if found is None else found[0]

    def piles(self, case_id: int) -> "list[Pile]":
        """The sheets of a survey by community, in the order of the communities' names."""
        from duban.engine.surveys.sheets import pile_of

        found = self._run(select(answers.c.community, answers.c.sheets).where(answers.c.case_id == case_id))
        return sorted((pile_of(community, sheets) for community, sheets in found), key=lambda pile: pile.community)


class SqlAnswersWriter(SqlAnswersReader):
    """The writing half of the port of answer sheets."""

    def add_survey_plan(self, case_id: int, plan: Mapping[str, Any]) -> None:
        """Pin a survey to its plan.

        Raises:
            StoreError: it has one already.
        """
        self._run(insert(survey_plans).values(case_id=case_id, plan=plan))

    def put_piles(self, case_id: int, piles: "Iterable[Pile]") -> None:
        """Write these communities' sheets whole, in place of those before."""
        from duban.engine.surveys.sheets import document_of

        values = [{"case_id": case_id, "community": one.community, "sheets": document_of(one)} for one in piles]
        if not values:
            return
        if self._dialect == "sqlite":
            # What stood there before is overwritten, not only given free: it is the pile without the latest sheet.
            self._run(text("PRAGMA secure_delete = ON"))
        statement = inserting(self._dialect, answers)
        self._run(
            statement.on_conflict_do_update(
                index_elements=["case_id", "community"], set_={"sheets": statement.excluded.sheets}
            ),
            values,
        )

    def use_answer_key(self, case_id: int, digest: str) -> bool:
        """Note that sheets came under the key of this digest; False when it was used for the survey before."""
        statement = inserting(self._dialect, answer_keys).on_conflict_do_nothing()
        counted = statement.execution_options(preserve_rowcount=True)
        return self._run(counted, {"case_id": case_id, "digest": digest}).rowcount == 1
