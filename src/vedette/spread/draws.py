"""What the rates may be: draws from the prior, or from what past outbreaks of the network say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vedette.errors import BadInput
from vedette.records import Incident
from vedette.sentences.catalogue import counted, say
from vedette.spread.calibrate import priors as prior
from vedette.spread.calibrate.likelihood import Fitted, fit, observed
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import Floats, Graph

FEWEST = 5
"""Incidents below which a history says nothing on rates."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What is believed of a network's rates, and the sentences that say why. Without a history `fitted` is None."""

    fitted: Fitted | None
    sentences: tuple[str, ...]

    def scales(self, number: int, seed: int) -> Floats:
        """Float32 (number, 2), see `simulate.Run.scales`."""
        if self.fitted is not None:
            return self.fitted.scales(number, seed)
        drawn = prior.draw(Priors(), number, np.random.default_rng(seed))
        return drawn[:, [prior.LINKS, prior.RECOVERY]].astype(np.float32)

    def priors(self) -> Priors:
        """What a bank of simulated outbreaks is drawn from."""
        if self.fitted is None:
            return Priors()
        logs = np.log(self.fitted.drawn[:, :2])
        links, recovery = ((float(np.exp(mean)), float(sd)) for mean, sd in zip(logs.mean(0), logs.std(0), strict=True))
        return Priors(links=links, recovery=recovery)


def learned(graph: Graph, hosts: tuple[str, ...], incidents: tuple[Incident, ...]) -> Learned:
    """What the history says of the rates of `graph`, which are those of no scenario. A history that cannot be true of
    the network says nothing."""
    if len(incidents) < FEWEST:
        return Learned(None, (say("rates.prior"),))
    try:
        found = fit(graph, observed(incidents, {host: place for place, host in enumerate(hosts)}), Priors())
    except BadInput as error:
        return Learned(None, (say("rates.prior"), say("history.left_out", why=error.message)))
    low, high = found.links_interval
    slow, fast = found.recovery_interval
    return Learned(
        found,
        (
            counted(
                "rates.calibrated",
                len({one.outbreak for one in incidents}),
                incidents=len(incidents),
                links=f"{found.links:.2g}",
                low=f"{low:.2g}",
                high=f"{high:.2g}",
                recovery=f"{found.recovery:.2g}",
                slow=f"{slow:.2g}",
                fast=f"{fast:.2g}",
                explained=f"{100 * found.explained:.0f}",
            ),
            say("rates.background", rate=f"{found.background:.1g}"),
        ),
    )
