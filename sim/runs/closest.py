"""Why a message was not taken, and what would be: by the state that its receiver really is in."""

from sim.runs.exchanges import Heard
from sim.runs.run import Run


def closest(run: Run, heard: Heard) -> str:
    """One sentence on what the receiver would take now; "" when the message was about no case."""
    route, number = heard.open.route, heard.open.case_no
    case = run.worlds[heard.region].cases.get(number)
    if case is None:
        return f"{route.receiver.role.title}的办件 {number} 已办结，不再接收报文" if number else ""
    own = [at for at in case.standings() if at.party is route.receiver and at.part is route.part]
    return route.receiver.role.closest(own[-1] if own else None, route.kind)
