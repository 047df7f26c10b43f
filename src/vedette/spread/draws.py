"""What the rates may be: draws from the prior, or from what past outbreaks of the network say."""

from __future__ import annotations

import numpy as np

from vedette.records import Incident
from vedette.spread.calibrate import priors as prior
from vedette.spread.calibrate.priors import Priors
from vedette.spread.graph import Floats
from vedette.spread.prepared import Prepared

PRIOR = (
    "The rates come from CVSS, EPSS, KEV and controls, not from a history of this network: they are believed to within "
    "a factor of 5, and recovery to within one of 2.7 (95 %)."
)


def draws_of(prepared: Prepared, incidents: tuple[Incident, ...], number: int, seed: int) -> tuple[Floats, list[str]]:
    """Float32 (number, 2), see `simulate.Run.scales`, and a sentence on where they come from."""
    drawn = prior.draw(Priors(), number, np.random.default_rng(seed))
    return drawn[:, [prior.LINKS, prior.RECOVERY]].astype(np.float32), [PRIOR]
