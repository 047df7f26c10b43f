"""Denoising diffusion beside what does without: of curves, on the test curves of spread_forecast, and of every host.

It runs in an environment of its own, `.bench/torch`, since torch takes 5 GB:

python -m benchmarks.spread_diffusion curves|hosts     prints what `rows` makes rows of, one JSON object a line
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks import peers, spread_forecast
from benchmarks.bench import ROOT, Absent, Bench
from benchmarks.results import Row

HISTORY, SIMULATED, TESTED, SAMPLES = 200, 600, 60, 100
TEST_SEED = 71  # of the hosts' outbreaks; tuned on 13 and 14
WITHOUT = {"curves": "quantiles", "hosts": "correction, the worlds' copula"}


def rows(bench: Bench) -> Iterator[Row]:
    python = peers.python("torch")
    if not python.exists():
        raise Absent("no environment with torch; make it with: python -m benchmarks.peers")
    for what in WITHOUT:
        program = [str(python), "-m", "benchmarks.spread_diffusion", what]
        paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
        environment = os.environ | {"PYTHONPATH": paths, "OMP_NUM_THREADS": "1"}
        said = subprocess.run(program, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
        for line in said.splitlines():
            yield from _rows(what, json.loads(line))


def _rows(what: str, said: dict[str, Any]) -> Iterator[Row]:
    measured, beside = said["models"], WITHOUT[what]
    for name, better in said["shown"].items():
        others = "; ".join(f"{model} {values[name]:.4g}" for model, values in measured.items())
        yield Row(
            name=f"spread_diffusion: {name} of {what}, {said['regime']}",
            ours=measured["diffusion"][name],
            unit=said["unit"].get(name, ""),
            better=better,
            note=f"{said['on']}. All: {others}. 80 % bands of diffusion covered "
            f"{100 * measured['diffusion']['within80']:.1f} %. {said['cost']}",
            peer=measured[beside][name],
            beside=beside,
        )


# ── within the environment with torch ────────────────────────────────────────────────────────────


def _curves() -> Iterator[dict[str, Any]]:
    from vedette.engines import diffusion
    from vedette.spread.calibrate.priors import Priors
    from vedette.spread.forecast.backtest import ratio
    from vedette.spread.forecast.banded import banded
    from vedette.spread.forecast.contract import Lessons
    from vedette.spread.forecast.kinds import KINDS

    data = spread_forecast
    graph = data.scale_free(data.HOSTS, data.LINKS_EACH, data.RATE, data.RECOVERY)
    bank = data.outbreaks(graph, Priors(), data.BANK, data.BANK_SEED)
    kinds = [*(KINDS[name] for name in ("abc", "mechanism", "quantiles")), banded(diffusion.kind())]
    for regime, priors, history in (("well-specified", Priors(), 0), ("2,000 curves", data.WAVE, data.HISTORY)):
        alike = Lessons(data.SEEN, bank)
        lessons = [
            Lessons(data.SEEN, bank, data.outbreaks(graph, priors, history, seed + 500), seed=seed)
            if history
            else alike
            for seed in data.TEST_SEEDS
        ]
        tests = [data.outbreaks(graph, priors, data.TESTED, seed) for seed in data.TEST_SEEDS]
        begun = time.process_time()
        found = data.scored(kinds, lessons, tests)
        share, low, high = ratio(found["diffusion"], found["quantiles"])
        yield {
            "regime": regime if not history else f"wrong simulator, {regime}",
            "on": data.ON,
            "shown": {"CRPS": "lower", "energy score": "lower"},
            "unit": {"CRPS": "hosts", "energy score": "hosts"},
            "models": {
                one.model: {
                    "CRPS": float(one.crps.mean()),
                    "energy score": float(one.energy.mean()),
                    "within80": float(one.within80.mean()),
                    "within95": float(one.within95.mean()),
                }
                for one in found.values()
            },
            "cost": f"CRPS {share:.3f} of that of the quantile network, 95 % interval {low:.3f} to {high:.3f}; all "
            f"models together took {time.process_time() - begun:.0f} s of one core",
        }


def _hosts() -> Iterator[dict[str, Any]]:
    from benchmarks import spread_hosts as data
    from vedette.engines import diffusion_hosts
    from vedette.engines.diffusion_hosts import HostLessons

    graph = data.network(1)
    bank = data.bank_of(graph, 1)
    truths = data.truths(graph, 1)
    simulated = data.cases(truths["well"], graph, bank, SIMULATED, 11)
    for regime, truth in truths.items():
        history = data.cases(truth, graph, bank, HISTORY, 12) if regime == "wrong" else []
        tests = data.cases(truth, graph, bank, TESTED, TEST_SEED)
        before = history or simulated
        begun = time.process_time()
        observed = data.with_excess(history) if history else []
        model = diffusion_hosts.learn(HostLessons(graph, data.with_excess(simulated), observed))
        learned = time.process_time()
        found = {
            name: data.evaluated(tests, drawn)
            for name, drawn in data.contenders(model, graph, tests, before, SAMPLES).items()
        }
        yield {
            "regime": "well-specified" if regime == "well" else f"wrong simulator, {HISTORY} outbreaks",
            "on": f"{len(tests)} simulated outbreaks on {data.HOSTS} hosts, {data.SEEN} days seen and {data.AHEAD} "
            f"forecast, of a seed that nothing was tuned on; {SIMULATED} simulated ones to learn from",
            "shown": {"Brier score": "lower", "recall@20": "higher", "CRPS of totals": "lower", "energy": "lower"},
            "unit": {"CRPS of totals": "hosts", "energy": "days"},
            "models": found,
            "cost": f"Learning took {learned - begun:.0f} s of one core, drawing {SAMPLES} samples of one outbreak "
            f"{(time.process_time() - learned) / len(tests):.1f} s",
        }


if __name__ == "__main__":
    np.seterr(all="ignore")
    for one in {"curves": _curves, "hosts": _hosts}[sys.argv[1]]():
        print(json.dumps(one), flush=True)
