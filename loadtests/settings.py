"""What a load is made from: the run of the sandbox, how many cases, how they come in; the same for `locust` and `liantiao load`."""

import os
from argparse import Namespace
from dataclasses import dataclass
from typing import Any, Final

from sim.plain import PlainError

HANDS: Final = 200
"""Of each worker: at a tenth of a second an exchange they make 2,000 a second, more than one worker can, so that a slow system
and not a lack of hands is what makes people wait."""
OPTIONS: Final[tuple[tuple[str, Any, str], ...]] = (
    ("run-url", "", "沙箱批次的地址，如 http://127.0.0.1:8900/runs/load；几个沙箱分担时按余数 0、1…的次序用逗号隔开"),
    ("token", "", "沙箱的控制令牌"),
    ("cases", 100, "办件数：办件号 1 至此数各办一次"),
    ("first", 1, "从哪个办件号办起：接着上一次用新的房屋"),
    ("load-profile", "constant:40", "负载曲线，如 constant:40、province-day:600、staircase"),
    ("times", 1.0, "负载曲线的倍数，如 5、10"),
    ("closed", 0, "封闭模型：同时在办的件数；0 为开放模型，按曲线到达"),
    ("hands", HANDS, "每个工作进程同时办事的人数"),
    ("patience", 120.0, "最后一件到达后，多少秒没有进展就结束；期限放长几倍，就多等几倍"),
    ("stop-errors", 1.0, "错误率达到多少就自行停止；1 为不停"),
    ("stop-p99", 0.0, "p99 延迟达到多少毫秒就自行停止；0 为不停"),
    ("door-host", "127.0.0.1", "工作进程收通知的地址：沙箱要能连上"),
    ("result", "", "结束时把各进程的统计写到这个 JSON 文件"),
)
"""(name, default, for people); each is an option of Locust and the variable `LIANTIAO_LOAD_<NAME>`."""


class SettingsError(PlainError):
    """A setting that cannot be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, by the names of the options."""

    run_url: str
    token: str
    cases: int
    first: int
    profile: str
    times: float
    closed: int
    hands: int
    patience: float
    stop_errors: float
    stop_p99: float
    door_host: str
    result: str

    @property
    def run_urls(self) -> list[str]:
        """The runs of all sandboxes that share the cases, each at the place of its remainder (`sim.runs.shares`)."""
        return [each.strip().rstrip("/") for each in self.run_url.split(",")]

    @property
    def last(self) -> int:
        """The last case."""
        return self.first + self.cases - 1


def field_of(option: str) -> str:
    """The field of an option; Locust has a `--profile` of its own."""
    return option.removeprefix("load-").replace("-", "_")


def variable_of(option: str) -> str:
    """The environment variable of an option."""
    return f"LIANTIAO_LOAD_{field_of(option).upper()}"


def add_options(parser: Any) -> None:
    """Teach Locust's command line ours. Environment variables fill in what is not typed. Raises SettingsError for one of those."""
    for name, default, about in OPTIONS:
        variable = variable_of(name)
        given = os.environ.get(variable, "")
        try:
            value = type(default)(given) if given else default
        except ValueError:
            raise SettingsError(f"环境变量 {variable} 应为数，如 {default}；现为“{given}”。") from None
        parser.add_argument(
            f"--{name}", type=type(default), default=value, help=about, is_secret=name == "token",
        )  # fmt: skip


def settings_of(options: Namespace) -> Settings:
    """What was typed, read back."""
    told = {field_of(name): getattr(options, name.replace("-", "_")) for name, _, _ in OPTIONS}
    return Settings(**told)
