"""Linear models with a chosen spectrum of curvatures, on which theory is exact or nearly so."""

from __future__ import annotations

import numpy as np

from surfaces.problems.data import normal_matrix
from surfaces.problems.names import PROBLEM_NAMES
from surfaces.problems.problem import Problem


def _design(size: int, condition: float, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix A whose A'A / rows has geometrically spaced eigenvalues from 1/condition to 1, and these."""
    curvatures = np.geomspace(1 / condition, 1.0, size)
    left, _ = np.linalg.qr(normal_matrix(rows, size, seed))
    right, _ = np.linalg.qr(normal_matrix(size, size, seed + 1))
    return left @ (np.sqrt(rows * curvatures)[:, None] * right.T), curvatures


def linear_problem(size: int = 50, condition: float = 100.0, seed: int = 0) -> Problem:
    """Return least squares in ``size`` parameters: half the mean squared error, zero at the true parameters.

    The second derivatives have the eigenvalues of a geometric sequence from 1/condition to 1.
    """
    rows = 2 * size
    matrix, curvatures = _design(size, condition, rows, seed)
    truth = normal_matrix(size, 1, seed + 2)[:, 0]
    targets = matrix @ truth

    def batch_function(vector: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray]:
        part = matrix[chosen]
        residual = part @ vector - targets[chosen]
        return float(residual @ residual) / (2 * len(residual)), part.T @ residual / len(residual)

    return Problem(
        id="linear",
        name=PROBLEM_NAMES["linear"],
        source="Goh 2017, Why momentum really works, doi:10.23915/distill.00006",
        summary="Least squares with a geometric sequence of curvatures, on which theory is exact.",
        shapes=((size,),),
        make_start=lambda seed: np.zeros(size) if seed == 0 else normal_matrix(size, 1, seed + 3)[:, 0],
        function=lambda vector: batch_function(vector, np.arange(rows)),
        batch_function=batch_function,
        sample_count=rows,
        metrics={"distance": lambda vector: float(np.linalg.norm(vector - truth))},
        curvatures=curvatures,
    )


def logistic_problem(size: int = 50, condition: float = 100.0, seed: int = 0, decay: float = 1e-3) -> Problem:
    """Return logistic regression in ``size`` parameters, with the penalty decay/2 |parameters|^2.

    Classes are drawn with the probabilities of a true model, so that they cannot be separated.
    """
    rows = 10 * size
    matrix, _ = _design(size, condition, rows, seed)
    truth = normal_matrix(size, 1, seed + 2)[:, 0]
    uniform = (np.argsort(np.argsort(normal_matrix(rows, 1, seed + 4)[:, 0])) + 0.5) / rows
    signs = np.where(uniform < 1 / (1 + np.exp(-matrix @ truth)), 1.0, -1.0)

    def batch_function(vector: np.ndarray, chosen: np.ndarray) -> tuple[float, np.ndarray]:
        part, sign = matrix[chosen], signs[chosen]
        margin = sign * (part @ vector)
        loss = float(np.logaddexp(0, -margin).mean()) + decay / 2 * float(vector @ vector)
        weights = -sign * np.exp(-np.logaddexp(0, margin)) / len(margin)
        return loss, part.T @ weights + decay * vector

    return Problem(
        id="logistic",
        name=PROBLEM_NAMES["logistic"],
        source="Nocedal & Wright 2006, Numerical Optimization",
        summary="Logistic regression with a geometric sequence of curvatures of its inputs.",
        shapes=((size,),),
        make_start=lambda seed: np.zeros(size) if seed == 0 else normal_matrix(size, 1, seed + 3)[:, 0],
        function=lambda vector: batch_function(vector, np.arange(rows)),
        batch_function=batch_function,
        sample_count=rows,
        metrics={"accuracy": lambda vector: float((signs * (matrix @ vector) > 0).mean())},
    )
