"""A small network in double precision: two moons, 2-16-16-2, tanh, cross entropy; 354 parameters in six layers.

An L2 penalty keeps the minima finite and well conditioned.
"""

from __future__ import annotations

import itertools

import numpy as np

SIZES = (2, 16, 16, 2)
SHAPES = tuple(shape for a, b in itertools.pairwise(SIZES) for shape in ((a, b), (b,)))
LAYER_SIZES = tuple(int(np.prod(shape)) for shape in SHAPES)
POINTS = 120
PENALTY = 0.005  # times half the squared norm of the vector


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Return the points, shape (120, 2), and their classes, 0 or 1."""
    random = np.random.RandomState(0)  # its numbers are the same in every version of numpy
    angle, labels = np.pi * random.uniform(size=POINTS), np.arange(POINTS) % 2
    upper = np.column_stack([np.cos(angle), np.sin(angle)])
    lower = np.column_stack([1 - np.cos(angle), 0.5 - np.sin(angle)])
    return np.where(labels[:, None] == 0, upper, lower) + 0.15 * random.standard_normal((POINTS, 2)), labels


def start() -> np.ndarray:
    """Return the initial vector: weights scaled by the number of inputs and outputs, small biases."""
    random = np.random.RandomState(1)
    scales = [np.sqrt(2 / sum(shape)) if len(shape) == 2 else 0.1 for shape in SHAPES]
    return np.concatenate([scale * random.standard_normal(n) for n, scale in zip(LAYER_SIZES, scales, strict=True)])


def split(vector: np.ndarray) -> list[np.ndarray]:
    """Return the weights (in, out) and biases (out,) in a vector, layer by layer."""
    parts = np.split(vector, np.cumsum(LAYER_SIZES)[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, SHAPES, strict=True)]


def loss_and_gradient(vector: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean cross entropy of all points plus the penalty, and its gradient."""
    x, labels = moons()
    parameters, activations = split(vector), [x]
    for weights, biases in zip(parameters[:-2:2], parameters[1:-2:2], strict=True):
        activations.append(np.tanh(activations[-1] @ weights + biases))
    logits = activations[-1] @ parameters[-2] + parameters[-1]
    logits = logits - logits.max(axis=1, keepdims=True)
    total = np.exp(logits).sum(axis=1)
    loss = float((np.log(total) - logits[np.arange(POINTS), labels]).mean())
    delta = (np.exp(logits) / total[:, None] - np.eye(2)[labels]) / POINTS
    gradients: list[np.ndarray] = []
    for k in reversed(range(len(SIZES) - 1)):
        gradients = [activations[k].T @ delta, delta.sum(axis=0), *gradients]
        delta = (delta @ parameters[2 * k].T) * (1 - activations[k] ** 2)
    gradient = np.concatenate([part.reshape(-1) for part in gradients])
    return loss + PENALTY / 2 * float(vector @ vector), gradient + PENALTY * vector
