"""What the control API takes."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.faces.keys import Scheme
from sim.runs.plan import Pace
from sim.runs.scale import MOST_TERM_FACTOR, Handling

FIRST_MS, LAST_MS = 1_577_808_000_000, 1_827_590_400_000
"""A clock stands between 2020-01-01 and 2027-12-01: the working days of other years are not known."""


class Arranged(BaseModel):
    """What is arranged for one case instead of being drawn (`sim.circumstances`)."""

    model_config = ConfigDict(extra="forbid")

    shares: dict[str, float] = Field(default_factory=dict, description="各种情形出现的比例，1 必有，0 必无")
    facts: dict[str, Any] = Field(default_factory=dict, description="办件资料中改成所写值的各项")
    reasons: dict[str, str] = Field(default_factory=dict, description="退回时所用的理由，按判定的名称")
    faults: list[dict[str, Any]] = Field(default_factory=list, description="只落在这件上的故障，写法同报文日志中的故障")
    durations: dict[str, int] = Field(default_factory=dict, description="定为所写毫秒数的时长，按 package.toml 的名称")


class NewRun(BaseModel):
    """What a run is created with."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="批次名：小写字母、数字、连字符")
    package: str = "fujian-2024-55"
    seed: int = Field(default=2024, ge=0, lt=2**63)
    cases: int = Field(default=10_000, ge=1, le=1 << 23, description="本批次的办件号为 1 至此数")
    stock: int = Field(
        default=0, ge=0, lt=1 << 23, description="参照系统一开始就持有的存量：办件号 1 至此数，状态各异，不再开始"
    )
    start_ms: int | None = Field(default=None, ge=FIRST_MS, le=LAST_MS, description="时钟起点（毫秒）；缺省为现在")
    pace: Pace = Pace.LIVE
    factor: float = Field(default=1.0, gt=0, le=100_000)
    handling: Handling = Handling.REAL
    term_factor: int = Field(
        default=1, ge=1, le=MOST_TERM_FACTOR, description="缩短后的期限放长到几倍；handling 为 real 时只能是 1"
    )
    office_hours: bool = True
    remote: dict[str, str] = Field(default_factory=dict, description="由真实系统接入的席位及其地址；地址为空则用收件箱")
    follower: str = Field(default="", description="随本批次时钟走的对方系统的控制地址")
    scheme: Scheme = Scheme.OPEN
    owner: str = Field(default="", max_length=100)
    follows_clock: bool = Field(default=False, description="外部接入的系统声明跟随本批次的时钟；倍率不为 1 时必须")
    settle_ms: int = Field(default=200, ge=0, le=60_000, description="步进批次等对方下一步动作的实际毫秒数")
    led: bool = Field(default=False, description="本批次的时钟随对方系统走：参照系统接入别处沙箱时如此")
    arranged: dict[int, Arranged] = Field(default_factory=dict, description="为个别办件安排的情形，按办件号")
    dialects: dict[str, str] = Field(default_factory=dict, description="席位的真实系统所说的接口适配，按文件名")
    dialect_files: dict[str, str] = Field(default_factory=dict, description="接口适配文件的内容（TOML 文本），按文件名")
    share: int = Field(default=0, ge=0, lt=64, description="几个沙箱分担时，本批次只办办件号除以 among 余此数的办件")
    among: int = Field(default=1, ge=1, le=64, description="几个沙箱分担；1 为独自办理")
    by_hand: list[str] = Field(
        default_factory=list, description="真实系统没有接口、由人在其中办理的操作：进收件箱等人说办好了"
    )
    faults: str = Field(default="", description="开始时就有的故障脚本，如 everyday；缺省没有故障")


class Begin(BaseModel):
    """Which cases people apply in."""

    model_config = ConfigDict(extra="forbid")

    first: int = Field(default=1, ge=1, le=1 << 23)
    last: int = Field(default=1, ge=1, le=1 << 23)
    at_arrival: bool = False
    numbers: list[Annotated[int, Field(ge=1)]] = Field(
        default_factory=list, max_length=10_000, description="办件号，按此次序开始；给出时不看 first、last"
    )


class Stage(BaseModel):
    """From which case on which processes share a seat."""

    model_config = ConfigDict(extra="forbid")

    first: int = Field(ge=1, alias="from")
    addresses: list[str] = Field(min_length=1, max_length=1_000)


class Attach(BaseModel):
    """Where the systems in a run's remote seats are reached, and which of them moves its clock with the run's."""

    model_config = ConfigDict(extra="forbid")

    addresses: dict[str, str] = Field(default_factory=dict)
    shares: dict[str, list[Stage]] = Field(
        default_factory=dict, description="几个进程合坐的席位：从哪个办件号起由哪些地址分担，办件号除以个数的余数定归属"
    )
    follower: str | None = None
    stops_when_speaking: bool = Field(
        default=False,
        description="跟随方按 until_said 推进时，停在自己第一次发出报文的时刻，时钟因此不必逐个时刻拨；"
        "取回的条目带 after_ms 的，过这么多毫秒才算送达",
    )


class Advance(BaseModel):
    """How far a stepped clock moves: to an instant, by so much, to the next event, or until all cases have ended."""

    model_config = ConfigDict(extra="forbid")

    to_ms: int | None = Field(default=None, ge=FIRST_MS, le=LAST_MS)
    until_said: bool = Field(
        default=False, description="跟随方用：走到 to_ms，或停在第一次发出报文的时刻，以先到者为准"
    )
    lying: list[tuple[str, str, str]] | None = Field(
        default=None, max_length=1_000, description="跟随方用：哪些轮询有结果待取（报文、席位、取件方）；其余不必来取"
    )
    over: list[int] = Field(
        default_factory=list, description="跟随方用：上次拨钟以来在沙箱里已了结的办件，不必再为它们留着"
    )
    by_ms: int | None = Field(default=None, ge=0, le=LAST_MS)
    next: bool = False
    until_over: bool = False
    grain_ms: int = Field(default=0, ge=0, le=3_600_000)
    limit_s: float = Field(
        default=300.0, gt=0, le=3_600, description="最多用多少秒（实际时间）；到时停下并说明走到哪里"
    )

    @model_validator(mode="after")
    def _one_way(self) -> "Advance":
        ways = [self.to_ms is not None, self.by_ms is not None, self.next, self.until_over]
        if sum(ways) != 1:
            raise PydanticCustomError("one_way", "one_way")
        return self


class Observation(BaseModel):
    """What a real system did without telling anybody, as its people report it."""

    model_config = ConfigDict(extra="forbid")

    case_no: int | None = Field(default=None, ge=1, description="办件号；与 number 至少给一个")
    number: str = Field(default="", max_length=64, description="受理编号、收件码等：日志里有过的，或与办件号一起报过的")
    what: str = Field(
        min_length=1, max_length=64, description="发生了什么：报文名称，如 登簿，或操作名 registry.record"
    )
    at: str = Field(max_length=40, description="何时：2026-03-02 10:15:00（北京时间），或毫秒数")
    by: str = Field(min_length=1, max_length=64, description="谁报的")


class Observations(BaseModel):
    """Several observations; all are taken, or none."""

    model_config = ConfigDict(extra="forbid")

    observations: list[Observation] = Field(min_length=1, max_length=10_000)


class Numbers(BaseModel):
    """Numbers of a real system's own, each with the case it is of."""

    model_config = ConfigDict(extra="forbid")

    numbers: dict[str, int] = Field(
        min_length=1, max_length=10_000, description="对方的受理编号 → 办件号；以后 X-Case-No 写受理编号即可"
    )


class Refuse(BaseModel):
    """A remote seat's no: a code of the operation, and why."""

    model_config = ConfigDict(extra="forbid")

    error: str = Field(min_length=1, max_length=64)
    detail: str = Field(default="", max_length=2_000)


class InboxAnswer(BaseModel):
    """What somebody says to a message in the inbox of their seat: an answer of some kind, or a refusal."""

    model_config = ConfigDict(extra="forbid")

    kind: str = ""
    body: dict[str, Any] = Field(default_factory=dict)
    refuse: Refuse | None = None
