"""The housing department: earlier net-sign look-up, and filing by what flows back after recording (附件2)."""

from sim.message import Answers, Message, request, response


@response("housing.net_sign", "网签查询返回")
class NetSign(Message):
    """`contract_no` is empty when the parties never signed on line; that is no obstacle (二（一）)."""

    contract_no: str


@request("housing.find_net_sign", "查询既有网签备案", Answers.QUERY, "/net-signs/query", item="filing", ref="authorisation",
         authorised="authorisation", inventory=("FJ-04",))  # fmt: skip
class FindNetSign(Message):
    unit_code: str
    authorisation: str
