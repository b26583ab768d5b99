"""The learning rates that rate curves show and among which the search for the best one chooses."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from app.engine.safe_rate import learning_rate_spec
from app.model.run import Run
from surfaces import Surface

RATE_COUNT = 121
SEQUENTIAL_RATE_COUNT = 16  # of the search, for methods without batches, which are about 40 times slower


def common_learning_rates(
    runs: Iterable[Run], surface: Surface, start: tuple[float, float], count: int = RATE_COUNT
) -> np.ndarray:
    """Return learning rates, evenly spaced on a logarithmic scale, over the sliders of all runs.

    Fewer rates are a part of ``RATE_COUNT`` rates where their spacing is a multiple of it, as for 16, 31 and 61 rates.
    """
    specs = [learning_rate_spec(run, surface, start) for run in runs]
    ends = min(spec.slider_min for spec in specs), max(spec.slider_max for spec in specs)
    stride, rest = divmod(RATE_COUNT - 1, count - 1)
    rates = np.geomspace(*ends, count) if rest else np.geomspace(*ends, RATE_COUNT)[::stride]
    return np.array([float(f"{rate:.3g}") for rate in rates])
