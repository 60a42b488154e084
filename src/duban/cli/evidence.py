"""``duban evidence``: the files of a case, an archive of many, and the check of such an archive."""

from pathlib import Path
from typing import Any

from duban.cli.kit import complete
from duban.cli.kit.answer import Answer, Cell, Part, Table, Words, cell
from duban.cli.kit.command import Command, Group
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.files import taken_out
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.references import as_written
from duban.cli.kit.telling import iso
from duban.cli.options import REF
from duban.engine.errors import UsageError
from duban.engine.figures.periods import EXAMPLES, named
from duban.engine.messages import text
from duban.engine.model.exhibit import Exhibit
from duban.engine.model.figure import Period
from duban.engine.model.saying import why_of
from duban.engine.runtime.archiving.verifying import verify_archive

REFS = Argument(
    "refs", says="argument.refs", metavar="[REF]...", nargs=-1, type=as_written, shell_complete=complete.refs
)
WHICH = Argument("which", says="argument.which-file", metavar="FIELD|HASH")
ARCHIVE = Argument("archive", says="argument.archive", metavar="ARCHIVE")
OUT = Option(["--out"], says="option.out-file", metavar="FILE", required=True)
OUT_ARCHIVE = Option(["--out"], says="option.out-archive", metavar="FILE", required=True)
WORKFLOW = Option(["--workflow"], says="option.of-workflow", metavar="WORKFLOW", shell_complete=complete.workflows)
PERIOD = Option(["--period"], says="option.given-in", metavar="PERIOD")
MANIFEST = Option(["--manifest"], says="option.manifest", metavar="HASH")


def list_files(desk: Desk, ref: str) -> Answer:
    """List the files of a case."""
    found = desk.engine.evidence(ref, by=desk.by)
    heads = desk.head("field", "file", "size", "type", "seq", "at", "post", "taken_out", "current", "hash")
    hidden = frozenset({"type", "seq", "current"})
    table = Table(heads, [_row(desk, one) for one in found], empty=desk.say("no-evidence"), hidden=hidden)
    return Answer([document(one) for one in found], [table])


def get_file(desk: Desk, ref: str, which: str, out: str) -> Answer:
    """Write a file of a case to the disk."""
    exhibit, content = desk.engine.evidence_file(ref, which.replace("-", "_"), by=desk.by)
    target = Path(out)
    try:
        with target.open("xb") as file:
            file.write(content)
    except OSError as fault:
        raise UsageError("cannot-write", file=out, why=why_of(fault)) from None
    told = desk.say("file-written", name=exhibit.name, file=out, size=exhibit.size)
    return Answer({**document(exhibit), "out": out}, [Words([told])])


def export(desk: Desk, refs: tuple[str, ...], workflow: str | None, period: str | None, out: str) -> Answer:
    """Write the files of cases into an archive."""
    if not refs and workflow is None:
        raise UsageError("export-of-nothing")
    bounds = _period(desk, period)
    target = Path(out)
    if target.exists():
        raise UsageError("cannot-write", file=out, why=desk.say("is-there"))
    try:
        done = desk.engine.export_evidence(
            target, by=desk.by, refs=refs, workflow=workflow.replace("-", "_") if workflow is not None else None,
            since=bounds.start if bounds is not None else None, until=bounds.end if bounds is not None else None,
        )  # fmt: skip
    except OSError as fault:
        raise UsageError("cannot-write", file=out, why=why_of(fault)) from None
    said: dict[str, Any] = {
        "out": out, "cases": done.cases, "files": done.files, "size": done.size, "manifest": done.manifest,
    }  # fmt: skip
    words = Words([desk.say("exported", **said), desk.say("manifest-hash", manifest=done.manifest)])
    table = Table(desk.head("manifest", "files"), [[done.manifest, cell(done.files)]])
    return Answer(said, [words if desk.is_person else table])


def verify(desk: Desk, archive: str, manifest: str | None) -> Answer:
    """Check an archive; no store is needed for it."""
    verdict = verify_archive(Path(archive), manifest.lower() if manifest is not None else None)
    rows: list[list[Cell | str]] = [
        [one.path, Cell(one.what, text(f"flaw.{one.what}", desk.lang))] for one in verdict.flaws
    ]
    said = {
        "holds": not verdict.flaws, "files": verdict.files, "manifest": verdict.manifest,
        "flaws": [{"path": one.path, "what": one.what} for one in verdict.flaws],
    }  # fmt: skip
    parts: list[Part] = [Table(desk.head("path", "what"), rows, empty=desk.say("archive-holds", files=verdict.files))]
    if manifest is None and not verdict.flaws:
        parts.append(Words([desk.say("manifest-hash", manifest=verdict.manifest)]))
    return Answer(said, parts, exit_code=FAULT if verdict.flaws else 0)


def document(one: Exhibit) -> dict[str, Any]:
    """A file, as programs read it."""
    return {
        "ref": one.ref, "field": one.field, "seq": one.seq, "event": one.event, "post": one.post, "at": iso(one.at),
        "name": one.name, "hash": one.digest, "size": one.size, "type": one.media or None,
        "taken_out": list(one.taken_out), "current": one.current,
    }  # fmt: skip


def _row(desk: Desk, one: Exhibit) -> list[Cell | str]:
    workflow = desk.teller.definition(desk.engine.get(one.ref, by=desk.by))
    post = desk.teller.post(one.post) if one.post is not None else Cell("", "")
    current = "yes" if one.current else "no"
    return [
        Cell(one.field, desk.teller.field(workflow, one.field)), one.name, cell(one.size), one.media, cell(one.seq),
        desk.teller.moment(one.at), post, taken_out(desk, one.taken_out), Cell(current, desk.say(current)),
        Cell(one.digest, one.digest[:12]),
    ]  # fmt: skip


def _period(desk: Desk, name: str | None) -> Period | None:
    if name is None:
        return None
    found = named(name, desk.engine.pack.organization.zone)
    if found is None:
        raise UsageError("period", found=name, examples=list(EXAMPLES.values()))
    return found


command = Group(
    "evidence",
    "command.evidence",
    [
        Command("list", "command.evidence-list", list_files, [REF]),
        Command("get", "command.evidence-get", get_file, [REF, WHICH, OUT]),
        Command("export", "command.evidence-export", export, [REFS, WORKFLOW, PERIOD, OUT_ARCHIVE]),
        Command("verify", "command.evidence-verify", verify, [ARCHIVE, MANIFEST]),
    ],
)
