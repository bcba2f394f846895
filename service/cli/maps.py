"""`paiche map`: add a road map, show what there is."""

from pathlib import Path
from typing import Annotated

import typer

from service.cli.options import DatabaseOption, opened

app = typer.Typer(help="路网地图 / road maps", no_args_is_help=True)


@app.command("add")
def add(  # noqa: PLR0917 - one parameter for each option
    file: Annotated[
        Path | None,
        typer.Argument(help="地图文件：.osm.pbf、.osm、.osm.gz、.osm.bz2、.gpkg、.shp / a map file"),
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help="按地名下载，如 “曲靖市, 云南” / download by name")
    ] = None,
    box: Annotated[
        str | None,
        typer.Option("--box", metavar="W,S,E,N", help="按经纬度范围下载（WGS-84） / download a box"),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            "--corrections",
            metavar="FILE",
            help="本地更正 .csv/.toml，以后每次读图都会应用 / local corrections",
        ),
    ] = None,
    field_map: Annotated[
        str | None,
        typer.Option(
            "--field-map",
            metavar="KEY=COLUMN,…|FILE.toml",
            help="gpkg/shp 的字段含义，如 highway=等级,name=名称 / what its columns mean",
        ),
    ] = None,
    crs: Annotated[
        str | None,
        typer.Option("--crs", help="gpkg/shp 的坐标系，如 EPSG:4490 / its coordinate system"),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """读入一张地图：文件、地名或范围三选一 / read a map from a file, a place name or a box."""
    from gis.read import describe
    from service.cli.reporting import Bars
    from service.database import writing
    from service.use_cases.maps import MapSource, add_map, fetch_map
    from service.use_cases.steps import Steps

    if sum(choice is not None for choice in (file, place, box)) != 1:
        message = "请在 FILE、--place、--box 中给出一个，且只给一个 / give exactly one of them"
        raise typer.BadParameter(message)
    with opened(database, make=True) as at, Bars() as bars:
        steps, settings = Steps(bars), at.settings
        if file is None:
            file = fetch_map(settings.data_folder, place=place, box=box, steps=steps)
        with writing(at.engine) as session:
            map_id, network = add_map(
                session,
                MapSource(path=file, corrections=corrections, field_map=field_map, crs=crs),
                data_folder=settings.data_folder,
                cache_folder=settings.cache_folder,
                steps=steps,
            )
    typer.echo(describe(network))
    typer.echo(f"已保存，编号 {map_id} / saved as {map_id}")


@app.command("show")
def show(database: DatabaseOption = None) -> None:
    """列出已有的地图 / list the maps."""
    from service.cli.tables import show_maps
    from service.database import reading
    from service.store.maps import list_maps

    with opened(database) as at, reading(at.engine) as session:
        show_maps(list_maps(session))
