"""``duban workflow``: the machines of the pack: list, show, check, draw."""

from duban.cli.diagram import drawn
from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Raw, Table, Words, cell, facts
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument, Option
from duban.cli.options import WORKFLOW
from duban.cli.workflow_page import page
from duban.engine.errors import UnknownWorkflow, UsageError
from duban.engine.model.definition import Workflow
from duban.engine.model.hint import hint
from duban.engine.model.pack import Pack

PACK = Argument("pack", says="argument.pack", metavar="[FOLDER|NAME]", required=False)
LIST_PACK = Option(["--pack"], says="option.look-pack", metavar="NAME|FOLDER")
ROLE = Option(["--role"], says="option.role", metavar="ROLE")
UNIT = Option(["--unit"], says="option.post-unit", metavar="UNIT", shell_complete=complete.units)


def list_workflows(desk: Desk, pack: str | None) -> Answer:
    """List the workflows of a pack."""
    found = _pack(desk, pack)
    workflows = [loaded.workflow for loaded in found.workflows.values()]
    document = [
        {
            "workflow": one.name, "label": one.label.text(desk.lang), "reference": one.reference,
            "version": one.version, "states": list(one.states), "events": list(one.events),
            "deadlines": list(one.deadlines), "hash": one.hash, "path": found.workflows[one.name].path,
        }
        for one in workflows
    ]  # fmt: skip
    heads = desk.head("workflow", "label", "reference", "version", "states", "events", "deadlines")
    rows: list[list[Cell | str]] = [
        [
            one.name, one.label.text(desk.lang), one.reference, cell(one.version), cell(len(one.states)),
            cell(len(one.events)), cell(len(one.deadlines)),
        ]
        for one in workflows
    ]  # fmt: skip
    return Answer(document, [Table(heads, rows), Words([desk.say("see-workflow")])])


def show(desk: Desk, workflow: str, pack: str | None) -> Answer:
    """Show the fields, states, events and deadlines of one workflow."""
    return page(desk, _workflow(_pack(desk, pack), workflow))


def diagram(desk: Desk, workflow: str, pack: str | None) -> Answer:
    """Draw one workflow as a Mermaid state diagram."""
    found = _workflow(_pack(desk, pack), workflow)
    drawing = drawn(found, desk.lang)
    return Answer({"workflow": found.name, "format": "mermaid", "diagram": drawing}, [Raw(drawing)])


def check(desk: Desk, pack: str | None) -> Answer:
    """Check a pack. All that is wrong is told at once, each with its line; then this leaves with 6.

    The templates of its papers are tried out here, and nowhere else before one is needed: that takes what prints.
    """
    found = _pack(desk, pack)
    if found.documents:
        found = _inspected(found)
    names = list(found.workflows)
    document = {"pack": found.name, "folder": str(found.folder), "workflows": names, "problems": []}
    heads = desk.head("pack", "workflows", "units", "posts")
    organization = found.organization
    counts = (found.name, cell(len(names)), cell(len(organization.units)), cell(len(organization.posts)))
    return Answer(document, [facts(heads, counts), Words([desk.say("pack-holds")])])


def posts(desk: Desk, role: str | None, unit: str | None, pack: str | None) -> Answer:
    """List the posts of a pack: who can act, and as what."""
    organization = _pack(desk, pack).organization
    for found, known, key in ((role, organization.roles, "unknown-role"), (unit, organization.units, "unknown-unit")):
        if found is not None and found not in known:
            raise UsageError(key, found=found, hint=hint(found, known))
    chosen = [post for post in organization.posts.values() if role in (None, *post.roles) and unit in (None, post.unit)]
    document = [
        {"post": post.name, "label": post.label.text(desk.lang), "unit": post.unit, "roles": sorted(post.roles)}
        for post in chosen
    ]
    rows: list[list[Cell | str]] = [
        [
            post.name, post.label.text(desk.lang), Cell(post.unit, organization.units[post.unit].label.text(desk.lang)),
            Cell(",".join(sorted(post.roles)), ", ".join(sorted(post.roles))),
        ]
        for post in chosen
    ]  # fmt: skip
    return Answer(
        document, [Table(desk.head("post", "label", "unit", "roles"), rows, empty=desk.say("no-fitting-posts"))]
    )


def _pack(desk: Desk, pack: str | None) -> Pack:
    """The pack that was named, read without a store; else that of the store."""
    if pack is None:
        return desk.engine.pack
    from duban.actions.registry import Registry
    from duban.engine.definition.pack import load_pack
    from duban.engine.definition.places import find_pack
    from duban.engine.guards.cel import CelGuards

    return load_pack(find_pack(pack), CelGuards(), Registry())


def _inspected(pack: Pack) -> Pack:
    from duban.actions.documents.printer import Papers
    from duban.actions.registry import Registry
    from duban.engine.definition.pack import load_pack
    from duban.engine.guards.cel import CelGuards

    return load_pack(pack.folder, CelGuards(), Registry(), Papers())


def _workflow(pack: Pack, name: str) -> Workflow:
    loaded = pack.workflows.get(name) or pack.workflows.get(name.replace("-", "_"))
    if loaded is None:
        raise UnknownWorkflow(workflow=name, hint=hint(name, pack.workflows))
    return loaded.workflow


command = Group(
    "workflow",
    "command.workflow",
    [
        Command("list", "command.workflow-list", list_workflows, [LIST_PACK]),
        Command("show", "command.workflow-show", show, [WORKFLOW, LIST_PACK]),
        Command("check", "command.workflow-check", check, [PACK]),
        Command("posts", "command.workflow-posts", posts, [ROLE, UNIT, LIST_PACK]),
        Command("diagram", "command.workflow-diagram", diagram, [WORKFLOW, LIST_PACK]),
    ],
)
