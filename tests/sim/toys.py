"""A toy counter: messages of every shape, and roles of a few rules, for the tests of the kernel."""

from collections.abc import Callable
from typing import Any

from sim.message import Answers, Error, Message, notice, request, response, timer
from sim.party import File, Party
from sim.posts import Posts, refuse, reply
from sim.table import Part, Role, Row, State, Track, ignored, row

WRONG = Error("wrong", "要素有误", "更正后重报")


@request("toy.do", "办理", Answers.ACK, "/do", errors=(WRONG,))
class Do(Message):
    n: int


@response("toy.answer", "答复")
class Answer(Message):
    n: int


@request("toy.ask", "询问", Answers.NOW, "/ask", errors=(WRONG,))
class Ask(Message):
    n: int


@request("toy.ask_later", "申报", Answers.LATER, "/ask-later")
class AskLater(Message):
    n: int


@request("toy.look", "查询进度", Answers.QUERY, "/look", method="GET", errors=(WRONG,))
class Look(Message):
    n: int


@notice("toy.told", "告知")
class Told(Message):
    n: int


@timer("toy.due", "到点")
class Due(Message):
    n: int


@timer("toy.over", "期满")
class Over(Message):
    n: int


@response("toy.opened", "开户回执", ref="account")
class Opened(Message):
    account: str


@request("toy.open_account", "开户", Answers.NOW, "/accounts", by="account", opens=True, ref="account")
class OpenAccount(Message):
    account: str


@request("toy.deposit", "存入", Answers.ACK, "/deposits", by="account", ref="account", amount="fen")
class Deposit(Message):
    account: str
    fen: int


@response("toy.balance_found", "余额", ref="account", amount="fen")
class BalanceFound(Message):
    account: str
    fen: int


@request("toy.balance", "查余额", Answers.QUERY, "/accounts/{account}", method="GET", by="account")
class Balance(Message):
    account: str


@request("toy.close_account", "销户", Answers.ACK, "/accounts/{account}/closing", by="account")
class CloseAccount(Message):
    account: str


def a_state(name: str = "idle", *, end: bool = True) -> State:
    """A state of a name."""
    return State(name, name, end=end)


def a_role(start: State, *rows: list[Row], name: str = "toy", file: type[File] = File, **more: Any) -> Role:
    """A role of one track."""
    return Role(name, "柜台", (Part(file, [Track("main", "主", start, rows)]),), **more)


class AccountFile(File):
    """An account and what lies in it."""

    __slots__ = ("fen",)

    def __init__(self, party: Party, case: Any, part: Part[Any]) -> None:
        super().__init__(party, case, part)
        self.fen = 0


def bank() -> Role:
    """Keeps one file per account, and nothing of the case itself but a desk for plain requests."""
    idle, none, opened = a_state(), a_state("none"), a_state("open", end=False)

    def open_account(file: AccountFile, heard: OpenAccount) -> Posts:
        return refuse(WRONG) if heard.account == "bad" else [reply(Opened(heard.account))]

    def deposit(file: AccountFile, heard: Deposit) -> Posts:
        file.fen += heard.fen
        return ()

    def balance(file: AccountFile, heard: Balance) -> Message:
        return BalanceFound(heard.account, file.fen)

    accounts = Track("account", "账户", none, [
        row(none, OpenAccount, opened, open_account),
        row(opened, Deposit, None, deposit),
        row(opened, CloseAccount, none),
    ])  # fmt: skip
    main = Track("main", "主", idle, [ignored(idle, Do, "无须处理")])
    parts = (Part(File, [main]), Part(AccountFile, [accounts], key="account"))
    return Role("bank", "银行", parts, queries={Balance: balance})


def counter(act: Callable[[File, Any], Posts] = lambda file, heard: ()) -> Role:
    """One state; `act` decides what is said to Do, Ask, AskLater and Told."""
    idle = a_state()
    return a_role(idle, *(row(idle, kind, None, act) for kind in (Do, Ask, AskLater, Told)))
