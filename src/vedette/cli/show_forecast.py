"""Forecasts, what-ifs and measures as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from vedette.records import Backtest, Band, Containment, Forecast, ForecastModel, RateLine, WhatIf

MOST_HOSTS, MOST_RATES = 15, 50
CRPS = "crps"


def show_forecast(console: Console, made: Forecast) -> None:
    """Totals by day, hosts most at risk, crown jewels, and what it stands on."""
    scenario = made.scenario
    console.print(f"{scenario.network}, {scenario.days} days, from {_some(scenario.sources)}", markup=False)
    _totals(console, made)
    _hosts(console, made)
    _jewels(console, made)
    if made.found:
        found = f"By day {len(made.found) - 1} {_band(made.found[-1])} hosts will have been found"
        console.print(f"{found}, says the model {made.model}.", markup=False)
    _list(console, "Next, as past outbreaks have it", (f"{host}: {chance:.1%}" for host, chance in made.next[:5]))
    _list(console, "What would change it", made.levers)
    _list(console, "Assumed", made.assumptions)
    _list(console, "Sources", (f"[{one.id}] {one.title} ({one.source}): {one.quote}" for one in made.sources))


def show_whatif(console: Console, made: WhatIf) -> None:
    """Before and after, and the hosts that the changes help most."""
    last = made.before.days[-1]
    for name, one in (("without", made.before), ("with them", made.after)):
        console.print(f"By day {last:g} {name}: {_band(one.total[-1])} hosts", markup=False)
    console.print(f"Saved: {_band(made.saved)} hosts", markup=False)
    table = Table("host", "without", "with them", box=None)
    for host, before, after in made.hosts[:MOST_HOSTS]:
        table.add_row(host, f"{before:.1%}", f"{after:.1%}")
    console.print(table)
    _list(console, "Assumed", made.after.assumptions)


def show_containment(console: Console, made: Containment) -> None:
    """The measures in their order, and what they save."""
    verb = "isolate" if made.wish.by == "host" else "patch"
    table = Table("", verb, "saves", "cost", box=None)
    for number, one in enumerate(made.measures, 1):
        table.add_row(str(number), one.target, f"{one.gain:.2f}", f"{one.cost:g}")
    console.print(table)
    for name, band in (("Lost without", made.before), ("Lost with them", made.after), ("Saved", made.drop)):
        console.print(f"{name}: {_band(band)} hosts", markup=False)
    if made.busiest is not None:
        console.print(f"Lost with as many of the best connected hosts: {_band(made.busiest)} hosts", markup=False)
    _list(console, "Assumed", made.assumptions)


def show_rates(console: Console, lines: Sequence[RateLine]) -> None:
    """The fastest links first, with their reasons."""
    table = Table("from", "to", "through", "a day", "because", box=None)
    for one in sorted(lines, key=lambda line: -line.rate)[:MOST_RATES]:
        because = " x ".join(f"{name} ({value:.3g})" for name, value in one.factors)
        table.add_row(one.source, one.target, one.cve, f"{one.rate:.4g}", because)
    console.print(table)
    if len(lines) > MOST_RATES:
        console.print(f"The fastest {MOST_RATES} of {len(lines)}; --json has all.")


def show_models(console: Console, found: Sequence[ForecastModel]) -> None:
    """A line for each."""
    table = Table("model", "state", "made", "CRPS", "id", box=None)
    for one in found:
        score = f"{one.metrics[CRPS]:.3f}" if CRPS in one.metrics else ""
        table.add_row(f"{one.kind}-{one.version}", one.state, one.made[:16], score, one.id)
    console.print(table)


def show_backtest(console: Console, made: Backtest) -> None:
    """The models by score, and the verdict."""
    table = Table("model", "CRPS", "of the champion's", "95 %", "promotable", box=None)
    for one in made.rows:
        score = f"{one.metrics[CRPS]:.3f}" if CRPS in one.metrics else ""
        table.add_row(
            one.model, score, f"{one.ratio:.3f}", f"{one.low:.3f} to {one.high:.3f}", "yes" if one.promotable else ""
        )
    console.print(table)
    console.print(f"{made.verdict} ({made.origins} origins)", markup=False)


def _totals(console: Console, made: Forecast) -> None:
    table = Table("by day", "compromised", "80 %", "95 %", "active then", box=None)
    for day, total, active in zip(made.days, made.total, made.active, strict=True):
        inner, outer = f"{total.low80:.0f} to {total.high80:.0f}", f"{total.low95:.0f} to {total.high95:.0f}"
        table.add_row(f"{day:g}", f"{total.mean:.1f}", inner, outer, f"{active.mean:.1f}")
    console.print(table)


def _hosts(console: Console, made: Forecast) -> None:
    places = sorted({1, (len(made.days) - 1) // 2, len(made.days) - 1} - {0})
    table = Table("host", *(f"day {made.days[place]:g}" for place in places), "95 % band", box=None)
    for one in made.hosts[:MOST_HOSTS]:
        chances = (f"{one.probability[place]:.1%}" for place in places)
        table.add_row(one.host, *chances, f"{one.low[-1]:.1%} to {one.high[-1]:.1%}")
    console.print(table)
    if len(made.hosts) > MOST_HOSTS:
        console.print(f"{len(made.hosts) - MOST_HOSTS} more hosts; --json has all.")


def _jewels(console: Console, made: Forecast) -> None:
    if not made.jewels:
        return
    table = Table("crown jewel", "10 % by day", "half by day", "does not fall", "95 % band", box=None)
    for one in made.jewels:
        days = ("–" if day is None else f"{day:.1f}" for day in (one.p10, one.median))
        table.add_row(one.host, *days, f"{one.never:.1%}", f"{one.never_low:.1%} to {one.never_high:.1%}")
    console.print(table)


def _band(band: Band) -> str:
    return f"{band.mean:.2f} (80 %: {band.low80:.2f} to {band.high80:.2f}; 95 %: {band.low95:.2f} to {band.high95:.2f})"


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    for number, line in enumerate(lines):
        if not number:
            console.print(f"{title}:")
        console.print(f"- {line}", markup=False)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
