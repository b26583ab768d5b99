"""A network that was rebuilt from a recorded training, with its data and the plane that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from surfaces.data_error import DataError
from surfaces.problems.problem import Problem

RECORDED_ID, RECORDED_NAME = "recorded", "Recorded network"
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
LOSS_NAMES = ("cross-entropy", "binary cross-entropy", "squared error")
MAX_LAYERS = 20
MAX_PARAMETERS, MAX_POINTS, MAX_NUMBERS = 10_000, 2_000, 250_000  # numbers of all inputs, and of all targets


@dataclass(frozen=True, eq=False)
class NetworkData:
    """Layers, loss, data and initial parameters of a network of fully connected layers.

    Attributes
    ----------
    sizes : tuple of int
        Numbers of inputs, of the units of each hidden layer, and of outputs.
    activation, loss : str
        One of ``ACTIVATIONS`` and of ``LOSS_NAMES``; the activation after the last layer belongs to the loss.
    scale : float
        Factor of the loss, for example 0.5 for half the mean squared error.
    inputs, targets : ndarray, shape (n, sizes[0]), and (n,) for classes or (n, sizes[-1])
        The training data.
    start : ndarray, shape (d,)
        The initial parameters: layer by layer, weights of shape (inputs, outputs) and biases.
    origin, directions : ndarray, shape (d,) and (2, d)
        The plane that shows it, in the same order of the parameters.

    Raises DataError if they do not fit together.
    """

    sizes: tuple[int, ...]
    activation: str
    loss: str
    scale: float
    inputs: np.ndarray
    targets: np.ndarray
    start: np.ndarray
    origin: np.ndarray
    directions: np.ndarray

    def __post_init__(self) -> None:
        sizes, n = self.sizes, len(self.inputs)
        if (
            not 2 <= len(sizes) <= MAX_LAYERS
            or min(sizes) < 1
            or sum(a * b + b for a, b in pairwise(sizes)) != (d := self.start.size)
        ):
            raise DataError("the layers of the recorded network do not fit its parameters")
        classes = self.loss == "cross-entropy"
        if self.activation not in ACTIVATIONS or self.loss not in LOSS_NAMES or not 0 < self.scale < 1e9:
            raise DataError("the recorded network has an unknown activation or loss")
        if d > MAX_PARAMETERS or n > MAX_POINTS or max(self.inputs.size, self.targets.size) > MAX_NUMBERS:
            raise DataError(
                "a network with at most {parameters:,} parameters and {points:,} data points can be trained here",
                parameters=MAX_PARAMETERS,
                points=MAX_POINTS,
            )
        shapes = self.inputs.shape, self.targets.shape, self.start.shape, self.origin.shape, self.directions.shape
        if not n or shapes != ((n, sizes[0]), (n,) if classes else (n, sizes[-1]), (d,), (d,), (2, d)):
            raise DataError("the data of the recorded network do not fit its layers")
        if not all(np.isfinite(a).all() for a in (self.inputs, self.targets, self.start, self.origin, self.directions)):
            raise DataError("the recorded network has numbers that are not finite")
        if classes and not np.isin(self.targets, np.arange(sizes[-1])).all():
            raise DataError("the data of the recorded network do not fit its layers")

    def to_problem(self) -> Problem:
        """Return the problem of training the network from its initial parameters."""
        from surfaces.problems.network_losses import LOSSES
        from surfaces.problems.perceptron import Perceptron

        loss_function, scale = LOSSES[self.loss], self.scale
        targets = self.targets.astype(int) if self.loss == "cross-entropy" else self.targets

        def scaled_loss(output: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
            loss, error = loss_function(output, targets)
            return scale * loss, scale * error

        network = Perceptron(
            self.sizes, self.inputs, targets, self.activation, loss_function if scale == 1 else scaled_loss
        )

        def accuracy(vector: np.ndarray) -> float:
            return network.loss_and_accuracy(vector, self.inputs, targets)[1]

        return Problem(
            id=RECORDED_ID,
            name=RECORDED_NAME,
            source="",
            summary="The network of a recorded training, rebuilt with its data. Runs train it again from its first "
            "recorded parameters.",
            shapes=network.shapes,
            make_start=lambda seed: self.start if seed == 0 else network.start(seed),
            function=network.loss_and_gradient,
            batch_function=network.loss_and_gradient,
            sample_count=len(self.inputs),
            metrics={"accuracy": accuracy} if self.loss == "cross-entropy" else {},
        )
