"""``duban init``: makes a store ready, or upgrades it; never touches a case."""

from typing import TYPE_CHECKING

from duban.cli.kit.answer import Answer, Cell, Facts, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Option
from duban.engine.errors import StoreNotReady, UsageError
from duban.engine.model.scope import Scope

if TYPE_CHECKING:
    from duban.app import Engine

DEFAULT_PACK = "civility"
PACK = Option(["--pack"], says="option.pack", metavar="NAME|FOLDER")


REPLACE = Option(["--replace"], says="option.replace-pack", is_flag=True)


def init(desk: Desk, pack: str | None, replace: bool) -> Answer:
    """Create or upgrade the tables and note the pack. Without ``pack`` that of the store stays, or civility begins.

    Raises:
        UsageError: the store holds cases of workflows that the new pack does not have, and ``replace`` was not given.
    """
    from duban.app import PACK as SETTING

    engine = _opened(desk, pack)
    desk.__dict__["engine"] = engine
    before, noted = standing(engine)
    if before is not None and not replace:
        keeps_its_cases(engine)
    engine.migrate()
    with engine.store.read() as reader:
        now = reader.setting(SETTING)
    after = engine.store.facts()["schema"]
    done = "created" if before is None else "upgraded" if before != after else "repacked" if noted != now else "ready"
    organization, workflows = engine.pack.organization, engine.pack.workflows
    counts = {
        "workflows": len(workflows), "units": len(organization.units), "posts": len(organization.posts),
        "accounts": len(organization.accounts),
    }  # fmt: skip
    document = {
        "done": done, "store": engine.store.url, "schema": after, "pack": now, "pack_before": noted,
        "names": list(workflows), **counts,
    }  # fmt: skip
    heads = desk.head("store", "schema", "pack", *counts)
    cells: dict[str, Cell | str] = {"store": engine.store.url, "schema": after, "pack": now or ""}
    cells |= {name: cell(count) for name, count in counts.items()}
    facts = Facts([(name, heads[name], value) for name, value in cells.items()], title=desk.say(f"init-{done}"))
    lines = [desk.say("repacked-cases")] if done == "repacked" else []
    return Answer(document, [facts, Words([*lines, *_next(desk, engine)])])


def keeps_its_cases(engine: "Engine") -> None:
    """Go on where the pack of the engine has the workflows of all cases that the store holds.

    Raises:
        UsageError: it lacks some.
    """
    try:
        with engine.store.read() as reader:
            tallies = reader.tallies(Scope.unbounded(), engine.world.clock.now())
    except StoreNotReady:
        return  # an older store, which is upgraded first
    left = sorted({tally.workflow for tally in tallies} - set(engine.pack.workflows))
    if left:
        raise UsageError("pack-lacks", pack=engine.pack.name, workflows=left, url=engine.store.url)


def _opened(desk: Desk, pack: str | None) -> "Engine":
    place = desk.place
    if pack is not None and place.office is not None:
        raise UsageError("pack-of-office", office=place.office, path=str(desk.offices.path))
    try:
        return place.opened(pack)
    except (StoreNotReady, UsageError):
        if pack is not None:
            raise
        return place.opened(DEFAULT_PACK)


def standing(engine: "Engine") -> tuple[str | None, str | None]:
    """The revision of the store's tables and the pack that is noted there; None where there are none.

    Raises:
        StoreError: the store cannot be asked.
    """
    from duban.app import PACK as SETTING

    try:
        schema = engine.store.facts()["schema"]
    except StoreNotReady:
        return None, None
    if schema == "-":
        return None, None
    try:
        with engine.store.read() as reader:
            return schema, reader.setting(SETTING)
    except StoreNotReady:
        return schema, None


def _next(desk: Desk, engine: "Engine") -> list[str]:
    where = desk.there
    first = next(iter(engine.pack.workflows)).replace("_", "-")
    return [desk.say("next-command"), f"  duban workflow list{where}", f"  duban {first} --help{where}"]


command = Command("init", "command.init", init, [PACK, REPLACE])
