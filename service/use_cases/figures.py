"""The day in figures: what `summary.json` says."""

from collections.abc import Mapping

from optimizer.model import Visit
from scenarios.prefecture.values import Prefecture
from service.exchange.summary import (
    CarFigures,
    ContractFigures,
    EmergencyFigures,
    LedgerFigures,
    MapFigures,
    ScenarioFigures,
    ShuttleFigures,
    Summary,
    UnservedRequest,
)
from service.kinds import CARS, EMERGENCY, SHUTTLES
from service.store.plans import Judged
from service.store.trips import Trip, trips_of
from service.use_cases import emergency
from service.use_cases.roads import Roads
from service.use_cases.shuttles import Lines


def summarise(
    day: Prefecture,
    roads: Roads,
    judged: Mapping[str, Judged],
    lines: Mapping[str, Lines],
    *,
    ledger: tuple[int, int],
    scenarios: tuple[ScenarioFigures, ...],
    contracts: tuple[ContractFigures, ...],
    seconds: dict[str, float],
) -> Summary:
    """Count and sum up one day.

    Parameters
    ----------
    ledger
        Trips in the ledger, and the sum of its entries in fen.
    """
    trips, total_fen = ledger
    return Summary(
        synthetic=day.synthetic or roads.network.synthetic,
        map=MapFigures(
            source=roads.network.source, nodes=roads.network.node_count, edges=roads.network.edge_count
        ),
        shuttles=shuttle_figures(day, judged, lines),
        cars=car_figures(judged[CARS]),
        emergency=_emergency_figures(day, judged[EMERGENCY]),
        ledger=LedgerFigures(trips=trips, total_fen=total_fen),
        scenarios=scenarios,
        contracts=contracts,
        seconds=seconds,
    )


def shuttle_figures(
    day: Prefecture, judged: Mapping[str, Judged], lines: Mapping[str, Lines]
) -> ShuttleFigures:
    """Both directions together; a rider is served who has a seat to work and home again."""
    both = [lines[kind].served for kind in SHUTTLES]
    plans = [judged[kind] for kind in SHUTTLES]
    return ShuttleFigures(
        riders=sum(group.count for group in day.rider_groups),
        served=sum(min(served.get(group.id, 0) for served in both) for group in day.rider_groups),
        lines=sum(len(runs(plan)) for plan in plans),
        buses=len({route.vehicle_id for plan in plans for route in plan.schedule.routes}),
        violations=sum(len(plan.findings) for plan in plans),
        cost_fen=sum(plan.bill.total_fen for plan in plans),
    )


def car_figures(plan: Judged) -> CarFigures:
    """Count what the car plan serves; every request left out is named with its reason."""
    unserved = plan.schedule.unserved
    return CarFigures(
        requests=len(plan.problem.requests),
        served=len(plan.problem.requests) - len(unserved),
        unserved=tuple(UnservedRequest(id=u.request_id, reason=u.detail or u.reason.value) for u in unserved),
        vehicles_used=len(plan.schedule.routes),
        violations=len(plan.findings),
        cost_fen=plan.bill.total_fen,
    )


def runs(plan: Judged) -> tuple[tuple[Trip, tuple[Visit, ...]], ...]:
    """Trips of a plan with their visits: a bus that comes back for a second load makes two."""
    routes = {route.vehicle_id: route for route in plan.schedule.routes}
    return tuple(
        (trip, routes[trip.vehicle_id].visits[slice(*trip.legs)])
        for trip in trips_of(plan.problem, plan.schedule, plan.bill)
    )


def _emergency_figures(day: Prefecture, plan: Judged) -> EmergencyFigures:
    asked = sorted({request.id.split("/")[0] for request in plan.problem.requests})
    return EmergencyFigures(
        incidents=len(asked),
        dispatched=len(emergency.dispatched(plan.problem, plan.schedule, asked)),
        closures=len(day.closures),
        violations=len(plan.findings),
    )
