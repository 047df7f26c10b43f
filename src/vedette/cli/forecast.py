"""`vedette forecast`: how a threat spreads over a network, and what would stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vedette.cli import forecast_models, forecast_networks
from vedette.cli.common import AsJson, print_json, stdout
from vedette.cli.forecast_work import On, opened, worked_out
from vedette.errors import BadInput

if TYPE_CHECKING:
    from vedette.records import Scenario, SpreadModel

app = typer.Typer(no_args_is_help=True, help="Forecast how a threat spreads over a network, and find what stops it.")

From = Annotated[list[str] | None, typer.Option("--from", help="Host that is compromised; may be repeated.")]
Cve = Annotated[str, typer.Option("--cve", help="The vulnerability through which it was.")]
Outbreak = Annotated[str, typer.Option("--outbreak", help="Go on from this outbreak of the history.")]
Days = Annotated[int, typer.Option("--days", min=1, max=365, help="How many days ahead.")]
Model = Annotated[
    str, typer.Option("--model", help="SI: nobody is cleaned; SIS: again and again; SIR: once; SEIR: after a while.")
]
Isolate = Annotated[list[str] | None, typer.Option("--isolate", help="Host to cut off; may be repeated.")]
Patch = Annotated[list[str] | None, typer.Option("--patch", help="CVE to patch everywhere; may be repeated.")]
PatchFrom = Annotated[float, typer.Option("--patch-from", min=0, help="Day on which patching begins.")]
PatchShare = Annotated[float, typer.Option("--patch-share", min=0.001, max=1, help="Share of the hosts a day.")]
Worlds = Annotated[int, typer.Option("--worlds", min=0, help="Courses of events; 0: VEDETTE_FORECAST_WORLDS.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same forecast.")]


@app.callback()
def group() -> None:
    """Forecast how a threat spreads over a network, and find what stops it."""


@app.command()
def run(
    ctx: typer.Context,
    network: On,
    from_: From = None,
    cve: Cve = "",
    outbreak: Outbreak = "",
    days: Days = 7,
    model: Model = "SIR",
    isolate: Isolate = None,
    patch: Patch = None,
    patch_from: PatchFrom = 0.0,
    patch_share: PatchShare = 1.0,
    worlds: Worlds = 0,
    seed: Seed = 1,
    json_: AsJson = False,
) -> None:
    """How probable it is that each host is compromised by each day, with 95 % bands, and how many are.

    \b
    Examples:
      vedette forecast run --network examples/network/network.json --from web-1 --days 5
      vedette forecast run --network examples/network/network.json --from web-1 --cve CVE-2021-44228 --json
    """
    from vedette.cli.show_forecast import show_forecast
    from vedette.records import Forecast, ForecastRequest
    from vedette.records_json import encode

    with opened(ctx, network) as (forecasting, name):
        made = worked_out(forecasting, ForecastRequest("forecast", _scenario(ctx, name)), Forecast)
    print_json(encode(made)) if json_ else show_forecast(stdout(), made)


@app.command()
def whatif(
    ctx: typer.Context,
    network: On,
    from_: From = None,
    cve: Cve = "",
    outbreak: Outbreak = "",
    days: Days = 7,
    model: Model = "SIR",
    isolate: Isolate = None,
    patch: Patch = None,
    patch_from: PatchFrom = 0.0,
    patch_share: PatchShare = 1.0,
    worlds: Worlds = 0,
    seed: Seed = 1,
    json_: AsJson = False,
) -> None:
    """The forecast with and without hosts isolated or vulnerabilities patched, over the same courses of events.

    \b
    Examples:
      vedette forecast whatif -n examples/network/network.json --from web-1 --patch CVE-2021-44228 --isolate app-07
    """
    from vedette.cli.show_forecast import show_whatif
    from vedette.records import ForecastRequest, WhatIf
    from vedette.records_json import encode

    with opened(ctx, network) as (forecasting, name):
        made = worked_out(forecasting, ForecastRequest("whatif", _scenario(ctx, name)), WhatIf)
    print_json(encode(made)) if json_ else show_whatif(stdout(), made)


@app.command()
def contain(
    ctx: typer.Context,
    network: On,
    from_: From = None,
    cve: Cve = "",
    outbreak: Outbreak = "",
    days: Days = 7,
    model: Model = "SIR",
    k: Annotated[int, typer.Option("--k", min=1, max=1000, help="How many measures.")] = 5,
    by: Annotated[str, typer.Option("--by", help="host: isolate hosts; cve: patch vulnerabilities.")] = "host",
    cost: Annotated[
        list[str] | None, typer.Option("--cost", help="TARGET=NUMBER, 1 where nothing is said; may be repeated.")
    ] = None,
    budget: Annotated[float, typer.Option("--budget", min=0, help="Most that they cost together; 0: no limit.")] = 0.0,
    forbid: Annotated[
        list[str] | None, typer.Option("--forbid", help="Host or CVE that stays as it is; may be repeated.")
    ] = None,
    entries: Annotated[bool, typer.Option("--entries", help="The compromised hosts may be isolated, too.")] = False,
    worlds: Worlds = 0,
    seed: Seed = 1,
    json_: AsJson = False,
) -> None:
    """Which hosts to isolate, or vulnerabilities to patch, so that least is lost, in the order to do it.

    \b
    Examples:
      vedette forecast contain --network examples/network/network.json --from web-1 --by cve --k 3
    """
    from vedette.cli.show_forecast import show_containment
    from vedette.records import Containment, ContainWish, ForecastRequest
    from vedette.records_json import encode

    with opened(ctx, network) as (forecasting, name):
        wish = ContainWish(_scenario(ctx, name), k, _by(by), entries, tuple(forbid or ()), _costs(cost or []), budget)
        made = worked_out(forecasting, ForecastRequest("contain", wish=wish), Containment)
    print_json(encode(made)) if json_ else show_containment(stdout(), made)


app.command("add")(forecast_networks.add)
app.command("networks")(forecast_networks.networks)
app.command("share")(forecast_networks.share)
app.command("rates")(forecast_networks.rates)
app.command("incidents")(forecast_networks.incidents)
app.command("train")(forecast_models.train)
app.command("backtest")(forecast_models.backtest)
app.command("models")(forecast_models.models)
app.command("promote")(forecast_models.promote)
app.command("remove")(forecast_networks.remove)


def _scenario(ctx: typer.Context, network: str) -> Scenario:
    """What the options say that `run`, `whatif` and `contain` share; `contain` has none for changes."""
    from vedette.records import Changes, Scenario

    given = ctx.params
    changes = Changes()
    if "isolate" in given:
        isolated, patched = tuple(given["isolate"] or ()), tuple(given["patch"] or ())
        changes = Changes(isolated, patched, given["patch_from"], given["patch_share"])
    return Scenario(
        network=network,
        sources=tuple(given["from_"] or ()),
        cve=given["cve"],
        outbreak=given["outbreak"],
        days=given["days"],
        model=_model(given["model"]),
        changes=changes,
        worlds=given["worlds"],
        seed=given["seed"],
    )


def _model(given: str) -> SpreadModel:
    known: tuple[SpreadModel, ...] = ("SI", "SIS", "SIR", "SEIR")
    for one in known:
        if given.upper() == one:
            return one
    raise BadInput(f"{given!r} is no model of spread; there are SI, SIS, SIR and SEIR.")


def _by(given: str) -> Literal["host", "cve"]:
    if given == "host":
        return "host"
    if given == "cve":
        return "cve"
    raise BadInput(f"--by is host or cve, not {given!r}.")


def _costs(pairs: list[str]) -> dict[str, float]:
    costs: dict[str, float] = {}
    for pair in pairs:
        target, given, number = pair.rpartition("=")
        try:
            costs[target] = float(number)
        except ValueError:
            given = ""
        if not (target and given and 0 < costs[target] < float("inf")):
            raise BadInput(
                f"A cost has the form TARGET=NUMBER, such as --cost db-1=2, with a number above 0; not {pair!r}."
            )
    return costs
