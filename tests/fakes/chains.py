"""The spread of threats computed the slow way: every state of a small graph, and the probability of each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.linalg import expm_multiply

from vedette.spread.graph import Graph
from vedette.spread.outbreak import Outbreak

Floats = npt.NDArray[np.float64]
# What a host can be. Who is CLEANED was compromised once; in SIS, he can be so again.
FREE, WAITING, ATTACKS, CLEANED = range(4)


class Chain:
    """The states of a graph in an outbreak, of those that can come to be, as a Markov chain in continuous time."""

    def __init__(self, graph: Graph, outbreak: Outbreak) -> None:
        self.graph, self.outbreak = graph, outbreak
        self.sources = graph.sources()
        begin = tuple(ATTACKS if host in outbreak.entries else FREE for host in range(graph.hosts))
        self.states, self.number = [begin], {begin: 0}
        for state in self.states:  # which grows
            for host, _, becomes in self._moves(state, graph.rates, graph.recovery):
                after = (*state[:host], becomes, *state[host + 1 :])
                if after not in self.number:
                    self.number[after] = len(self.states)
                    self.states.append(after)

    def at(self, days: tuple[float, ...]) -> tuple[Floats, Floats]:
        """The probabilities that each host was compromised by each day, and that it is: (days, hosts) each."""
        starts = [0.0, *(phase.start for phase in self.outbreak.phases)]
        factors: list[tuple[object, object]] = [
            (1.0, 1.0),
            *((p.transmission, p.recovery) for p in self.outbreak.phases),
        ]
        chance, now = np.eye(len(self.states))[0], 0.0
        states = np.array(self.states)
        once, is_now = [], []
        for day in days:
            while now < day:
                phase = max(place for place, start in enumerate(starts) if start <= now)
                end = min([day, *(start for start in starts if start > now)])
                chance = expm_multiply(self._rates(*factors[phase]).T * (end - now), chance)
                now = end
            once.append(chance @ (states != FREE))
            is_now.append(chance @ ((states == WAITING) | (states == ATTACKS)))
        return np.clip(once, 0, 1), np.clip(is_now, 0, 1)

    def _rates(self, transmission: object, recovery: object) -> csr_array:
        along = np.broadcast_to(np.asarray(transmission, float), self.graph.links) * self.graph.rates
        cleaning = np.broadcast_to(np.asarray(recovery, float), self.graph.hosts) * self.graph.recovery
        values, before, after = [], [], []
        for number, state in enumerate(self.states):
            for host, rate, becomes in self._moves(state, along, cleaning):
                values += [rate, -rate]
                before += [number, number]
                after += [self.number[(*state[:host], becomes, *state[host + 1 :])], number]
        return csr_array((values, (before, after)), shape=(len(self.states), len(self.states)))

    def _moves(self, state: tuple[int, ...], along: Floats, cleaning: Floats) -> list[tuple[int, float, int]]:
        """Which host becomes what, and at which rate."""
        model = self.outbreak.model
        moves: list[tuple[int, float, int]] = []
        can_be = (FREE, CLEANED) if model == "SIS" else (FREE,)
        for source, target, rate in zip(self.sources, self.graph.targets, along, strict=True):
            if state[source] == ATTACKS and state[target] in can_be and target not in self.outbreak.immune:
                waits = model == "SEIR" and np.isfinite(self.graph.onset[target])
                moves.append((int(target), float(rate), WAITING if waits else ATTACKS))
        for host, kind in enumerate(state):
            if kind == WAITING:
                moves.append((host, float(self.graph.onset[host]), ATTACKS))
            elif kind == ATTACKS and model != "SI":
                moves.append((host, float(cleaning[host]), CLEANED))
        return moves
