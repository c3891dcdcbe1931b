"""Who may speak for a seat, and what is said to whoever may not, or not now."""

from sim.faces.doors import Directory, Door
from sim.faces.hosted import Hosted
from sim.faces.refusals import Problem, listed
from sim.runs.busy import BusyError


def seat_is_ours(seat: str, hosted: Hosted, directory: Directory) -> Problem:
    """Somebody speaks for a seat that is not theirs."""
    remote = listed(hosted.run.plan.remote)
    if seat not in directory.seats:
        return Problem(
            403, "seat_unknown", "没有这个席位", f"没有席位“{seat}”；由真实系统接入的席位：{remote}", "核对 X-Sender"
        )
    detail = f"席位“{seat}”在本批次由沙箱扮演，不能由外部代为发送；由真实系统接入的席位：{remote}"
    return Problem(403, "seat_is_ours", "席位由沙箱扮演", detail, f"建批次时声明 --real {seat}=地址")


def sender_unclear(may: list[str], door: Door) -> Problem:
    """Nobody, or more than one, could have said this."""
    if may:
        detail = f"“{door.kind.op.title}”可由 {listed(may)} 发送，请求没有说明是谁"
    else:
        detail = f"能发送“{door.kind.op.title}”的席位在本批次都由沙箱扮演"
    return Problem(403, "sender_unclear", "发送方不明", detail, "在请求头 X-Sender 中写明席位，或带签名")


def busy(error: BusyError) -> Problem:
    """The run has too much under way (law 13)."""
    return Problem(503, "sandbox_busy", "沙箱忙", f"{error.what}已到上限", "按 Retry-After 稍后重试")
