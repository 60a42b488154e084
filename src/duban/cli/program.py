"""The command ``duban`` itself: finds commands when they are typed, and lets no trace of a fault reach the operator."""

import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, NoReturn

import click

from duban.cli.kit.command import Group, dashed
from duban.cli.kit.desk import Desk
from duban.cli.kit.faults import FAULT, INTERRUPTED, document_of, exit_code_of, refused_by_system, words_of, write_down
from duban.cli.kit.help import Row
from duban.cli.kit.options import Option
from duban.cli.registry import COMMANDS, SECTIONS
from duban.engine.errors import DubanError, StoreNotReady, UsageError
from duban.engine.messages import has_text, text

COMPLETE: Final = "_DUBAN_COMPLETE"
"""The variable with which a shell asks for completions."""


class Program(Group):
    """Generic commands by their names in the registry; any other word is a workflow of the pack."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is not None:
            module, _, attribute = place.partition(":")
            found: click.Command = getattr(import_module(module), attribute)
            return found
        if cmd_name.startswith("-"):
            return None
        from duban.cli.pack import workflow_group

        return workflow_group(ctx.obj, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        try:
            found = self.get_command(ctx, name) or self.get_command(ctx, dashed(name))
            known = [*COMMANDS, *ctx.obj.engine.pack.workflows] if found is None else []
        except DubanError as fault:
            if ctx.resilient_parsing:
                return None, None, args[1:]
            if not isinstance(fault, UsageError | StoreNotReady):
                raise
            from duban.engine.model.hint import hint
            from duban.engine.model.label import Label

            # Without a pack no workflow is known; so tell of the word first, and of the pack too.
            why = Label(fault.message("en"), fault.message("zh"))
            raise UsageError("no-command-yet", name=name, hint=hint(name, COMMANDS), why=why) from fault
        if found is None and not ctx.resilient_parsing:
            from duban.engine.model.hint import hint

            raise UsageError("no-command", name=name, command=ctx.command_path, hint=hint(name, known))
        return name if found else None, found, args[1:]

    def sections(self, ctx: click.Context, lang: str) -> list[tuple[str, Sequence[Row]]]:
        found: list[tuple[str, Sequence[Row]]] = []
        for section, names in SECTIONS.items():
            rows = [(name, _summary(name, lang)) for name in names]
            found.append((text(f"help.{section}", lang), rows))
        pack = [(row, text(f"help.{key}", lang)) for row, key in _PACK_ROWS]
        options = [option.told(ctx, lang) for option in self.params if isinstance(option, Option)]
        return [*found, (text("help.pack", lang), pack), (text("help.options", lang), options)]

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
        standalone_mode: bool = True, windows_expand_args: bool = True, **extra: Any,
    ) -> NoReturn:  # fmt: skip
        """Run one command and leave with its exit code."""
        arguments = sys.argv[1:] if args is None else list(args)
        completing = os.environ.get(COMPLETE)
        desk = Desk(os.environ.get("COMP_WORDS", "").split() if completing else arguments, os.environ)
        _reconfigure()
        code: int
        try:
            if completing:
                from click.shell_completion import shell_complete

                code = shell_complete(self, {"obj": desk}, prog_name or "duban", COMPLETE, completing)
            else:
                code = self._run(desk, arguments, prog_name or "duban", extra)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough; what was done is done.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except OSError as fault:
            from duban.engine.model.saying import why_of

            # Only what could not be shown comes here, as on a full disk; the work itself was done or refused before.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.stderr.write(f"duban: {text('say.not-shown', desk.lang, why=why_of(fault))}\n")
            code = FAULT
        finally:
            desk.close()
        sys.exit(code)

    def _run(self, desk: Desk, arguments: list[str], name: str, extra: dict[str, Any]) -> int:
        try:
            with self.make_context(name, arguments, obj=desk, **extra) as context:
                code = self.invoke(context)
        except OSError as fault:
            if isinstance(fault, BrokenPipeError) or fault.errno == errno.ENOSPC:
                raise
            refused = refused_by_system(fault)
            _tell(desk, refused or fault, None if refused is not None else write_down(fault, os.environ))
            return exit_code_of(refused or fault)
        except click.exceptions.Exit as left:
            return left.exit_code
        except (click.Abort, KeyboardInterrupt):
            return INTERRUPTED
        except (DubanError, click.ClickException) as fault:
            _tell(desk, fault, None)
            return exit_code_of(fault)
        except Exception as fault:  # whatever it is, the operator gets one sentence and the log gets the trace
            _tell(desk, fault, write_down(fault, os.environ))
            return FAULT
        return code if isinstance(code, int) else 0


_PACK_ROWS = (
    ("workflow list", "pack-list"),
    ("WORKFLOW --help", "pack-group"),
    ("WORKFLOW EVENT --help", "pack-event"),
)


def _summary(name: str, lang: str) -> str:
    key = f"command.{name}"
    return text(key, lang).strip().partition("\n")[0] if has_text(key) else ""


def _tell(desk: Desk, fault: BaseException, log: str | None) -> None:
    if isinstance(fault, DubanError):
        from duban.cli.kit.called import call_roles

        call_roles(desk, fault)
    if desk.json:
        from duban.cli.kit.paper import write_document

        write_document(document_of(fault, desk.lang, log))
    else:
        sys.stdout.flush()
        sys.stderr.write(f"duban: {words_of(fault, desk.lang, log)}\n")


def _reconfigure() -> None:
    """A terminal that lacks a sign gets a question mark for it, and never an error; a closed stream swallows all."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open to the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _told_version(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        context.obj.show_version()
        context.exit()


_VERSION = Option(
    ["--version"], says="option.version", is_flag=True, is_eager=True, expose_value=False, callback=_told_version
)
program = Program("duban", says="command.duban", params=[_VERSION])
