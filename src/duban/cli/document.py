"""``duban document``: a case's paper, as files in a folder."""

import hashlib
import os
from pathlib import Path

import click

from duban.arriving import private
from duban.cli.kit.answer import Answer, Cell, Table, Words, cell
from duban.cli.kit.command import Command
from duban.cli.kit.desk import Desk
from duban.cli.kit.options import Argument, Option
from duban.cli.options import REF
from duban.engine.errors import UsageError
from duban.engine.model.document import FORMATS
from duban.engine.model.saying import why_not_regular, why_of

NAME = Argument("name", says="argument.document", metavar="[NAME]", required=False)
FORMAT = Option(["--format", "formats"], says="option.format", type=click.Choice(FORMATS), multiple=True)
OUT = Option(["--out"], says="option.out", metavar="FOLDER", default=".")


def document(desk: Desk, ref: str, name: str | None, formats: tuple[str, ...], out: str) -> Answer:
    """Print the paper and put its files into the folder; a file of the same name is replaced as a whole.

    The files of a confidential case, and the folder where it is made for them, are their owner's alone.
    """
    chosen = tuple(dict.fromkeys(formats))
    paper = name.replace("-", "_") if name is not None else None
    # Papers are Chinese unless another language is asked for, whatever language the command line speaks.
    printed = desk.engine.document(ref, paper, by=desk.by, formats=chosen, lang=desk.asked_lang or "zh")
    folder = Path(out).expanduser()
    told: list[dict[str, str | int]] = []
    rows: list[list[Cell | str]] = []
    for title, content in printed:
        path, digest = (
            str(_put(folder, title, content, closed=printed.confidential)),
            hashlib.sha256(content).hexdigest(),
        )
        told.append({"file": path, "size": len(content), "sha256": digest})
        rows.append([path, cell(len(content)), Cell(digest, digest[:12])])
    words = Words([desk.say("printed", ref=ref, count=len(told))])
    return Answer(told, [Table(desk.head("file", "size", "hash"), rows), words])


def _put(folder: Path, name: str, content: bytes, *, closed: bool) -> Path:
    path = folder / name
    arriving = folder / f".{name}.part"
    strange = why_not_regular(path)
    if strange is not None:
        raise UsageError("cannot-put", path=str(path), why=strange)
    try:
        folder.mkdir(mode=0o700 if closed else 0o777, parents=True, exist_ok=True)
        if closed:
            arriving.unlink(missing_ok=True)  # what was left there keeps its mode
            with private(arriving, "wb") as file:
                file.write(content)
        else:
            arriving.write_bytes(content)
        os.replace(arriving, path)
    except OSError as fault:
        raise UsageError("cannot-put", path=str(path), why=why_of(fault)) from fault
    return path


command = Command("document", "command.document", document, [REF, NAME, FORMAT, OUT])
