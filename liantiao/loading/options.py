"""What may be typed for `liantiao load`, each option by a name."""

from pathlib import Path
from typing import Annotated

import typer

from liantiao.loading.run import FEW_CASES, MANY_CASES_TERM_FACTOR
from liantiao.token_option import sendable
from sim.runs.scale import MOST_TERM_FACTOR, Handling

Cases = Annotated[int, typer.Option("--cases", help="办件数")]
ProfileText = Annotated[
    str,
    typer.Option(
        "--profile",
        help="到达曲线：constant:每秒件数，或 province-day、month-end、tax-eve、first-hour、staircase、spike、soak、compressed，"
        "冒号后为秒数",
    ),
]
Times = Annotated[float, typer.Option("--times", help="曲线的倍数，如 5、10")]
Closed = Annotated[int, typer.Option("--closed", help="改用封闭模型：同时在办的件数")]
Workers = Annotated[int, typer.Option("--workers", help="Locust 工作进程数")]
Sandboxes = Annotated[
    int,
    typer.Option("--sandboxes", help="假部门（与参照系统）分到几组进程：办件号除以组数的余数定归属", min=1, max=64),
]
Hands = Annotated[int, typer.Option("--hands", help="每个工作进程同时办事的人数")]
PackageName = Annotated[str, typer.Option("--package", help="套餐编号")]
Seed = Annotated[int, typer.Option("--seed", help="随机种子")]
First = Annotated[int, typer.Option("--first", help="从哪个办件号办起；缺省接着上一次，用新的房屋", min=0)]
Data = Annotated[Path, typer.Option("--data", help="记着用过哪些房屋的数据文件夹")]
InStock = Annotated[int, typer.Option("--stock", help="参照系统起始时已持有的件数，如 830000", min=0)]
HandlingName = Annotated[Handling, typer.Option("--handling", help="部门与人的办理用时")]
TermFactor = Annotated[
    int,
    typer.Option(
        "--term-factor",
        help=f"缩短后的期限放长到几倍；0 为不超过 {FEW_CASES:,} 件的 1 倍、更多的 {MANY_CASES_TERM_FACTOR} 倍（instant）",
        min=0,
        max=MOST_TERM_FACTOR,
    ),
]
Real = Annotated[
    list[str] | None, typer.Option("--real", help="真实系统的席位与地址，如 portal,registry,hub=http://…；可多次")
]
Dialect = Annotated[
    list[str] | None, typer.Option("--dialect", help="真实系统的接口适配，如 portal,registry=vendor.toml；可多次")
]
Port = Annotated[int, typer.Option("--port", help="沙箱监听的端口：真实系统要事先知道；0 为任选", min=0, max=65_535)]
Token = Annotated[
    str,
    typer.Option(
        "--token",
        envvar="LIANTIAO_TOKEN",
        callback=sendable,
        help="沙箱的控制令牌：自行接入的真实系统要知道；缺省随机生成",
    ),
]
FaultScript = Annotated[str, typer.Option("--faults", help="故障脚本；缺省没有故障")]
SloFile = Annotated[Path | None, typer.Option("--slo", help="服务指标文件；缺省用套餐的 slo.toml")]
Patience = Annotated[
    float, typer.Option("--patience", help="最后一件到达后，多少秒没有进展就结束；期限放长几倍，就多等几倍")
]
StopErrors = Annotated[float, typer.Option("--stop-errors", help="错误率达到多少就自行停止；1 为不停")]
StopP99 = Annotated[float, typer.Option("--stop-p99", help="p99 达到多少毫秒就自行停止；0 为不停")]
Compare = Annotated[Path | None, typer.Option("--compare", help="与另一次负载的 report.json 对比")]
SeriesFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--series",
        help="被测系统的处理器、数据库等指标的 CSV：第一列时间，其后每列一项；与压测的曲线画在同一时间轴上；可多次",
    ),
]
Out = Annotated[Path, typer.Option("--out", help="负载的输出文件夹")]
Replace = Annotated[bool, typer.Option("--replace", help="先清掉 --out 里上一次的结果")]
AsJson = Annotated[bool, typer.Option("--json", help="只打印一个 JSON 对象")]
