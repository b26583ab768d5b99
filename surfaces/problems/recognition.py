"""Rebuilding of a network from a recorded training: its layers from the shapes of the arrays, the rest by trial.

No framework tells its activations and losses in the same way. The losses that the user's own function returned at the
recorded parameters decide: a network is rebuilt only if it has the same losses there.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.planes import Plane
from surfaces.problems.network_data import ACTIVATIONS, MAX_NUMBERS, MAX_PARAMETERS, MAX_POINTS, NetworkData
from surfaces.problems.network_losses import LOSSES
from surfaces.problems.perceptron import Perceptron

Shapes = Sequence[tuple[int, ...]]
TOLERANCES = {4: 2e-4, 8: 1e-7}  # relative, by the bytes of a recorded number
CHECKED_SNAPSHOTS = 5


def recognize_network(
    shapes: Shapes,
    outputs_first: bool,
    data: tuple[np.ndarray, np.ndarray],
    snapshots: np.ndarray,
    losses: np.ndarray,
    plane: Plane,
) -> NetworkData:
    """Return the network that has the losses of a recorded training.

    Parameters
    ----------
    shapes : sequence of tuple
        Shapes of the parameter arrays, in their order in a snapshot.
    outputs_first : bool
        Whether the first axis of weights probably counts the outputs.
    data : tuple of ndarray
        Inputs and targets of the loss.
    snapshots, losses : ndarray, shape (k, d) and (k,)
        Recorded parameters, and the losses of all data there.
    plane : Plane
        The plane that shows the training.

    Raises
    ------
    DataError
        With the reason why the network cannot be rebuilt.
    """
    inputs, targets = (np.asarray(a, float) for a in data)
    inputs = inputs.reshape(len(inputs), -1)
    if snapshots.shape[1] > MAX_PARAMETERS or len(inputs) > MAX_POINTS or inputs.size > MAX_NUMBERS:
        raise DataError(
            "a network with at most {parameters:,} parameters and {points:,} data points can be trained here",
            parameters=MAX_PARAMETERS,
            points=MAX_POINTS,
        )
    checked = _spread(np.flatnonzero(np.isfinite(losses)))
    if len(checked) < 2:
        raise DataError("the loss is known at fewer than two recorded steps")
    tolerance = TOLERANCES.get(snapshots.dtype.itemsize, max(TOLERANCES.values()))
    for first in (outputs_first, not outputs_first):
        sizes = layer_sizes(shapes, first)
        if not sizes or sizes[0] != inputs.shape[1]:
            continue
        order = parameter_order(shapes, first)
        vectors = np.asarray(snapshots[checked], float)[:, order]
        for activation, (loss, fitting) in itertools.product(ACTIVATIONS, _fitting_targets(targets, sizes[-1])):
            network = Perceptron(sizes, inputs, fitting, activation, LOSSES[loss])
            values = np.array([network.loss_and_gradient(vector)[0] for vector in vectors])
            for scale in _scales(len(inputs), sizes[-1]):
                if np.allclose(scale * values, losses[checked], rtol=tolerance, atol=0):
                    start, origin = np.asarray(snapshots[0], float)[order], plane.origin[order]
                    directions = plane.directions[:, order]
                    return NetworkData(sizes, activation, loss, scale, inputs, fitting, start, origin, directions)
    if not any(layer_sizes(shapes, first) for first in (True, False)):
        raise DataError("only networks of fully connected layers, each with biases, can be rebuilt")
    raise DataError(
        "no network of fully connected layers with tanh, ReLU, or sigmoid units has the recorded losses on these data; "
        "the loss must be the plain cross-entropy or squared error of all of them, without weight decay"
    )


def layer_sizes(shapes: Shapes, outputs_first: bool) -> tuple[int, ...]:
    """Return the numbers of inputs and of the units of each layer; empty if these are not fully connected layers."""
    weights = [shape[::-1] if outputs_first else shape for shape in shapes if len(shape) == 2]
    biases = [shape[0] for shape in shapes if len(shape) == 1]
    if not weights or len(weights) + len(biases) != len(shapes) or biases != [outputs for _, outputs in weights]:
        return ()
    if any(one[1] != two[0] for one, two in itertools.pairwise(weights)):
        return ()
    return (weights[0][0], *biases)


def parameter_order(shapes: Shapes, outputs_first: bool) -> np.ndarray:
    """Return the index in a snapshot of each parameter of a ``Perceptron``, shape (d,)."""
    weights, biases, low = [], [], 0
    for shape in shapes:
        indices = np.arange(low, low + math.prod(shape)).reshape(shape)
        low += indices.size
        if len(shape) == 2:
            weights.append((indices.T if outputs_first else indices).ravel())
        else:
            biases.append(indices)
    return np.concatenate([part for pair in zip(weights, biases, strict=True) for part in pair])


def _spread(indices: np.ndarray) -> np.ndarray:
    """Return a few of the indices, the first and the last one among them."""
    if not len(indices):
        return indices
    positions = np.unique(np.linspace(0, len(indices) - 1, CHECKED_SNAPSHOTS).round().astype(int))
    result: np.ndarray = indices[positions]
    return result


def _fitting_targets(targets: np.ndarray, outputs: int) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the losses for which targets can be meant, with the targets in their form."""
    flat, columns = targets.reshape(-1), targets.reshape(len(targets), -1)
    if outputs > 1 and len(flat) == len(targets) and np.isin(flat, np.arange(outputs)).all():
        yield "cross-entropy", flat.astype(int)
    if columns.shape[1] != outputs:
        return
    if outputs > 1 and np.isin(columns, (0, 1)).all() and (columns.sum(axis=1) == 1).all():
        yield "cross-entropy", columns.argmax(axis=1)
    if ((columns >= 0) & (columns <= 1)).all():
        yield "binary cross-entropy", columns
    yield "squared error", columns


def _scales(count: int, outputs: int) -> list[float]:
    """Return the factors by which means and sums, and half of them, differ."""
    factors = {1, outputs, count, count * outputs}
    return sorted({half * factor for half in (1.0, 0.5) for factor in factors})
