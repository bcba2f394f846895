"""Compile the route engine where that is still to be done, and show how far it is."""

from contextlib import ExitStack

from optimizer.engines.warm import warm
from service.use_cases.steps import Step, Steps


def warm_engine(steps: Steps) -> None:
    """Take a step of its own for the first use on a machine; take none where all is compiled."""
    with ExitStack() as under_way:
        taken: list[Step] = []

        def tell(done: int, total: int) -> None:
            if not taken:
                steps.say("首次使用：编译路线引擎，一两分钟，每台机器只做一次")
                taken.append(under_way.enter_context(steps.step("engine", "编译路线引擎")))
            taken[0].note = f"{done}/{total}"
            taken[0].part(done / max(1, total))

        warm(tell)
