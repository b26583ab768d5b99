"""Neighboring basins get different hues, and the hues stay apart for color-blind viewers."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from app.analysis.basin_coloring import assign_hues, shared_borders, step_ranks
from app.theming.basin_colors import DARKEST, HUES, LIGHTEST, basin_colors

SIGHTS = {  # of linear sRGB, at severity 1 (Machado, Oliveira & Fernandes 2009)
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
JUST_NOTICEABLE = 0.02  # in OKLab


def to_oklab(srgb: np.ndarray, sight: np.ndarray) -> np.ndarray:
    """Return the OKLab color (3,) that a viewer sees."""
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(
        np.array(
            [
                [0.4122214708, 0.5363325363, 0.0514459929],
                [0.2119034982, 0.6806995451, 0.1073969566],
                [0.0883024619, 0.2817188376, 0.6299787005],
            ]
        )
        @ np.clip(sight @ linear, 0, 1)
    )
    lab: np.ndarray = (
        np.array(
            [
                [0.2104542553, 0.7936177850, -0.0040720468],
                [1.9779984951, -2.4285922050, 0.4505937099],
                [0.0259040371, 0.7827717662, -0.8086757660],
            ]
        )
        @ cones
    )
    return lab


@pytest.mark.parametrize("sight", SIGHTS)
def test_hues_stay_apart_at_every_lightness(sight: str) -> None:
    for rank in np.linspace(0, 1, 9):
        colors = basin_colors(np.arange(len(HUES)), np.full(len(HUES), rank))
        seen = [to_oklab(color, SIGHTS[sight]) for color in colors]
        for one, other in combinations(seen, 2):
            assert np.linalg.norm(one - other) > 2 * JUST_NOTICEABLE


def test_lightness_falls_evenly_with_the_steps() -> None:
    for hue in range(len(HUES)):
        colors = basin_colors(np.full(9, hue), np.linspace(0, 1, 9))
        lightness = [to_oklab(color, SIGHTS["normal"])[0] for color in colors]
        assert lightness == pytest.approx(np.linspace(LIGHTEST, DARKEST, 9).tolist(), abs=0.01)


def test_neighbors_differ_and_four_basins_have_four_hues() -> None:
    quarters = np.kron([[0, 1], [2, 3]], np.ones((5, 5), int))
    assert sorted(assign_hues(quarters, 4)) == [0, 1, 2, 3]
    generator = np.random.default_rng(1)
    seeds = generator.random((40, 2)) * 60
    y, x = np.mgrid[:60, :60]
    cells = np.hypot(x[..., None] - seeds[:, 0], y[..., None] - seeds[:, 1]).argmin(axis=-1)
    hues = assign_hues(cells, 40)
    pairs, _ = shared_borders(cells)
    assert (hues[pairs[:, 0]] != hues[pairs[:, 1]]).all()


def test_of_five_mutual_neighbors_only_two_share_a_hue() -> None:
    outcome = np.array(
        [[0, 0, 0, 1, 1, 1], [2, 2, 2, 3, 3, 3], [0, 3, 1, 2, 0, 4], [1, 0, 4, 4, 4, 4], [2, 4, 4, 4, 3, 4]]
    )
    hues = assign_hues(outcome, 5)
    pairs, _ = shared_borders(outcome)
    assert len(pairs) == 20
    assert np.count_nonzero(hues[pairs[:, 0]] == hues[pairs[:, 1]]) == 2


def test_basins_without_cells_and_no_basins_are_allowed() -> None:
    assert assign_hues(np.full((3, 3), -1), 0).size == 0
    assert assign_hues(np.array([[2, 2], [-1, 4]]), 6).shape == (6,)


def test_ranks_are_shares_of_the_runs_that_arrive_earlier() -> None:
    ranks = step_ranks(np.array([[0, 0, 0], [0, 0, -1]]), np.array([[5, 10, 20], [40, 1000, -1]]))
    assert ranks.tolist() == [[0, 0.25, 0.5], [0.75, 1, 0]]
    assert (step_ranks(np.zeros((2, 2), int), np.full((2, 2), 7)) == 0).all()
