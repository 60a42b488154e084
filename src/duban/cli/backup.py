"""``duban backup`` and ``duban restore``: the whole store with its evidence in one file, and back."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from duban.cli.kit.answer import Answer, Cell, Facts, Part, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT
from duban.cli.kit.options import Argument, Option
from duban.cli.kit.progress import counting
from duban.cli.kit.telling import iso
from duban.engine.errors import DubanError
from duban.engine.model.scope import Scope

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
    said = [desk.say("backup-missing" if done.missing else "backup-done")]
    archives = desk.place.archive_folder
    beside = str(archives) if archives.is_dir() else None
    if beside is not None:
        said.append(desk.say("backup-archives", folder=beside))
    if evidence_folder and not folder.is_dir():
        said.append(desk.say("backup-no-folder", folder=evidence_folder))
    if lacking:
        said.append(desk.say("backup-archives-lacking", archives=", ".join(lacking)))
    answer = _told(desk, out, done.taken_at, "whole", Words(said), exit_code=FAULT if done.missing else 0)
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
        return _told(desk, backup, found.taken_at, "whole", Words([desk.say("backup-whole")]))
    folder = Path(evidence_folder) if evidence_folder else desk.place.evidence
    with counting(desk, "backing-up") as progress:
        found = restore(Path(backup), desk.url, folder, progress, office=desk.place.office)
    return _told(desk, backup, found.taken_at, "restored", Words([desk.say("restored", url=told(parsed(desk.url)))]))


def _told(desk: Desk, file: str, at: datetime, done: str, words: Part, exit_code: int = 0) -> Answer:
    """No counts: how many rows there are tells of cases that not everybody may know of."""
    document = {"file": file, "taken_at": iso(at), "done": done}
    heads = desk.head("file", "taken_at")
    # In UTC: without the pack it is not known which zone the office works in.
    cells = {"file": cell(file), "taken_at": Cell(iso(at), f"{at:%Y-%m-%d %H:%M} UTC")}
    return Answer(document, [Facts([(name, heads[name], cells[name]) for name in heads]), words], exit_code)


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
