"""Settings that cannot be are said before anything begins: by `liantiao load` and by `locust` in the same words."""

from loadtests.profiles import ProfileError, profile_of
from loadtests.settings import Settings, SettingsError
from sim.population import MOST_CASES


def check(settings: Settings) -> None:
    """Raise SettingsError, which names the option and what would do."""
    cases, first = settings.cases, settings.first
    if not 1 <= cases <= MOST_CASES or not 1 <= first <= MOST_CASES - cases + 1:
        raise SettingsError(
            f"--cases 与 --first 之和不能超过 {MOST_CASES:,}，且都应大于 0；现为 {cases:,} 与 {first:,}。"
        )
    if not 1 <= settings.hands <= 1_000 or settings.closed < 0:
        raise SettingsError("--hands 应在 1 至 1000 之间，--closed 应不小于 0。")
    if not settings.patience > 0:
        raise SettingsError(f"--patience 是秒数，应大于 0；现为 {settings.patience:g}。")
    if not 0 < settings.stop_errors <= 1:
        raise SettingsError(
            f"--stop-errors 是占比，应大于 0、不大于 1，如 0.2；1 为不停。现为 {settings.stop_errors:g}。"
        )
    if not settings.stop_p99 >= 0:
        raise SettingsError(f"--stop-p99 是毫秒数，应不小于 0；0 为不停。现为 {settings.stop_p99:g}。")
    try:
        profile_of(settings.profile, cases, settings.times)
    except ProfileError as error:
        raise SettingsError(str(error)) from None


def check_run_urls(settings: Settings) -> None:
    """Raise SettingsError unless the runs of the sandboxes are named."""
    if not all(url.startswith(("http://", "https://")) for url in settings.run_urls):
        raise SettingsError(
            f"--run-url（或环境变量 LIANTIAO_LOAD_RUN_URL）应为沙箱批次的地址，如 http://127.0.0.1:8900/runs/load；"
            f"现为“{settings.run_url}”。"
        )
