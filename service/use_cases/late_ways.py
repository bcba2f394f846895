"""The ways to and from the places of one late request, and no others: what a quick answer needs."""

from dataclasses import replace

from gis.places import Place
from optimizer.counties import by_county
from optimizer.model import Problem, Request, TravelMatrix
from service.use_cases.roads import Roads


def with_ways(problem: Problem, roads: Roads, request: Request, places: tuple[Place, ...]) -> TravelMatrix:
    """Add to the day's matrix the ways between the request and what its county's cars come from and go to.

    Parameters
    ----------
    places
        At which the request stops; the problem need not know them.
    """
    by_id = {p.id: p for p in (*problem.places, *places)}
    counties = by_county((*problem.requests, request), problem.vehicles, tuple(by_id.values()))
    county_id, members = next((c, rs) for c, rs in counties.items() if request in rs)
    fleet = [v for v in problem.vehicles if v.county_id == county_id]
    bases = {i for v in fleet for i in (v.start_place_id, v.end_place_id) if i is not None}
    first = {o.place_id for r in members for o in r.stops[0].options}
    last = {o.place_id for r in members for o in r.stops[-1].options}
    own = {o.place_id for stop in request.stops for o in stop.options}
    blocks = [(bases | last | own, own), (own, bases | first | own)]
    asked = [
        (tuple(by_id[i] for i in sorted(origins)), tuple(by_id[i] for i in sorted(ends)))
        for origins, ends in blocks
    ]
    more = roads.travel(problem.travel.profiles, (), blocks=asked)
    return replace(problem.travel, blocks=(*problem.travel.blocks, *more.blocks))
