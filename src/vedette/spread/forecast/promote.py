"""When a challenger takes the place of the champion: when it is better, surely so, and does not promise too much."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from vedette.errors import BadInput
from vedette.records import Backtest, BacktestRow
from vedette.sentences.catalogue import say
from vedette.spread.forecast.backtest import Scored, ratio

RATIO = 0.98  # of the CRPS: below it, a change is worth a change of model
COVERAGE = {"coverage80": (0.72, 0.90), "coverage95": (0.90, 1.0)}
"""What the bands must cover. More than is promised is common and does less harm: any band covers what died out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a challenger may be promoted, and a sentence that says why. `ratio` of its CRPS to the champion's, with
    the 95 % interval."""

    allowed: bool
    sentence: str
    ratio: float
    low: float
    high: float


def verdict(challenger: Scored, champion: Scored, baseline: bool = False) -> Verdict:
    """Better by 2 % at least, with an interval wholly below 1, and with bands that hold; a baseline never."""
    found, low, high = ratio(challenger, champion)
    names = {"model": challenger.model, "champion": champion.model}
    said = {**names, "ratio": f"{found:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}"}
    metrics = challenger.metrics()
    off = [
        say(
            "backtest.why.band",
            level=name[-2:],
            covered=f"{100 * metrics[name]:.0f}",
            least=f"{100 * least:.0f}",
            most=f"{100 * most:.0f}",
        )
        for name, (least, most) in COVERAGE.items()
        if not least <= metrics[name] <= most
    ]
    reasons = []
    if baseline:
        reasons.append(say("backtest.why.baseline"))
    if found >= RATIO:
        reasons.append(say("backtest.why.ratio", most=f"{RATIO}"))
    elif high >= 1:
        reasons.append(say("backtest.why.chance"))
    reasons += off
    if reasons:
        return Verdict(False, say("backtest.not_better", **said, why="; ".join(reasons)), found, low, high)
    return Verdict(True, say("backtest.better", **said), found, low, high)


def compared(network: str, scored: Sequence[Scored], champion: str, baselines: Container[str]) -> Backtest:
    """The rows of a backtest beside its champion, best CRPS first, and what follows from them. Raises BadInput where
    the champion was not tried."""
    reigning = next((one for one in scored if one.model == champion), None)
    if reigning is None:
        raise BadInput(f"The champion {champion} is not among the models that were tried; train it first.")
    rows, verdicts = [], []
    for one in scored:
        if one is reigning:
            rows.append(BacktestRow(one.model, one.metrics(), 1.0, 1.0, 1.0))
            continue
        found = verdict(one, reigning, one.model in baselines)
        verdicts.append(found)
        rows.append(BacktestRow(one.model, one.metrics(), found.ratio, found.low, found.high, found.allowed))
    best = next((found for found in verdicts if found.allowed), None)
    nearest = next((found for found in verdicts if not found.allowed), None)
    said = best or nearest
    sentence = said.sentence if said else say("backtest.alone", champion=champion)
    return Backtest(network, len(reigning.crps), tuple(rows), sentence)
