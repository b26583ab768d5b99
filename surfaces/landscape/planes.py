"""Planes in the space of all parameters: an origin and two orthonormal directions, chosen from snapshots of a training.

Snapshots are the rows of an array of shape (k, d). It is read in blocks of columns and may have single precision; all
results are computed in double precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

BLOCK = 1 << 18  # columns at a time
SNAPSHOT_FACTS = ("snapshots", "first_cosine_content", "second_cosine_content")  # names of facts about a landscape
SMALLEST_HEIGHT = 1e-9  # of a triangle of snapshots, relative to its base, below which they lie on one line


@dataclass(frozen=True)
class Plane:
    """A plane in the space of d parameters.

    Attributes
    ----------
    origin : ndarray, shape (d,)
        The point with the coordinates (0, 0).
    directions : ndarray, shape (2, d)
        Orthonormal, so that distances on the plane are distances between parameter vectors.
    kind : str
        "ends", "pca", "joint", "random" or "snapshots".
    shares : ndarray
        For "pca" and "joint": the share of the variance of the path along each principal component, in falling order.
    unit : float
        For "random": the norm of a filter-normalized direction, the unit of its authors; otherwise 1.
    """

    origin: np.ndarray
    directions: np.ndarray
    kind: str
    shares: np.ndarray
    unit: float = 1.0

    def points(self, x: Any, y: Any) -> np.ndarray:
        """Return the parameter vectors at coordinates x and y, shape (*shape of x, d)."""
        result: np.ndarray = self.origin + np.multiply.outer(x, self.directions[0])
        result += np.multiply.outer(y, self.directions[1])
        return result

    def project(self, snapshots: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the coordinates of snapshots on the plane, shape (k, 2), and their distances from it, shape (k,)."""
        coordinates, squares = np.zeros((len(snapshots), 2)), np.zeros(len(snapshots))
        for block in _blocks(snapshots.shape[1]):
            part = snapshots[:, block] - self.origin[block]
            coordinates += part @ self.directions[:, block].T
        for block in _blocks(snapshots.shape[1]):  # the rest itself, because a difference of squares loses its digits
            rest = snapshots[:, block] - self.origin[block] - coordinates @ self.directions[:, block]
            squares += np.einsum("kd,kd->k", rest, rest)
        return coordinates, np.sqrt(squares)


def _blocks(size: int) -> Iterator[slice]:
    return (slice(low, min(low + BLOCK, size)) for low in range(0, size, BLOCK))


def _norm(vector: np.ndarray) -> float:
    largest = float(np.abs(vector).max(initial=0.0))
    return largest * math.sqrt(float(np.square(vector / largest).sum())) if largest > 0 else 0.0


def _orthonormal(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the first direction with length 1 and the part of the second that is orthogonal to it, with length 1."""
    x = first / _norm(first)
    y = second / (_norm(second) or 1.0)
    for _ in range(3):  # a single projection leaves an error if both are nearly parallel
        y = y - (y @ x) * x
        y = y / (_norm(y) or 1.0)
    return np.array([x, y])


def plane_through(a: np.ndarray, b: np.ndarray, c: np.ndarray, kind: str = "snapshots") -> Plane:
    """Return the plane through three parameter vectors: a is the origin and b lies on the x axis.

    If the three lie on one line, the second direction is a random one. Raises ValueError if a equals b.

    Source: Garipov et al. 2018, "Loss surfaces, mode connectivity, and fast ensembling of DNNs".
    """
    a, first, second = np.asarray(a, float), np.subtract(b, a, dtype=float), np.subtract(c, a, dtype=float)
    base = _norm(first)
    if not base > 0:
        raise ValueError("the parameters did not change between the first two snapshots; choose others")
    height = _norm(second - (second @ first) / base**2 * first)
    if height <= SMALLEST_HEIGHT * base:
        second = np.random.default_rng(0).standard_normal(len(a))
    return Plane(a, _orthonormal(first, second), kind, np.zeros(0))


def plane_through_ends(snapshots: np.ndarray) -> Plane:
    """Return the plane through the first snapshot, the last one, and the one farthest from the line between them.

    The start is the origin and the end lies on the positive x axis; both lie on the plane exactly.
    """
    start, end = np.asarray(snapshots[0], float), np.asarray(snapshots[-1], float)
    way = end - start
    length = _norm(way)
    if not length > 0:
        raise ValueError("the parameters at the end equal those at the start; choose another kind of plane")
    axis = way / length
    along, squares = np.zeros(len(snapshots)), np.zeros(len(snapshots))
    for block in _blocks(len(start)):
        along += (snapshots[:, block] - start[block]) @ axis[block]
    for block in _blocks(len(start)):
        rest = snapshots[:, block] - start[block] - np.outer(along, axis[block])
        squares += np.einsum("kd,kd->k", rest, rest)
    return plane_through(start, end, snapshots[int(squares.argmax())], "ends")


def principal_plane(paths: Sequence[np.ndarray]) -> Plane:
    """Return the plane of the two principal components of one path, or of several with equal weight.

    The Gram matrix of the snapshots is decomposed, never a matrix of size d x d. The plane goes through the last
    snapshot of one path, as in Li et al. 2018, section 7.2, and through the first snapshot of several, their common
    start. The first snapshot of the first path has x <= 0.
    """
    origin = np.asarray(paths[0][-1 if len(paths) == 1 else 0], float)
    weights = np.concatenate([np.full(len(path), 1 / math.sqrt(len(path))) for path in paths])
    snapshots = paths[0] if len(paths) == 1 else np.concatenate(paths)
    if len(paths) == 1:
        center = np.mean(snapshots, axis=0, dtype=float)
    else:
        center = np.mean([np.mean(path, axis=0, dtype=float) for path in paths], axis=0)
    gram = np.zeros((len(snapshots), len(snapshots)))
    for block in _blocks(len(origin)):
        part = (snapshots[:, block] - center[block]) * weights[:, None]
        gram += part @ part.T
    values, vectors = np.linalg.eigh(gram)
    values = np.maximum(values[::-1], 0.0)
    if not values[0] > 0:
        raise ValueError("the parameters did not change; a plane needs different snapshots")
    combination = vectors[:, ::-1][:, :2] * weights[:, None]
    directions = np.zeros((2, len(origin)))
    for block in _blocks(len(origin)):
        directions[:, block] = combination.T @ (snapshots[:, block] - center[block])
    if values[1] <= SMALLEST_HEIGHT**2 * values[0]:
        directions[1] = np.random.default_rng(0).standard_normal(len(origin))
    directions = _orthonormal(directions[0], directions[1])
    first = directions @ (np.asarray(snapshots[0], float) - origin if len(paths) == 1 else center - origin)
    flipped = first > 0 if len(paths) == 1 else first < 0
    directions[flipped] *= -1
    return Plane(origin, directions, "pca" if len(paths) == 1 else "joint", values / values.sum())


def random_plane(
    center: np.ndarray, shapes: Sequence[tuple[int, ...]], outputs_first: bool, seed: int = 0, biases: bool = False
) -> Plane:
    """Return the plane of two random directions, each filter as long as the corresponding weights.

    ``shapes`` are those of the parameter arrays, in the order of ``center``. A filter is what makes one output;
    ``outputs_first`` says which axis counts them. Directions are zero for vectors such as biases, unless ``biases``.
    The second direction is made orthogonal to the first, and both have length 1; ``unit`` keeps the length before.

    Source: Li et al. 2018, "Visualizing the loss landscape of neural nets", section 4.
    """
    rng = np.random.default_rng(seed)
    center = np.asarray(center, float)
    directions = np.zeros((2, len(center)))
    for direction in directions:
        low = 0
        for shape in shapes:
            size = math.prod(shape)
            weights, noise = center[low : low + size].reshape(shape), rng.standard_normal(shape)
            if len(shape) > 1 or biases:
                direction[low : low + size] = _as_long_as(noise, weights, outputs_first).ravel()
            low += size
    unit = _norm(directions[0])
    if not (unit > 0 and _norm(directions[1]) > 0):
        raise ValueError("all weights are zero or vectors; a random plane needs weights with rows and columns")
    return Plane(center, _orthonormal(*directions), "random", np.zeros(0), unit)


def _as_long_as(noise: np.ndarray, weights: np.ndarray, outputs_first: bool) -> np.ndarray:
    if weights.ndim < 2:
        return noise * (_norm(weights) / (_norm(noise) or 1.0))
    axes = tuple(range(1, weights.ndim)) if outputs_first else tuple(range(weights.ndim - 1))
    lengths = np.sqrt(np.square(noise).sum(axis=axes, keepdims=True))
    wanted = np.sqrt(np.square(weights).sum(axis=axes, keepdims=True))
    result: np.ndarray = noise * (wanted / np.where(lengths > 0, lengths, 1.0))
    return result


def random_walk_shares(snapshot_count: int) -> tuple[float, float]:
    """Return the expected shares of the first two principal components of a random walk in high dimension.

    Both tend to 6 / (pi k)^2 for long walks: 60.8 % and 15.2 %. Source: Antognini & Sohl-Dickstein 2018, "PCA of high
    dimensional random walks with comparison to neural network training".
    """
    k = np.arange(1, snapshot_count)
    variances = 1 / (2 - 2 * np.cos(np.pi * k / snapshot_count))
    return float(variances[0] / variances.sum()), float(variances[1] / variances.sum()) if len(k) > 1 else 0.0


def snapshot_facts(plane: Plane, snapshots: np.ndarray) -> dict[str, Any]:
    """Return the number of snapshots of a path, shape (k, d), and the cosine contents of their coordinates."""
    return dict(zip(SNAPSHOT_FACTS, (len(snapshots), *cosine_contents(plane.project(snapshots)[0])), strict=True))


def cosine_contents(coordinates: np.ndarray) -> tuple[float, float]:
    """Return how much the coordinates of a path along two principal components look like cosines, between 0 and 1.

    Both are near 1 for a random walk, so that the shape of the path says nothing. Source: Hess 2002, "Convergence of
    sampling in protein simulations", for evenly spaced snapshots, shape (k, 2).
    """
    centered = coordinates - coordinates.mean(axis=0)
    phase = np.pi * (np.arange(len(centered)) + 0.5) / len(centered)
    contents = [
        2 / len(centered) * (np.cos(i * phase) @ p) ** 2 / square if (square := float(p @ p)) > 0 else 0.0
        for i, p in enumerate(centered.T, 1)
    ]
    return float(contents[0]), float(contents[1])
