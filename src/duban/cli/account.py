"""``duban account``: suspends and restores accounts and posts, and tells how each stands."""

from collections.abc import Callable
from typing import Final

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Facts, Table, Words
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.documents import standing_document, suspension_document
from duban.cli.kit.options import Argument, Option
from duban.engine.errors import UnknownActor
from duban.engine.model.hint import hint
from duban.engine.model.suspension import Decided, Standing, Suspension

ACCOUNT: Final = Argument("account", says="argument.account", metavar="WHO", shell_complete=complete.accounts)
SOMEBODY: Final = Argument(
    "account", says="argument.some-account", metavar="[WHO]", required=False, shell_complete=complete.accounts
)
ROLE: Final = Option(["--role"], says="option.suspended-role", metavar="ROLE")
REASON: Final = Option(["--reason"], says="option.suspension-reason", metavar="TEXT", required=True)


def suspend(desk: Desk, account: str, role: str | None, reason: str) -> Answer:
    """Suspend an account or a post."""
    return _decided(desk, desk.engine.suspend, account, role, reason)


def restore(desk: Desk, account: str, role: str | None, reason: str) -> Answer:
    """Restore what was suspended."""
    return _decided(desk, desk.engine.restore, account, role, reason)


def _decided(desk: Desk, work: Callable[..., Decided], who: str, role: str | None, reason: str) -> Answer:
    decided = work(who, by=desk.by, role=role, reason=reason)
    one, teller = decided.suspension, desk.teller
    document = suspension_document(one) | {"duplicate": decided.duplicate}
    key = "account-already" if decided.duplicate else f"account-{one.kind}"
    told = {"who": teller.actor(who).shown, "what": _what(desk, one.role).shown, "by": teller.actor(one.by).shown}
    words = Words([desk.say(key, **told, at=teller.moment(one.at).shown)])
    if desk.is_person:
        return Answer(document, [words])
    heads = _heads(desk, "at", "kind", "who", "what", "by")
    cells = [teller.moment(one.at), one.kind, one.who, _what(desk, one.role), one.by]
    rows = [(name, head, told) for (name, head), told in zip(heads.items(), cells, strict=True)]
    return Answer(document, [Facts(rows)])


def standings(desk: Desk, suspended: bool) -> Answer:
    """List accounts and posts."""
    found = [one for one in desk.engine.accounts(by=desk.by) if one.withheld or not suspended]
    heads = desk.head("who", "label", "posts", "roles", "withheld")
    # A person reads of an account what its posts are called; each post has a line of its own with its name.
    hidden = frozenset({"posts"})
    table = Table(heads, [_standing(desk, one) for one in found], empty=desk.say("nobody-suspended"), hidden=hidden)
    return Answer([standing_document(one) for one in found], [table])


def _standing(desk: Desk, one: Standing) -> list[Cell | str]:
    roles = desk.engine.pack.organization.roles
    labels = [roles[role].label.text(desk.lang) if role in roles else role for role in one.roles]
    withheld = [_what(desk, row.role) for row in one.withheld]
    called = _joined(desk, [desk.teller.post(name).shown for name in one.posts])
    return [
        one.name,
        called,
        ",".join(one.posts),
        Cell(",".join(one.roles), _joined(desk, labels)),
        Cell(",".join(what.plain for what in withheld), _joined(desk, [what.shown for what in withheld])),
    ]  # fmt: skip


def log(desk: Desk, account: str | None) -> Answer:
    """Show the log of suspensions."""
    organization = desk.engine.pack.organization
    if account is not None and account not in organization.accounts and account not in organization.posts:
        raise UnknownActor(actor=account, hint=hint(account, [*organization.accounts, *organization.posts]))
    found = [one for one in desk.engine.suspensions(by=desk.by) if account in (None, one.who)]
    heads = _heads(desk, "at", "who", "kind", "what", "by", "reason")
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-suspensions"))
    return Answer([suspension_document(one) for one in found], [table])


def _row(desk: Desk, one: Suspension) -> list[Cell | str]:
    kind = Cell(one.kind, desk.say("suspended" if one.kind == "suspended" else "restored-rights"))
    who, by = desk.teller.actor(one.who), desk.teller.actor(one.by)
    return [desk.teller.moment(one.at), who, kind, _what(desk, one.role), by, one.reason]


def _heads(desk: Desk, *names: str) -> dict[str, str]:
    """The headings; ``what`` is elsewhere what does not hold, and here which rights."""
    return desk.head(*names) | {"what": desk.head("rights")["rights"]}


def _what(desk: Desk, role: str | None) -> Cell:
    """What is withheld; for pipes the role, or a star for all of them."""
    known = desk.engine.pack.organization.roles.get(role or "")
    label = known.label.text(desk.lang) if known else role
    return Cell(role or "*", desk.say("the-role", role=label) if role else desk.say("all-rights"))


def _joined(desk: Desk, words: list[str]) -> str:
    return desk.say("comma").join(words)


command = Group(
    "account",
    "command.account",
    [
        Command("suspend", "command.account-suspend", suspend, [ACCOUNT, ROLE, REASON]),
        Command("restore", "command.account-restore", restore, [ACCOUNT, ROLE, REASON]),
        Command(
            "list",
            "command.account-list",
            standings,
            [Option(["--suspended"], says="option.suspended", is_flag=True)],
        ),
        Command("log", "command.account-log", log, [SOMEBODY]),
    ],
)
