"""The models of curves that need nothing but numpy. Those of engines are added where the program is put together."""

from __future__ import annotations

from vedette.spread.forecast import baselines, blend, mechanism, quantiles
from vedette.spread.forecast.banded import banded
from vedette.spread.forecast.contract import CurveKind

_ALL = (
    CurveKind("persistence", baselines.learn_persistence, baselines.load_persistence, baseline=True),
    CurveKind("base_rate", baselines.learn_base_rate, baselines.load_base_rate, baseline=True),
    CurveKind("abc", baselines.learn_abc, baselines.load_abc, baseline=True),
    banded(CurveKind("mechanism", mechanism.learn_mechanism, mechanism.load_mechanism)),
    banded(CurveKind("analogs", mechanism.learn_analogs, mechanism.load_analogs)),
    banded(CurveKind("quantiles", quantiles.learn, quantiles.load)),
    banded(CurveKind("blend", blend.learn, blend.load)),
)
KINDS = {kind.name: kind for kind in _ALL}
