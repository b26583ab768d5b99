"""The shapes of a search state in the plane: a simplex, or the ellipse of a distribution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

UNIT_CIRCLE = np.array([(np.cos(angle), np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 73)])
ELLIPSE_SIGMAS = 2.0  # standard deviations; 86 % of the samples lie within the ellipse


def search_shapes(state: Mapping[str, Any]) -> list[np.ndarray]:
    """Return the closed lines (n, 2), in x and y of the surface, that a state describes."""
    shapes = []
    simplex, covariance, mean = (state_array(state, name) for name in ("simplex", "covariance", "mean"))
    if simplex.ndim == 2:
        shapes.append(np.array([*simplex, simplex[0]]))
    if covariance.shape == (2, 2) and mean.shape == (2,) and np.isfinite(covariance).all():
        eigenvalues, eigenvectors = np.linalg.eigh(covariance)
        shapes.append(mean + ELLIPSE_SIGMAS * UNIT_CIRCLE * np.sqrt(np.maximum(eigenvalues, 0.0)) @ eigenvectors.T)
    return shapes


def state_array(state: Mapping[str, Any], name: str) -> np.ndarray:
    """Return an entry of a state as an array, which has no dimensions if the entry is missing or not set yet."""
    return np.asarray(state.get(name))
