"""A book of lines on the planners' straight road, with names that are hard to write."""

from dataclasses import replace

from optimizer.contract_tables import Table
from optimizer.lines import Direction, LineDraft
from optimizer.model import Place, Reason, Request, Route, Schedule, Stop, StopOption, Unserved, Visit
from service.documents.book import LineBook, Side, side_of
from tests.optimizer.line_town import CAR, car, day, places

BUS = replace(CAR, id="bus", name="19座客车", capacity=(18,))
NAMES = {"A": '<b>&"西街', "B": "=1+1", "C": "一号院（北路）", "E": "囍里🚌", "F": "\U00020bb7野家"}
CONTRACTS = Table(
    name="合同比较", headings=("合同", "元"), rows=(("=包年", 3), ("包月", 4)), notes=("+说明",)
)
TITLE = '云岭"&<市>'
AT = {letter: i * 1_000 for i, letter in enumerate("ABCEF")}


def named_places() -> tuple[Place, ...]:
    return tuple(replace(p, lon=103 + i / 100, name=NAMES.get(p.id, p.name)) for i, p in enumerate(places()))


def request(request_id: str, way: str, people: int, walk_m: int = 0) -> Request:
    """Board at the first letter, get off at the second; the walk is to the first."""
    board, alight = (StopOption(place_id=letter, walk_m=walk_m) for letter in way)
    return Request(
        id=request_id,
        stops=(Stop(options=(board,), load=(people,)), Stop(options=(alight,), load=(-people,))),
    )


def visit(request_id: str, stop: int, place: str, at_s: int, stay_s: int = 0) -> Visit:
    return Visit(
        request_id=request_id, stop=stop, place_id=place, arrival_s=at_s, start_s=at_s, depart_s=at_s + stay_s
    )  # fmt: skip


def route(vehicle_id: str, *visits: Visit) -> Route:
    return Route(
        vehicle_id=vehicle_id, start_place_id="D", end_place_id="D", start_s=0, end_s=100_000, visits=visits,
        distance_m=10_000, drive_s=1_000,
    )  # fmt: skip


def side(direction: Direction, requests: list[Request], *routes: Route, left: str = "") -> Side:
    """Plan of a direction; group ids are `g-` and the request's."""
    buses = [car(v, type_id="bus", plate=f"云D0000{v[-1]}") for v in ("v1", "v2")]
    problem = day(buses, requests, places=named_places(), vehicle_types=(BUS,))
    members = {r.id: ((f"g-{r.id}", r.stops[0].load[0]),) for r in requests}
    unserved = (Unserved(request_id=left, reason=Reason.NO_SEATS, detail="座位不足"),) if left else ()
    return side_of(
        LineDraft(problem=problem, members=members), Schedule(routes=routes, unserved=unserved), direction
    )


def morning() -> Side:
    """Two lines to C: from A over B at seven, and from F over E past midnight."""
    requests = [
        request("a", "AC", 8, walk_m=420), request("b", "BC", 2, walk_m=777), request("f", "FC", 3),
        request("e", "EC", 4), request("x", "AC", 5),
    ]  # fmt: skip
    early = route(
        "v1", visit("a", 0, "A", 25_200, 60), visit("b", 0, "B", 25_360, 40), visit("a", 1, "C", 25_500),
        visit("b", 1, "C", 25_500),
    )  # fmt: skip
    late = route(
        "v2", visit("f", 0, "F", 86_000, 300), visit("e", 0, "E", 86_400 + 3_600), visit("f", 1, "C", 90_600),
        visit("e", 1, "C", 90_600),
    )  # fmt: skip
    return side("morning", requests, early, late, left="x")


def evening() -> Side:
    home = route("v1", visit("h", 0, "C", 63_000), visit("h", 1, "A", 63_400, 30))
    return side("evening", [request("h", "CA", 8)], home)


def book() -> LineBook:
    return LineBook(
        title=TITLE, date="2026-11-10", sides=(morning(), evening()), source="© OpenStreetMap contributors",
        tables=(CONTRACTS,),
    )  # fmt: skip


def plain_book() -> LineBook:
    """The morning alone, with names that one font can write."""
    found = morning()
    return LineBook(title="云岭市", date="2026-11-10", sides=(replace(found, lines=found.lines[:1]),))


def empty_book() -> LineBook:
    return LineBook(title="空", date="2026-11-10", sides=(side("morning", []), side("evening", [])))
