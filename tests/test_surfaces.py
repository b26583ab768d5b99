"""Every surface through one table: gradients by the complex step, minima that are minima, floats like arrays."""

from __future__ import annotations

import numpy as np
import pytest

from optimizers import Momentum, trace  # type: ignore[attr-defined]
from surfaces import SURFACES, Surface, linear_regression
from surfaces.regression import line_data

ALL = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
ISSUED = {
    "elongated_bowl",
    "sphere",
    "rosenbrock",
    "beale",
    "himmelblau",
    "booth",
    "matyas",
    "three_hump_camel",
    "styblinski_tang",
    "rastrigin",
    "ackley",
    "saddle",
    "monkey_saddle",
    "linear_regression",
}


def places(surface: Surface, count: int = 200) -> np.ndarray:
    (left, right), (bottom, top) = surface.box
    return np.random.default_rng(1).uniform([left, bottom], [right, top], (count, 2))


def test_the_catalogue() -> None:
    assert set(SURFACES) >= ISSUED


@ALL
def test_the_gradient_is_the_complex_step(surface: Surface) -> None:
    step = 1e-30
    for x, y in places(surface):
        _, (slope_x, slope_y) = surface(x, y)
        assert slope_x == pytest.approx(surface(complex(x, step), complex(y, 0))[0].imag / step, rel=1e-10, abs=1e-10)
        assert slope_y == pytest.approx(surface(complex(x, 0), complex(y, step))[0].imag / step, rel=1e-10, abs=1e-10)


@ALL
def test_floats_and_arrays_give_the_same(surface: Surface) -> None:
    points = places(surface, 30)
    height, slope = surface(points[:, 0], points[:, 1])
    for k, (x, y) in enumerate(points.tolist()):
        h, (gx, gy) = surface(x, y)
        assert type(h) is float
        np.testing.assert_allclose([h, gx, gy], [height[k], slope[0][k], slope[1][k]], rtol=1e-12, atol=1e-12)
    grid = points.reshape(5, 6, 2)
    before = grid.copy()
    assert np.shape(surface(grid[..., 0], grid[..., 1])[0]) == (5, 6)
    np.testing.assert_array_equal(grid, before)


@ALL
def test_the_minima_are_minima_and_nothing_is_lower(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.box
    grid = surface(*np.meshgrid(np.linspace(left, right, 200), np.linspace(bottom, top, 200)))[0]
    if not surface.minima:
        assert surface.lowest is None
        assert grid.min() < surface(0.0, 0.0)[0] - 1
        return
    assert surface.lowest is not None
    for x, y in surface.minima:
        assert left <= x <= right
        assert bottom <= y <= top
        height, slope = surface(float(x), float(y))
        assert height == pytest.approx(surface.lowest, abs=1e-12)
        assert np.hypot(*slope) < 1e-9
        around = np.linspace(0, 2 * np.pi, 16)
        assert (surface(x + 1e-3 * np.cos(around), y + 1e-3 * np.sin(around))[0] > height).all()
    assert grid.min() >= surface.lowest - 1e-9


@ALL
def test_the_facts_are_whole(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.box
    assert left < surface.start[0] < right
    assert bottom < surface.start[1] < top
    assert surface.name
    assert surface.source
    assert surface.formula
    assert surface.levels in ("linear", "log")
    points = places(surface, 5)
    distance = surface.distance(points[:, 0], points[:, 1])
    for (x, y), shown in zip(points, distance, strict=True):
        expected = min((np.hypot(x - a, y - b) for a, b in surface.minima), default=np.nan)
        np.testing.assert_allclose(shown, expected)


def test_ackley_is_level_at_its_tip() -> None:
    ackley = SURFACES["ackley"]
    assert ackley(0.0, 0.0)[1] == (0.0, 0.0)
    assert np.isfinite(ackley(np.zeros(2), np.array([0.0, 1.0]))[1]).all()


def least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]), y, rcond=None)[0]


@pytest.mark.parametrize("n", [50, 100])
def test_momentum_finds_the_least_squares_line(n: int) -> None:
    x, y = line_data(n, seed=n)
    path = trace("momentum", linear_regression(list(x), list(y)), (-20.0, -20.0), 1000, lr=n * 1e-4, momentum=0.9)
    np.testing.assert_allclose(path.positions[-1], least_squares(x, y), atol=1e-3)


def test_the_loss_of_a_line_is_the_mean_squared_error() -> None:
    x, y = line_data(50)
    surface = linear_regression(x, y)
    for a, b in ((-20.0, -20.0), (10.0, 0.3), (3.0, 40.0)):
        rest = a * x + b - y
        height, slope = surface(a, b)
        assert height == pytest.approx((rest**2).mean() / 2, rel=1e-12)
        assert slope == pytest.approx(((rest * x).mean(), rest.mean()), rel=1e-11)


def test_the_course_project_takes_the_same_path_with_its_sum_of_gradients() -> None:
    x, y = line_data(50)
    params, rule = {"a": -20.0, "b": -20.0}, Momentum(lr=1e-4, momentum=0.9)
    for _ in range(200):
        rest = y - (params["a"] * x + params["b"])
        rule.update(params, {"a": float((rest * -x).sum()), "b": float((rest * -1).sum())})
    path = trace("momentum", linear_regression(x, y), (-20.0, -20.0), 200, lr=50 * 1e-4, momentum=0.9)
    np.testing.assert_allclose(path.positions[-1], [params["a"], params["b"]], rtol=1e-10)


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [([1, 2], [1], "equally long"), ([1], [1], "two points"), ([3, 3], [1, 2], "different x"), ([1, np.nan], [1, 2], "finite")],
)
def test_data_without_a_line_are_refused(x: list, y: list, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        linear_regression(x, y)
