"""The lines of a day under every form of contract, over the year that the day lies in."""

from collections.abc import Mapping, Sequence

from optimizer.bus_days import bus_days
from optimizer.contract_tables import Comparison, Table, compare, tables
from optimizer.policy.calendar import parse_date
from optimizer.policy.offers import Offer, default_offers
from optimizer.policy.periods import service_year
from optimizer.policy.tariffs import commuter_terms
from service.exchange.summary import ContractFigures
from service.kinds import EVENING, MORNING
from service.use_cases.judging import Planned


def compare_contracts(
    planned: Mapping[str, Planned],
    date: str,
    *,
    offers: Sequence[Offer] | None = None,
    region: str = "cn",
) -> Comparison:
    """Cost the planned lines under each offer for the year of a date.

    Parameters
    ----------
    planned
        Problem and schedule by kind; only the shuttles are looked at.
    date
        ISO date of the planned day.
    offers
        Quotations; None takes the default ones of the region.
    """
    buses = bus_days(morning=planned.get(MORNING), evening=planned.get(EVENING))
    chosen = default_offers(region) if offers is None else tuple(offers)
    return compare(chosen, buses, service_year(parse_date(date).year, region))


def contract_tables(found: Comparison, region: str = "cn") -> tuple[Table, ...]:
    """Make the tables of a comparison; see `optimizer.contract_tables.tables`."""
    return tables(found, commuter_terms(region))


def figures(found: Comparison) -> tuple[ContractFigures, ...]:
    """Take what the summary says of each contract, the cheapest first."""
    return tuple(
        ContractFigures(
            id=cost.offer.id, name=cost.offer.name, days=found.period.days, total_fen=cost.total_fen
        )
        for cost in found.priced
    )
