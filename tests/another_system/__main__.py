"""`python -m tests.another_system --sandbox http://…/runs/demo --port 8901 --seats portal,registry`: the system by itself."""

import argparse
import asyncio

from tests.another_system.system import DEFECTS, OneWindow, served_by


def main() -> None:
    options = argparse.ArgumentParser(description="一窗通：另一套实现")
    options.add_argument("--sandbox", required=True)
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--seats", default="portal,registry,hub")
    options.add_argument("--defect", choices=DEFECTS, default="")
    given = options.parse_args()

    async def serve() -> None:
        system = OneWindow(given.sandbox, given.seats.split(","), given.defect)
        async with served_by(system, given.port) as url:
            print(f"一窗通 {url}", flush=True)
            await asyncio.Event().wait()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
