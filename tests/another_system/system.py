"""一窗通: one process that takes applications, has the tax and the fee paid, and records. All amounts are yuan as text."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import aiohttp
from aiohttp import web

DEFECTS = ("", "early", "unit", "hang")
"""`early`: recorded before taxes are settled. `unit`: the order is over fen where yuan are meant. `hang`: an application of
more than one buyer is never answered."""
OK, PENDING = 0, 1
Json = dict[str, Any]


class Refused(Exception):
    """A business refusal: code and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class Case:
    """What is known of one 业务."""

    def __init__(self, number: str) -> None:
        self.number, self.stage = number, "new"
        self.form: Json = {}
        self.consent = self.receipt = ""
        self.charges: list[Json] = []
        self.taxes: list[Json] | None = None
        self.fee: list[Json] | None = None
        self.settled = self.recorded = False
        self.serial = 0
        self.turn = asyncio.Lock()

    @property
    def place(self) -> str:
        return str(self.form["fw"]["bdcdyh"])[:6]


class OneWindow:
    """The system. `sandbox` is where everybody else is; `seats` are ours to play."""

    def __init__(self, sandbox: str, seats: Sequence[str], defect: str = "") -> None:
        self.sandbox, self.defect, self.with_hub = sandbox, defect, "hub" in seats
        self.cases: dict[str, Case] = {}
        self.troubles: list[str] = []
        self.serial = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.client: aiohttp.ClientSession
        self.app = web.Application()
        self.app.add_routes(web.post(path, self._door(work)) for path, work in {
            "/wsb/jyj/tijiao": self.applied, "/wsb/jyj/queren": self.joined, "/wsb/dl/cxdl": self.logged_in,
            "/wsb/qz/wancheng": self.signed, "/djj/rw/shouli": self.accepted, "/djj/rw/shenhe": self.approved,
            "/djj/rw/dengbu": self.recorded, "/djj/rw/shanzheng": self.certified, "/djj/sf/yingjiao": self.charges_ready,
            "/djj/sf/jiaoqing": self.payment_settled, "/djj/hj/beian": self.nothing, "/zzd/sw/hesui": self.assessed,
            "/zzd/sw/mianshui": self.exempted, "/zzd/jk/jinru": self.page_opened, "/zzd/jk/qingdan": self.bill_found,
            "/zzd/jk/gouxuan": self.chosen, "/zzd/jk/jieguo": self.paid, "/zzd/pj/shenqing": self.receipts_asked,
        }.items())  # fmt: skip

    # ---- the wire ---------------------------------------------------------------------------------------------------
    def _door(self, work: Any) -> Any:
        async def answer(request: web.Request) -> web.Response:
            told = await request.json()
            case = self.cases.setdefault(str(told["ywh"]), Case(str(told["ywh"])))
            if self.defect == "hang" and len(told["bw"].get("sqd", {}).get("srf", ())) > 1:
                await asyncio.Event().wait()  # nobody knows how to go on with more than one buyer
            try:
                after = work(case, told["bw"])
            except Refused as no:
                return web.json_response({"code": no.code, "msg": str(no), "data": None})
            if after is not None:
                task = asyncio.ensure_future(self._follow(case, after))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
            return web.json_response({"code": OK, "msg": "成功", "data": {}})

        return answer

    async def _follow(self, case: Case, after: Any) -> None:
        try:
            async with case.turn:
                await after
        except (Refused, aiohttp.ClientError, TimeoutError) as error:
            self.troubles.append(f"{case.number}: {type(error).__name__} {error}")

    async def say(self, case: Case, where: str, body: Json) -> Json | None:
        """Call somebody; the data of the answer, None where it comes later."""
        self.serial += 1
        letter = {"lsh": f"YCT{self.serial:08d}", "ywh": case.number, "bw": body}
        async with self.client.post(f"{self.sandbox}/{where}", json=letter) as response:
            told = await response.json(content_type=None)
        if told["code"] == PENDING:
            return None
        if told["code"] != OK:
            raise Refused(told["code"], f"{where}: {told['msg']}")
        return dict(told["data"] or {})

    async def quiet(self) -> None:
        """Until everything that was heard has been followed up."""
        while self.tasks:
            await asyncio.wait(self.tasks)

    # ---- 网上申请 -----------------------------------------------------------------------------------------------------
    def applied(self, case: Case, told: Json) -> Any:
        if not (told["sqd"]["srf"] and told["sqd"]["zrf"]):
            raise Refused(2001, "申请人不全")
        case.form, case.consent = told["sqd"], told["sqh"]
        return self._identify_buyers(case)

    async def _identify_buyers(self, case: Case) -> None:
        if await self._identify(case, "srf", "buyer"):
            await self.say(case, "seller/xx/yqqr", {"hzh": case.consent})

    async def _identify(self, case: Case, side: str, role: str) -> bool:
        for person in case.form[side]:
            try:
                await self.say(case, "gov_platform/rz/shiming", {"js": role, "ry": person})
            except Refused as no:
                await self.say(case, f"{role}/xx/dlsb", {"yy": str(no)[:60]})
                return False
        return True

    def joined(self, case: Case, told: Json) -> Any:
        return self._identify_sellers(case)

    def logged_in(self, case: Case, told: Json) -> Any:
        return self._identify_sellers(case) if told["js"] == "seller" else self._identify_buyers(case)

    async def _identify_sellers(self, case: Case) -> None:
        if not await self._identify(case, "zrf", "seller"):
            return
        told = await self.say(case, "gov_platform/sj/ma", {"sqqd": case.form["sqqd"], "lbsx": case.form["lbsx"]})
        assert told is not None
        case.receipt = told["sjm"]
        await self.say(
            case,
            "gov_platform/qz/faqi",
            {"sjm": case.receipt, "cl": "转移登记申请表,存量房买卖合同", "qsr": "buyer,seller"},
        )

    def signed(self, case: Case, told: Json) -> Any:
        case.stage = "received"
        return self._task(case, "shouli")

    # ---- 登记 --------------------------------------------------------------------------------------------------------
    async def _task(self, case: Case, post: str) -> None:
        await self.say(case, "clerk/rw/daiban", {"gw": post})

    async def _progress(self, case: Case, stage: str) -> None:
        for platform in ("gov_platform", "city_platform"):
            await self.say(case, f"{platform}/bj/jindu", {"hj": stage})

    def accepted(self, case: Case, told: Json) -> Any:
        self._must(case, "received")
        case.stage = "accepted"
        return self._charge(case)

    async def _charge(self, case: Case) -> None:
        await self._progress(case, "accepted")
        facts = self._facts(case)
        if not self.with_hub:
            await self.say(case, "hub/sf/tuisong", {
                "djjg": case.place, "ss": facts, "zbs": case.form["fs"], "zz": case.form["fw"]["sfzz"], "mf": "",
            })  # fmt: skip
        else:
            declared = {"djjg": case.place, "zj": case.form["zj"], "ss": facts}
            fee = {
                "djjg": case.place,
                "zz": case.form["fw"]["sfzz"],
                "zbs": case.form["fs"],
                "jkr": case.form["srf"][0]["xm"],
                "mf": "",
            }
            await self.say(case, "tax/sw/shenbao", declared)
            told = await self.say(case, "non_tax/fs/kaishu", fee)
            assert told is not None
            case.fee = [told["sf"]] if told.get("sf") else []
            await self._bill_is_complete(case)
        if self.defect == "early":
            await self._task(case, "dengbu")

    def _facts(self, case: Case) -> Json:
        """What our register knows of the home; acquired long ago, for two thirds of the price."""
        form, home = case.form, case.form["fw"]
        before = (Decimal(form["zj"]) * 2 / 3).quantize(Decimal("0.01"))
        return {
            "bdcdyh": home["bdcdyh"], "zj": form["zj"], "mj": home["mj"], "sfzz": home["sfzz"], "qdrq": "20150601",
            "yj": str(before), "ypz": "1", "wy": "0", "tc": 1, "srf": form["srf"][0], "zrf": form["zrf"][0],
        }  # fmt: skip

    def approved(self, case: Case, told: Json) -> Any:
        self._must(case, "settled")
        case.stage = "approved"
        return self._task(case, "dengbu")

    def recorded(self, case: Case, told: Json) -> Any:
        if self.defect != "early":
            self._must(case, "approved")
            if not case.settled:
                raise Refused(3002, "税费未清，不得登簿")
        elif case.recorded:
            raise Refused(3001, "已登簿")
        case.recorded, case.stage = True, "recorded"
        return self._recorded(case)

    async def _recorded(self, case: Case) -> None:
        form, now = case.form, datetime.now(timezone(timedelta(hours=8)))
        await self.say(case, "data_exchange/hj/tuisong", {
            "bdcqzh": f"闽（{now.year}）不动产权第{int(case.number):07d}号", "bdcdyh": form["fw"]["bdcdyh"], "htbh": form["htbh"],
            "zj": form["zj"], "srf": ",".join(p["xm"] for p in form["srf"]), "zrf": ",".join(p["xm"] for p in form["zrf"]),
            "djsj": now.strftime("%Y%m%d%H%M%S"),
        })  # fmt: skip
        await self._progress(case, "recorded")
        await self._task(case, "shanzheng")

    def certified(self, case: Case, told: Json) -> Any:
        self._must(case, "recorded")
        case.stage = "certified"
        return self._close(case)

    async def _close(self, case: Case) -> None:
        await self._progress(case, "closed")
        for role in ("seller", "buyer"):
            await self.say(case, f"{role}/xx/bj", {"jg": "1"})

    def charges_ready(self, case: Case, told: Json) -> Any:
        case.charges = told["qd"]
        return self._tell_to_pay(case)

    async def _tell_to_pay(self, case: Case) -> None:
        await self._progress(case, "awaiting_payment")
        phone = case.form["srf"][0]["dh"]
        await self.say(case, "notify/xx/duanxin", {
            "mb": "1", "jsr": "buyer", "dh": f"{phone[:3]}****{phone[-4:]}", "nr": "税费已核定，请登录闽政通缴清",
        })  # fmt: skip

    def payment_settled(self, case: Case, told: Json) -> Any:
        case.settled = True
        if case.stage != "accepted":
            return None
        case.stage = "settled"
        return self._review(case)

    async def _review(self, case: Case) -> None:
        await self._progress(case, "paid")
        await self._task(case, "shenhe")

    def nothing(self, case: Case, told: Json) -> None:
        """Heard, and nothing to do."""

    def _must(self, case: Case, stage: str) -> None:
        if case.stage != stage:
            raise Refused(3001, f"办件处于“{case.stage}”，不能办理")

    # ---- 税费同缴 -----------------------------------------------------------------------------------------------------
    def assessed(self, case: Case, told: Json) -> Any:
        case.taxes = told["qd"]
        return self._bill_is_complete(case)

    def exempted(self, case: Case, told: Json) -> Any:
        case.taxes = []
        return self._bill_is_complete(case)

    async def _bill_is_complete(self, case: Case) -> None:
        if case.taxes is not None and case.fee is not None and not case.charges:
            case.charges = [*case.taxes, *case.fee]
            await self._tell_to_pay(case)

    def page_opened(self, case: Case, told: Json) -> Any:
        if case.settled or not case.charges:
            raise Refused(4001, "没有待缴款项")
        return self._ask_for_bill(case)

    async def _ask_for_bill(self, case: Case) -> None:
        case.serial += 1
        query = {"cxh": f"CX{case.number}N{case.serial}", "jkr": "buyer", "qd": case.charges}
        told = await self.say(case, "unionpay/jf/chaxun", query)
        if told is not None:
            await self._show_bill(case, told)

    def bill_found(self, case: Case, told: Json) -> Any:
        return self._show_bill(case, told)

    async def _show_bill(self, case: Case, told: Json) -> None:
        shown = [{**each, "jkrzjhm": each["jkrzjhm"][:3] + "*" * 11 + each["jkrzjhm"][-4:] if each["jkrzjhm"] else "", "swjg": ""}
                 for each in told["qd"]]  # fmt: skip
        await self.say(case, "buyer/jk/qingdan", {"qd": shown, "qb": told["qb"]})

    def chosen(self, case: Case, told: Json) -> Any:
        return self._order(case, [each for each in case.charges if each["pzh"] in told["pzh"]])

    async def _order(self, case: Case, chosen: list[Json]) -> None:
        case.serial += 1
        total = sum((Decimal(each["je"]) for each in chosen), Decimal(0))
        asked = total * 100 if self.defect == "unit" else total
        order = {
            "ddh": f"YCT{int(case.number):08d}{case.serial:04d}",
            "jkr": "buyer",
            "qd": chosen,
            "zje": f"{asked:.2f}",
        }
        told = await self.say(case, "unionpay/dd/xiadan", order)
        assert told is not None
        await self.say(case, "buyer/jk/zhifu", {"ddh": told["ddh"], "lsh": told["jydh"], "zje": told["zje"]})

    def paid(self, case: Case, told: Json) -> Any:
        due = {each["pzh"] for each in case.charges}
        if not due <= set(told["yxz"]):
            return None
        return self._settle(case, sorted(due))

    def receipts_asked(self, case: Case, told: Json) -> Any:
        if not case.settled:
            raise Refused(3002, "尚未缴清，不能取票")
        return self._receipts(case, told["js"])

    async def _receipts(self, case: Case, role: str) -> None:
        for each in case.charges:
            where, number = ("tax/pj/wanshui", "pzh") if each["lb"] == "S" else ("non_tax/pj/piaoju", "jksh")
            await self.say(case, where, {number: each["pzh"]})
        await self.say(case, f"{role}/pj/kexia", {"pzh": [each["pzh"] for each in case.charges]})

    async def _settle(self, case: Case, numbers: list[str]) -> None:
        await self.say(case, "buyer/jk/jieguo", {"yj": numbers, "qq": "1"})
        after = self.payment_settled(case, {})
        if after is not None:
            await after


@asynccontextmanager
async def served_by(system: OneWindow, port: int = 0) -> AsyncIterator[str]:
    """The system at an address, until the end of the block."""
    runner = web.AppRunner(system.app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as system.client:
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            for task in list(system.tasks):
                task.cancel()
            await runner.cleanup()
