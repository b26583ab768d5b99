"""Planes are orthonormal, go through the snapshots that they name, and agree with a singular value decomposition."""

import numpy as np
import pytest

from surfaces.landscape.loss_grid import coarse_to_fine
from surfaces.landscape.planes import (
    Plane,
    cosine_contents,
    plane_through,
    plane_through_ends,
    principal_plane,
    random_plane,
    random_walk_shares,
)

RNG = np.random.default_rng(3)
WALK = RNG.standard_normal((60, 3_000)).cumsum(axis=0)
OTHER_WALK = WALK[0] + RNG.standard_normal((40, 3_000)).cumsum(axis=0) * 0.1
SHAPES = [(8, 5), (8,), (3, 8), (3,)]
CENTER = RNG.standard_normal(75) * np.geomspace(1, 100, 75)

PLANES = {
    "ends": plane_through_ends(WALK),
    "pca": principal_plane([WALK]),
    "joint": principal_plane([WALK, OTHER_WALK]),
    "snapshots": plane_through(WALK[3], WALK[10], WALK[50]),
    "nearly on a line": plane_through(WALK[0], WALK[1], WALK[0] + 3 * (WALK[1] - WALK[0]) + 1e-6 * WALK[9]),
    "on a line": plane_through(WALK[0], WALK[1], WALK[0] + 2 * (WALK[1] - WALK[0])),
    "single precision": principal_plane([WALK.astype(np.float32)]),
    "random": random_plane(CENTER, SHAPES, outputs_first=True),
}


@pytest.mark.parametrize("name", PLANES)
def test_directions_are_orthonormal(name: str) -> None:
    directions = PLANES[name].directions
    assert np.abs(directions @ directions.T - np.eye(2)).max() < 1e-14


@pytest.mark.parametrize(
    ("name", "indices"), [("ends", [0, -1]), ("pca", [-1]), ("joint", [0]), ("snapshots", [3, 10, 50])]
)
def test_named_snapshots_lie_on_their_plane(name: str, indices: list[int]) -> None:
    coordinates, off_plane = PLANES[name].project(WALK)
    assert off_plane[indices].max() < 1e-11
    back = PLANES[name].points(*coordinates[indices].T)
    np.testing.assert_allclose(back, WALK[indices], atol=1e-11)


def test_the_start_is_left_of_the_end() -> None:
    for name in ("ends", "pca"):
        coordinates = PLANES[name].project(WALK)[0]
        assert coordinates[0, 0] < coordinates[-1, 0]


def test_the_distance_from_a_plane_is_the_length_of_the_rest() -> None:
    plane = Plane(np.zeros(4), np.eye(4)[:2], "snapshots", np.zeros(0))
    coordinates, off_plane = plane.project(np.array([[1.0, 2.0, 3.0, 4.0], [1e9, 0.0, 3e-9, 4e-9]]))
    assert coordinates.tolist() == [[1.0, 2.0], [1e9, 0.0]]
    np.testing.assert_allclose(off_plane, [5.0, 5e-9], rtol=1e-14)


def test_principal_components_are_those_of_a_singular_value_decomposition() -> None:
    plane = PLANES["pca"]
    values, vectors = np.linalg.svd(WALK - WALK.mean(axis=0), full_matrices=False)[1:]
    np.testing.assert_allclose(plane.shares[:5], (values**2 / (values**2).sum())[:5], rtol=1e-10)
    np.testing.assert_allclose(np.abs(vectors[:2] @ plane.directions.T), np.eye(2), atol=1e-10)


def test_several_paths_have_equal_weight() -> None:
    long_path = np.repeat(OTHER_WALK, 3, axis=0)  # the same path with more snapshots
    directions = principal_plane([WALK, long_path]).directions
    np.testing.assert_allclose(np.abs(directions @ PLANES["joint"].directions.T), np.eye(2), atol=1e-10)


def test_filters_of_random_directions_are_as_long_as_the_weights() -> None:
    plane = random_plane(CENTER, SHAPES, outputs_first=True, seed=2)
    lengths = np.linalg.norm((plane.unit * plane.directions[0])[:40].reshape(8, 5), axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(CENTER[:40].reshape(8, 5), axis=1), rtol=1e-12)
    assert not plane.directions[:, 40:48].any()  # biases
    plane = random_plane(CENTER, SHAPES, outputs_first=False, seed=2)
    lengths = np.linalg.norm((plane.unit * plane.directions[0])[:40].reshape(8, 5), axis=0)
    np.testing.assert_allclose(lengths, np.linalg.norm(CENTER[:40].reshape(8, 5), axis=0), rtol=1e-12)


def test_random_walks_have_the_expected_shares_and_cosines() -> None:
    coordinates = PLANES["pca"].project(WALK)[0]
    assert PLANES["pca"].shares[:2] == pytest.approx(random_walk_shares(60), abs=0.01)
    assert random_walk_shares(100_000) == pytest.approx((6 / np.pi**2, 1.5 / np.pi**2), abs=1e-4)
    assert min(cosine_contents(coordinates)) > 0.99
    decay = np.exp(-np.arange(60)[:, None] * [0.3, 0.05])
    assert max(cosine_contents(decay)) < 0.9


@pytest.mark.parametrize("make", [plane_through_ends, lambda path: principal_plane([path])])
def test_a_path_that_does_not_move_has_no_plane(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=r"choose another|needs different"):
        make(np.ones((5, 4)))


@pytest.mark.parametrize("size", [5, 16, 17, 33, 50])
def test_a_grid_is_filled_completely_from_coarse_to_fine(size: int) -> None:
    order = list(coarse_to_fine(size, size + 3))
    assert sorted(order) == [(j, i) for j in range(size + 3) for i in range(size)]
    levels = [min(j & -j or 16, i & -i or 16, 16) for j, i in order]
    assert levels == sorted(levels, reverse=True)
