"""The commands of `paiche`, Chinese first. Heavy libraries are imported by the command that needs them."""

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_data_path

from service.cli import failures, living, maps, money, offers, places, planning, serving
from service.cli.demonstration import demo
from service.errors import ServiceError

app = typer.Typer(
    name="paiche",
    help="派车：编排通勤班车、公务用车和应急车辆，逐趟逐分记账。"
    "\n\nPlans shuttles, dispatches official and emergency vehicles, keeps every trip and every yuan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(maps.app, name="map")
app.add_typer(places.app, name="places")
app.add_typer(planning.plan_app, name="plan")
app.add_typer(money.scenario_app, name="scenario")
app.command("demo")(demo)
app.command("dispatch")(planning.dispatch)
app.command("offers")(offers.offers)
app.command("replan")(living.replan)
app.command("costs")(money.costs)
app.command("serve")(serving.serve)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paiche {version('paiche')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool,
        typer.Option("--version", help="显示版本 / show the version", is_eager=True, callback=_show_version),
    ] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every failure is one line."""
    try:
        code = app(list(arguments), prog_name="paiche", standalone_mode=False)
    except BrokenPipeError:
        return failures.FAILED_CODE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last door before the user
        return failures.code_for(error, _log_file(), arguments)
    if code == failures.INTERRUPTED_CODE:
        return failures.code_for(KeyboardInterrupt(), _log_file())
    return code if isinstance(code, int) else 0


def _log_file() -> Path:
    from service.settings import load_settings

    try:
        return load_settings().log_file
    except ServiceError:
        return user_data_path("paiche", appauthor=False) / "logs" / "paiche.log"
