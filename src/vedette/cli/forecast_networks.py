"""`vedette forecast …` on networks: add, list, share, remove, their rates and their history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.common import AsJson, Readers, load_settings, print_json, stderr, stdout
from vedette.cli.forecast_work import opened, read_files, read_network, stored

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a network.")]


def add(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="CSV, JSON, GraphML, nmap XML or BloodHound.")],
    name: Annotated[str, typer.Option("--name", help="The network's; that of the file when left out.")] = "",
    format: Annotated[
        str, typer.Option("--format", help="csv, json, graphml, nmap or bloodhound; found out when left out.")
    ] = "",
    json_: AsJson = False,
) -> None:
    """Keep a network, in place of one of its name; what was put right or left out is said.

    \b
    Examples:
      vedette forecast add examples/network/network.json --name office
    """
    from vedette.records_json import encode

    network = read_network(files, name, format)
    with stored(ctx) as forecasting:
        info = forecasting.store(network)
    if json_:
        print_json(encode(info))
        return
    typer.echo(f"{info.name}: {info.assets} assets, {info.links} links, {info.weaknesses} weaknesses.")
    for said in info.assumptions:
        stderr().print(said, markup=False)


def networks(ctx: typer.Context, json_: AsJson = False) -> None:
    """List networks.

    \b
    Examples:
      vedette forecast networks --json
    """
    from rich.table import Table

    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        found = forecasting.networks()
    if json_:
        print_json({"networks": encode(found)})
        return
    table = Table("name", "assets", "links", "weaknesses", "jewels", "incidents", "readers", "stored", box=None)
    for one in found:
        counts = one.assets, one.links, one.weaknesses, one.jewels, one.incidents
        table.add_row(one.name, *map(str, counts), ", ".join(one.readers) or "admins", one.stored[:16])
    stdout().print(table) if found else stderr().print("No networks yet: vedette forecast add FILE")


def share(ctx: typer.Context, name: Name, reader: Readers = None, json_: AsJson = False) -> None:
    """Say who may read a network; without a --reader admins alone.

    \b
    Examples:
      vedette forecast share office --reader group:soc --reader everyone
    """
    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        info = forecasting.share(name, tuple(reader or ()))
    if json_:
        print_json(encode(info))
    else:
        typer.echo(f"{name} can be read by {', '.join(info.readers) or 'admins alone'}.")


def remove(ctx: typer.Context, name: Name) -> None:
    """Forget a network with its history and its models.

    \b
    Examples:
      vedette forecast remove office
    """
    with stored(ctx) as forecasting:
        forecasting.remove(name)
    typer.echo(f"Removed {name}.")


def rates(
    ctx: typer.Context,
    network: Annotated[list[str] | None, typer.Argument(metavar="[NAME|FILE…]", help="A network.")] = None,
    cve: Annotated[str, typer.Option("--cve", help="Through this vulnerability.")] = "",
    json_: AsJson = False,
) -> None:
    """How fast a threat crosses each link of a network, and why; without one, the rules that say so.

    The file that VEDETTE_FORECAST_RATES names changes rules: it has the shape of the rules with --json.

    \b
    Examples:
      vedette forecast rates
      vedette forecast rates office --cve CVE-2021-44228
    """
    from vedette.cli.show_forecast import show_rates
    from vedette.records_json import encode

    if not network:
        from vedette.app_spread import rules

        print_json(encode(rules(load_settings(ctx).forecast)))
        return
    with opened(ctx, network) as (forecasting, name):
        found = forecasting.rates(name, cve)
    print_json({"rates": encode(found)}) if json_ else show_rates(stdout(), found)


def incidents(
    ctx: typer.Context,
    name: Name,
    add: Annotated[
        list[Path] | None, typer.Option("--add", help="CSV or JSON with host, day, outbreak, cleaned; may be repeated.")
    ] = None,
    json_: AsJson = False,
) -> None:
    """The history of a network: which hosts were found compromised when. It teaches the forecasts.

    \b
    Examples:
      vedette forecast incidents office --add examples/network/incidents.csv
    """
    from rich.table import Table

    from vedette.records_json import encode

    with stored(ctx) as forecasting:
        if add:
            from vedette.spread.history import read_incidents

            history = read_incidents(read_files([str(path) for path in add]), forecasting.network(name))
            new = forecasting.observe(name, history.incidents)
            for said in (f"{new} new incidents.", *history.assumptions):
                stderr().print(said, markup=False)
        found = forecasting.incidents(name)
    if json_:
        print_json({"incidents": encode(found)})
        return
    table = Table("outbreak", "day", "host", "cleaned", box=None)
    for one in found:
        table.add_row(one.outbreak, f"{one.day:g}", one.host, "" if one.cleaned is None else f"{one.cleaned:g}")
    stdout().print(table) if found else stderr().print("No incidents yet: --add FILE")
