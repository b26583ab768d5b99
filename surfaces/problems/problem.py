"""Contract of problems: loss and gradient of one vector of parameters, and facts about it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

import numpy as np

LossAndGradient = Callable[[np.ndarray], tuple[float, np.ndarray]]
METRICS = ("accuracy", "test_loss", "test_accuracy", "distance")  # distance: to the minimum, in all dimensions


@dataclass(frozen=True, eq=False)
class Problem:
    """A loss over a vector of d parameters.

    Attributes
    ----------
    id, name : str
        Key in ``PROBLEMS`` and name in the window.
    source, summary : str
        Publication, and what the problem is, in one sentence.
    shapes : tuple of tuple of int
        Shapes of the parameter arrays, in the order in which the vector holds them.
    make_start : callable
        seed -> the initial parameters, shape (d,).
    function : callable
        Parameters, shape (d,) -> the loss, and its gradient, shape (d,).
    batch_function : callable
        (parameters, rows) -> the same of some of the data, whose mean over all rows is that of all data.
    sample_count : int
        The number of data points.
    metrics : mapping of str to callable
        Other measures by name: parameters -> for example the accuracy on training data. ``METRICS`` lists the names.
    curvatures : ndarray, optional
        The eigenvalues of the second derivatives, in rising order, if they do not depend on the parameters.
    """

    id: str
    name: str
    source: str
    summary: str
    shapes: tuple[tuple[int, ...], ...]
    make_start: Callable[[int], np.ndarray] = field(repr=False)
    function: LossAndGradient = field(repr=False)
    batch_function: Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]] = field(repr=False)
    sample_count: int
    metrics: Mapping[str, Callable[[np.ndarray], float]] = field(repr=False)
    curvatures: np.ndarray | None = field(default=None, repr=False)

    @property
    def size(self) -> int:
        """The number of parameters, d."""
        return sum(math.prod(shape) for shape in self.shapes)

    @property
    def layers(self) -> tuple[slice, ...]:
        """Where each parameter array is in the vector."""
        ends = list(accumulate((math.prod(shape) for shape in self.shapes), initial=0))
        return tuple(slice(low, high) for low, high in pairwise(ends))
