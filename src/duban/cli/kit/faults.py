"""What happens to errors: their exit code, their words, their document; and where a fault of duban is written down."""

import os
import sys
from collections.abc import Mapping
from typing import Any, Final

import click

from duban.engine import errors
from duban.engine.inert import inert, inert_lines
from duban.engine.messages import text

FAULT: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
_CODES: Final[tuple[tuple[type[errors.DubanError], int], ...]] = (
    (errors.StoreNotReady, USAGE),
    (errors.UsageError, USAGE),
    (errors.DocumentError, USAGE),
    (errors.Refused, 3),
    (errors.Unknown, 4),
    (errors.Conflict, 5),
    (errors.DefinitionError, 6),
    (errors.InvalidData, 7),
    (errors.InvalidDuration, 7),
)


def exit_code_of(fault: BaseException) -> int:
    """The exit code for an error."""
    if isinstance(fault, click.UsageError):
        return USAGE
    return next((code for kind, code in _CODES if isinstance(fault, kind)), FAULT)


def refused_by_system(fault: OSError) -> errors.UsageError | None:
    """What the operator can mend: a folder that is gone, a file that may not be used; None for another fault."""
    from duban.engine.model.saying import why_of

    try:
        os.stat(os.getcwd())
    except OSError:
        return errors.UsageError("folder-gone")
    why = why_of(fault)
    if fault.filename is None or isinstance(why, str):
        return None
    return errors.UsageError("system-refused", file=str(fault.filename), why=why)


def document_of(fault: BaseException, lang: str, log: str | None = None) -> dict[str, Any]:
    """The error as a document: its code, its words in ``lang``, and the data that it kept."""
    if isinstance(fault, click.ClickException):
        return {"error": {"code": "usage", "message": told_by_click(fault, lang)}}
    if not isinstance(fault, errors.DubanError):
        return {"error": {"code": "fault", "message": fault_words(log, lang), "log": log}}
    told: dict[str, Any] = {"code": fault.code, "message": fault.message(lang)}
    if isinstance(fault, errors.GuardRefused):
        told["reasons"] = fault.reasons_in(lang)
    if isinstance(fault, errors.InvalidData):
        told["fields"] = fault.fields_in(lang)
    if isinstance(fault, errors.DefinitionError):
        told["problems"] = [
            {"path": one.path, "line": one.line, "column": one.column, "message": text(one.key, lang, **one.data)}
            for one in fault.problems
        ]
    for name, value in fault.data.items():
        if name != "hint":
            told.setdefault(name, _data(value, lang))
    return {"error": told}


def words_of(fault: BaseException, lang: str, log: str | None = None) -> str:
    """The error as a person reads it, several lines where it has several places."""
    if isinstance(fault, errors.DubanError):
        return inert_lines(fault.message(lang))
    if isinstance(fault, click.ClickException):
        return inert_lines(told_by_click(fault, lang))
    return fault_words(log, lang)


def told_by_click(fault: click.ClickException, lang: str) -> str:
    """What click found wrong, in the words of duban where there are some, and where to read on."""
    data: dict[str, Any] = {}
    key = "other"
    parameter = getattr(fault, "param", None)
    if isinstance(fault, click.NoSuchOption):
        close = list(fault.possibilities or ())
        key, data = ("close-option" if close else "no-option"), {"name": fault.option_name, "known": close}
    elif isinstance(fault, click.BadOptionUsage):
        key, data = "no-value", {"name": fault.option_name}
    elif isinstance(fault, click.MissingParameter) and parameter is not None:
        name = parameter.opts[0] if isinstance(parameter, click.Option) else parameter.make_metavar(fault.ctx)
        key, data = "missing", {"name": name}
    elif isinstance(fault, click.BadParameter) and parameter is not None:
        choices = getattr(parameter.type, "choices", None)
        key, data = "choice" if choices else "value", {"known": list(choices or ()), "why": fault.message}
        if isinstance(parameter.type, click.types.IntParamType):
            key, data = _of_number(parameter.type, fault.message)
        data["name"] = parameter.opts[0]
    if key == "other" and fault.message.startswith("Got unexpected extra argument"):
        key, data = "extra", {"found": fault.message.partition("(")[2].rpartition(")")[0]}
    words = text(f"parse.{key}", lang, **(data or {"why": fault.format_message()}))
    context = getattr(fault, "ctx", None)
    if context is None:
        return words
    blank = "" if words.endswith(("。", "？")) else " "  # after which Chinese has none
    return f"{words}{blank}{text('parse.help', lang, command=context.command_path)}"


def _of_number(kind: click.types.IntParamType, message: str) -> tuple[str, dict[str, Any]]:
    """Which words tell that something is no number of this kind; what was typed, click tells in its message alone."""
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    key = "number" if most is not None else "number-from" if least is not None else "number-any"
    return key, {"found": message.partition(" is not ")[0].strip("'"), "least": least, "most": most}


def fault_words(log: str | None, lang: str) -> str:
    """One calm sentence for what nobody foresaw."""
    return text("say.fault" if log else "say.fault-unlogged", lang, log=log)


def write_down(fault: BaseException, environ: Mapping[str, str]) -> str | None:
    """Append the trace of an unforeseen fault to the log of faults, for its owner's eyes; where that lies, if anywhere.

    It lies in the user's folder of state, else in a temporary one.
    """
    import tempfile
    import traceback
    from datetime import UTC, datetime
    from pathlib import Path

    state = environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    trace = "".join(traceback.format_exception(fault))
    entry = f"{datetime.now(UTC).isoformat()} python {sys.version.split()[0]}\n{trace}\n"
    for folder in (Path(state), Path(tempfile.gettempdir()) / f"duban-{os.getuid() if hasattr(os, 'getuid') else 0}"):
        try:
            place = folder / "duban"
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = place / "faults.log"
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
            with open(handle, "a", encoding="utf-8", errors="backslashreplace") as log:
                log.write(entry)
        except OSError:
            continue
        return str(file)
    return None


def _data(value: Any, lang: str) -> Any:
    if hasattr(value, "text") and not isinstance(value, str):
        return value.text(lang)
    if isinstance(value, list | tuple | set | frozenset):
        return [_data(item, lang) for item in value]
    if isinstance(value, str):
        return str(value)
    return value if isinstance(value, int | float | bool) or value is None else inert(value)
