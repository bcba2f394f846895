"""`summary.json`: the day in figures."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class MapFigures(_Part):
    """The road map."""

    source: str
    """File or place it was read from."""
    nodes: Count
    """Junctions."""
    edges: Count
    """Directed edges."""


class ShuttleFigures(_Part):
    """Commuter shuttles, morning and evening together."""

    riders: Count
    """Staff who asked for a seat to work and home again."""
    served: Count
    """Those of them who have one on both ways."""
    lines: Count
    """Runs with a timetable: those to work and those home."""
    buses: Count
    """Different vehicles used."""
    violations: Count
    """Broken rules found by the two judges."""
    cost_fen: int
    """Sum of the cost lines of their trips, in fen."""


class UnservedRequest(_Part):
    """A request that the plan leaves out."""

    id: str
    reason: str
    """A sentence for the applicant."""


class CarFigures(_Part):
    """A day of official cars."""

    requests: Count
    served: Count
    unserved: tuple[UnservedRequest, ...]
    vehicles_used: Count
    violations: Count
    """Broken rules found by the two judges."""
    cost_fen: int
    """Sum of the cost lines of their trips, in fen."""


class EmergencyFigures(_Part):
    """Dispatch to incidents around closed roads."""

    incidents: Count
    dispatched: Count
    """Incidents to which every needed vehicle goes."""
    closures: Count
    """Closed or slowed pieces of road that the plans heed."""
    violations: Count
    """Broken rules found by the two judges."""


class LedgerFigures(_Part):
    """The ledger of the day."""

    trips: Count
    total_fen: int
    """Sum of all entries, in fen; equals the sum of the cost lines of the trips."""


class ScenarioFigures(_Part):
    """One change, compared with the day as planned."""

    name: str
    saving_fen: int
    """Cost of the base minus cost with the change, in fen; negative where it costs more."""
    unserved: Count
    """Requests, or riders, left out with the change."""


class ContractFigures(_Part):
    """The shuttles under one form of contract, over the workdays of the year."""

    id: str
    name: str
    days: Count
    """Service days of the year."""
    total_fen: int
    """Sum of the contract's lines, in fen."""


class Summary(_Part):
    """One planned and driven day."""

    synthetic: bool
    """Whether roads, people or requests are invented."""
    map: MapFigures
    shuttles: ShuttleFigures
    cars: CarFigures
    emergency: EmergencyFigures
    ledger: LedgerFigures
    scenarios: tuple[ScenarioFigures, ...]
    contracts: tuple[ContractFigures, ...] = ()
    """The cheapest first; offers without a price for every bus are left out."""
    seconds: dict[str, Annotated[float, Field(ge=0)]]
    """Wall seconds by step, and `total`."""


def summary_json(summary: Summary) -> str:
    """Render `summary.json`."""
    return summary.model_dump_json(indent=1) + "\n"
