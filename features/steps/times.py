"""When the parties apply."""

from features.casting import Cast
from features.vocabulary import VOCABULARY

SUBJECT = "时间"


@VOCABULARY.arranges(SUBJECT, "申请时间为{时刻}", "申请时间为2025年12月31日16时30分")
def apply_at(cast: Cast, moment_ms: int) -> None:
    """买卖双方在这个时刻开始填写申请；此前不发生任何事。"""
    cast.after_ms = moment_ms - cast.start_ms
    if cast.after_ms < 0:
        raise ValueError("早于联调批次的起始时间")
