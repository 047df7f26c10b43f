"""When a challenger takes the place of the champion: when it is better, surely so, and does not promise too much."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from vedette.errors import BadInput
from vedette.records import Backtest, BacktestRow
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
    said = f"CRPS {found:.3f} of that of {champion.model} (95 %: {low:.3f} to {high:.3f})"
    metrics = challenger.metrics()
    off = [
        f"the {name[-2:]} % band covered {100 * metrics[name]:.0f} %, not {100 * least:.0f} to {100 * most:.0f} %"
        for name, (least, most) in COVERAGE.items()
        if not least <= metrics[name] <= most
    ]
    reasons = []
    if baseline:
        reasons.append("it is a baseline, which stands beside the others for ever")
    if found >= RATIO:
        reasons.append(f"that is not below {RATIO}")
    elif high >= 1:
        reasons.append("the interval reaches 1, so that it may be chance")
    reasons += off
    if reasons:
        return Verdict(False, f"{challenger.model} is not promoted: {said}; {'; '.join(reasons)}.", found, low, high)
    return Verdict(True, f"{challenger.model} can be promoted: {said}, and its bands hold.", found, low, high)


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
    sentence = said.sentence if said else f"There is nothing to compare {champion} with."
    return Backtest(network, len(reigning.crps), tuple(rows), sentence)
