"""``duban survey answer``: puts answer sheets on the pile, one from the command line or a table of them."""

from pathlib import Path
from typing import Any

from duban.cli.import_ import INCOMPLETE
from duban.cli.kit.answer import Answer, Facts, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.help import paragraphs
from duban.cli.kit.options import Option
from duban.cli.kit.words import pairs
from duban.cli.options import REF
from duban.engine.errors import UsageError
from duban.engine.messages import text
from duban.engine.model.survey import Sheet
from duban.importing.answers import read_sheets, why_rejected
from duban.importing.rejects import Rejects
from duban.importing.table import Table

COMMUNITY = Option(["--community"], says="option.answer-community", metavar="COMMUNITY")
ANSWERS = Option(["-f", "--field"], says="option.answer", metavar="QUESTION=ANSWER", multiple=True)
CSV = Option(["--csv", "file"], says="option.answer-csv", metavar="FILE")
ENCODING = Option(["--encoding"], says="option.import-encoding", metavar="NAME", default="utf-8")
REPORT = Option(["--report"], says="option.import-report", metavar="FILE")
KEY = Option(["--key"], says="option.answer-key", metavar="KEY")


def answer(
    desk: Desk, ref: str, community: str | None, field: tuple[str, ...], file: str | None, encoding: str,
    report: str | None, key: str | None,
) -> Answer:  # fmt: skip
    """Take one sheet, or a table of them."""
    if (file is None) == (community is None and not field):
        rules = desk.engine.pack.surveys
        raise UsageError("no-answers", ref=ref, workflow=rules.survey.workflow if rules else "survey")
    if file is not None:
        return _table(desk, ref, Path(file), encoding, report, key)
    sheet = Sheet(community or "", _answers(field))
    taken = desk.engine.answer_survey(ref, [sheet], by=desk.by, key=key)
    if taken.rejected:
        raise taken.rejected[0][1]
    return _told(desk, {"taken": taken.taken, "rejected": 0, "already": int(taken.duplicate), "report": None})


def _answers(given: tuple[str, ...]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for name, value in pairs(given, "-f"):
        if name in answers:
            raise UsageError("field-twice", name=name)
        answers[name.replace("-", "_")] = value.strip()
    return answers


def _table(desk: Desk, ref: str, file: Path, encoding: str, report: str | None, key: str | None) -> Answer:
    plan = desk.engine.survey_plan(ref, by=desk.by)
    table = Table(file, encoding)
    with Rejects(table, Path(report) if report else None, desk.lang, encoding) as rejects:
        read = read_sheets(table, plan)
        taken = desk.engine.answer_survey(ref, read.sheets, by=desk.by, key=key or read.key)
        rejected = [(read.rows[place], why_rejected(fault, read.headings)) for place, fault in taken.rejected]
        for row, reason in sorted([*rejected, *read.broken], key=lambda one: one[0].line):
            rejects.add(row, reason)
        written = rejects.finish() if not taken.duplicate else None
    already = len(read.rows) if taken.duplicate else 0
    counts = {"taken": taken.taken, "rejected": len(rejected) + len(read.broken), "already": already}
    return _told(desk, {**counts, "report": str(written) if written else None})


def _told(desk: Desk, document: dict[str, Any]) -> Answer:
    if desk.is_person:
        lines = [desk.say("sheets-taken", taken=document["taken"], rejected=document["rejected"])]
        if document["already"]:
            lines = [desk.say("sheets-already")]
        if document["report"]:
            lines.append(_see(desk, document["report"]))
        part: Words | Facts = Words([line for words in lines for line in paragraphs(words, desk.width)])
    else:
        part = Facts([(name, head, cell(document[name])) for name, head in desk.head(*document).items()])
    return Answer(document, [part], INCOMPLETE if document["rejected"] else 0)


def _see(desk: Desk, report: str) -> str:
    return text("import.see-report", desk.lang, report=report)


command = Command(
    "answer", "command.survey-answer", answer, [REF, COMMUNITY, ANSWERS, CSV, ENCODING, REPORT, KEY]
)  # fmt: skip
