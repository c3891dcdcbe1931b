"""Real systems to be judged: processes of their own, and peers that answer as no system should."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from features.reading import Scenario, read_feature
from liantiao.sandbox_client import ROOT
from tests.docs.terminals import free_port

DIALECT = ROOT / "tests" / "another_system" / "pinyin.toml"
FEATURE = """# language: zh-CN
@FJ-1-04
功能: 自编
"""


def scenarios(tmp_path: Path, *texts: str) -> tuple[Scenario, ...]:
    """Scenarios out of their steps; the first line of each is its title."""
    told = FEATURE
    for text in texts:
        title, *steps = [line.strip() for line in text.strip().splitlines()]
        told += f"  @正常\n  场景: {title}\n" + "".join(f"    {step}\n" for step in steps)
    path = tmp_path / "自编.feature"
    path.write_text(told, encoding="utf-8")
    return read_feature(path)


@contextmanager
def another_system(sandbox_port: int, seats: str = "portal,registry", defect: str = "") -> Iterator[str]:
    """The second implementation as a process; its address."""
    command = [sys.executable, "-m", "tests.another_system", "--port", free_port(), "--seats", seats,
               "--sandbox", f"http://127.0.0.1:{sandbox_port}/runs/accept", *(["--defect", defect] if defect else [])]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def peer(how: str) -> Iterator[str]:
    """A server that is no system of ours: `page` answers every call with a page, `loop` sends it round, `hang` says nothing."""
    over = Event()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if how == "hang":
                over.wait()
                self.close_connection = True
                return
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(302 if how == "loop" else 200)
            if how == "loop":
                self.send_header("Location", self.path)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"page")

        do_POST = do_GET  # noqa: N815

        def log_message(self, *told: object) -> None:
            """Nothing: what is asked is not of interest."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
