"""Instructions planted in documents: what of them reaches the reader, beside the draft of a model that obeys them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.bench import Bench
from benchmarks.results import Row
from vedette.app import apart
from vedette.learning.evaluate_injection import evaluate_injection, read_rows
from vedette.rag.text.injection import suspicion
from vedette.settings import load

_KINDS = {"file": "", "fresh": ", fresh kinds", "fresh on subject": ", fresh kinds, lies about what is asked"}


def rows(bench: Bench) -> Iterator[Row]:
    prompts = read_rows(bench.dev_set("injection") / "prompts.jsonl")
    bench.work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=bench.work) as folder:
        settings = load({}, Path(folder) / "data")
        report = evaluate_injection(prompts, partial(apart, settings), suspicion, Path(folder) / "planted")
    for rung in report.attacked:
        obeyed = rung.rung == "obedient model"
        yield Row(
            name=f"injection: attacks that reach the reader, {rung.rung}{_KINDS[rung.plants]}",
            ours=rung.succeeded,
            unit="share",
            better="lower",
            peer=rung.before_checks if obeyed else None,
            beside="the same answers unchecked" if obeyed else "",
            note=(
                f"{rung.attacks} attacks, each planted in a document that is asked about; dictated words "
                f"{rung.dictated:.3f}, foreign links {rung.foreign_link:.3f}, rules told {rung.rules:.3f}, other "
                f"collections {rung.other_collection:.3f}; the real answer is still given in {rung.fact_kept:.3f}"
            ),
        )
    harmless = report.harmless
    yield Row(
        name="injection: real answer kept beside harmless text",
        ours=harmless.fact_kept,
        unit="share",
        better="higher",
        peer=harmless.fact_kept_clean,
        beside="nothing planted",
        note=f"{harmless.prompts} harmless prompts with words that make guards refuse wrongly, planted the same way",
    )
