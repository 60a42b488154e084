"""``duban backup`` and ``duban restore``: the whole store with its evidence in one file, and back."""

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from duban.cli.kit.answer import Answer, Cell, Facts, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.progress import counting
from duban.cli.kit.telling import iso
from duban.engine.errors import DubanError
from duban.engine.model.scope import Scope

if TYPE_CHECKING:
    from duban.backups import Backup

FOLDER: Final = Option(["--evidence-folder"], says="option.evidence-folder", metavar="DIR")
CHECK: Final = Option(["--check"], says="option.check-only", is_flag=True)


def _backup(desk: Desk, out: str, evidence_folder: str | None) -> Answer:
    """Write a backup. It needs no pack: a store whose pack does not load is backed up all the same."""
    from duban.backups import back_up
    from duban.persistence.evidence import FolderEvidence

    folder = Path(evidence_folder) if evidence_folder else desk.place.evidence_folder
    with closing(desk.place.store()) as store, counting(desk, "backing-up") as progress:
        done = back_up(store, FolderEvidence(folder), Path(out), datetime.now(UTC), progress)
        with store.read() as reader:
            lacking = [one.name for one in reader.archived(_room(desk)) if not one.at_hand]
    said = [desk.say("backup-missing", count=len(done.missing)) if done.missing else desk.say("backup-done")]
    archives = desk.place.archive_folder
    beside = str(archives) if archives.is_dir() else None
    if beside is not None:
        said.append(desk.say("backup-archives", folder=beside))
    if evidence_folder and not folder.is_dir():
        said.append(desk.say("backup-no-folder", folder=evidence_folder))
    if lacking:
        said.append(desk.say("backup-archives-lacking", archives=", ".join(lacking)))
        if not desk.is_person:
            sys.stderr.write(f"{said[-1]}\n")
    answer = _told(desk, out, done, "incomplete" if done.missing else "whole", said)
    return replace(answer, document={**answer.document, "archives": beside, "archives_lacking": lacking})


def _room(desk: Desk) -> Scope:
    """What may be told. Where the pack does not load nobody is known, and is told what everybody may know."""
    try:
        return desk.engine.room(desk.told_to) if desk.who is not None else Scope.of_nobody()
    except DubanError:
        return Scope.of_nobody()


def _restore(desk: Desk, backup: str, evidence_folder: str | None, check: bool) -> Answer:
    """Restore a backup, or only look whether it is whole."""
    from duban.backups import check as checked
    from duban.backups import restore
    from duban.persistence.addresses import parsed, told

    if check:
        found = checked(Path(backup))
        if found.missing:
            return _told(desk, backup, found, "incomplete", [desk.say("backup-lacks", count=len(found.missing))])
        return _told(desk, backup, found, "whole", [desk.say("backup-whole")])
    folder = Path(evidence_folder) if evidence_folder else desk.place.evidence
    with counting(desk, "backing-up") as progress:
        found = restore(Path(backup), desk.url, folder, progress, office=desk.place.office)
    said = [desk.say("restored-lacks", count=len(found.missing))] if found.missing else []
    return _told(desk, backup, found, "restored", [*said, desk.say("restored", url=told(parsed(desk.url)))])


def _told(desk: Desk, file: str, found: "Backup", done: str, said: Sequence[str]) -> Answer:
    """What became of a backup; where evidence is missing in it that is a fault, and the first sentence tells it.

    No counts of rows: they tell of cases that not everybody may know of. Whoever holds the backup reads in it
    which files are missing, too.
    """
    at = found.taken_at
    if found.missing and not desk.is_person:
        sys.stderr.write(f"{said[0]}\n")
    document = {"file": file, "taken_at": iso(at), "done": done, "missing": list(found.missing)}
    heads = desk.head("file", "taken_at")
    # In UTC: without the pack it is not known which zone the office works in.
    cells = {"file": cell(file), "taken_at": Cell(iso(at), f"{at:%Y-%m-%d %H:%M} UTC")}
    rows: list[tuple[str, str, Cell | str]] = [(name, heads[name], cells[name]) for name in heads]
    if found.missing:
        rows.append(("missing", desk.head("missing")["missing"], ",".join(found.missing)))
    return Answer(document, [Facts(rows), Words(said)], FAULT if found.missing else 0)


backup_command = Command(
    "backup",
    "command.backup",
    _backup,
    [Option(["--out"], says="option.backup-out", metavar="FILE", required=True), FOLDER],
)
restore_command = Command(
    "restore",
    "command.restore",
    _restore,
    [Argument("backup", says="argument.backup", metavar="FILE", type=click.Path()), FOLDER, CHECK],
)
