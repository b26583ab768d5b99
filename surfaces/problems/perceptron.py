"""Multilayer perceptrons with a softmax at the end: loss and gradient over one vector of all weights and biases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np

from surfaces.problems.data import Samples
from surfaces.problems.names import PROBLEM_NAMES
from surfaces.problems.network_losses import LossFunction, cross_entropy
from surfaces.problems.problem import Problem


class Perceptron:
    """Layers of units with one kind of activation, and a loss of the outputs.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of inputs, of the units of each hidden layer, and of classes.
    inputs, classes : ndarray, shape (n, sizes[0]) and (n,)
        The training data; instead of classes whatever targets the loss takes.
    activation : str
        "tanh", "relu", "sigmoid" or "linear".
    loss_function : callable
        A function of ``network_losses``; by default the mean cross-entropy of a softmax over the outputs.

    Notes
    -----
    A vector of parameters holds, layer by layer, the weights of shape (inputs, outputs) and the biases.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        inputs: np.ndarray,
        classes: np.ndarray,
        activation: str = "tanh",
        loss_function: LossFunction = cross_entropy,
    ) -> None:
        self.sizes, self.inputs, self.classes, self.activation = tuple(sizes), inputs, classes, activation
        self.loss_function = loss_function
        self.shapes: tuple[tuple[int, ...], ...] = tuple(
            shape for a, b in pairwise(self.sizes) for shape in ((a, b), (b,))
        )
        self.ends = np.cumsum([0, *(int(np.prod(shape)) for shape in self.shapes)]).tolist()

    def start(self, seed: int) -> np.ndarray:
        """Return random weights, of Glorot & Bengio 2010 for tanh and of He et al. 2015 for ReLU; biases are 0."""
        random, parts = Random(seed), []
        for shape in self.shapes:
            variance = 2 / (shape[0] if self.activation == "relu" else sum(shape)) if len(shape) == 2 else 0.0
            parts += [random.gauss(0, variance**0.5) if variance else 0.0 for _ in range(int(np.prod(shape)))]
        return np.array(parts)

    def _arrays(self, vector: np.ndarray) -> list[np.ndarray]:
        ranges = zip(pairwise(self.ends), self.shapes, strict=True)
        return [vector[low:high].reshape(shape) for (low, high), shape in ranges]

    def _forward(self, vector: np.ndarray, inputs: np.ndarray) -> list[np.ndarray]:
        """Return the inputs, the outputs of every hidden layer, and the outputs before the softmax."""
        arrays, values = self._arrays(vector), [inputs]
        for k in range(0, len(arrays), 2):
            output = values[-1] @ arrays[k]
            output += arrays[k + 1]
            if k < len(arrays) - 2:
                activate(output, self.activation)
            values.append(output)
        return values

    def loss_and_gradient(self, vector: np.ndarray, rows: Any = slice(None)) -> tuple[float, np.ndarray]:
        """Return the mean loss of some rows of the training data and its gradient, shape (d,)."""
        classes = self.classes[rows]
        values, arrays = self._forward(vector, self.inputs[rows]), self._arrays(vector)
        gradient = np.empty_like(vector)
        parts, n = self._arrays(gradient), len(classes)
        loss, error = self.loss_function(values[-1], classes)
        error /= n
        for k in range(len(arrays) - 2, -1, -2):
            value = values[k // 2]
            np.matmul(value.T, error, out=parts[k])
            error.sum(axis=0, out=parts[k + 1])
            if k:
                error = error @ arrays[k].T
                error *= slope(value, self.activation)
        return loss, gradient

    def loss_and_accuracy(self, vector: np.ndarray, inputs: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
        """Return the mean loss and the share of the right classes of any data."""
        output = self._forward(vector, inputs)[-1]
        accuracy = float((output.argmax(axis=1) == classes).mean())
        return self.loss_function(output, classes)[0], accuracy


def activate(output: np.ndarray, activation: str) -> None:
    """Replace the inputs of units by their values."""
    if activation == "tanh":
        np.tanh(output, out=output)
    elif activation == "relu":
        np.maximum(output, 0, out=output)
    elif activation == "sigmoid":  # by tanh, which does not overflow
        output /= 2
        np.tanh(output, out=output)
        output += 1
        output /= 2


def slope(value: np.ndarray, activation: str) -> Any:
    """Return the derivatives of units whose values are given."""
    if activation == "tanh":
        return 1 - value * value
    if activation == "relu":
        return value > 0
    return value * (1 - value) if activation == "sigmoid" else 1.0


def perceptron_problem(
    id: str, sizes: Sequence[int], train: Samples, test: Samples, activation: str = "tanh", source: str = ""
) -> Problem:
    """Return the problem of training a perceptron; its metrics are the accuracy, and loss and accuracy on test data."""
    network = Perceptron(sizes, *train, activation)

    return Problem(
        id=id,
        name=PROBLEM_NAMES[id],
        source=source,
        summary="A small network that is trained on all data at once, or on mini-batches.",
        shapes=network.shapes,
        make_start=network.start,
        function=network.loss_and_gradient,
        batch_function=network.loss_and_gradient,
        sample_count=len(train[1]),
        metrics={
            "accuracy": lambda vector: network.loss_and_accuracy(vector, *train)[1],
            "test_loss": lambda vector: network.loss_and_accuracy(vector, *test)[0],
            "test_accuracy": lambda vector: network.loss_and_accuracy(vector, *test)[1],
        },
    )
