"""Cumulative numbers of gradient and loss evaluations, for methods that need more than one gradient per step."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from copy import copy
from itertools import accumulate, islice

import numpy as np


class CumulativeEvaluations:
    """Total evaluations of the gradient and of the loss alone, after each step."""

    def __init__(self, last_step: int) -> None:
        # until now, every step has needed one gradient
        self.gradients, self.losses = array("q", range(last_step + 1)), array("q", bytes(8 * (last_step + 1)))

    def extend(self, gradients: Iterable[int], losses: Iterable[int]) -> None:
        """Append steps by the number of evaluations that each of them needed."""
        for totals, counts in ((self.gradients, gradients), (self.losses, losses)):
            totals.extend(islice(accumulate(counts, initial=totals[-1]), 1, None))

    def at(self, step: int) -> tuple[int, int]:
        """Return the totals of gradients and losses after a step."""
        return self.gradients[step], self.losses[step]

    def until(self, last_step: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the totals of gradients and losses after the steps 0 to ``last_step``."""
        return np.array(self.gradients[: last_step + 1]), np.array(self.losses[: last_step + 1])

    def last_step_within(self, budget: int) -> int:
        """Return the last step that needed at most ``budget`` evaluations in total."""
        return int(np.searchsorted(np.add(self.gradients, self.losses), budget, side="right")) - 1

    def truncate(self, last_step: int) -> None:
        """Remove the steps after ``last_step``."""
        del self.gradients[last_step + 1 :], self.losses[last_step + 1 :]

    def copied(self) -> CumulativeEvaluations:
        """Return a copy with its own columns."""
        other = copy(self)
        other.gradients, other.losses = self.gradients[:], self.losses[:]
        return other
