"""The application form: what is filled in wrongly, what comes from sharing, and that nothing is changed on its way."""

from typing import Any

from features.casting import Cast
from features.evidence import Check, Seen
from features.steps.altered import path_in
from features.vocabulary import VOCABULARY
from sim.dossier import ITEMS
from sim.faults import Effect, Fault
from sim.identifiers import canonical_title

SUBJECT = "申请表与材料"
APPLY, RECEIVE = frozenset({"portal.apply"}), frozenset({"registry.receive", "registry.receive_at_window"})
IDENTITY = frozenset({"gov_platform.verify_identity"})
CERTIFICATES, BACKFILL = frozenset({"gov_platform.fetch_certificates"}), frozenset({"gov_platform.backfill"})
ASKED = frozenset({"person.upload_asked"})
CODE, SIGNING = frozenset({"gov_platform.issue_receipt_code"}), frozenset({"gov_platform.start_signing"})


@VOCABULARY.arranges(SUBJECT, "申请表的{栏目}填成{值}", "申请表的成交价填成0")
def filled_in_as(cast: Cast, column: str, value: Any) -> None:
    """只有这一栏与实际不符；金额以分为单位，“空”为未填。"""
    path = path_in("portal.apply", column)
    cast.faults.append(Fault(f"form-{path}", Effect.ALTERED, "portal.apply", changes=((path, value),)))


def _forms(seen: Seen) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[Any]]:
    """The forms as applied for, the forms as handed to the registry, and the rows of both."""
    applied, received = seen.messages(APPLY), seen.messages(RECEIVE)
    said = [[seen.body(row)["application"] for row in rows] for rows in (applied, received)]
    return said[0], said[1], [*applied, *received]


@VOCABULARY.checks(SUBJECT, "申请内容从提交到分发逐项一致", "申请内容从提交到分发逐项一致")
def unchanged(seen: Seen) -> Check:
    """登记机构收到的申请表，与申请端提交的逐栏相等。"""
    applied, received, rows = _forms(seen)
    expected = "分发的申请表与提交的逐栏相等"
    if not applied or not received:
        return seen.awaited(False, expected, f"提交 {len(applied)} 次，分发 {len(received)} 次", rows)
    odd = [name for name, value in _plain(applied[0]).items() if _plain(received[-1]).get(name) != value]
    return seen.check(not odd, expected, f"不一致的栏目：{'、'.join(odd)}" if odd else "逐栏相等", rows)


def _plain(form: dict[str, Any]) -> dict[str, Any]:
    """The form with its title number as the register writes it: brackets and spaces are no difference."""
    return form | {"home": form["home"] | {"title_no": canonical_title(form["home"]["title_no"])}}


@VOCABULARY.checks(SUBJECT, "申请包列明{int}名买方和{int}名卖方", "申请包列明3名买方和1名卖方")
def listed(seen: Seen, buyers: int, sellers: int) -> Check:
    """登记机构收到的申请包里，双方人数与实际相同且各不相同。"""
    _, received, rows = _forms(seen)
    expected = f"{buyers} 名买方、{sellers} 名卖方"
    if not received:
        return seen.awaited(False, expected, "没有分发申请包", rows)
    found = [len({each["id_no"] for each in received[-1][side]}) for side in ("buyers", "sellers")]
    return seen.check(found == [buyers, sellers], expected, f"{found[0]} 名买方、{found[1]} 名卖方", rows)


@VOCABULARY.checks(SUBJECT, "每位当事人都经统一身份认证", "每位当事人都经统一身份认证")
def all_identified(seen: Seen) -> Check:
    """本件的每一名买方、卖方，都有一次认证通过。"""
    rows = [row for row in seen.messages(IDENTITY) if row.reply_body]
    known = {seen.body(row)["person"]["id_no"] for row in rows}
    lacking = [each.name for each in _people(seen) if each.id_no not in known]
    return seen.awaited(not lacking, "每人认证通过", f"未认证：{'、'.join(lacking)}" if lacking else "都已认证", rows)


@VOCABULARY.checks(SUBJECT, "每位当事人的证照与共享信息都凭授权取得", "每位当事人的证照与共享信息都凭授权取得")
def all_looked_up(seen: Seen) -> Check:
    """取电子证照与共享回填都列有本件每个人，附有授权编号，并有返回。"""
    fetched = [row for row in seen.messages(CERTIFICATES) if row.reply_body]
    filled = [row for row in seen.messages(BACKFILL) if row.reply_body]
    rows = [*fetched, *filled]
    wanted = {each.id_no for each in _people(seen)}
    by_certificate = {each["id_no"] for row in fetched for each in seen.body(row)["persons"]}
    by_sharing = {number for row in filled for number in seen.body(row)["id_nos"]}
    authorised = bool(rows) and all(seen.body(row)["authorisation"] for row in rows)
    found = f"证照 {len(wanted & by_certificate)} 人，回填 {len(wanted & by_sharing)} 人，共 {len(wanted)} 人"
    holds = authorised and wanted <= by_certificate and wanted <= by_sharing
    return seen.awaited(holds, "每个人都凭授权取得", found if authorised or not rows else "未附授权编号", rows)


def _people(seen: Seen) -> list[Any]:
    dossier = seen.played.dossier
    return [*dossier.buyers, *dossier.sellers]


@VOCABULARY.checks(SUBJECT, "共享回填带出{引文}", "共享回填带出“坐落、面积”")
def filled_by_sharing(seen: Seen, fields: str) -> Check:
    """共享数据回填返回了这些栏目，不必手工录入。"""
    rows = [row for row in seen.messages(BACKFILL) if row.reply_body]
    found = {field for row in rows for field in seen.reply(row)["fields"]}
    lacking = [field for field in fields.split("、") if field not in found]
    return seen.awaited(bool(rows) and not lacking, f"带出{fields}", f"带出 {'、'.join(sorted(found)) or '无'}", rows)


@VOCABULARY.checks(SUBJECT, "电子证照带出{引文}", "电子证照带出“居民身份证、结婚证”")
def found_certificates(seen: Seen, kinds: str) -> Check:
    """证照库返回了这些证照，免于上传。"""
    rows = [row for row in seen.messages(CERTIFICATES) if row.reply_body]
    found = {kind for row in rows for kind in seen.reply(row)["found"]}
    lacking = [kind for kind in kinds.split("、") if kind not in found]
    return seen.awaited(bool(rows) and not lacking, f"带出{kinds}", f"带出 {'、'.join(sorted(found)) or '无'}", rows)


@VOCABULARY.checks(SUBJECT, "一次列全所缺的{int}种材料", "一次列全所缺的3种材料")
def listed_at_once(seen: Seen, count: int) -> Check:
    """只请补一次，所列与证照库返回的缺件逐种相同，共这么多种。"""
    fetched, asked = [row for row in seen.messages(CERTIFICATES) if row.reply_body], seen.messages(ASKED)
    missing = {kind for row in fetched for kind in seen.reply(row)["missing"]}
    told = [set(seen.body(row)["missing"]) for row in asked]
    holds = told == [missing] and len(missing) == count
    said = f"缺 {'、'.join(sorted(missing)) or '无'}；请补 {len(told)} 次：{'；'.join('、'.join(sorted(each)) for each in told)}"
    return seen.awaited(holds, f"一次列全 {count} 种", said, [*fetched, *asked])


@VOCABULARY.checks(SUBJECT, "请申请人补填{引文}", "请申请人补填“户籍”")
def asked_to_fill_in(seen: Seen, fields: str) -> Check:
    """只请补一次，而且只请补这些。"""
    rows = seen.messages(ASKED)
    told = [set(seen.body(row)["missing"]) for row in rows]
    said = "；".join("、".join(sorted(each)) for each in told) or "没有请补"
    return seen.awaited(told == [set(fields.split("、"))], f"请补{fields}", said, rows)


@VOCABULARY.checks(SUBJECT, "申请表只填了{事项清单}的户号", "申请表只填了用水过户的户号")
def only_these_accounts(seen: Seen, mask: int) -> Check:
    """勾选的联办事项与所填户号正是这些，其余一概为空。"""
    applied, _, rows = _forms(seen)
    wanted = [item for bit, item in enumerate(ITEMS) if mask >> bit & 1]
    holds = bool(applied) and list(applied[0]["items"]) == wanted
    holds = holds and [bool(number) for number in applied[0]["accounts"]] == [item in wanted for item in ITEMS]
    said = (
        f"勾选 {len(applied[0]['items'])} 项，填户号 {sum(map(bool, applied[0]['accounts']))} 个"
        if applied
        else "没有申请"
    )
    return seen.awaited(holds, f"只填 {len(wanted)} 项", said, rows)


@VOCABULARY.checks(SUBJECT, "申请包内材料与签章齐全", "申请包内材料与签章齐全")
def package_complete(seen: Seen) -> Check:
    """签署的文书含登记申请表、网签备案信息与买卖合同，分发的申请包带同一收件码与双方的签章。"""
    signing, received, coded = seen.messages(SIGNING), seen.messages(RECEIVE), seen.messages(CODE)
    rows = [*coded, *signing, *received]
    if not signing or not received:
        return seen.awaited(False, "材料与签章齐全", "没有签署或没有分发", rows)
    documents = "、".join(seen.body(signing[-1])["documents"])
    codes = {seen.reply(row)["receipt_code"] for row in coded if row.reply_body}
    packages = [seen.body(row) for row in received]
    lacking = [word for word in ("转移登记申请表", "网签备案", "合同") if word not in documents]
    lacking += ["签章"] * any(not each["seal_no"] for each in packages)
    lacking += ["同一收件码"] * ({each["receipt_code"] for each in packages} != codes)
    lacking += ["双方签署人"] * (set(seen.body(signing[-1])["signers"]) != {"buyer", "seller"})
    return seen.check(not lacking, "材料与签章齐全", f"缺{'、'.join(lacking)}" if lacking else documents, rows)


@VOCABULARY.checks(SUBJECT, "涉税申报载明卖方的统一社会信用代码", "涉税申报载明卖方的统一社会信用代码")
def company_declared(seen: Seen) -> Check:
    """主体类型为单位，名称与代码和本件的卖方相同。"""
    rows = seen.messages(frozenset({"tax.declare"}))
    told, seller = [seen.body(row)["facts"]["seller"] for row in rows], seen.played.dossier.sellers[0]
    holds = bool(told) and all(each["is_company"] and each["id_no"] == seller.id_no for each in told)
    return seen.awaited(
        holds, f"卖方为单位 {seller.id_no}", "、".join(each["id_no"] for each in told) or "没有申报", rows
    )


@VOCABULARY.checks(SUBJECT, "补正要求一次提出，此后没有新增", "补正要求一次提出，此后没有新增")
def nothing_new_asked(seen: Seen) -> Check:
    """第一次补正通知之后，再要的材料都在第一次所列之内。"""
    rows = seen.messages(frozenset({"person.correction_asked", "person.upload_asked"}))
    first = [row for row in rows if row.kind == "person.correction_asked"][:1]
    if not first:
        return seen.awaited(False, "一次提出", "没有补正通知", rows)
    listed = seen.body(first[0])["what"]
    later = [row for row in rows if row.t_ms > first[0].t_ms]
    new = [text for row in later for text in _demands(seen.body(row)) if text not in listed]
    return seen.check(
        not new, f"只要求“{listed}”", f"后来又要求：{'、'.join(new)}" if new else "没有新增", [*first, *later]
    )


def _demands(body: dict[str, Any]) -> list[str]:
    return list(body["missing"]) if "missing" in body else [str(body["what"])]
