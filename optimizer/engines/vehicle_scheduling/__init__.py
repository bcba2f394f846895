"""Vehicle scheduling at fixed times: proven where it is one flow, bounded closely where it is many."""

from optimizer.engines.vehicle_scheduling.by_duties import DayPlan, schedule_day
from optimizer.engines.vehicle_scheduling.day import Day, Rates
from optimizer.engines.vehicle_scheduling.duties import Duty
from optimizer.engines.vehicle_scheduling.solve import schedule
from optimizer.engines.vehicle_scheduling.values import Network, Plan, network

__all__ = ["Day", "DayPlan", "Duty", "Network", "Plan", "Rates", "network", "schedule", "schedule_day"]
