"""``duban survey list`` and ``duban survey questions``."""

from typing import Any

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Table, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument
from duban.cli.kit.references import as_written
from duban.engine.errors import UsageError
from duban.engine.model.survey import Question, Questionnaire

SOME = Argument(
    "ref", says="argument.some-survey", metavar="[REF]", required=False, type=as_written, shell_complete=complete.refs
)


def list_surveys(desk: Desk) -> Answer:
    """List surveys with how far they are."""
    found = desk.engine.surveys(by=desk.by)
    document: list[dict[str, Any]] = []
    rows: list[list[Cell | str]] = []
    for case, standing in found:
        counts = [sum(part.values()) for part in (standing.households, standing.interviews, standing.sheets)]
        workflow = desk.teller.definition(case)
        title, closes_on = str(case.data.get("title", "")), str(case.data.get("closes_on", ""))
        document.append(
            {
                "ref": case.ref, "title": title, "state": case.state, "closes_on": closes_on or None,
                "seed": case.data.get("seed"), "households": counts[0], "interviews": counts[1], "sheets": counts[2],
                "communities": {
                    name: {
                        "households": count, "interviews": standing.interviews.get(name, 0),
                        "sheets": standing.sheets.get(name, 0),
                    }
                    for name, count in standing.households.items()
                },
            }
        )  # fmt: skip
        rows.append([case.ref, title, desk.teller.state(workflow, case.state), closes_on, *map(cell, counts)])
    heads = desk.head("ref", "title", "state", "closes_on", "households", "interviews", "sheets")
    return Answer(document, [Table(heads, rows, empty=desk.say("no-surveys"))])


def questions(desk: Desk, ref: str | None) -> Answer:
    """Show a questionnaire, or all that the pack declares."""
    if ref is not None:
        shown = [desk.engine.survey_plan(ref, by=desk.by).questionnaire]
    else:
        rules = desk.engine.pack.surveys
        if rules is None:
            raise UsageError("no-surveys", pack=desk.engine.pack.name)
        shown = list(rules.questionnaires.values())
    heads = desk.head("question", "wording", "answers", "rate", "counts")
    tables = [
        Table(heads, [_row(desk, question) for question in one.questions], one.label.text(desk.lang)) for one in shown
    ]
    return Answer([_document(desk, one) for one in shown], tables)


def _row(desk: Desk, question: Question) -> list[Any]:
    answers = [*question.answers, *([desk.say("any-answer")] if question.optional else [])]
    told = [name if label.text(desk.lang) == name else f"{name} {label.text(desk.lang)}"
            for name, label in question.answers.items()]  # fmt: skip
    shown = ("，" if desk.lang == "zh" else ", ").join([*told, *answers[len(question.answers) :]])
    return [
        question.name, question.label.text(desk.lang), cell(",".join(question.answers), shown),
        cell(question.rate), cell(",".join(question.positive)),
    ]  # fmt: skip


def _document(desk: Desk, one: Questionnaire) -> dict[str, Any]:
    return {
        "questionnaire": one.name, "version": one.version, "label": one.label.text(desk.lang),
        "questions": [
            {
                "question": question.name, "text": question.label.text(desk.lang), "kind": question.kind,
                "answers": {name: label.text(desk.lang) for name, label in question.answers.items()},
                "rate": question.rate, "positive": list(question.positive), "optional": question.optional,
            }
            for question in one.questions
        ],
    }  # fmt: skip


listing = Command("list", "command.survey-list", list_surveys)
asking = Command("questions", "command.survey-questions", questions, [SOME])
