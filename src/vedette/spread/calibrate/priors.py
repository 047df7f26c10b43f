"""What is believed of an outbreak before anything of it was seen, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from vedette.errors import BadInput

NAMES = ("links", "recovery", "detection", "entries", "wave_day", "wave_left")
"""The parameters of a simulated outbreak, in the order of their columns. Without a wave its day is inf."""
LINKS, RECOVERY, DETECTION, ENTRIES, WAVE_DAY, WAVE_LEFT = range(len(NAMES))


@dataclass(frozen=True, slots=True)
class Priors:
    """Each pair of a scale is (median, standard deviation of its logarithm); each other pair (least, most).

    links      All rates of links are multiplied by this. The rates come from CVSS, EPSS and the controls, which rank
               weaknesses better than they time attacks: the median is 1, 95 % of the draws lie within a factor of 5.
    recovery   The same of recovery, of which more is known, since one's own response is measured: a factor of 2.7.
    detection  Which share of the compromised hosts is ever found. Uniform: who finds less than a third sees no
               outbreak, and all are found where a search follows the first.
    entries    How many hosts are compromised at the beginning. Log-uniform: mostly one, seldom a campaign.
    places     The hosts that may be among them; empty: every host, equally probable, since a mail opens any of them.
    wave       How probable it is that the response changes in mid-course: a campaign of patches closes links for good.
    wave_day   When it does, in days from the first detection or so, uniform.
    wave_left  Which share of the rates of links is left after it, uniform: nobody patches everything, or nothing.
    """

    links: tuple[float, float] = (1.0, 0.8)
    recovery: tuple[float, float] = (1.0, 0.5)
    detection: tuple[float, float] = (0.3, 1.0)
    entries: tuple[int, int] = (1, 5)
    places: tuple[int, ...] = ()
    wave: float = 0.0
    wave_day: tuple[float, float] = (5.0, 25.0)
    wave_left: tuple[float, float] = (0.05, 0.6)

    def described(self) -> str:
        """All of it in one line, for the lineage of what was learned from it."""
        return ", ".join(f"{name} {value}" for name, value in asdict(self).items() if name != "places" or value)


def check(priors: Priors, hosts: int) -> None:
    """Raises BadInput for priors that nothing can be drawn from."""
    for name in ("links", "recovery"):
        median, spread = getattr(priors, name)
        if not (median > 0 and spread >= 0):
            raise BadInput(
                f"The prior of {name} is a median above 0 and a spread of 0 or more, not {median}, {spread}."
            )
    for name in ("detection", "entries", "wave_day", "wave_left"):
        least, most = getattr(priors, name)
        if not 0 <= least <= most:
            raise BadInput(f"The prior of {name} is the least and the most, 0 or more, not {least}, {most}.")
    if not 0 < priors.detection[1] <= 1 or not 0 <= priors.wave <= 1:
        raise BadInput("The shares of the prior that are detected, or that have a wave, lie between 0 and 1.")
    if not 1 <= priors.entries[0] <= priors.entries[1] <= (len(priors.places) or hosts):
        raise BadInput(f"An outbreak begins on 1 to {len(priors.places) or hosts} hosts here, not on {priors.entries}.")
    if priors.places and not 0 <= min(priors.places) <= max(priors.places) < hosts:
        raise BadInput(f"The prior names an entry outside the hosts 0 to {hosts - 1}.")


def draw(priors: Priors, number: int, chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """So many draws of all parameters: float64 (number, len(NAMES)), in the order of NAMES.

    >>> draw(Priors(), 2, np.random.default_rng(0)).shape
    (2, 6)
    """
    least, most = priors.entries
    entries = np.exp(chance.uniform(np.log(least), np.log(most + 1), number)).astype(np.int64).clip(least, most)
    wave = chance.random(number) < priors.wave
    return np.column_stack(
        [
            priors.links[0] * np.exp(priors.links[1] * chance.standard_normal(number)),
            priors.recovery[0] * np.exp(priors.recovery[1] * chance.standard_normal(number)),
            chance.uniform(*priors.detection, number),
            entries,
            np.where(wave, chance.uniform(*priors.wave_day, number), np.inf),
            np.where(wave, chance.uniform(*priors.wave_left, number), 1.0),
        ]
    )
