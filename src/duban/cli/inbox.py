"""``duban inbox``: the notices that lie in the inboxes of the actor's posts."""

from duban.cli.kit.answer import Answer, Cell, Table
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import notice_document
from duban.cli.options import limit


def inbox(desk: Desk, limit: int) -> Answer:
    """List notices, newest first."""
    notices = desk.engine.inbox(by=desk.by, limit=limit)
    rows: list[list[Cell | str]] = [
        [desk.teller.moment(one.at), desk.teller.post(one.post), one.ref, one.text.text(desk.lang)] for one in notices
    ]
    table = Table(desk.head("at", "post", "ref", "text"), rows, empty=desk.say("no-notices"))
    return Answer([notice_document(one, desk.lang) for one in notices], [table])


command = Command("inbox", "command.inbox", inbox, [limit(50)])
