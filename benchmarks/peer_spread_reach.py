"""EoN's fast_SIR on a graph, run to its end.

Runs in the peer's environment and knows nothing of Vedette.

    python peer_spread_reach.py GRAPH.npz RATE RECOVERY RUNS ENTRY…

prints {"seconds": CPU seconds of each run, "sizes": how many hosts each infected, "hosts": how often each was}
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any


def main() -> None:
    import EoN
    import networkx
    import numpy as np

    path, rate, recovery, runs, *entries = sys.argv[1:]
    stored = np.load(path)
    graph: Any = networkx.Graph()
    graph.add_nodes_from(range(int(stored["hosts"])))
    graph.add_edges_from(zip(stored["sources"].tolist(), stored["targets"].tolist(), strict=True))
    random.seed(1)
    np.random.seed(1)  # what EoN draws from
    seconds: list[float] = []
    sizes: list[int] = []
    hosts = np.zeros(int(stored["hosts"]), np.int64)
    few = graph.number_of_nodes() <= 2000
    for _ in range(int(runs)):
        began = time.process_time()
        found = EoN.fast_SIR(
            graph, float(rate), float(recovery), initial_infecteds=[int(one) for one in entries], return_full_data=few
        )
        seconds.append(time.process_time() - began)
        if few:
            ever = [host for host in graph if "I" in found.node_history(host)[1]]
            hosts[ever] += 1
            sizes.append(len(ever))
        else:
            sizes.append(int(found[3][-1]))
    print(json.dumps({"seconds": seconds, "sizes": sizes, "hosts": hosts.tolist() if few else []}))


if __name__ == "__main__":
    main()
