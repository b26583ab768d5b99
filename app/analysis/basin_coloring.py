"""Which basin gets which hue, and how light a cell is: neighboring basins differ, and few steps are light."""

from __future__ import annotations

import numpy as np


def shared_borders(outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of neighboring basins (n, 2), each in both orders and sorted, and their common edges (n,)."""
    pairs = []
    for one, other in ((outcome[1:], outcome[:-1]), (outcome[:, 1:], outcome[:, :-1])):
        touching = (one != other) & (one >= 0) & (other >= 0)
        pairs += [(one[touching], other[touching]), (other[touching], one[touching])]
    both = np.concatenate([np.column_stack(pair) for pair in pairs])
    return np.unique(both, axis=0, return_counts=True)


def assign_hues(outcome: np.ndarray, count: int, hue_count: int = 4) -> np.ndarray:
    """Return the index of a hue for each of ``count`` basins, so that neighbors differ where possible.

    The basin with the most hues among its neighbors is next, the largest first (Brelaz 1979). It gets the hue with
    which it shares the shortest border, of several the one that is used least.
    """
    pairs, edges = shared_borders(outcome)
    first = np.searchsorted(pairs[:, 0], np.arange(count + 1))
    sizes = np.bincount(outcome[outcome >= 0], minlength=count)
    hues, contact, usage = np.zeros(count, int), np.zeros((count, hue_count), int), [0] * hue_count
    priority = sizes.astype(float)
    priority[sizes == 0] = -np.inf
    scale = outcome.size + 1.0
    for _ in range(np.count_nonzero(sizes)):
        basin = int(np.argmax(priority + scale * (contact > 0).sum(axis=1)))
        hue = min(range(hue_count), key=lambda k: (contact[basin, k], usage[k], k))
        hues[basin], priority[basin] = hue, -np.inf
        usage[hue] += 1
        neighbors = slice(first[basin], first[basin + 1])
        contact[pairs[neighbors, 1], hue] += edges[neighbors]
    return hues


def step_ranks(outcome: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Return the rank of the steps of each cell among those that arrived, from 0 to 1: equal shares of equal tones."""
    arrived = outcome >= 0
    ranks = np.zeros(steps.shape)
    values = np.sort(steps[arrived])
    if values.size and values[0] < values[-1]:
        low, high = np.searchsorted(values, steps, "left"), np.searchsorted(values, steps, "right")
        ranks = np.where(arrived, (low + high - 1) / (2 * (values.size - 1)), 0.0)
    return np.clip(ranks, 0.0, 1.0)
