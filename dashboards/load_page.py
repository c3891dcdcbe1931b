"""The page of a load: one HTML file that needs no network, with charts over time drawn as SVG."""

from html import escape
from typing import Any, Final

from dashboards.load_charts import over_time_charts
from dashboards.sections import table
from sim.measures.cases import ENDS

TONES: Final = {"通过": "#176a4c", "不通过": "#a32a22"}
TITLES: Final = ENDS | {"partly_done": "部分办结"}
ROWS_SHOWN: Final = 60
STYLE: Final = """body{margin:0 auto;max-width:1000px;padding:16px;color:#1d2731;font:15px/1.6 "PingFang SC","Microsoft YaHei",
"Noto Sans CJK SC",sans-serif}h1{font-size:22px}h2{font-size:17px;margin-top:28px}table{border-collapse:collapse;width:100%;
font-size:13px}td,th{border-bottom:1px solid #dfe4e9;padding:4px 8px;text-align:left}
.n{text-align:right}th,.n{white-space:nowrap}.scroll{overflow-x:auto}
.warn{background:#fbf0d9;padding:8px 12px}.none{color:#66727f}h3{font-size:14px;font-weight:600;margin:18px 0 2px}svg{display:block}
svg text{font-size:11px;fill:#566371}svg line{stroke:#e6eaee}"""


def page(record: dict[str, Any], before: dict[str, Any] | None = None) -> str:
    """The whole page; with `before`, each key figure stands beside that of another run."""
    parts = [
        f"<h1 style=\"color:{TONES.get(record['result'], '#7d5200')}\">{escape(record['result'])} · 负载 {record['cases']:,} 件</h1>",
        f"<p>{escape(_about(record))}</p>", _warnings(record), "<h2>关键数字</h2>", _figures(record, before),
        "<h2>服务指标</h2>", _slos(record), "<h2>随时间</h2>", *over_time_charts(record), _trouble(record),
        "<h2>检核项</h2>", _promises(record),
        "<h2>各接口延迟（毫秒，从本应发出的时刻算起）</h2>", _operations(record), "<h2>时间花在哪里（平均毫秒）</h2>", _time(record),
        "<h2>沙箱所见：被测系统应答用时（毫秒）</h2>", _peers(record), "<h2>办件结局与款项</h2>", _ends(record),
        "<h2>退回与失败，按名称</h2>", _outcomes(record), "<h2>工作进程</h2>", _workers(record),
    ]  # fmt: skip
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(record["result"])} · 联调负载报告</title>'
        f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _about(record: dict[str, Any]) -> str:
    real = "、".join(record["real"]) or "无（参照系统）"
    longer = record.get("term_factor", 1)
    terms = f"，缩短的期限再放长到 {longer} 倍" if longer > 1 else ""
    return (
        f"曲线：{record['profile']}；结束原因：{record['over']}；套餐 {record['package']}，种子 {record['seed']}，"
        f"办理用时 {record['handling']}{terms}；真实系统：{real}；"
        f"故障脚本：{record['faults'] or '无'}；联调 {record['version']}"
    )


def _warnings(record: dict[str, Any]) -> str:
    said = []
    if not record["complete"]:
        said.append(f"INCOMPLETE 未完成：{record['over']}。计划 {record['cases']:,} 件，结束 {record['ended']:,} 件。")
    if record["interrupted"]:
        numbers = "、".join(map(str, record["interrupted"][:200]))
        said.append(f"{len(record['interrupted']):,} 件随工作进程中断，未能办完：{numbers}")
    if record["saturation"]["is"]:
        said.append(
            f"压测端已饱和：{record['saturation']['why']}。下面的数字不能当作被测系统的上限，请加工作进程或机器。"
        )
    if record["broken_run"]:
        said.append(f"沙箱批次中断：{record['broken_run']}")
    return "".join(f"<p class=warn>{escape(each)}</p>" for each in said)


def key_figures(record: dict[str, Any]) -> list[tuple[str, Any]]:
    """The figures by which two runs are compared."""
    everything = {row["operation"]: row for row in record["operations"]}
    apply = everything.get("portal.apply", {})
    slowest = max((row["latency_p99"] for row in record["operations"]), default=0)
    return [
        ("每秒办结件数", record["cases_per_s"]), ("结束件数", record["ended"]), ("每件交换数", record["exchanges_per_case"]),
        ("每秒请求数", record["calls_per_s"]), ("历时（秒）", record["seconds"]),
        ("提交申请 p95（毫秒）", apply.get("latency_p95")), ("提交申请 p99（毫秒）", apply.get("latency_p99")),
        ("最慢接口 p99（毫秒）", slowest), ("丢失的报文", record["lost"]["n"]),
        ("重复的报文", sum(each["n"] for each in record["journal"]["doubled"])),
        ("失败的交换", sum(n for name, n in record["outcomes"].items() if " failed" in name)),
        ("沙箱忙碌应答", record["busy_answers"]), ("逾期失效的办件", record["journal"]["ends"].get("lapsed", 0)),
    ]  # fmt: skip


def _figures(record: dict[str, Any], before: dict[str, Any] | None) -> str:
    mine = key_figures(record)
    if before is None:
        return table("项目 #数值", [[name, _number(value)] for name, value in mine])
    theirs = dict(key_figures(before))
    return table(
        "项目 #本次 #对比 #变化",
        [[name, _number(value), _number(theirs.get(name)), _change(value, theirs.get(name))] for name, value in mine],
    )


def _change(now: Any, then: Any) -> str:
    return f"{(now - then) / then:+.1%}" if now is not None and then else "—"


def _number(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:,}" if isinstance(value, int | float) else escape(str(value))


def _trouble(record: dict[str, Any]) -> str:
    return "".join(f"<p class=warn>{escape(each)}</p>" for each in record["series_trouble"])


def _slos(record: dict[str, Any]) -> str:
    words = {True: "达标", False: "不达标"}
    return table(
        "指标 #限值 #实测 结果 来源",
        [
            [
                escape(s["title"]),
                _number(s["limit"]),
                _number(s["seen"]),
                words.get(s["met"], "没有测到" if s["seen"] is None else "太少，不判"),
                escape(s["source"]),
            ]
            for s in record["slo"]
        ],
    )


def _promises(record: dict[str, Any]) -> str:
    rows = []
    for each in record["verdict"]["promises"]:
        evidence = "；".join(f"办件 {one['case_no']}：{one['evidence']}" for one in each["sample"][:3])
        rows.append([each["result_title"], escape(each["title"]), f"{each['applied']:,}", f"{each['violations']:,}",
                     escape(evidence or each["note"])])  # fmt: skip
    return table("结果 检核项 #适用 #违反 说明", rows)


def _operations(record: dict[str, Any]) -> str:
    names = (
        "n",
        "latency_p50",
        "latency_p95",
        "latency_p99",
        "latency_max",
        "service_p50",
        "service_p95",
        "waiting_p95",
    )
    rows = [[escape(row["operation"]), *(_number(row[name]) for name in names)] for row in record["operations"]]
    return table("接口 #次数 #p50 #p95 #p99 #最大 #应答p50 #应答p95 #等候p95", rows)


def _time(record: dict[str, Any]) -> str:
    names = ("n", "waiting_ms", "implementation_ms", "sandbox_ms")
    return table("接口 #次数 #等候发出 #被测系统 #沙箱与网络",
                 [[escape(row["operation"]), *(_number(row[name]) for name in names)] for row in record["time"]])  # fmt: skip


def _peers(record: dict[str, Any]) -> str:
    rows = [
        [escape(each["receiver"]), escape(each["kind"]), "当事人" if each["of_people"] else "部门",
         *(_number(each[name]) for name in ("n", "mean_ms", "p50", "p95", "p99"))]
        for each in record["journal"]["peers"]
    ]  # fmt: skip
    return table("席位 报文 发送方 #次数 #平均 #p50 #p95 #p99", rows)


def _ends(record: dict[str, Any]) -> str:
    journal = record["journal"]
    ends = table(
        "结局 #件数", [[escape(TITLES.get(end, str(end))), f"{n:,}"] for end, n in sorted(journal["ends"].items())]
    )
    money = table(
        "报文 #笔数 #金额（元）", [[e["kind"], f"{e['n']:,}", f"{e['fen'] / 100:,.2f}"] for e in journal["money"]]
    )
    doubled = table(
        "重复收到的报文 发送方 #次数", [[e["kind"], e["sender"], f"{e['n']:,}"] for e in journal["doubled"]]
    )
    lost = table("未能送达的席位 #条数", [[escape(seat), f"{n:,}"] for seat, n in record["lost"]["seats"].items()])
    return ends + money + doubled + lost


def _outcomes(record: dict[str, Any]) -> str:
    rows = [[escape(name), f"{n:,}"] for name, n in list(record["outcomes"].items())[:ROWS_SHOWN]]
    seen = [
        [escape(e["receiver"]), escape(e["kind"]), escape(e["outcome"]), f"{e['n']:,}"]
        for e in record["journal"]["not_ok"]
    ]
    return table("当事人所遇 #次数", rows) + table("接收方 报文 沙箱日志 #次数", seen[:ROWS_SHOWN])


def _workers(record: dict[str, Any]) -> str:
    rows = [
        [escape(name), escape(str(about["host"])), str(about["pid"]), _number(about.get("cpu_percent")), "离开" if about["gone"] else ""]
        for name, about in record["workers"].items()
    ]  # fmt: skip
    return table("进程 主机 进程号 #处理器峰值% 说明", rows)
