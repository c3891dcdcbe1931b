"""What the control API refuses."""

from typing import TYPE_CHECKING

from sim.faces.refusal_words import words_of
from sim.faces.refusals import Problem, listed

if TYPE_CHECKING:
    from sim.faces.hosted import Runs


class Refusal(Exception):
    """A control request that cannot be carried out."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem

    @property
    def sentence(self) -> str:
        """All of it in one sentence, for where there is no HTTP."""
        return words_of(self.problem.told) + "。"


def no_token() -> Refusal:
    """The bearer token is missing or another."""
    step = "在请求头 Authorization 中带上 Bearer 与启动时显示的令牌"
    return Refusal(Problem(401, "no_token", "没有令牌或令牌不对", "控制接口需要令牌", step))


def unknown_run(name: str, runs: "Runs") -> Refusal:
    """A run that is not on this server, told loudly with those that are; or one that is, but is not open."""
    if name in runs.shut:
        return Refusal(runs.shut[name])
    known = [*runs, *runs.shut]
    detail = f"本服务没有批次“{name}”；现有：{listed(known)}"
    step = "核对地址中 /runs/ 之后的批次名，或先建批次"
    return Refusal(Problem(404, "run_unknown", "没有这个联调批次", detail, step, more={"runs": known}))


def not_opened(name: str, why: str) -> Problem:
    """A run whose folder cannot be opened: the others go on."""
    step = f"按原因处理后重启服务；不要了的用 DELETE /runs/{name} 删除后重建"
    return Problem(503, "run_not_opened", "联调批次打不开", why, step)


def being_restored(name: str) -> Problem:
    """A run that is just being taken back to a snapshot."""
    return Problem(503, "run_restoring", "联调批次正在恢复", f"批次“{name}”正在恢复到快照", "稍后重试")


def being_deleted(name: str) -> Problem:
    """A run that is just being closed, to be gone."""
    return Problem(503, "run_deleting", "联调批次正在删除", f"批次“{name}”正在关闭并删除", "稍后重试")


def unknown_snapshot(name: str, known: list[str]) -> Refusal:
    """A snapshot that the run has not, with those that it has."""
    detail = f"没有快照“{name}”；现有：{listed(known)}"
    return Refusal(
        Problem(404, "snapshot_unknown", "没有这个快照", detail, "核对快照名，或先建快照", more={"snapshots": known})
    )
