"""Vehicle scheduling at fixed times: proven where it is one flow, bounded closely where it is many."""

from optimizer.engines.vehicle_scheduling.solve import schedule
from optimizer.engines.vehicle_scheduling.values import Network, Plan, network

__all__ = ["Network", "Plan", "network", "schedule"]
