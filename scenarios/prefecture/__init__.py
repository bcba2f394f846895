"""An invented prefecture: its roads in OpenStreetMap format, and a workday's demand on any network."""

from scenarios.prefecture.demand import generate
from scenarios.prefecture.roads import write_roads
from scenarios.prefecture.sizes import Size, SizeError
from scenarios.prefecture.values import Prefecture, Unit

__all__ = ["Prefecture", "Size", "SizeError", "Unit", "generate", "write_roads"]
