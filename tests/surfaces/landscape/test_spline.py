"""The spline reproduces cubics, has the gradient that a complex step gives, and is unknown where nothing is known."""

import math

import numpy as np
import pytest

from surfaces.landscape import Landscape, from_landscape
from surfaces.landscape.spline import BicubicSpline, slope_matrix
from surfaces.surface import hessian

XS, YS = np.linspace(-2, 3, 12), np.linspace(-1, 4, 9)
RNG = np.random.default_rng(0)
X, Y = RNG.uniform(-2, 3, 500), RNG.uniform(-1, 4, 500)
GRID_X, GRID_Y = np.meshgrid(XS, YS)


@pytest.mark.parametrize("n", [4, 5, 6, 40])
def test_slopes_of_cubics_are_exact(n: int) -> None:
    t = np.arange(n, dtype=float)
    np.testing.assert_allclose(slope_matrix(n) @ (t**3 - 4 * t), 3 * t**2 - 4, rtol=1e-9, atol=1e-9)


def test_cubics_are_reproduced() -> None:
    height, (slope_x, slope_y) = BicubicSpline(XS, YS, GRID_X**3 * GRID_Y**3)(X, Y)
    scale = np.abs(height).max()
    np.testing.assert_allclose(height, X**3 * Y**3, atol=1e-14 * scale)
    np.testing.assert_allclose(slope_x, 3 * X**2 * Y**3, atol=1e-13 * scale)
    np.testing.assert_allclose(slope_y, 3 * X**3 * Y**2, atol=1e-13 * scale)


@pytest.fixture(scope="module")
def rough() -> BicubicSpline:
    """Return the spline through random heights."""
    return BicubicSpline(XS, YS, RNG.normal(size=(9, 12)))


def test_grid_points_are_reproduced(rough: BicubicSpline) -> None:
    rng = np.random.default_rng(5)
    heights = rng.normal(size=(9, 12))
    np.testing.assert_allclose(BicubicSpline(XS, YS, heights)(GRID_X, GRID_Y)[0], heights, atol=1e-12)


def test_the_gradient_is_that_of_a_complex_step(rough: BicubicSpline) -> None:
    _, (slope_x, slope_y) = rough(X, Y)
    np.testing.assert_allclose(rough(X + 1e-30j, Y)[0].imag / 1e-30, slope_x, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(rough(X, Y + 1e-30j)[0].imag / 1e-30, slope_y, rtol=1e-11, atol=1e-12)


def test_the_hessian_is_that_of_differences(rough: BicubicSpline) -> None:
    step = 1e-6
    x, y = X[np.abs((X + 2) * 11 / 5 % 1 - 0.5) < 0.4][:50], Y[:50]
    matrix = hessian(rough, x[:20], y[:20])
    ahead, behind = rough(x[:20] + step, y[:20])[1], rough(x[:20] - step, y[:20])[1]
    np.testing.assert_allclose(matrix[0, 0], (ahead[0] - behind[0]) / (2 * step), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(matrix[0, 1], (ahead[1] - behind[1]) / (2 * step), rtol=1e-5, atol=1e-5)


def test_floats_and_arrays_agree(rough: BicubicSpline) -> None:
    height, (slope_x, slope_y) = rough(X, Y)
    for k, (x, y) in enumerate(zip(X.tolist(), Y.tolist(), strict=True)):
        single, (single_x, single_y) = rough(x, y)
        assert (single, single_x, single_y) == pytest.approx((height[k], slope_x[k], slope_y[k]), rel=1e-10, abs=1e-12)


def test_the_surface_is_smooth_across_cells(rough: BicubicSpline) -> None:
    x = XS[4]
    before, after = rough(np.nextafter(x, -9), Y[:20])[1], rough(np.nextafter(x, 9), Y[:20])[1]
    np.testing.assert_allclose(before, after, atol=1e-9)


@pytest.mark.parametrize("point", [(-2.0001, 0.0), (3.0001, 0.0), (0.0, -1.0001), (0.0, 4.0001), (math.nan, 0.0)])
def test_nothing_is_known_outside(rough: BicubicSpline, point: tuple[float, float]) -> None:
    with pytest.raises(ArithmeticError):
        rough(*point)
    height, slopes = rough(np.array([point[0], 1.0]), np.array([point[1], 1.0]))
    assert np.isnan([height[0], slopes[0][0], slopes[1][0]]).all()
    assert np.isfinite([height[1], slopes[0][1], slopes[1][1]]).all()


def test_corners_of_the_grid_are_inside(rough: BicubicSpline) -> None:
    for x in (XS[0], XS[-1]):
        for y in (YS[0], YS[-1]):
            assert math.isfinite(rough(float(x), float(y))[0])


def test_cells_beside_unknown_heights_are_unknown() -> None:
    heights = GRID_X**2 + GRID_Y**2
    heights[4, 6] = np.nan
    spline = BicubicSpline(XS, YS, heights)
    known = np.isfinite(
        spline((XS[:-1] + XS[1:]) / 2 + 0 * YS[:-1, None], (YS[:-1, None] + YS[1:, None]) / 2 + 0 * XS[:-1])[0]
    )
    assert [tuple(cell) for cell in np.argwhere(~known)] == [(3, 5), (3, 6), (4, 5), (4, 6)]
    with pytest.raises(ArithmeticError):
        spline(float(XS[6]) - 0.01, float(YS[4]) - 0.01)


def test_the_surface_of_a_landscape_has_its_minimum() -> None:
    surface = from_landscape(Landscape(XS, YS, (GRID_X - 1) ** 2 + 3 * (GRID_Y - 2) ** 2 + 0.5))
    assert surface.minima == (pytest.approx((1.0, 2.0), abs=1e-7),)
    assert surface.minimum_loss == pytest.approx(0.5)
    assert surface.minima_estimated
