"""`vedette forecast …` on models: train them on a network's history, compare them, make one the champion."""

from __future__ import annotations

from typing import Annotated

import typer

from vedette.cli.common import AsJson, print_json, stdout
from vedette.cli.forecast_work import stored, worked_out

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a network.")]


def train(
    ctx: typer.Context,
    name: Name,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only this kind; may be repeated.")] = None,
    json_: AsJson = False,
) -> None:
    """Make new versions of the models of a network's outbreaks.

    \b
    Examples:
      vedette forecast train office --kind analogs
    """
    from vedette.cli.show_forecast import show_models
    from vedette.records import ForecastRequest, Trained
    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        made = worked_out(forecasting, ForecastRequest("train", network=name, kinds=tuple(kind or ())), Trained)
    print_json(encode(made)) if json_ else show_models(stdout(), made.models)


def backtest(ctx: typer.Context, name: Name, json_: AsJson = False) -> None:
    """Compare the models on outbreaks that they have not seen.

    \b
    Examples:
      vedette forecast backtest office
    """
    from vedette.cli.show_forecast import show_backtest
    from vedette.records import Backtest, ForecastRequest
    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        made = worked_out(forecasting, ForecastRequest("backtest", network=name), Backtest)
    print_json(encode(made)) if json_ else show_backtest(stdout(), made)


def models(ctx: typer.Context, name: Name, json_: AsJson = False) -> None:
    """Every version, newest first, with what its last backtest found.

    \b
    Examples:
      vedette forecast models office
    """
    from vedette.cli.show_forecast import show_models
    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        found = forecasting.models(name)
    print_json({"models": encode(found)}) if json_ else show_models(stdout(), found)


def promote(
    ctx: typer.Context,
    name: Name,
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Its id, or kind and version: KIND-2.")],
    force: Annotated[bool, typer.Option("--force", help="Whatever its backtest says.")] = False,
    json_: AsJson = False,
) -> None:
    """Make a model the champion that forecasts, where its last backtest allows it.

    \b
    Examples:
      vedette forecast promote office analogs-1 --force
    """
    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        made = forecasting.promote(name, model, force)
    print_json(encode(made)) if json_ else typer.echo(f"{made.kind}-{made.version} forecasts {name} from now on.")
