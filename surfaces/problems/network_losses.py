"""Losses of networks: outputs before the last activation and targets -> the mean loss, and n times its derivative.

The array of the outputs may be overwritten.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

LossFunction = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


def cross_entropy(output: np.ndarray, classes: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy of a softmax over the outputs, for classes 0, 1, ... of shape (n,)."""
    rows = np.arange(len(classes))
    output -= output.max(axis=1, keepdims=True)
    right = output[rows, classes]
    np.exp(output, out=output)
    total = output.sum(axis=1, keepdims=True)
    loss = float((np.log(total[:, 0]) - right).mean())
    output /= total
    output[rows, classes] -= 1.0
    return loss, output


def binary_cross_entropy(output: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the cross-entropy of a sigmoid of each output, for targets from 0 to 1, as a mean over all of them."""
    loss = np.logaddexp(0, output) - targets * output
    return float(loss.mean()), (0.5 * (1 + np.tanh(output / 2)) - targets) / output.shape[1]


def squared_error(output: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of the squared differences between outputs and targets."""
    rest = output - targets
    return float((rest * rest).mean()), 2 * rest / output.shape[1]


LOSSES: dict[str, LossFunction] = {
    "cross-entropy": cross_entropy,
    "binary cross-entropy": binary_cross_entropy,
    "squared error": squared_error,
}
