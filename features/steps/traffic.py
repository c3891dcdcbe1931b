"""Who speaks to whom: where messages come from, what stays untouched, and in what order things reach a system."""

from typing import Final

from features.evidence import Check, Seen
from features.vocabulary import VOCABULARY
from liantiao.directory import directory
from sim.calendar import DAY_MS
from sim.journal.record import Record

SUBJECT = "往来"
ROLES: Final = directory().seats
"""Whose part each seat plays: the city's platform is a government platform, too."""
DEPARTMENTS: Final = (
    "tax", "non_tax", "unionpay", "power", "water", "gas", "cable_tv", "housing_fund", "housing", "data_exchange",
    "gov_platform", "city_platform", "notify",
)  # fmt: skip


@VOCABULARY.checks(SUBJECT, "{系统}从{系统}收到{报文}{int}次", "供水从登记系统收到“用水过户推送”1次")
def received_from(seen: Seen, seat: str, sender: str, kinds: frozenset[str], times: int) -> Check:
    """由这一方发出、这个系统收下的，恰好这么多次。"""
    rows = seen.messages(kinds, receiver=seat, sender=sender)
    return seen.awaited(len(rows) == times, f"收到 {times} 次", f"收到 {len(rows)} 次", rows)


@VOCABULARY.checks(SUBJECT, "{系统}没有从{系统}收到{报文}", "电力没有从登记系统收到“用电过户推送”")
def not_from(seen: Seen, seat: str, sender: str, kinds: frozenset[str]) -> Check:
    """这一方一次也没有向它发出；办件到了终点才作数。"""
    rows = seen.messages(kinds, receiver=seat, sender=sender, heard=False)
    if not rows and not seen.ended:
        return seen.awaited(False, "没有收到", "目前没有")
    return seen.check(not rows, "没有收到", seen.story(rows), rows)


@VOCABULARY.checks(SUBJECT, "{系统}没有发给{系统}任何报文", "登记系统没有发给税务任何报文")
def no_word_between(seen: Seen, sender: str, seat: str) -> Check:
    """整件办下来，前者没有直接找过后者。"""
    rows = [row for row in seen.rows if row.sender == sender and row.receiver == seat]
    if not rows and not seen.ended:
        return seen.awaited(False, "没有往来", "目前没有")
    return seen.check(not rows, "没有往来", seen.story(rows), rows)


@VOCABULARY.checks(SUBJECT, "{报文}之前没有任何报文发给{系统}", "“分发申请包”之前没有任何报文发给电力")
def nothing_before(seen: Seen, kinds: frozenset[str], seat: str) -> Check:
    """这种报文第一次出现之前，这个系统一个报文也没有收到。"""
    starts = seen.messages(kinds)
    if not starts:
        return seen.awaited(False, "之前没有报文", f"没有“{seen.title(min(kinds))}”")
    rows = [row for row in seen.rows if row.receiver == seat and row.sender != seat and row.t_ms < starts[0].t_ms]
    return seen.check(not rows, "之前没有报文", seen.story(rows), [starts[0], *rows])


@VOCABULARY.checks(SUBJECT, "{报文}之后没有{报文}", "“申请撤回”之后没有“获取电子证照”")
def none_after(seen: Seen, first: frozenset[str], then: frozenset[str]) -> Check:
    """从前一种的第一次起，后一种一次也没有；办件到了终点才作数。"""
    starts = seen.messages(first)
    if not starts:
        return seen.awaited(False, "之后没有", f"没有“{seen.title(min(first))}”")
    rows = [row for row in seen.messages(then, heard=False) if row.t_ms > starts[0].t_ms]
    if not rows and not seen.ended:
        return seen.awaited(False, "之后没有", "目前没有")
    return seen.check(not rows, "之后没有", seen.story(rows), [starts[0], *rows])


@VOCABULARY.checks(SUBJECT, "{报文}每次都早于{报文}", "“登簿”每次都早于“用水过户推送”")
def always_before(seen: Seen, earlier: frozenset[str], later: frozenset[str]) -> Check:
    """前一种的最后一次，早于后一种的第一次；同一时刻不算早。"""
    first, then = seen.messages(earlier), seen.messages(later)
    if not first or not then:
        return seen.awaited(False, "每次都早于", "没有报文可比", [*first, *then])
    return seen.check(
        first[-1].t_ms < then[0].t_ms, "每次都早于", seen.story([first[-1], then[0]]), [first[-1], then[0]]
    )


@VOCABULARY.checks(SUBJECT, "{报文}至少发出{int}次", "“用电过户推送”至少发出2次")
def sent_at_least(seen: Seen, kinds: frozenset[str], times: int) -> Check:
    """连同没有送达的、没有收下的，至少这么多次。"""
    rows = [row for row in seen.rows if row.kind in kinds]
    return seen.awaited(len(rows) >= times, f"至少 {times} 次", f"{len(rows)} 次", rows)


@VOCABULARY.checks(SUBJECT, "{报文}有{int}次没有送达", "“税款销账”有2次没有送达")
def missed(seen: Seen, kinds: frozenset[str], times: int) -> Check:
    """技术故障使它没有送达，恰好这么多次。"""
    rows = [row for row in seen.rows if row.kind in kinds and row.outcome.startswith("fault")]
    return seen.awaited(len(rows) == times, f"没有送达 {times} 次", f"{len(rows)} 次", rows)


@VOCABULARY.checks(SUBJECT, "{报文}之后至少过了{时长}才有{报文}", "“登簿”之后至少过了10天才有“用气过户结果”")
def not_sooner(seen: Seen, first: frozenset[str], span_ms: int, then: frozenset[str]) -> Check:
    """从前一种的第一次，到后一种的最后一次。"""
    starts, rows = seen.messages(first), seen.messages(then)
    if not starts or not rows:
        return seen.awaited(False, "至少过了这么久", "没有报文可比", [*starts, *rows])
    took = rows[-1].t_ms - starts[0].t_ms
    return seen.check(
        took >= span_ms, f"至少 {span_ms / DAY_MS:.3g} 天", f"{took / DAY_MS:.3g} 天", [starts[0], rows[-1]]
    )


@VOCABULARY.checks(SUBJECT, "往来都在已声明的系统与报文之内", "往来都在已声明的系统与报文之内")
def declared(seen: Seen) -> Check:
    """每个报文都是接口清单里有的，收发双方也是清单里写的；多出一个外联即不成立。"""
    bad = [row for row in seen.rows if not _is_declared(seen, row)]
    return seen.check(not bad, "都在清单之内", seen.story(bad), bad)


def _is_declared(seen: Seen, row: Record) -> bool:
    if row.sender == row.receiver or row.kind.endswith(":refused"):
        return True
    if row.kind not in seen.ways:
        return row.kind in seen.kinds
    senders, hearers = seen.ways[row.kind]
    return ROLES.get(row.sender, row.sender) in senders and ROLES.get(row.receiver, row.receiver) in hearers


@VOCABULARY.checks(SUBJECT, "各联办与公共部门都收到过报文并作了应答", "各联办与公共部门都收到过报文并作了应答")
def all_reached(seen: Seen) -> Check:
    """税务、非税、银联、五个联办部门、住建、数据汇聚、省市政务平台、通知网关，一个不缺。"""
    reached = {row.receiver for row in seen.rows if row.outcome == "ok"}
    silent = [seat for seat in DEPARTMENTS if seat not in reached]
    return seen.awaited(not silent, "都收到并应答", f"没有：{'、'.join(silent)}" if silent else "齐全")


@VOCABULARY.checks(
    SUBJECT, "给人看的报文里没有当事人完整的证件号与手机号", "给人看的报文里没有当事人完整的证件号与手机号"
)
def masked(seen: Seen) -> Check:
    """短信、公众号、页面与通知里，连同应答，逐个找买卖双方的证件号、手机号，一个也找不到；缴款三要素里缴款人自己的号不算。"""
    dossier = seen.played.dossier
    secrets = {text for person in (*dossier.buyers, *dossier.sellers) for text in (person.id_no, person.phone)}
    shown = [row for row in seen.rows if row.kind.startswith(("notify.", "person.")) and (row.body or row.reply_body)]
    found = [row for row in shown if any(secret in f"{row.body}{row.reply_body}" for secret in secrets)]
    if not shown:
        return seen.awaited(False, "没有完整的号码", "没有给人看的报文")
    return seen.check(not found, "没有完整的号码", seen.story(found), found)
