"""Help pages in Chinese: the parser's own are half English whatever the commands say."""

from typing import Any

from typer.core import TyperCommand, TyperGroup

from sim.plain import PlainError

WIDTH = 100
HELP = "显示这一页"


class Misused(PlainError):
    """A command line that the parser takes for no command of ours; the text says what would do."""


class Command(TyperCommand):
    """A command whose help is Chinese throughout."""

    allow_extra_args = True  # to refuse them ourselves

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse what is no option."""
        extra = list(super().parse_args(ctx, args))
        if extra:
            raise Misused(f"多余的参数“{' '.join(extra)}”；选项以 -- 开头，用 --help 查看用法。")
        return extra

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, what it does, its options."""
        named = [_name(each) for each in self.get_params(ctx) if each.param_type_name == "argument"]
        _head(self, ctx, formatter, " ".join((*named, "[选项]")))
        _options(self, ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is Chinese throughout."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command, or say which there are."""
        if args[0] not in self.commands:
            raise Misused(f"没有命令“{args[0]}”，可用 {'、'.join(self.list_commands(ctx))}；用 --help 查看用法。")
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Usage, what it is for, its commands."""
        _head(self, ctx, formatter, "命令 [选项]")
        rows = [(name, self.commands[name].get_short_help_str(WIDTH)) for name in self.list_commands(ctx)]
        with formatter.section("命令"):
            formatter.write_dl(rows)
        _options(self, ctx, formatter)


def _head(command: Any, ctx: Any, formatter: Any, pieces: str) -> None:
    formatter.width = WIDTH
    formatter.write_usage(ctx.command_path, pieces, prefix="用法：")
    formatter.write_paragraph()
    with formatter.indentation():
        formatter.write_text(command.help or "")


def _options(command: Any, ctx: Any, formatter: Any) -> None:
    rows = []
    for option in command.get_params(ctx):
        own = option.name != "help"
        said = (option.help or "") if own else HELP
        if own and option.required:
            said += "（必填）"
        elif own and not option.is_flag and option.default not in (None, ""):
            said += f"（默认 {option.default}）"
        rows.append((_name(option), said))
    with formatter.section("选项"):
        formatter.write_dl(rows)


def _name(option: Any) -> str:
    """An option as it is typed, an argument by what stands for it."""
    return option.metavar if option.param_type_name == "argument" and option.metavar else "，".join(option.opts)
