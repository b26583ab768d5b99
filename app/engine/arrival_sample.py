"""Which runs that have arrived at a minimum are still computed, to notice when runs leave it again."""

from __future__ import annotations

import numpy as np

DENSE_COUNT, SEQUENTIAL_DENSE_COUNT = 64, 2  # about as many of the first arrivals are all in the sample


class ArrivalSample:
    """A sample of the runs of a map that have arrived: of the first runs nearly all, then ever fewer.

    Of n runs, about c log(1 + n / c) are in it, where c is the dense count.

    Attributes
    ----------
    has_left
        Whether a run of the sample has left its minimum again, so that no run may be left out.
    is_open
        Whether further runs can become part of the sample.
    """

    def __init__(self, is_batched: bool) -> None:
        self.dense_count = DENSE_COUNT if is_batched else SEQUENTIAL_DENSE_COUNT
        self.arrived_count, self.has_left, self.is_open = 0, False, True

    def select(self, count: int) -> np.ndarray:
        """Return for each of the next runs that arrive whether it is in the sample, shape (count,)."""
        if not self.is_open:
            return np.zeros(count, bool)
        ranks = self.arrived_count + np.arange(count + 1)
        self.arrived_count += count
        selected: np.ndarray = np.diff(np.floor(self.dense_count * np.log1p(ranks / self.dense_count))) > 0
        return selected
