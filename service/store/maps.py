"""Maps that were read: saved once per content, found again by id or as the newest."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gis.network import RoadNetwork
from service.errors import NotFound
from service.rows import MapRow

ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"


def save_map(session: Session, network: RoadNetwork, path: str) -> str:
    """Record a map and return its id; the same content read again from `path` only updates where it lies."""
    map_id = network.version[:16]
    west, south, east, north = network.bounds
    row = session.get(MapRow, map_id) or MapRow(id=map_id)
    row.source, row.path, row.version = network.source, path, network.version
    row.synthetic, row.attribution = network.synthetic, ATTRIBUTION
    row.node_count, row.edge_count = network.node_count, network.edge_count
    row.west, row.south, row.east, row.north = west, south, east, north
    row.report = {
        "read": dict(network.report.read),
        "dropped": dict(network.report.dropped),
        "warnings": list(network.report.warnings),
    }
    row.added_at = datetime.now(UTC)
    session.add(row)
    session.flush()
    return map_id


def get_map(session: Session, map_id: str) -> MapRow:
    """One map by id."""
    row = session.get(MapRow, map_id)
    if row is None:
        message = f"没有编号为 {map_id!r} 的地图；用 paiche map show 查看已有的地图"
        raise NotFound(message)
    return row


def list_maps(session: Session) -> list[MapRow]:
    """All maps, the newest first."""
    return list(session.scalars(select(MapRow).order_by(MapRow.added_at.desc(), MapRow.id)))
