"""One run of SIR for each line on stdin, by one of the peers as its documentation tells to use it.

Runs in the environment of the peers of spread and knows nothing of Vedette.

    python peer_spread.py eon|ndlib|fastgemf GRAPH.npz RATE RECOVERY ENTRY…

Prints {"seconds": CPU seconds, "size": how many hosts were infected, "last": when the last one was} for each line; what
is compiled and prepared once comes before, and so does a run.
"""

from __future__ import annotations

import contextlib
import json
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import networkx
import numpy as np

STEP = 0.1  # days, of NDlib, which knows steps only
Run = Callable[[], Callable[[], tuple[int, float]]]


def eon(graph: Any, rate: float, recovery: float, entries: list[int]) -> Run:
    import EoN

    def run() -> Callable[[], tuple[int, float]]:
        times, _, infected, recovered = EoN.fast_SIR(graph, rate, recovery, initial_infecteds=entries)

        def found() -> tuple[int, float]:
            ever = infected + recovered
            return int(ever[-1]), float(times[np.argmax(ever == ever[-1])])

        return found

    return run


def ndlib(graph: Any, rate: float, recovery: float, entries: list[int]) -> Run:
    import ndlib.models.epidemics
    import ndlib.models.ModelConfig

    def run() -> Callable[[], tuple[int, float]]:
        model = ndlib.models.epidemics.SIRModel(graph)
        settings = ndlib.models.ModelConfig.Configuration()
        settings.add_model_parameter("beta", rate * STEP)
        settings.add_model_parameter("gamma", recovery * STEP)
        settings.add_model_initial_configuration("Infected", entries)
        model.set_initial_status(settings)
        counts, steps = {1: 1}, 0
        while counts[1]:
            counts, steps = model.iteration(node_status=False)["node_count"], steps + 1
        return lambda: (counts[2], steps * STEP)

    return run


def fastgemf(graph: Any, rate: float, recovery: float, entries: list[int]) -> Run:
    import fastgemf as fg

    schema = (
        fg.ModelSchema("SIR")
        .define_compartment(["S", "I", "R"])
        .add_network_layer("links")
        .add_node_transition(name="recovery", from_state="I", to_state="R", rate="delta")
        .add_edge_interaction(
            name="infection", from_state="S", to_state="I", inducer="I", network_layer="links", rate="beta"
        )
    )
    model = fg.ModelConfiguration(schema).add_parameter(beta=rate, delta=recovery)
    model = model.get_networks(links=networkx.to_scipy_sparse_array(graph))
    begin = np.zeros(graph.number_of_nodes(), dtype=int)
    begin[entries] = 1

    def run() -> Callable[[], tuple[int, float]]:
        simulation = fg.Simulation(
            model, initial_condition={"exact": begin.copy()}, stop_condition={"time": 1000.0}, nsim=1
        )
        simulation.run()

        def found() -> tuple[int, float]:
            times, counts, *_ = simulation.get_results()
            return int(len(begin) - np.asarray(counts)[0][-1]), float(times[-1])

        return found

    return run


def main() -> None:
    name, path, rate, recovery, *entries = sys.argv[1:]
    stored = np.load(path)
    graph = networkx.Graph()
    graph.add_nodes_from(range(int(stored["hosts"])))
    graph.add_edges_from(zip(stored["sources"].tolist(), stored["targets"].tolist(), strict=True))
    random.seed(1)
    np.random.seed(1)
    make = {"eon": eon, "ndlib": ndlib, "fastgemf": fastgemf}[name]
    with contextlib.redirect_stdout(sys.stderr):
        run = make(graph, float(rate), float(recovery), [int(entry) for entry in entries])
        if name == "fastgemf":
            run()  # compiles
    print("ready", flush=True)
    for _ in sys.stdin:
        with contextlib.redirect_stdout(sys.stderr):
            began = time.process_time()
            found = run()
            seconds = time.process_time() - began
            size, last = found()
        print(json.dumps({"seconds": seconds, "size": size, "last": last}), flush=True)


if __name__ == "__main__":
    main()
