"""The platform's case reflow (附件5): what registries report of a case, checked, in the mode the region has agreed."""

from contract.gov_platform import (
    CASE_CODE_DIFFERS,
    ITEM_CODE_UNKNOWN,
    STAGE_MISSING,
    STAGE_UNKNOWN,
    TIME_REVERSED,
    WRONG_MODE,
    CaseStored,
    ItemsDistributed,
    ReportItem,
    ReportMain,
    ReportPackage,
)
from fake_departments.gov_platform_file import PlatformFile, Settings
from fake_departments.gov_platform_progress import STAGES
from sim.dossier import ITEMS
from sim.message import Message, timer
from sim.posts import NOTHING, Posts, Refusal, later, refuse, reply, send
from sim.table import State, Track, row

ACCEPTED, PROCESS, DONE = "accepted", "process", "done"
MAIN_STAGES, PACKAGE_STAGES = (ACCEPTED, DONE), (ACCEPTED, PROCESS, DONE)
OWN_ITEMS = ("transfer", "tax", "filing")
ITEM_CODES = frozenset((*OWN_ITEMS, *ITEMS))
RECORDED = STAGES["recorded"]


@timer("gov_platform.distribute", "模式1：分发联办事项", inventory=("FJ-60",))
class Distribute(Message):
    """The platform has made sub cases of the items."""


@timer("gov_platform.close_case", "办件办结入库", inventory=("FJ-63",))
class CloseCase(Message):
    """The last stage of a case has been reported."""


DISTRIBUTE, CLOSE_CASE = Distribute(), CloseCase()

EMPTY = State("empty", "未入库", end=True)
OPEN = State("open", "在办")
CLOSED = State("closed", "已办结入库", end=True)


def _fault(file: PlatformFile, heard: ReportMain | ReportPackage, mode: int, stages: tuple[str, ...]) -> Refusal | None:
    """Why a report cannot be taken, if it cannot: the platform's checks of form."""
    settings: Settings = file.settings
    if settings.region.reflow_mode != mode:
        return refuse(WRONG_MODE, f"本地区使用模式{settings.region.reflow_mode}")
    if heard.stage not in stages:
        return refuse(STAGE_UNKNOWN)
    if file.case_code and heard.case_code != file.case_code:
        return refuse(CASE_CODE_DIFFERS)
    unknown = [code for code in heard.items if code not in ITEM_CODES]
    return refuse(ITEM_CODE_UNKNOWN, f"不在清单内：{'、'.join(unknown)}") if unknown else None


def _disorder(file: PlatformFile, heard: ReportMain | ReportPackage) -> Refusal | None:
    """Why a stage that has not been reported before cannot come now, if it cannot."""
    stage, reported = heard.stage, file.reported
    if heard.at_ms < file.last_at_ms or DONE in reported:
        return refuse(TIME_REVERSED)
    if stage != ACCEPTED and ACCEPTED not in reported:
        return refuse(STAGE_MISSING, "未报送受理环节")
    if (
        type(heard) is ReportPackage and stage == DONE and PROCESS not in reported
        # news of recording may have been held up on the way; results of linked items say the same
        and (file.seen & RECORDED or heard.results)
    ):  # fmt: skip
        return refuse(STAGE_MISSING, "已登簿的办件未报送过程环节")
    return None


def report_main(file: PlatformFile, heard: ReportMain) -> Posts:
    return _fault(file, heard, 1, MAIN_STAGES) or _store(file, heard)


def report_package(file: PlatformFile, heard: ReportPackage) -> Posts:
    return _fault(file, heard, 2, PACKAGE_STAGES) or _store(file, heard)


def _store(file: PlatformFile, heard: ReportMain | ReportPackage) -> Posts:
    """A stage is stored once; reported again, it is answered as the first time."""
    settings: Settings = file.settings
    answer = reply(
        CaseStored(heard.stage), settings.case_store.at(file.draw(b"gov_platform.store", len(file.reported)))
    )
    if heard.stage in file.reported:
        return [answer]
    disorder = _disorder(file, heard)
    if disorder is not None:
        return disorder
    file.reported = (*file.reported, heard.stage)
    file.case_code, file.last_at_ms = heard.case_code, heard.at_ms
    if heard.stage == DONE:
        return [answer, later(0, CLOSE_CASE)]
    if heard.stage == ACCEPTED and type(heard) is ReportMain:
        file.items, file.reporter = heard.items, file.sender
        return [answer, later(settings.distribute.at(file.draw(b"gov_platform.distribute")), DISTRIBUTE)]
    return [answer]


def distribute(file: PlatformFile, heard: Distribute) -> Posts:
    return [send(file.reporter, ItemsDistributed(file.items))]


def report_item(file: PlatformFile, heard: ReportItem) -> Posts:
    """Only what belongs to the case can be reported of it: the registry's own items and those distributed."""
    settings: Settings = file.settings
    if settings.region.reflow_mode != 1:
        return refuse(WRONG_MODE, "模式2的子办件随套餐包报送")
    if heard.item_code not in file.items and heard.item_code not in OWN_ITEMS:
        return refuse(ITEM_CODE_UNKNOWN, f"本办件未分发该事项：{heard.item_code}")
    return NOTHING


def item_too_early(file: PlatformFile, heard: ReportItem) -> Posts:
    return refuse(STAGE_MISSING, "未报送主办件")


REFLOW_TRACK = Track("reflow", "办件回流", EMPTY, [
    row(EMPTY, ReportMain, OPEN, report_main),
    row(EMPTY, ReportPackage, OPEN, report_package),
    row(EMPTY, ReportItem, None, item_too_early),
    row((OPEN, CLOSED), ReportMain, None, report_main),
    row((OPEN, CLOSED), ReportPackage, None, report_package),
    row((OPEN, CLOSED), ReportItem, None, report_item),
    row(OPEN, Distribute, None, distribute),
    row(OPEN, CloseCase, CLOSED),
])  # fmt: skip
