"""Draws the households of a survey, and replaces those that dropped out: in one write transaction, all or nothing."""

import secrets
from collections.abc import Callable
from typing import Final

from duban.engine.errors import GuardRefused, InvalidData, TransitionNotAllowed, UnknownCase, UsageError
from duban.engine.messages import text
from duban.engine.model.case import Case
from duban.engine.model.label import Label
from duban.engine.model.organization import Actor
from duban.engine.model.survey import Draw, SurveyPlan, Surveys
from duban.engine.organization.directory import SYSTEM_ACTOR
from duban.engine.ports.store import Writer
from duban.engine.runtime.admission import admitted
from duban.engine.runtime.chain import new_salt
from duban.engine.runtime.commands import Commands
from duban.engine.runtime.request import Request
from duban.engine.runtime.sealing import pinned
from duban.engine.runtime.world import World
from duban.engine.surveys.drawing import drawn
from duban.engine.surveys.plan import digest_of, document_of, planned

Progress = Callable[[int, int], None]

MAX_SEED: Final = 100
_ASKED: Final = ("questionnaire", "households", "allocation")


class _NoReserve(Exception):
    """Nobody is left to replace a household, so it stays as it is."""


class Drawing:
    """One draw by one actor. ``progress`` hears how many households of how many were started."""

    def __init__(self, world: World, writer: Writer, rules: Surveys, actor: Actor, progress: Progress) -> None:
        self._world = world
        self._writer = writer
        self._rules = rules
        self._actor = actor
        self._progress = progress
        self._commands = Commands(world, writer)
        self._started: list[str] = []

    def draw(self, ref: str, seed: str | None) -> Draw:
        """Draw the sample; of a survey that has one, replace the households that dropped out.

        Raises:
            ActorSuspended, UnknownCase, NotPermitted, TransitionNotAllowed, InvalidData, GuardRefused.
            UsageError: no survey, a seed that cannot be one or is settled, or more households than there are.
        """
        # Before any part that may be undone: the rights are held for the whole transaction.
        self._actor = self._commands.entitled(self._actor)
        case = self._writer.lock_case(ref, self._world.directory.scope(self._actor))
        if case is None:
            raise UnknownCase(ref=ref, actor=self._actor.name)
        of_survey(self._rules, case)
        if seed is not None and not (1 <= len(seed) <= MAX_SEED and seed.isprintable() and seed.strip()):
            raise UsageError("survey-seed", found=seed[:MAX_SEED])
        plan = pinned(self._writer, case)
        if plan is None:
            return self._first(case, seed or secrets.token_hex(8))
        if seed is not None and seed != plan.seed:
            raise UsageError("seed-settled", ref=ref, seed=plan.seed)
        return self._replaced(case, plan)

    def _first(self, case: Case, seed: str) -> Draw:
        run = self._rules.survey.run
        admitted(self._world, self._writer, Request(actor=self._actor, event=run, ref=case.ref))
        plan = self._planned(case, seed)
        total = sum(plan.allocated.values())
        computed = {"sampled": total, "plan": digest_of(plan)}
        request = Request(actor=self._actor, event=run, ref=case.ref, data={"seed": seed}, computed=computed)
        survey = self._commands.fire(request).case
        self._writer.add_survey_plan(case.id, document_of(plan))
        for community, count in plan.allocated.items():
            for number in drawn(plan, community)[:count]:
                self._start(survey, community, number)
                self._progress(len(self._started), total)
        return Draw(case.ref, seed, tuple(self._started), {}, {})

    def _planned(self, case: Case, seed: str) -> SurveyPlan:
        absent = [name for name in _ASKED if case.data.get(name) is None]
        if absent:
            raise InvalidData(event=self._rules.survey.run, problems={name: ("absent", {}) for name in absent})
        questionnaire, households, kind = (case.data[name] for name in _ASKED)
        try:
            return planned(self._rules, case.ref, questionnaire, households, kind, seed, new_salt())
        except ValueError:
            frame = self._rules.frame.values()
            available = sum(frame) if kind == "total" else min(frame)
            how = Label(*(text(f"say.survey-{kind}", lang) for lang in ("en", "zh")))
            raise UsageError(
                "too-many-households", ref=case.ref, households=households, allocation=how, available=available
            ) from None

    def _replaced(self, case: Case, plan: SurveyPlan) -> Draw:
        machine = self._rules.household
        households = [one for one in self._writer.children(case.id) if one.workflow == machine.workflow]
        taken = {name: {one.data.get("number") for one in households if one.data.get("community") == name}
                 for name in plan.allocated}  # fmt: skip
        order = {name: drawn(plan, name) for name in {str(one.data.get("community")) for one in households}}
        replaced: dict[str, str] = {}
        short: dict[str, int] = {}
        for household in households:
            community = str(household.data.get("community"))
            left = (one for one in order[community] if one not in taken[community])
            number = next(left, None)
            try:
                with self._writer.part():
                    request = Request(actor=self._actor, event=machine.replace, ref=household.ref)
                    self._commands.fire(request)
                    if number is None:
                        raise _NoReserve
            except (GuardRefused, TransitionNotAllowed):
                continue
            except _NoReserve:
                short[community] = short.get(community, 0) + 1
                continue
            assert number is not None
            replaced[self._start(case, community, number, household.ref)] = household.ref
            taken[community].add(number)
        return Draw(case.ref, plan.seed, tuple(self._started), replaced, short)

    def _start(self, survey: Case, community: str, number: int, replaces: str | None = None) -> str:
        machine = self._rules.household
        opening = self._world.definitions.current(machine.workflow, SYSTEM_ACTOR).workflow.events[machine.draw]
        actor = self._actor if self._actor.roles.intersection(opening.by) else SYSTEM_ACTOR
        data = {"survey": survey.ref, "community": community, "number": number, "replaces": replaces}
        request = Request(actor=actor, event=machine.draw, workflow=machine.workflow, data=data)
        ref = self._commands.start(request, survey).case.ref
        self._started.append(ref)
        return ref


def of_survey(rules: Surveys, case: Case) -> Case:
    """The case, which is a survey.

    Raises:
        UsageError: it is something else.
    """
    if case.workflow != rules.survey.workflow:
        raise UsageError("no-survey", ref=case.ref, workflow=case.workflow, expected=rules.survey.workflow)
    return case
