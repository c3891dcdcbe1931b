"""What the control API refuses."""

from collections.abc import Iterable

from sim.faces.refusals import Problem, listed


class Refusal(Exception):
    """A control request that cannot be carried out."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


def no_token() -> Refusal:
    """The bearer token is missing or another."""
    step = "在请求头 Authorization 中带上 Bearer 与启动时显示的令牌"
    return Refusal(Problem(401, "no_token", "没有令牌或令牌不对", "控制接口需要令牌", step))


def unknown_run(name: str, runs: Iterable[str]) -> Refusal:
    """A run that is not on this server: told loudly, with those that are."""
    known = list(runs)
    detail = f"本服务没有批次“{name}”；现有：{listed(known)}"
    step = "核对地址中 /runs/ 之后的批次名，或先建批次"
    return Refusal(Problem(404, "run_unknown", "没有这个联调批次", detail, step, more={"runs": known}))
