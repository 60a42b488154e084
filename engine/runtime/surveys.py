"""The verbs of surveys: draw, answer, look how far it is, and tell what the sheets come to.

An answer sheet comes with an actor, who must be entitled, and with the survey; neither actor nor time is written down
with it or because of it, nor in the log, and it names no household. See docs/decisions/0018.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from duban.engine.errors import DubanError, NotPermitted, ResultsNotYet, SheetsNotTaken, UnknownCase, UsageError
from duban.engine.log import log
from duban.engine.model.label import Label
from duban.engine.ports.records import CaseQuery
from duban.engine.runtime.operations import Operations
from duban.engine.runtime.request import Request

# Most calls of the command line have nothing to do with surveys, so each verb imports what it works with.
if TYPE_CHECKING:
    from duban.engine.model.case import Case
    from duban.engine.model.organization import Actor
    from duban.engine.model.survey import Draw, Sheet, Standing, SurveyPlan, SurveyResults, Surveys
    from duban.engine.ports.store import Reader, Writer
    from duban.engine.runtime.drawing import Progress
    from duban.engine.runtime.telling import Telling

ANSWER = "answer"
"""How the log of refusals calls an attempt to enter sheets."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of sheets: how many were taken, and why others were not, by their place (from 0).

    ``duplicate`` tells that the key was used before and nothing was done.
    """

    taken: int
    rejected: tuple[tuple[int, DubanError], ...] = ()
    duplicate: bool = False


class _Nothing(Exception):
    """No sheet was taken, so the key is not used up either."""


class SurveyOperations(Operations):
    """The verbs of the engine, with those of surveys."""

    def sample_survey(
        self, ref: str, *, by: str, seed: str | None = None, progress: "Progress" = lambda _done, _total: None
    ) -> "Draw":
        """Draw the sample of a survey and start a case for each household; later, replace those that dropped out.

        The same ``seed`` draws the same households; without one, a fresh one is made and kept in the survey's history.

        Raises:
            UnknownActor, UnknownCase, NotPermitted, TransitionNotAllowed, InvalidData, GuardRefused.
            UsageError: the pack has no surveys, ``ref`` is none, the seed cannot be used, or there are too few
            households.
        """
        from duban.engine.runtime.drawing import Drawing

        rules, actor = self._rules(), self._world.directory.actor(by)

        def work() -> "Draw":
            with self._transactions.write() as writer:
                return Drawing(self._world, writer, rules, actor, progress).draw(ref, seed)

        drawn = self._recorded(Request(actor=actor, event=rules.survey.run, ref=ref), work)
        if not self._world.definitions.loaded[rules.survey.workflow].workflow.confidential:
            log.info("survey.drawn", ref=ref, actor=by, households=len(drawn.drawn), replaced=len(drawn.replaced))
        return drawn

    def answer_survey(self, ref: str, sheets: "Sequence[Sheet]", *, by: str, key: str | None = None) -> Taken:
        """Put answer sheets on the pile: those that fit the questionnaire, at most as many as there are interviews.

        With a ``key`` that was used for this survey before, nothing is done. Of a sheet only community and answers are
        kept.

        Raises:
            UnknownActor, UnknownCase, NotPermitted, SheetsNotTaken, UsageError. What is wrong with single sheets is in
            the answer: InvalidSheet, MoreSheetsThanInterviews.
        """
        from duban.engine.runtime.surveying import digest_of, fitting, planned
        from duban.engine.surveys.sheets import put_on

        rules, actor = self._rules(), self._world.directory.actor(by)

        def work() -> Taken:
            rejected: list[tuple[int, DubanError]] = []
            try:
                with self._transactions.write() as writer:
                    case = self._locked(writer, ref, actor, rules)
                    self._taking(rules, writer, case, actor)
                    plan = planned(writer, case)
                    if key is not None and not writer.use_answer_key(case.id, digest_of(ref, key)):
                        return Taken(0, duplicate=True)
                    fits = fitting(rules, plan, writer, case, sheets, rejected)
                    if not fits:
                        raise _Nothing
                    piles = put_on(writer.piles(case.id), fits)
                    touched = {sheet.community for sheet in fits}
                    writer.put_piles(case.id, [piles[name] for name in plan.allocated if name in touched])
                    return Taken(len(fits), tuple(rejected))
            except _Nothing:
                return Taken(0, tuple(rejected))

        return self._recorded(Request(actor=actor, event=ANSWER, ref=ref), work)

    def survey_plan(self, ref: str, *, by: str) -> "SurveyPlan":
        """The questionnaire, the frame and the allocation that a survey is pinned to.

        Raises:
            UnknownActor, UnknownCase. UsageError: it is no survey, or was not drawn yet.
        """
        from duban.engine.runtime.surveying import planned, survey_seen

        rules = self._rules()

        def read(telling: "Telling") -> "SurveyPlan":
            case = survey_seen(telling, ref, rules)
            return planned(telling.reader, case)

        return self._told(by, "survey", read)

    def survey_results(self, ref: str, *, by: str, before: str | None = None) -> "SurveyResults":
        """The rates of a closed survey, in each community and in all; against the survey ``before`` where one is named.

        Raises:
            UnknownActor, UnknownCase, UsageError. ResultsNotYet: its sheets were not counted yet. SealBroken: they are
            not those that were counted.
        """
        from duban.engine.runtime.surveying import survey_seen
        from duban.engine.surveys.comparison import changes_of

        rules = self._rules()

        def read(telling: "Telling") -> "SurveyResults":
            found = self._results(telling.reader, survey_seen(telling, ref, rules), rules)
            if before is None:
                return found
            earlier = self._results(telling.reader, survey_seen(telling, before, rules), rules)
            return replace(found, changes=changes_of(earlier, found))

        return self._told(by, "survey", read)

    def surveys(self, *, by: str) -> "list[tuple[Case, Standing]]":
        """The surveys that the actor can see, oldest first, and how far each is.

        Raises:
            UnknownActor, UsageError.
        """
        from duban.engine.runtime.surveying import standing_of

        rules = self._rules()

        def read(telling: "Telling") -> "list[tuple[Case, Standing]]":
            found: list[Case] = []
            query = CaseQuery(workflow=rules.survey.workflow, limit=1_000)
            while page := telling.reader.cases(query, telling.scope):
                found += page
                query = replace(query, after=page[-1].id)
            return [(telling.case(case), standing_of(telling.reader, case, rules)) for case in reversed(found)]

        return self._told(by, "survey", read)

    def _rules(self) -> "Surveys":
        rules = self._world.pack.surveys
        if rules is None:
            raise UsageError("no-surveys", pack=self._world.pack.name)
        return rules

    def _taking(self, rules: "Surveys", reader: "Reader", case: "Case", actor: "Actor") -> None:
        """Let the actor enter sheets, or refuse."""
        if not actor.roles.intersection(rules.entered_by):
            carried = sorted(actor.roles) or None
            raise NotPermitted(actor=actor.name, event=ANSWER, roles=list(rules.entered_by), carried=carried)
        if case.state not in rules.survey.takes_sheets:
            states = [self._state(reader, case, name) for name in rules.survey.takes_sheets]
            raise SheetsNotTaken(ref=case.ref, state=self._state(reader, case, case.state), states=states)

    def _state(self, reader: "Reader", case: "Case", name: str) -> Label:
        states = self._world.definitions.pinned(case.definition, reader).workflow.states
        return states[name].label if name in states else Label(name, name)

    def _results(self, reader: "Reader", case: "Case", rules: "Surveys") -> "SurveyResults":
        from duban.engine.runtime.surveying import results_of

        if case.data.get("seal") is None:
            raise ResultsNotYet(ref=case.ref, event=rules.survey.close, state=self._state(reader, case, case.state))
        return results_of(reader, case, rules)

    def _locked(self, writer: "Writer", ref: str, actor: "Actor", rules: "Surveys") -> "Case":
        from duban.engine.runtime.drawing import of_survey

        case = writer.lock_case(ref, self._world.directory.scope(actor))
        if case is None:
            raise UnknownCase(ref=ref, actor=actor.name)
        return of_survey(rules, case)
