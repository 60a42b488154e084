"""The verbs of surveys: draw, answer, look how far it is, and tell what the sheets come to.

An answer sheet comes with an actor, who must be entitled, and with the survey; neither actor nor time is written down
with it or because of it, nor in the log, and it names no household. See docs/decisions/0018.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from duban.engine.errors import (
    DubanError,
    InvalidSheet,
    MoreSheetsThanInterviews,
    NotPermitted,
    ResultsNotYet,
    SheetsNotTaken,
    UnknownCase,
    UsageError,
)
from duban.engine.log import log
from duban.engine.model.frozen import frozen
from duban.engine.model.label import Label
from duban.engine.ports.records import CaseQuery
from duban.engine.runtime.bulk.operations import BulkOperations
from duban.engine.runtime.given import require_texts, require_texts_or_none
from duban.engine.runtime.queries import seen
from duban.engine.runtime.request import Request
from duban.engine.runtime.rights import entitled

if TYPE_CHECKING:
    from duban.engine.model.case import Case
    from duban.engine.model.organization import Actor
    from duban.engine.model.survey import Draw, Pile, Sheet, Standing, SurveyPlan, SurveyResults, Surveys
    from duban.engine.ports.store import Reader, Writer
    from duban.engine.runtime.drawing import Progress
    from duban.engine.runtime.telling import Telling

ANSWER = "answer"
"""How the log of refusals calls an attempt to enter sheets."""


@frozen
class Taken:
    """What became of sheets: how many were taken, and why others were not, by their place (from 0).

    ``duplicate`` tells that the key was used before and nothing was done.
    """

    taken: int
    rejected: tuple[tuple[int, DubanError], ...] = ()
    duplicate: bool = False


class _Nothing(Exception):
    """No sheet was taken, so the key is not used up either."""


class SurveyOperations(BulkOperations):
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
        require_texts(ref=ref)
        require_texts_or_none(seed=seed)
        rules, actor = self._rules(), self._world.directory.actor(by)

        from duban.engine.runtime.drawing import Drawing  # which fires, and most have nothing to draw

        def drawing(writer: "Writer") -> "Draw":
            return Drawing(self._world, writer, rules, actor, progress).draw(ref, seed)

        def work() -> "Draw":
            return self._transactions.transact(drawing)

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
        from duban.engine.surveys.sheets import put_on

        require_texts(ref=ref)
        require_texts_or_none(key=key)
        rules, actor = self._rules(), self._world.directory.actor(by)
        rejected: list[tuple[int, DubanError]] = []

        def taking(writer: "Writer") -> Taken:
            rejected.clear()
            left = entitled(self._world, writer, actor)
            case = self._locked(writer, ref, left, rules)
            self._taking(rules, writer, case, left)
            plan = _planned(writer, case)
            if key is not None and not writer.use_answer_key(case.id, _digest(ref, key)):
                return Taken(0, duplicate=True)
            fitting = _fitting(rules, plan, writer, case, sheets, rejected)
            if not fitting:
                raise _Nothing
            piles = put_on(writer.piles(case.id), fitting)
            touched = {sheet.community for sheet in fitting}
            writer.put_piles(case.id, [piles[name] for name in plan.allocated if name in touched])
            return Taken(len(fitting), tuple(rejected))

        def work() -> Taken:
            try:
                return self._transactions.transact(taking, keyed=key is not None)
            except _Nothing:
                return Taken(0, tuple(rejected))

        return self._recorded(Request(actor=actor, event=ANSWER, ref=ref), work)

    def survey_plan(self, ref: str, *, by: str) -> "SurveyPlan":
        """The questionnaire, the frame and the allocation that a survey is pinned to.

        Raises:
            UnknownActor, UnknownCase. UsageError: it is no survey, or was not drawn yet.
        """
        rules = self._rules()

        def read(telling: "Telling") -> "SurveyPlan":
            case = _told(telling, ref, rules)
            return _planned(telling.reader, case)

        return self._told(by, "survey", read)

    def survey_results(self, ref: str, *, by: str, before: str | None = None) -> "SurveyResults":
        """The rates of a closed survey, in each community and in all; against the survey ``before`` where one is named.

        Raises:
            UnknownActor, UnknownCase, UsageError. ResultsNotYet: its sheets were not counted yet. SealBroken: they are
            not those that were counted.
        """
        from duban.engine.surveys.comparison import changes_of

        rules = self._rules()

        def read(telling: "Telling") -> "SurveyResults":
            found = self._results(telling.reader, _told(telling, ref, rules), rules)
            if before is None:
                return found
            earlier = self._results(telling.reader, _told(telling, before, rules), rules)
            return replace(found, changes=changes_of(earlier, found))

        return self._told(by, "survey", read)

    def surveys(self, *, by: str) -> "list[tuple[Case, Standing]]":
        """The surveys that the actor can see, oldest first, and how far each is.

        Raises:
            UnknownActor, UsageError.
        """
        rules = self._rules()

        def read(telling: "Telling") -> "list[tuple[Case, Standing]]":
            found: list[Case] = []
            query = CaseQuery(workflow=rules.survey.workflow, limit=1_000)
            while page := telling.reader.cases(query, telling.scope):
                found += page
                query = replace(query, after=page[-1].id)
            return [(telling.case(case), _standing(telling.reader, case, rules)) for case in reversed(found)]

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
        from duban.engine.model.survey import SurveyResults
        from duban.engine.runtime.sealing import opened
        from duban.engine.surveys.results import values_of

        if case.data.get("seal") is None:
            raise ResultsNotYet(ref=case.ref, event=rules.survey.close, state=self._state(reader, case, case.state))
        plan, piles = opened(reader, case)
        standing = _standing(reader, case, rules)
        return SurveyResults(
            ref=case.ref, plan=plan, sheets=sum(pile.count for pile in piles),
            interviews=sum(standing.interviews.values()), households=sum(standing.households.values()),
            values=values_of(plan, piles),
        )  # fmt: skip

    def _locked(self, writer: "Writer", ref: str, actor: "Actor", rules: "Surveys") -> "Case":
        from duban.engine.runtime.drawing import of_survey

        case = writer.lock_case(ref, self._world.directory.scope(actor))
        if case is None:
            raise UnknownCase(ref=ref, actor=actor.name)
        return of_survey(rules, case)


def _fitting(
    rules: "Surveys", plan: "SurveyPlan", reader: "Reader", case: "Case", sheets: "Sequence[Sheet]",
    rejected: list[tuple[int, DubanError]],
) -> "list[Sheet]":  # fmt: skip
    from duban.engine.surveys.sheets import problems_of

    standing = _standing(reader, case, rules)
    held: Counter[str] = Counter(standing.sheets)
    fitting = []
    for place, sheet in enumerate(sheets):
        problems = problems_of(plan, sheet)
        interviews = standing.interviews.get(sheet.community, 0)
        if problems:
            rejected.append((place, InvalidSheet(problems=problems, ref=case.ref)))
        elif held[sheet.community] >= interviews:
            told: dict[str, Any] = {"community": plan.labels[sheet.community], "interviews": interviews}
            rejected.append((place, MoreSheetsThanInterviews(**told, sheets=held[sheet.community], ref=case.ref)))
        else:
            held[sheet.community] += 1
            fitting.append(sheet)
    return fitting


def _standing(reader: "Reader", case: "Case", rules: "Surveys") -> "Standing":
    from duban.engine.model.survey import Standing

    machine = rules.household
    children = [child for child in reader.children(case.id) if child.workflow == machine.workflow]
    visited = [child for child in children if child.state in machine.interviewed]
    piles: list[Pile] = reader.piles(case.id)
    return Standing(
        case.ref, _by_community(children), _by_community(visited), {pile.community: pile.count for pile in piles}
    )


def _by_community(households: Sequence["Case"]) -> dict[str, int]:
    return dict(Counter(str(one.data.get("community")) for one in households))


def _told(telling: "Telling", ref: str, rules: "Surveys") -> "Case":
    from duban.engine.runtime.drawing import of_survey

    case = of_survey(rules, seen(telling, ref))
    telling.note(case.ref, case.audience)
    return case


def _planned(reader: "Reader", case: "Case") -> "SurveyPlan":
    from duban.engine.runtime.sealing import pinned

    plan = pinned(reader, case)
    if plan is None:
        raise UsageError("not-drawn", ref=case.ref, workflow=case.workflow)
    return plan


def _digest(ref: str, key: str) -> str:
    return hashlib.sha256(f"{ref}\n{key}".encode()).hexdigest()
