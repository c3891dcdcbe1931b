"""`liantiao report`: an acceptance's reports signed and checked, and the document template to start from."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from liantiao import help_pages
from liantiao.acceptance import AcceptanceError
from liantiao.acceptance.document import TABLES, default_template
from liantiao.acceptance.placeholders import TABLE
from liantiao.acceptance.sealing import check, seal
from liantiao.acceptance.stable_zip import stable
from liantiao.acceptance.tables import FACTS
from sim.judge.verdict import BROKEN_EXIT, KEPT_EXIT

console = Console()
report_app = typer.Typer(cls=help_pages.Group, no_args_is_help=True, help="验收报告：签名、核验、模板。")
TEMPLATE_MADE = "2024-11-26T00:00:00Z"
Target = Annotated[Path, typer.Argument(metavar="文件", help="报告文件，或 liantiao accept 的输出文件夹")]


class ReportAskedError(AcceptanceError):
    """What was asked for cannot be written; the message says what would do."""


@report_app.command("sign", cls=help_pages.Command)
def sign_report_command(
    target: Target,
    key: Annotated[Path, typer.Option("--key", help="私钥文件（PEM，无口令）：Ed25519，或 2048 位以上的 RSA")],
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """给报告签名，签名另存一个文件；给文件夹签名，则连同计划与报文日志一并签上。"""
    path, fingerprint = seal(target, key)
    if as_json:
        print(json.dumps({"signature": str(path), "fingerprint": fingerprint}, ensure_ascii=False))
        return
    _say(f"签名：{path}")
    _say(f"密钥指纹（SHA-256，请另行公布，供核验者对照）：{fingerprint}")


@report_app.command("verify", cls=help_pages.Command)
def verify_report_command(
    target: Target,
    public: Annotated[
        Path | None, typer.Option("--public-key", help="签名单位公布的公钥（PEM）；不写则只打印签名密钥的指纹")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")] = False,
) -> None:
    """核验报告自签名以来有没有被改动；不连网。改动了的文件逐个点名。"""
    found = check(target, public)
    if as_json:
        told = {
            "good": found.good, "signature": str(found.signature), "files": found.files, "changed": found.changed,
            "missing": found.gone, "signature_holds": found.holds, "fingerprint": found.fingerprint, "known_key": found.known_key,
        }  # fmt: skip
        print(json.dumps(told, ensure_ascii=False))
    else:
        for name in found.changed:
            _say(f"[bold red]已改动[/]  {escape(name)}")
        for name in found.gone:
            _say(f"[bold red]缺少[/]  {escape(name)}")
        if not found.holds:
            _say(f"[bold red]签名不成立[/]  {escape(str(found.signature))}：签名文件本身被改动过")
        if found.good:
            _say(f"[green]未改动[/]  {escape('、'.join(found.files))}")
        trust = (
            "与所给公钥一致"
            if found.known_key
            else "未核对是谁的密钥：请与签名单位公布的指纹对照，或加 --public-key 公钥文件"
        )
        _say(f"签名密钥指纹 {found.fingerprint}（{trust}）")
    raise typer.Exit(KEPT_EXIT if found.good else BROKEN_EXIT)


@report_app.command("template", cls=help_pages.Command)
def template_command(
    out: Annotated[Path | None, typer.Argument(metavar="文件", help="写到哪里，如 模板.docx")] = None,
    listed: Annotated[bool, typer.Option("--list", help="只列出可用的占位符")] = False,
) -> None:
    """导出《联调测试报告》的模板，改好后用 liantiao accept --template 填写。"""
    if listed or out is None:
        for name in (*FACTS, *(TABLE + name for name in TABLES)):
            print("{{" + name + "}}")
        return
    if out.exists() or out.suffix != ".docx":
        raise ReportAskedError(f"{out} {'已经存在' if out.exists() else '应以 .docx 结尾'}；请换一个文件名。")
    try:
        out.write_bytes(stable(default_template().save, TEMPLATE_MADE))
    except OSError:
        raise ReportAskedError(f"{out} 写不下；请核对文件夹是否存在、可写。") from None
    _say(f"模板：{out}；占位符见 liantiao report template --list")


def _say(line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True)
