"""The registry's reports to the platforms: progress (FJ-10), case reflow in two modes (附件5), reviews (FJ-64…66)."""

from contract.gov_platform import (
    CaseStored,
    FollowUpDone,
    ItemsDistributed,
    OpenReview,
    Progress,
    ReportMain,
    ReportPackage,
    ReviewReturned,
)
from reference.registry_files import RegistryFile, Settings
from reference.registry_linked import start_items
from sim.calendar import HOUR_MS
from sim.message import Message, Refused, refused, timer
from sim.posts import NOTHING, Post, Posts, later, send, working
from sim.table import State, Track, ignored, row

AGAIN_MS = HOUR_MS
CLOSED = "case_closed"
FOLLOW_UP_MS = 6 * HOUR_MS
"""Office time in which a bad review is followed up: chosen, no document gives a figure."""


@timer("registry.report_again", "办件报送被退回，重新报送")
class ReportAgain(Message):
    """The platform refused a report, e.g. because an earlier stage was late."""


@timer("registry.distribute_items", "模式2：自行分发联办事项", inventory=("FJ-61",))
class DistributeItems(Message):
    """In mode 2 the registry distributes the linked items itself."""


@timer("registry.follow_up", "差评回访整改")
class FollowUp(Message):
    """A bad review has been looked into."""


REPORT_AGAIN, DISTRIBUTE_ITEMS, FOLLOW_UP = ReportAgain(), DistributeItems(), FollowUp()


def progress(stage: str) -> list[Post]:
    """Tell both platforms how far the case is."""
    body = Progress(stage)
    return [send("gov_platform", body), send("city_platform", body)]


def report(file: RegistryFile, stage: str) -> Post:
    """Report a stage of the case to the city's platform, in the mode that this region has agreed."""
    at_ms = file.unstored.setdefault(stage, file.now_ms)
    settings: Settings = file.settings
    if settings.region.reflow_mode == 1:
        return send("city_platform", ReportMain(file.acceptance_no, stage, at_ms, file.application.items))
    results = tuple([f"{item}:{result}" for item, result in file.results.items()]) if stage == "done" else ()
    return send("city_platform", ReportPackage(file.acceptance_no, stage, at_ms, file.application.items, results))


def report_recording(file: RegistryFile) -> list[Post]:
    """After recording: mode 2 reports the process and distributes; mode 1 pushes what the platform has distributed."""
    settings: Settings = file.settings
    if settings.region.reflow_mode == 1:
        return start_items(file) if file.distributed else []
    return [report(file, "process"), later(0, DISTRIBUTE_ITEMS)]


def distribute(file: RegistryFile, heard: DistributeItems) -> Posts:
    return start_items(file)


def distributed(file: RegistryFile, heard: ItemsDistributed) -> Posts:
    if file.distributed:
        return NOTHING
    file.distributed = True
    return start_items(file) if file.recorded_ms else NOTHING


def stored(file: RegistryFile, heard: CaseStored) -> Posts:
    file.unstored.pop(heard.stage, None)
    return NOTHING


def wait_and_report(file: RegistryFile, heard: Refused) -> Posts:
    """Report again in a while, unless the platform has closed the case: it will store nothing of it any more."""
    if heard.error == CLOSED:
        file.unstored.clear()
        return [later(0, REPORT_AGAIN)]
    return [later(AGAIN_MS, REPORT_AGAIN)]


def report_again(file: RegistryFile, heard: ReportAgain) -> Posts:
    """Every stage that is not stored yet, in order and with its own time: an earlier one may have been held up."""
    return [report(file, stage) for stage in file.unstored]


REPORTING = State("reporting", "办件报送", end=True)
REPORT_REFUSED = State("report_refused", "办件报送被退回")

REFLOW = Track("reflow", "办件回流", REPORTING, [
    row((REPORTING, REPORT_REFUSED), CaseStored, None, stored),
    row((REPORTING, REPORT_REFUSED), ItemsDistributed, None, distributed),
    row((REPORTING, REPORT_REFUSED), DistributeItems, None, distribute),
    row(REPORTING, refused(ReportPackage), REPORT_REFUSED, wait_and_report),
    row(REPORTING, refused(ReportMain), REPORT_REFUSED, wait_and_report),
    ignored(REPORT_REFUSED, refused(ReportPackage), "各环节将一并重新报送"),
    ignored(REPORT_REFUSED, refused(ReportMain), "各环节将一并重新报送"),
    row(REPORT_REFUSED, ReportAgain, REPORTING, report_again),
])  # fmt: skip


# ---- reviews --------------------------------------------------------------------------------------------------------
def open_review(file: RegistryFile) -> Post:
    """Ask the platform to invite a review of the finished case."""
    return send("city_platform", OpenReview(file.acceptance_no))


def review_returned(file: RegistryFile, heard: ReviewReturned) -> Posts:
    return [working(FOLLOW_UP_MS, FOLLOW_UP)] if heard.follow_up else NOTHING


def follow_up(file: RegistryFile, heard: FollowUp) -> Posts:
    return [send("city_platform", FollowUpDone("已电话回访并整改"))]


UNREVIEWED = State("unreviewed", "未评价", end=True)
REVIEWED = State("reviewed", "已收到评价", end=True)
FOLLOWED_UP = State("followed_up", "差评已整改", end=True)

REVIEW = Track("review", "好差评", UNREVIEWED, [
    row(UNREVIEWED, ReviewReturned, REVIEWED, review_returned),
    row(REVIEWED, FollowUp, FOLLOWED_UP, follow_up),
    ignored((REVIEWED, FOLLOWED_UP), ReviewReturned, "重复的评价结果"),
])  # fmt: skip
