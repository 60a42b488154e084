"""``duban assessment gather`` and ``materials``: the evidence of other cases as the materials of an indicator."""

from duban.assessment.materials import gathered, materials_of
from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Option
from duban.cli.kit.references import as_written
from duban.cli.options import KEY, REF


def gather(
    desk: Desk, ref: str, sources: tuple[str, ...], fields: tuple[str, ...], statement: str | None, key: str | None
) -> Answer:
    """Attach the evidence of other cases to an indicator, and list its materials."""
    gathered(desk.engine, ref, sources, by=desk.by, fields=fields, statement=statement, key=key)
    return materials(desk, ref)


def materials(desk: Desk, ref: str) -> Answer:
    """List the materials of an indicator, and where each comes from."""
    found = materials_of(desk.engine, ref, by=desk.by)
    document = {
        "ref": ref,
        "materials": [
            {"file": one.name, "size": one.size, "hash": one.digest, "source": one.source, "field": one.field}
            for one in found
        ],
    }
    rows: list[list[Cell | str]] = [
        [one.name, cell(one.size), one.source or "", one.field or "", Cell(one.digest, one.digest[:12])]
        for one in found
    ]
    table = Table(desk.head("file", "size", "gathered_from", "field", "hash"), rows, empty=desk.say("no-materials"))
    return Answer(document, [table, Words([desk.say("materials-kept", count=len(found), ref=ref)])])


FROM = Option(
    ["--from", "sources"], says="option.gather-from", metavar="REF", multiple=True, required=True,
    type=as_written, shell_complete=complete.refs,
)  # fmt: skip
FIELD = Option(["--only", "fields"], says="option.gather-only", metavar="FIELD", multiple=True)
STATEMENT = Option(["--statement"], says="option.gather-statement", metavar="TEXT")

GATHER = Command("gather", "command.assessment-gather", gather, [REF, FROM, FIELD, STATEMENT, KEY])
MATERIALS = Command("materials", "command.assessment-materials", materials, [REF])
