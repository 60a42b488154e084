"""``duban office``: the offices of a deployment, whether each can be worked in, and making their stores ready."""

from typing import Any

from duban.cli.init import keeps_its_cases, standing
from duban.cli.kit.answer import Answer, Cell, Facts, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Argument, Option
from duban.engine.errors import DefinitionError, StoreError, UsageError
from duban.engine.messages import has_text
from duban.engine.model.office import Office

NAME = Argument("name", says="argument.office", metavar="[NAME]", required=False)
NAMES = Argument("names", says="argument.some-offices", metavar="[NAME...]", nargs=-1)
TAKE_OVER = Option(["--take-over"], says="option.take-over", is_flag=True)

_FAILING = (StoreError, DefinitionError, UsageError)


def list_offices(desk: Desk) -> Answer:
    """List the offices as they are declared; nothing is opened."""
    found = list(desk.offices.declared.values())
    heads = desk.head("office", "label", "pack", "store")
    rows: list[list[Cell | str]] = [
        [one.name, one.label.text(desk.lang), one.pack, _store(one)] for one in found
    ]  # fmt: skip
    return Answer([_document(desk, one) for one in found], [Table(heads, rows)])


def show(desk: Desk, name: str | None) -> Answer:
    """Show one office: what is declared, and how it stands."""
    office = desk.offices.office(_one(desk, name))
    status, why = _standing(desk, office.name)
    document = {**_document(desk, office), "status": status, "why": why or None}
    heads = desk.head("office", "label", "pack", "store", "evidence", "variables", "status", "why")
    shown: dict[str, Any] = {**document, "variables": " ".join(document["variables"]), "evidence": _evidence(office)}
    rows: list[tuple[str, str, Cell | str]] = [
        (key, head, _status(desk, status) if key == "status" else cell(shown[key]))
        for key, head in heads.items()
        if shown[key]
    ]
    return Answer(document, [Facts(rows)], exit_code=FAULT if why else 0)


def check(desk: Desk, names: tuple[str, ...]) -> Answer:
    """Open each office: its pack, its store, and whether the store is ready and its own."""
    found = [(name, *_standing(desk, name)) for name in _some(desk, names)]
    return _told(desk, found)


def migrate(desk: Desk, names: tuple[str, ...], take_over: bool) -> Answer:
    """Make the stores of offices ready or upgrade them; what fails in one holds up no other."""
    chosen = _some(desk, names)
    if take_over and not (names or desk.given.names):
        raise UsageError("take-over-whom", known=chosen)
    return _told(desk, [(name, *_migrated(desk, name, take_over)) for name in chosen])


def _migrated(desk: Desk, name: str, take_over: bool) -> tuple[str, str]:
    """What became of an office's store, and why it failed where it did."""
    try:
        engine = desk.offices[name]
        if take_over:
            engine.store.take_over()  # type: ignore[attr-defined]
        before, noted = standing(engine)
        if before is not None:
            engine.store.migrate()  # from here on it is the office's own, and can be read as such
            keeps_its_cases(engine)
        engine.migrate()
        after, now = standing(engine)
    except _FAILING as fault:
        return fault.code, fault.message(desk.lang)
    repacked = noted is not None and noted != now
    return "created" if before is None else "upgraded" if before != after else "repacked" if repacked else "ready", ""


def _standing(desk: Desk, name: str) -> tuple[str, str]:
    """``ready``, or the code of what keeps anybody from working there, and its words."""
    try:
        with desk.offices[name].store.read():
            return "ready", ""
    except _FAILING as fault:
        return fault.code, fault.message(desk.lang)


def _told(desk: Desk, found: list[tuple[str, str, str]]) -> Answer:
    heads = desk.head("office", "status", "why")
    rows: list[list[Cell | str]] = [[name, _status(desk, status), cell(why)] for name, status, why in found]
    failed = [name for name, _, why in found if why]
    document = [{"office": name, "status": status, "why": why or None} for name, status, why in found]
    words = desk.say("offices-failed", names=failed) if failed else desk.say("offices-ready", count=len(found))
    return Answer(document, [Table(heads, rows), Words([words])], exit_code=FAULT if failed else 0)


def _one(desk: Desk, name: str | None) -> str:
    """The office that was named here or by the option; the only one where there is one.

    Raises:
        UsageError: none or several were named.
    """
    named = (name,) if name is not None else desk.given.names or tuple(desk.offices)
    if len(named) == 1:
        return named[0]
    key = "several-offices" if desk.given.names else "no-office"
    raise UsageError(key, path=str(desk.offices.path), known=list(desk.offices), found=list(named))


def _some(desk: Desk, names: tuple[str, ...]) -> list[str]:
    """The offices that were named, else all.

    Raises:
        UnknownOffice: one of them is not declared.
    """
    return [desk.offices.office(name).name for name in dict.fromkeys(names)] if names else desk.office_names


def _store(office: Office) -> str:
    """Where the store is, as declared and without a secret: the URL, or the name of the variable that holds it."""
    from duban.persistence.addresses import shown

    return f"${office.store.env}" if office.store.text is None else shown(office.store.text)


def _evidence(office: Office) -> str:
    """The folder of the evidence as a person reads it: from that of the declaration on, where it lies below."""
    if office.evidence is None:
        return ""
    is_below = office.evidence.is_relative_to(office.folder)
    return str(office.evidence.relative_to(office.folder) if is_below else office.evidence)


def _document(desk: Desk, office: Office) -> dict[str, Any]:
    return {
        "office": office.name,
        "label": office.label.text(desk.lang),
        "pack": office.pack,
        "store": _store(office),
        "evidence": str(office.evidence) if office.evidence is not None else None,
        "variables": [*office.variables, *office.renamed.values()],
    }


def _status(desk: Desk, status: str) -> Cell:
    """The status in words; of a store that fails in a way without words of its own, that it is out of reach."""
    known = f"office-{status}" if has_text(f"say.office-{status}") else "office-store-error"
    return cell(status, desk.say(known))


command = Group(
    "office",
    "command.office",
    [
        Command("list", "command.office-list", list_offices),
        Command("show", "command.office-show", show, [NAME]),
        Command("check", "command.office-check", check, [NAMES]),
        Command("migrate", "command.office-migrate", migrate, [NAMES, TAKE_OVER]),
    ],
)
