"""The command line: reads what people asked for, says in one Chinese sentence what is wrong with it, prints results."""

import os
import signal
import sys
from collections.abc import Collection
from importlib import import_module
from typing import Final

import typer
from rich.markup import escape

from liantiao import help_pages
from liantiao.misuse import misuse
from liantiao.showing import console
from sim.plain import PlainError

USAGE, INCOMPLETE = 2, 3
COMMANDS: Final = {
    "population": "liantiao.population_command:population_app",
    "contract": "liantiao.contract_export:contract_app",
    "dialect": "liantiao.dialect_command:dialect_app",
    "problems": "liantiao.problems.command:problems_app",
    "load": "liantiao.loading.command:load_app",
    "stock": "liantiao.stock.command:stock_app",
    "accept": "liantiao.acceptance.command:accept_app",
    "report": "liantiao.acceptance.report_command:report_app",
    "simulate": "liantiao.simulating.command:simulate_command",
    "faults": "liantiao.simulating.command:faults_command",
    "messages": "liantiao.pages_command:messages_command",
    "data": "liantiao.pages_command:data_command",
    "run": "liantiao.main_job.command:run_command",
    "mutants": "liantiao.mutants.command:mutants_command",
    "replay": "liantiao.replay_command:replay_command",
    "steps": "liantiao.acceptance.command:steps_command",
    "serve": "liantiao.serving.command:serve_command",
    "verdict": "liantiao.verdict_command:verdict_command",
    "cleanup": "liantiao.cleanup_command:cleanup_command",
    "sign": "liantiao.sign:sign_command",
}
"""Every command and where it is."""
INTERRUPTED = 130
"""What the command library returns after Ctrl-C."""


def app_of(asked: Collection[str] = COMMANDS) -> typer.Typer:
    """The command line with these commands; only they are imported, for all together take seconds."""
    app = typer.Typer(
        cls=help_pages.Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
        help="联调：二手房转移登记“一件事”沙箱",
    )  # fmt: skip
    app.callback()(about)
    for name in asked:
        module, attribute = COMMANDS[name].split(":")
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name, cls=help_pages.Command)(command)
    return app


def about() -> None:
    """联调：二手房转移登记“一件事”沙箱。"""


def main() -> None:
    """Run the command line; what goes wrong is said in one sentence, never as a traceback.

    Whoever is told to end, as `kill`, a container or a time limit do, ends as with Ctrl-C: with its processes, and with what there
    is. Set LIANTIAO_DEBUG to see where an internal error comes from.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asked = sys.argv[1:2]
        app = app_of(asked if asked and asked[0] in COMMANDS else COMMANDS)
        code = app(standalone_mode=False, prog_name="liantiao")
        if code == INTERRUPTED:
            code = _say("已中断，未写出结果。", INCOMPLETE)
    except PlainError as error:
        code = _say(str(error), USAGE)
    except typer.Abort:
        code = _say("已中断，未写出结果。", INCOMPLETE)
    except Exception as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error, file=sys.stderr)
            code = USAGE
        elif getattr(error, "exit_code", None) == USAGE:
            code = _say(misuse(error), USAGE)
        elif os.environ.get("LIANTIAO_DEBUG"):
            raise
        else:
            code = _say(
                f"程序内部出错，本次未完成（{type(error).__name__}：{error}）；设 LIANTIAO_DEBUG=1 重跑可见出处。",
                INCOMPLETE,
            )
    sys.exit(code or 0)


def _say(sentence: str, code: int) -> int:
    console.print(f"[bold red]错误[/] {escape(sentence)}", highlight=False, soft_wrap=True)
    return code
