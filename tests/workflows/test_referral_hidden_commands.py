"""Every command of the command line says the same to an outsider, whether there are referrals and appeals or none."""

import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from tests.assessment.tables import as_csv, small
from tests.workflows.machines import PACK
from tests.workflows.two_stores import CONFIDENTIAL, MARK, Stores, in_this_process, later, made, said

from duban.actions.registry import Registry
from duban.cli.kit.command import Group
from duban.cli.pack import option_name
from duban.cli.registry import COMMANDS, OF_SURVEYS
from duban.engine.definition.pack import load_pack
from duban.engine.guards.cel import CelGuards
from duban.engine.model.definition import Event, Field, Workflow
from duban.engine.model.pack import Pack
from duban.testing import photograph

OUTSIDERS = {
    "office": ("--as", "office-coordination-1"), "handler": ("--as", "planning-construction-handler"),
    "supervisor": ("--as", "supervision-member-1"), "unit-head": ("--as", "law-enforcement-head"),
    "resident": ("--as", "resident"), "nobody": (),
}  # fmt: skip
MODES = ((), ("--json",), ("--verbose",))

NEW = "-f title=某事 -f category=litter -f place=某处"
LINES: Mapping[str, tuple[str, ...]] = {
    "start": (f"issue {NEW}", "referral -f title=某事", "appeal -f title=某事", "referrals -f title=某事"),
    "fire": ("ISS-000002 assign", "ISS-000004 assign --dry-run", "REF-000001 approve", "REF-000099 approve",
             "REF-000001 nothing", "APL-000001 admit --dry-run"),
    "why": ("ISS-000001", "REF-000001", "REF-000001 approve", "APL-000001", "APL-000099"),
    "show": ("ISS-000001", "ISS-000002", "REF-000001", "REF-000099", "APL-000001", "APL"),
    "list": ("", "issue", "referral", "appeal", "--overdue", "--open", "--closed", "--state proposed", "--unit safety",
             "--limit 1", "--limit 1 --after ISS-000003", "--after REF-000001", "--after REF-000099"),
    "history": ("ISS-000001", "REF-000001", "REF-000099"),
    "document": ("ISS-000001 --format md --out papers", "REF-000001 transfer --format md --out papers", "REF-000099",
                 "APL-000001"),
    "evidence list": ("ISS-000001", "REF-000001", "REF-000099"),
    "evidence get": ("ISS-000001 photo-before --out got.jpg", "REF-000001 material --out got.txt",
                     "REF-000099 material --out got.txt"),
    "evidence export": ("REF-000001 --out a.zip", "REF-000099 --out a.zip", "--workflow referral --out b.zip"),
    "evidence verify": ("nothing.zip",),
    "snapshot": ("ISS-000001", "REF-000001", "REF-000099"),
    "stats": ("", "closing_rate --week 2020-W48 --cases", "open --per unit", "overdue --unit law-enforcement --cases",
              "reported --as-of 2020-11-23", "referrals", "--list"),
    "scores": ("unit_score --quarter 2020-Q4", "unit_score --unit law-enforcement", "referral_score"),
    "inbox": ("", "--limit 3"),
    "follow": ("{code}", "00000-00000"),
    "board": ("", "exposure", "role_models", "red_list", "referrals"),
    "refusals": ("", "--limit 1"),
    "readings": ("ISS-000001", "REF-000001", "REF-000099"),
    "whoami": ("",),
    "survey list": ("",),
    "survey questions": ("", "SUR-000001", "REF-000001"),
    "survey results": ("", "SUR-000001", "REF-000001", "REF-000099", "--per community"),
    "survey sample": ("SUR-000001", "REF-000001", "REF-000099", "ISS-000001 --seed 1"),
    "survey answer": ("REF-000001 --community renhejie -f knows=yes", "REF-000099 --community renhejie -f knows=yes"),
    "import": ("rows.csv --map myla311", "rows.csv --map matter-lines --on REF-000001"),
    "assessment example": ("--out synthetic.csv", "--out table.pdf"),
    "assessment load": ("table.csv --dry-run", "table.csv --due 2020-12-30", "table.csv", "rows.csv"),
    "assessment status": ("", "--level unit", "--level points", "--level cases --of 1.1"),
    "assessment gather": ("IND-000001 --from ISS-000001", "IND-000001 --from REF-000001",
                          "IND-000001 --from REF-000099", "REF-000001 --from ISS-000001"),
    "assessment materials": ("IND-000001", "REF-000001", "REF-000099"),
    "account list": ("", "--suspended"),
    "account suspend": ("volunteer --reason x", "discipline-secretary --reason x", "office-coordination-1 --reason x"),
    "account log": ("", "discipline-secretary", "nobody"),
    "account restore": ("volunteer --reason x", "discipline-secretary --reason x"),
    "outbox list": ("", "--state waiting", "--state discarded", "--limit 2", "--channel all"),
    "channel list": ("",),
    "channel test": ("office_wecom", "nothing"),
    "outbox discard": ("ISS-000003:2:0", "REF-000001:1:0", "REF-000099:1:0"),
    "outbox retry": ("ISS-000003:2:0", "REF-000001:1:0"),
    "backup": ("--out kept.backup",),
    "restore": ("kept.backup --check", "kept.backup"),
    "checkpoint": ("--out kept.checkpoint",),
    "verify": ("", "--against kept.checkpoint"),
    "doctor": ("", "--collect"),
    "metrics": ("",),
    "cadences": ("",),
    "retention": ("",),
    "archive list": ("",),
    "archive run": ("--dry-run", ""),
    "archive adopt": ("closed-2020-00000000.db",),
    "archive return": ("ISS-000001", "REF-000001", "REF-000099"),
    "sweep": ("", ""),
    "deliver": ("--limit 1", "", ""),
    "scheduler": ("--every 60",),
    "init": ("",),
    "office list": ("", "--offices offices.yaml"),
    # As documents: lines that are cut within the name of a folder differ by that.
    "office show": ("--json", "street --offices offices.yaml --json"),
    "office check": ("--json", "street --offices offices.yaml --json"),
    "office migrate": ("--json", "street --offices offices.yaml --json"),
    "workflow list": ("",),
    "workflow show": ("referral", "issue"),
    "workflow check": ("",),
    "workflow posts": ("",),
    "workflow diagram": ("referral",),
    "demo": ("--help",),  # its store is one of its own
    "completion": ("bash",),
}  # fmt: skip
"""Of every generic command what is typed after it; in this order, for the last ones change the stores."""


def generic() -> Iterator[str]:
    """Every generic command, as the program itself knows them."""
    for name, place in COMMANDS.items():
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
        yield from (f"{name} {sub}" for sub in command.commands) if isinstance(command, Group) else [name]
    yield from (f"survey {name}" for name in OF_SURVEYS)


def declared(pack: Pack) -> Iterator[str]:
    """The command of every event that the pack declares, with what it needs, for a case that may be there."""
    for loaded in pack.workflows.values():
        workflow = loaded.workflow
        for event in workflow.events.values():
            yield f"{workflow.name} {event.name} {_arguments(pack, workflow, event)}"


def _arguments(pack: Pack, workflow: Workflow, event: Event) -> str:
    words = [] if event.opens else [f"{workflow.reference}-000001"]
    for name in event.needs:
        field = workflow.fields[name]
        words += [option_name(name), _value(pack, field.item if field.item is not None else field)]
    return " ".join(words)


def _value(pack: Pack, field: Field) -> str:
    if field.kind == "choice":
        return next(iter(field.choices or {}))
    if field.kind == "case":
        return f"{pack.workflows[field.workflow or 'issue'].workflow.reference}-000001"
    plain = {"unit": "safety", "post": "safety-head", "number": "1", "date": "2020-12-30", "boolean": "yes"}
    return plain.get(field.kind, "photo.jpg" if field.kind == "evidence" else "某事")


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    return made(tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACK, CelGuards(), Registry())


def typed(stores: Stores, who: tuple[str, ...], words: str, mode: tuple[str, ...] = ("--json",)) -> None:
    """Type a command at both stores: what is said is the same, and names nothing confidential that was not typed."""
    told = []
    for folder in (stores.without, stores.holding):
        line = words.format(code=stores.code).split()
        told.append(said(folder, [*line, *who, *mode], to_person=not mode))
    without, holding = told
    assert holding == without, words
    written = holding.out + holding.err
    assert MARK not in written
    assert set(CONFIDENTIAL.findall(written)) <= set(CONFIDENTIAL.findall(words)), words


def ready(stores: Stores, folder: Path) -> Stores:
    """The two stores, with a table and a photograph beside each."""
    pair = stores.copied(folder)
    rows = (PACK / "demo" / "requests.csv").read_text(encoding="utf-8").splitlines()[:3]
    for one in (pair.without, pair.holding):
        (one / "rows.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        as_csv(one, small())
        (one / "offices.yaml").write_text("offices: {street: {pack: civility, store: 'sqlite:///street.db'}}\n")
        (one / "photo.jpg").write_bytes(photograph())
    return pair


def test_every_command_has_a_line_here() -> None:
    assert set(generic()) == set(LINES)


def test_the_stores_differ_in_what_insiders_see(stores: Stores) -> None:
    with in_this_process(later()):
        words = ["list", "--json", "--as", "discipline-secretary"]
        without, holding = (said(folder, words).out for folder in (stores.without, stores.holding))
    assert CONFIDENTIAL.findall(without) == []
    assert MARK in holding
    assert len(set(CONFIDENTIAL.findall(holding))) == 8


@pytest.mark.parametrize("kind", OUTSIDERS)
def test_no_command_tells_an_outsider_that_there_are_any(stores: Stores, tmp_path: Path, kind: str) -> None:
    pair = ready(stores, tmp_path)
    with in_this_process(later()):
        for command, lines in LINES.items():
            for mode in MODES:
                for line in lines:
                    typed(pair, OUTSIDERS[kind], f"{command} {line}", mode)


@pytest.mark.parametrize("kind", [kind for kind in OUTSIDERS if kind != "nobody"])
def test_no_command_of_the_pack_tells_an_outsider_that_there_are_any(
    stores: Stores, pack: Pack, tmp_path: Path, kind: str
) -> None:
    pair = ready(stores, tmp_path)
    with in_this_process(later()):
        for line in declared(pack):
            typed(pair, OUTSIDERS[kind], line, ("--verbose", "--json"))


@pytest.mark.parametrize("kind", OUTSIDERS)
def test_a_shell_completes_nothing_that_an_outsider_may_not_know(stores: Stores, kind: str) -> None:
    told = []
    with in_this_process(later()):
        for folder in (stores.without, stores.holding):
            words = " ".join(["duban", *OUTSIDERS[kind], "--db", f"sqlite:///{folder}/street.db", "show", ""])
            env = {"_DUBAN_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
            told.append(completed(env))
    assert told[0] == told[1]
    assert CONFIDENTIAL.findall(told[1]) == []
    assert bool(re.search("ISS-", told[1])) == (kind != "nobody")


def completed(env: dict[str, str]) -> str:
    from click.testing import CliRunner

    from duban.cli.program import program

    return CliRunner(env=env).invoke(program, [], prog_name="duban", catch_exceptions=False).stdout
