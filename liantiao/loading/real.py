"""Whether the real systems of a load are there, before anything is loaded onto them."""

from collections.abc import Callable, Mapping
from typing import Final

from features.reach import sentence, trouble_at
from liantiao.sandbox_client import SandboxRun
from sim.clock import Stopwatch, let_pass

JOIN_S: Final = 600.0
"""How long a system that joins by itself is waited for."""
LOOK_MS: Final = 500


def missing_of(run: SandboxRun, remote: Mapping[str, str], say: Callable[[str], None], join_s: float = JOIN_S) -> str:
    """Why the load cannot begin, "" when every seat is reached; a seat without an address is waited for until it joins."""
    codes = {address: trouble_at(address) for address in dict.fromkeys(remote.values()) if address}
    silent = [sentence(f"{seat} {address}", codes[address]) for seat, address in remote.items() if codes.get(address)]
    if silent:
        return f"被测系统没有应答，没有开始：{'；'.join(silent)}。"
    if all(remote.values()):
        return ""
    say(
        f"等候被测系统接入 {run.base_url}（POST {run.base_url}/attach；参照系统用 --seats reference --sandbox {run.base_url}）"
    )
    watch = Stopwatch()
    while True:
        addresses = run.control("GET", "")["addresses"]
        absent = [seat for seat in remote if not addresses.get(seat)]
        if not absent:
            return ""
        if watch.seconds > join_s:
            return f"席位 {'、'.join(absent)} 在 {join_s:g} 秒内没有接入；请被测系统接入 {run.base_url}/attach，或用 --real 写明地址。"
        let_pass(LOOK_MS)
