"""Commands and groups: help in both languages, the shared options at every position, answers instead of prints."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

import click

from duban.cli.kit.desk import Desk
from duban.cli.kit.help import Row, paragraphs, section
from duban.cli.kit.options import Argument, Option, Says, said
from duban.cli.kit.shared import shared_options
from duban.engine.errors import UsageError
from duban.engine.messages import text

if TYPE_CHECKING:
    from duban.cli.kit.answer import Answer

Work = Callable[..., "Answer"]


def dashed(name: str) -> str:
    """Names are typed with dashes; underscores do as well."""
    return name.replace("_", "-")


class _Explained(click.Command):
    """What commands and groups have in common."""

    says: Says

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        return [*self.params, *shared_options()]

    def get_short_help_str(self, limit: int = 45) -> str:
        context = click.get_current_context(silent=True)
        return self.summary(context.obj.lang if context is not None and context.obj is not None else "en")

    def summary(self, lang: str) -> str:
        """The first line of what it says."""
        return said(self.says, lang).strip().partition("\n")[0]

    def get_help(self, ctx: click.Context) -> str:
        desk = cast(Desk, ctx.obj)
        lang, width = desk.lang, desk.width
        usage = " ".join([ctx.command_path, *self.collect_usage_pieces(ctx)])
        lines = [text("help.usage", lang, usage=usage), "", *paragraphs(said(self.says, lang), width)]
        for heading, rows in self.sections(ctx, lang):
            lines += section(heading, rows, width)
        shared = [option.told(ctx, lang) for option in shared_options()]
        return "\n".join([*lines, *section(text("help.shared", lang), shared, width)])

    def sections(self, ctx: click.Context, lang: str) -> list[tuple[str, Sequence[Row]]]:
        """The parts of the page between the words and the shared options."""
        arguments = [one.told(lang) for one in self.params if isinstance(one, Argument)]
        options = [one.told(ctx, lang) for one in self.params if isinstance(one, Option)]
        return [(text("help.arguments", lang), arguments), (text("help.options", lang), options)]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = [piece for one in self.params if isinstance(one, Argument) for piece in one.get_usage_pieces(ctx)]
        return [*pieces, text("help.some-options", ctx.obj.lang)]


class Command(_Explained):
    """A command whose work takes the desk and its parameters, and returns an answer."""

    def __init__(self, name: str, says: Says, work: Work, params: Sequence[click.Parameter] = (), **settings: Any):
        super().__init__(
            name, callback=work, params=list(params), add_help_option=False,
            context_settings={"token_normalize_func": dashed}, **settings,
        )  # fmt: skip
        self.says = says

    def invoke(self, ctx: click.Context) -> int:
        """Do the work, hand over the answer, and return the exit code."""
        desk = cast(Desk, ctx.obj)
        desk.settle()
        assert self.callback is not None
        answer: Answer = ctx.invoke(self.callback, desk, **ctx.params)
        desk.hand_over(answer)
        return answer.exit_code


class Group(_Explained, click.Group):
    """Commands under one word."""

    def __init__(self, name: str, says: Says, commands: Sequence[click.Command] = (), **settings: Any) -> None:
        super().__init__(
            name, commands=list(commands), add_help_option=False, subcommand_metavar="", no_args_is_help=False,
            invoke_without_command=True, context_settings={"token_normalize_func": dashed}, **settings,
        )  # fmt: skip
        self.says = says

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they were declared."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Go on to the subcommand; without one, show the help: nothing was asked for, so this is a wrong use."""
        # Its name differs between the versions of click.
        held = vars(ctx).get("_protected_args", vars(ctx).get("protected_args", []))
        if not [*held, *ctx.args]:
            return ctx.obj.show_missing(ctx.command_path, self.get_help(ctx))
        return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        found = self.get_command(ctx, name) or self.get_command(ctx, dashed(name))
        if found is None and not ctx.resilient_parsing:
            from duban.engine.model.hint import hint

            known = self.list_commands(ctx)
            raise UsageError("no-command", name=name, command=ctx.command_path, hint=hint(name, known))
        return name if found else None, found, args[1:]

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [text("help.some-command", ctx.obj.lang), text("help.some-options", ctx.obj.lang)]

    def sections(self, ctx: click.Context, lang: str) -> list[tuple[str, Sequence[Row]]]:
        found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, one.summary(lang)) for name, one in found if isinstance(one, _Explained)]
        return [*super().sections(ctx, lang), (text("help.commands", lang), rows)]
