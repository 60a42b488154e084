"""``duban whoami``: which posts and roles the actor holds, and what it may see."""

from duban.cli.kit.answer import Answer, Cell, Facts, Table
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.engine.messages import text
from duban.engine.runtime.rights import entitled


def whoami(desk: Desk) -> Answer:
    """Tell who the actor is."""
    directory, teller = desk.engine.world.directory, desk.teller
    with desk.engine.store.read() as reader:
        actor = entitled(desk.engine.world, reader, directory.actor(desk.by))
    scope = directory.scope(actor)
    sees = "everything" if scope.everything else scope.sees
    roles = directory.organization.roles
    document = {
        "actor": actor.name,
        "kind": actor.kind,
        "posts": [post.name for post in actor.posts],
        "units": sorted(actor.units),
        "roles": sorted(actor.roles),
        "sees": sees,
    }
    told = desk.head("actor", "kind", "sees")
    words = {"actor": actor.name, "kind": desk.say(f"kind-{actor.kind}"), "sees": desk.say(f"sees-{sees}")}
    rows: list[list[Cell | str]] = []
    for post in actor.posts:
        carried = sorted(post.roles)
        labels = [roles[role].label.text(desk.lang) if role in roles else role for role in carried]
        told_roles = Cell(",".join(carried), desk.say("comma").join(labels))
        rows.append([post.name, teller.post(post.name).shown, teller.unit(post.unit), told_roles])
    facts = Facts([(name, told[name], words[name]) for name in told])
    table = Table(desk.head("post", "label", "unit", "roles"), rows, empty=text("say.no-posts", desk.lang))
    return Answer(document, [facts, table])


command = Command("whoami", "command.whoami", whoami)
