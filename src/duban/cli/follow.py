"""``duban follow``: how a case gets on, for whoever holds its code; without names."""

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Table, facts
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import progress_document
from duban.cli.kit.options import Argument
from duban.engine.errors import UnknownCase
from duban.engine.messages import text

CODE = Argument("code", says="argument.code", metavar="CODE")


class _UnknownCode(UnknownCase):
    """Told to somebody who holds a code, and so without an actor."""

    def message(self, lang: str = "en") -> str:
        return text("say.no-code", lang, code=self.data["ref"])


def follow(desk: Desk, code: str) -> Answer:
    """Tell the progress of the case that has this code."""
    try:
        progress = desk.engine.follow(code)
    except UnknownCase as fault:
        raise _UnknownCode(**fault.data) from None
    teller, lang = desk.teller, desk.lang
    shown = [(label.text(lang), _words(desk, value)) for label, value in progress.shown]
    heads = desk.head("ref", "workflow", "state", "opened_at", "updated_at")
    cells: tuple[Cell | str, ...] = (
        progress.ref, progress.workflow.text(lang), progress.state.text(lang), teller.moment(progress.opened_at),
        teller.moment(progress.updated_at),
    )  # fmt: skip
    rows = [*facts(heads, cells).rows, *((label, label, value) for label, value in shown)]
    steps: list[list[Cell | str]] = [[teller.moment(at), label.text(lang)] for at, label in progress.steps]
    parts: list[Part] = [Facts(rows), Table(desk.head("at", "state"), steps, title=desk.say("steps"))]
    return Answer(progress_document(progress, shown, lang), parts)


def _words(desk: Desk, value: object) -> str:
    if hasattr(value, "text"):
        return str(value.text(desk.lang))
    return desk.teller.value(None, value).shown


command = Command("follow", "command.follow", follow, [CODE])
