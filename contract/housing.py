"""The housing department: earlier net-sign look-up, and filing by what flows back after recording (附件2)."""

from sim.message import Answers, Error, Message, request, response

AUTHORISATION_MISSING = Error("authorisation_missing", "未附申请人授权，不得查询网签备案", "取得授权后再查询")


@response("housing.net_sign", "网签查询返回")
class NetSign(Message):
    """`contract_no` is empty when the parties never signed on line; that is no obstacle (二（一）)."""

    contract_no: str


@request("housing.find_net_sign", "查询既有网签备案", Answers.QUERY, "/net-signs/query", item="filing", ref="authorisation",
         authorised="authorisation", inventory=("FJ-04",), errors=(AUTHORISATION_MISSING,))  # fmt: skip
class FindNetSign(Message):
    unit_code: str
    authorisation: str
