"""Event packs (两会, receptions): who parks where and when, passes, convoys, standby cars, breakdowns.

`plan(event)` makes an `EventPlan`, `stand_in(event, plan, …)` swaps one car after a breakdown, and the judge
is `optimizer.check.events.event_violations`. The values stand in `optimizer.event.values`.
"""

from optimizer.event.plan import plan
from optimizer.event.swap import Swap, stand_in
from optimizer.event.values import (
    Event,
    EventCar,
    EventPlan,
    EventRates,
    EventSettings,
    Kind,
    LeftOut,
    Lot,
    MoreSpaces,
    Pass,
    Way,
)

__all__ = [
    "Event", "EventCar", "EventPlan", "EventRates", "EventSettings", "Kind", "LeftOut", "Lot", "MoreSpaces",
    "Pass", "Swap", "Way", "plan", "stand_in",
]  # fmt: skip
