"""`liantiao data`: what every column of every file we write means, from the schemas the code writes by."""

from collections.abc import Iterator, Mapping
from typing import Final

import pyarrow as pa

from liantiao.simulating.region_run import CaseTable
from sim.calendar import parse_day
from sim.dossier import ID_TYPES, ITEMS
from sim.journal.parquet import BODIES, SCHEMA
from sim.package import Package
from sim.population import Population
from sim.population.tables import CENTRES, MASKS, MORTGAGES, tables_of
from sim.sampling import SAMPLES

HEAD: Final = """# 数据说明

这一页由 `liantiao data` 按代码里的表结构生成，请勿手改：`liantiao data > docs/data.md`。
金额一律为整数分；时刻在 Parquet 里为毫秒时间戳（东八区），名称以 `_ms` 结尾的是 1970-01-01（UTC）起的毫秒整数。
全部数据由种子合成，不对应任何真实的人。
"""
EXPORTED: Final = {
    "people": "人员：每个买方、卖方一行",
    "homes": "房屋：每件一行",
    "register_entries": "登记簿现状（转移之前）：每个权利人一行",
    "utility_accounts": "水、电、气、广电户号：每个勾选的事项一行，户主为第一卖方",
    "fund_accounts": "公积金账户：勾选提取的办件一行，属第一买方",
}
WRITTEN: Final = {
    "journal.parquet": "报文日志：`journal/<地区>/` 下，一次往来或一个通知一行；当场的应答在请求那一行的 `reply`",
    "bodies.parquet": "报文正文：`journal/<地区>/` 下，抽样办件的全部正文（不足 2,000 件全留，更多时约留 1,000 件）；"
    "**含未脱敏的合成个人信息**",
    "samples.parquet": "窗口采样：`journal/<地区>/` 下，随机时刻看到的排队与忙碌",
    "cases": "办件：`cases/<地区>.parquet`，申请当日已知的情况，不含个人信息",
}
FILES: Final = """## 输出文件夹

`liantiao simulate --out 文件夹` 写成以下文件，缺一即未完成（文件夹要么完整，要么不存在）。

| 文件 | 内容 |
|---|---|
| `report.html` | 给人看的报告，一个文件，不用联网 |
| `report.json` | 报告的全部内容 |
| `run.json` | 批次：套餐、种子、起止、故障脚本、日志摘要、用时、未走到终点的办件号 |
| `verdict.json` | 每个检核项的结果、适用与违反件数、证据样本；`clauses` 为每一条款由哪些检核项涉及 |
| `measures.json` | 时长、闭环、去向、缴款、窗口、退回、故障、报文清单的统计 |
| `journal/<地区>/journal.parquet` | 报文日志 |
| `journal/<地区>/bodies.parquet` | 抽样办件的报文正文 |
| `journal/<地区>/samples.parquet` | 窗口采样 |
| `cases/<地区>.parquet` | 办件 |
"""
_PERSON: Final = {
    "name": "姓名或单位名称", "id_type": "证件类型代码，见文末", "id_no": "证件号码；身份证用未分配的行政区划",
    "phone": "手机号，用不会接通的号段",
}  # fmt: skip
_UNIT: Final = {"unit_code": "不动产单元代码，28 位"}
_TITLE: Final = {"title_no": "不动产权证号，如登记簿所载"}
_ADDRESS: Final = {"address": "坐落"}
_CASE: Final = {"case": "办件在这一人群里的序号，从 0 起；日志里的 `case_no` 是它加一"}
_CASE_NO: Final = "办件号，从 1 起；0 为不属于某一件的批量往来"
MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "people": _CASE | _PERSON | {
        "role": "buyer 买方，seller 卖方", "position": "在本方的第几位，从 1 起", "is_company": "是否单位",
    },
    "homes": _CASE | _UNIT | _TITLE | _ADDRESS | {
        "registry": "登记机构代码（六位区划）", "area_m2_x100": "建筑面积，百分之一平方米", "residential": "是否住宅",
    },
    "register_entries": _CASE | _PERSON | _UNIT | _TITLE | {
        "owners": "权利人共几人", "acquired_on": "取得日期", "original_price_fen": "取得时的价款，分",
        "mortgage": "抵押：" + "，".join(f"{code} {title}" for code, title in MORTGAGES.items()),
    },
    "utility_accounts": _CASE | _PERSON | _UNIT | _ADDRESS | {
        "item": "事项：" + "、".join(ITEMS[:-1]), "account": "户号",
    },
    "fund_accounts": _CASE | _PERSON | {
        "account": "公积金账号", "centre": "缴存中心：" + "，".join(f"{code} {title}" for code, title in CENTRES.items()),
    },
    "journal.parquet": {
        "id": "报文序号，本地区内唯一", "cause": "引起它的报文序号，0 为无", "answers": "以后应答所答的请求序号，0 为不是",
        "t": "听到的时刻", "asked_t": "发出的时刻；窗口任务为到岗时刻", "started_t": "窗口任务有人接手的时刻，其余为空",
        "case_no": _CASE_NO, "item": "事项，空为全套", "sender": "发送方（对接系统代号）", "receiver": "接收方",
        "kind": "操作名，见 messages.md；person、clerk、buyer 等为人的动作，以自己为收发双方的是定时器",
        "attempt": "第几次发送", "part_of": "所属批量往来的序号，0 为无",
        "outcome": "结果：ok 收讫，refused:错误码 业务退回，fault:故障名 被技术故障击中",
        "reply": "当场应答的操作名，没有为空", "registry": "登记机构代码", "track": "接收方的轨道",
        "state_from": "接收方听到之前的状态", "state_to": "接收方听到之后的状态", "ref": "业务号（缴款书号、订单号、户号等）",
        "amount_fen": "金额，分；0 为没有",
    },
    "bodies.parquet": {"case_no": _CASE_NO, "id": "报文序号", "kind": "操作名；应答与请求同序号", "json": "正文，JSON"},
    "samples.parquet": {
        "t_ms": "看的时刻", "post": "岗位", "registry": "登记机构代码", "waiting": "等候件数", "busy": "在办人数", "clerks": "人数",
    },
    "cases": {
        "case_no": _CASE_NO, "region": "地区", "registry": "登记机构代码", "channel": "渠道",
        "items": "勾选的联办事项，按位相加：" + "，".join(f"{item} {1 << bit}" for bit, item in enumerate(ITEMS)),
        "arrival_ms": "申请的时刻", "price_fen": "成交价，分",
    },
}  # fmt: skip
TYPES: Final = {
    "int": "整数",
    "string": "文字",
    "bool": "真假",
    "timestamp": "时刻",
    "date32": "日期",
    "dictionary": "文字",
}


def data_dictionary(package: Package) -> str:
    """Every file and column in Markdown; a column without a meaning is an error."""
    known = schemas(package)
    parts = [HEAD, FILES]
    parts += [_section(f"`{name}`", title, known[name], MEANINGS[name]) for name, title in WRITTEN.items()]
    parts.append("## `liantiao population export` 导出的表\n\n每张表一个文件，名为 `<表名>.csv`、`.parquet` 或 `.jsonl`；"
                 f"`--masked` 时 {'、'.join(MASKS)} 各列脱敏。\n")  # fmt: skip
    parts += [_section(f"`{name}`", title, known[name], MEANINGS[name]) for name, title in EXPORTED.items()]
    codes = "".join(f"| `{code}` | {title} |\n" for code, title in ID_TYPES.items())
    parts.append(f"### 证件类型代码\n\n| 代码 | 证件 |\n|---|---|\n{codes}")
    return "\n".join(parts)


def schemas(package: Package) -> dict[str, pa.Schema]:
    """The columns of every file, as the code writes them."""
    day = parse_day("2024-01-02")
    tables = tables_of(package, Population(package, 1, 1, day, day).chunk(0, 1), False)
    written = {
        "journal.parquet": SCHEMA,
        "bodies.parquet": BODIES,
        "samples.parquet": SAMPLES,
        "cases": CaseTable.SCHEMA,
    }
    return written | {name: table.schema for name, table in tables.items()}


def _section(name: str, title: str, schema: pa.Schema, meanings: Mapping[str, str]) -> str:
    return f"### {name}\n\n{title}。\n\n| 列 | 类型 | 含义 |\n|---|---|---|\n" + "".join(_rows(schema, meanings))


def _rows(schema: pa.Schema, meanings: Mapping[str, str]) -> Iterator[str]:
    for column in schema:
        sort = next(title for word, title in TYPES.items() if str(column.type).startswith(word))
        yield f"| `{column.name}` | {sort} | {meanings[column.name]} |\n"
