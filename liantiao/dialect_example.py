"""A dialect to begin with, generated from the contract: every operation of some seats, with every field, explained."""

from collections.abc import Iterator

from sim.faces.compiled import entry_of, hints_of, unwrapped
from sim.faces.dialects.audit import operations_of
from sim.faces.dialects.dialect import Dialect, records_of
from sim.faces.dialects.units import AREA, MOMENT, MONEY, sort_of
from sim.faces.doors import Directory, path_of
from sim.faces.error_list import errors_of
from sim.faces.field_names import title_of
from sim.message import Message

HEAD = """# 接口适配：对方系统的接口与我方报文怎样对应。由 liantiao dialect example 生成，改成对方的，删去不需要的。
# 没有写的操作按我方接口收发；写了的操作里没有写的字段，用我方名称。文件里只有数据，没有算式。

title = "某厂商系统"

[format]                     # 报文体
body = "json"                # json、form、xml
encoding = "utf-8"           # utf-8、gbk
# root = "request"           # xml 请求的根元素；应答的是 answer_root
# text_data = true           # 报文以 JSON 文本放在一个字段里（常见于 form）

[request]                    # 请求的信封
data = "data"                # 报文在哪个字段；不写则整个报文体就是报文
# constants = { version = "1.0" }

[answer]                     # 应答的信封
data = "data"
code = "code"                # 结果代码在哪个字段
success = ["0"]              # 哪些代码是成功；各家不同
message = "msg"
pending = "1"                # 已收下、以后答复
again = ["503"]              # 没有办成，请重发
other = "9999"               # 我方其他退回，对方看到的代码
unlisted = "not_now"         # 对方其他代码，当作我方的哪个退回；不写则算没有送达，会重发
http = "200"                 # 退回时的 HTTP 状态：200 总是 200，same 与我方相同

[answer.refusals]            # 我方退回代码 = 对方代码；不能两个对一个
"""
PLACES = """
[place]                      # header:名称、query:名称、body:路径（从信封算）、data:路径（从报文算）、path、none
case = "header:X-Case-No"    # 办件号
message = "header:X-Message-Id"
# token = "header:Authorization"
# token_value = "Bearer 联调令牌"    # 只用联调环境的，文件会留在批次文件夹里

[sign]
kind = "none"                # none、ours（我方规范串的 HMAC）、md5-sorted、sm3-sorted（字段排序后接密钥）
# at = "body:sign"
# key = "联调密钥"

# 某个席位的接口与众不同时，只写不同的，如税务的成功代码：
# [seats.tax.answer]
# success = ["00"]

[values.yes_no]              # 对照表：我方 = 对方；不能两个对一个
true = "1"
false = "0"
"""
_UNITS = {MONEY: "fen", AREA: "m2x100", MOMENT: "ms"}
_OTHERS = {MONEY: "fen、fen_text、yuan、yuan_number", AREA: "m2x100、m2、m2_number",
           MOMENT: "ms、ms_text、iso、yyyyMMddHHmmss、yyyy-MM-dd HH:mm:ss、yyyy-MM-dd、yyyyMMdd"}  # fmt: skip


def example_file(directory: Directory, seats: list[str]) -> str:
    """The file's text; it is valid as it stands, and changes nothing but the envelope."""
    nothing = Dialect("example", 'title = "x"', directory)
    names = operations_of(nothing, seats)
    kinds = [directory.kinds[name] for name in names]
    replies = [directory.replies[kind] for kind in kinds if kind in directory.replies]
    refusals = dict.fromkeys(error for kind in kinds for error in errors_of(kind.op))
    lines = [f'{error.code} = "E{at:03d}"    # {error.title}' for at, error in enumerate(refusals, 1)]
    seen: dict[str, str] = {}
    for line in lines:
        seen.setdefault(line.partition(" ")[0], line)
    used = _records_in([*kinds, *replies])
    parts = [HEAD, "\n".join(seen.values()), "\n", PLACES]
    for name, record in records_of(directory).items():
        if name in used:
            parts += [f"\n[records.{name}]\n", *_fields(record)]
    for kind in kinds:
        parts.append(
            f'\n[operations."{kind.op.name}"]    # {kind.op.title}\npath = "{path_of(kind)}"\nmethod = "{kind.op.method}"\n'
        )
        parts += [f'\n[operations."{kind.op.name}".fields]\n' * bool(hints_of(kind)), *_fields(kind)]
    for kind in dict.fromkeys(replies):
        parts.append(f'\n[operations."{kind.op.name}".fields]    # 应答：{kind.op.title}\n')
        parts += _fields(kind)
    return "".join(parts)


def _fields(record: type) -> Iterator[str]:
    for name, hint in hints_of(record).items():
        plain = unwrapped(hint)[0]
        entry = entry_of(plain)
        leaf, sort = plain if entry is None else entry, sort_of(name)
        said = f"# {title_of(name)}" if title_of(name) else "#"
        if leaf is int and sort in _UNITS:
            yield f'{name} = {{ to = "{name}", unit = "{_UNITS[sort]}" }}    {said}；单位可用 {_OTHERS[sort]}\n'
        elif leaf is bool:
            yield f'{name} = {{ to = "{name}", values = "yes_no" }}    {said}\n'
        else:
            more = "；列表" if entry is not None else ""
            yield f'{name} = "{name}"    {said}{more}\n'


def _records_in(kinds: list[type[Message]]) -> set[str]:
    found: set[str] = set()

    def walk(record: type) -> None:
        for hint in hints_of(record).values():
            plain = unwrapped(hint)[0]
            inner = entry_of(plain) or plain
            if hasattr(inner, "__dataclass_fields__") and inner.__name__ not in found:
                found.add(inner.__name__)
                walk(inner)

    for kind in kinds:
        walk(kind)
    return found
