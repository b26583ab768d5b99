"""Checks of every surface: gradient, Hessian, minima, non-smooth points and number types."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

from surfaces import SURFACES, Surface

# An excerpt of a table computed with scipy, Newton's method and seven other packages; its minima are accurate to about
# 1e-6 near non-smooth points, ours within floating-point precision
TABLE = json.loads((Path(__file__).parents[1] / "data" / "surfaces.json").read_text())
DATA_SURFACES = {
    "linear_regression",
    "linear_regression_mean",
    "linear_regression_sum",
    "linear_regression_half_sum",
    "logistic_regression",
    "tanh_neuron",
    "two_weight_network",
}
# Points where a surface is not differentiable or its formula divides by zero; a direction and an offset to points
# beside it; and the gradient that is returned at the point, None if it only has to be finite
NONSMOOTH_POINTS = [
    ("ackley", (0.0, 0.0), (0.6, 0.8), 1e-3, (0.0, 0.0)),
    ("drop_wave", (0.0, 0.0), (0.6, 0.8), 1e-3, (0.0, 0.0)),
    ("schaffer4", (2.0, 2.0), (0.6, -0.8), 1e-3, None),
    ("schwefel", (0.0, 100.0), (1.0, 0.0), 1e-3, None),
    ("schwefel", (0.0, 0.0), (0.6, 0.8), 1e-3, (0.0, 0.0)),
    ("eggholder", (10.0, -52.0), (0.0, 1.0), 1e-2, None),
    ("eggholder", (60.0, 13.0), (1.0, 0.0), 1e-2, None),
    ("bukin6", (-10.0, 1.0), (0.0, 1.0), 1e-3, (0.0, 0.0)),
    ("bukin6", (-10.0, 2.0), (1.0, 0.0), 1e-3, None),
    ("bukin6", (-8.0, 0.64), (0.0, 1.0), 1e-3, None),
    ("holder_table", (0.0, 0.0), (0.6, 0.8), 1e-3, (0.0, 0.0)),
    ("holder_table", (0.0, 1.0), (1.0, 0.0), 1e-3, (0.0, 0.0)),
    ("holder_table", (1.0, math.pi / 2), (0.0, 1.0), 1e-3, None),
    ("holder_table", (0.6 * math.pi, 0.8 * math.pi), (0.6, 0.8), 1e-3, None),
    ("cross_in_tray", (0.0, 0.0), (0.6, 0.8), 0.2, (0.0, 0.0)),
    ("cross_in_tray", (0.0, 1.0), (1.0, 0.0), 0.2, (0.0, 0.0)),
    ("cross_in_tray", (1.0, 0.0), (0.0, 1.0), 0.2, (0.0, 0.0)),
    ("cross_in_tray", (math.pi, 1.0), (1.0, 0.0), 0.2, None),
]
EACH_NONSMOOTH_POINT = pytest.mark.parametrize(("name", "point", "direction", "offset", "expected"), NONSMOOTH_POINTS)
EACH_SURFACE = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
EACH_TABLED_SURFACE = pytest.mark.parametrize("name", TABLE)


def random_positions(surface: Surface, count: int = 200, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return random positions within the bounds scaled about their center."""
    bounds = np.array(surface.bounds)
    middle, half = bounds.mean(1), np.ptp(bounds, 1) / 2 * scale
    x, y = np.random.default_rng(1).uniform(middle - half, middle + half, (count, 2)).T.copy()
    return x, y


def domain_size(surface: Surface) -> float:
    return float(np.ptp(np.array(surface.bounds), 1).max())


def test_the_list_of_surfaces() -> None:
    assert set(SURFACES) >= set(TABLE) | DATA_SURFACES, "a surface of the published table is missing"
    assert all(surface.id == name for name, surface in SURFACES.items())
    families = [family for family, _ in groupby(SURFACES.values(), lambda surface: surface.family)]
    assert len(families) == len(set(families)), "the surfaces of a family are contiguous, as in the list"


@EACH_SURFACE
def test_the_facts_are_complete(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.bounds
    assert left < surface.start[0] < right
    assert bottom < surface.start[1] < top
    assert np.hypot(*surface(*surface.start)[1]) > 1e-4, "a start is not a critical point"
    assert surface.name
    assert any(map(str.isdigit, surface.source)) or surface.id == "peaks", "a source has a year"
    assert surface.value_scale in ("linear", "log")
    for text in filter(None, (surface.summary, surface.nonsmooth_note)):
        assert text[0].isupper() or text[0].isdigit()
        assert text[-1] in ".?"
    assert surface.summary
    assert MathTextParser("agg").parse(f"${surface.formula}$").width > 0
    x, y = random_positions(surface, 5)
    for a, b, distance in zip(x, y, surface.distance_to_minimum(x, y), strict=True):
        expected = min((np.hypot(a - u, b - v) for u, v in surface.minima), default=np.nan)
        np.testing.assert_allclose(distance, expected)


def test_every_nonsmooth_surface_declares_it() -> None:
    declared = {surface.id for surface in SURFACES.values() if surface.nonsmooth_note}
    assert declared == {name for name, *_ in NONSMOOTH_POINTS} - {"drop_wave", "schaffer4"}, "these two are smooth"


@EACH_SURFACE
def test_the_gradient_matches_complex_step_differentiation(surface: Surface) -> None:
    step = 1e-30
    x, y = random_positions(surface)
    _, gradients = surface(x, y)
    scale = 1e-10 * np.maximum(1.0, np.hypot(*gradients))
    assert (np.abs(gradients[0] - surface(x + 1j * step, y + 0j)[0].imag / step) < scale).all()
    assert (np.abs(gradients[1] - surface(x + 0j, y + 1j * step)[0].imag / step) < scale).all()
    for a, b in zip(x[:5].tolist(), y[:5].tolist(), strict=True):
        _, (grad_x, grad_y) = surface(a, b)
        assert grad_x == pytest.approx(surface(complex(a, step), complex(b, 0))[0].imag / step, rel=1e-9, abs=1e-9)
        assert grad_y == pytest.approx(surface(complex(a, 0), complex(b, step))[0].imag / step, rel=1e-9, abs=1e-9)


@EACH_NONSMOOTH_POINT
def test_loss_and_gradient_at_nonsmooth_points(
    name: str,
    point: tuple[float, float],
    direction: tuple[float, float],
    offset: float,
    expected: tuple[float, float] | None,
) -> None:
    surface = SURFACES[name]
    (x, y), (u, v) = point, direction
    with np.errstate(all="raise"):
        loss, gradient = surface(x, y)
        assert math.isfinite(loss)
        assert all(type(value) is float and math.isfinite(value) for value in gradient)
        assert expected in (None, gradient)
        result = surface(np.array([x, x + offset * u]), np.array([y, y + offset * v]))
    np.testing.assert_allclose([result[0][0], result[1][0][0], result[1][1][0]], [loss, *gradient], rtol=1e-12)
    assert np.isfinite(surface.hessian(x, y)).all()
    width = 1e-3 * offset
    for side in (-offset, offset):  # on each side the gradient is the one-sided gradient
        a, b = x + side * u, y + side * v
        for gradient, (p, q) in zip(surface(a, b)[1], ((width, 0.0), (0.0, width)), strict=True):
            difference = (surface(a + p, b + q)[0] - surface(a - p, b - q)[0]) / (2 * width)
            assert gradient == pytest.approx(difference, rel=2e-6, abs=1e-6)


def test_long_gradients_beside_the_cusps_of_cross_in_tray_are_true() -> None:
    surface = SURFACES["cross_in_tray"]
    x, y = np.geomspace(1e-40, 1e-3, 50), np.full(50, 1.0)
    grad_x, _ = surface(x, y)[1]
    true = np.array([surface(complex(a, 1e-60), complex(1.0))[0].imag for a in x]) / 1e-60
    np.testing.assert_allclose(grad_x, true, rtol=1e-12)
    assert (np.abs(true) > 10).all()
    assert 1e38 < -surface(1e-60, 1.0)[1][0] < 2e38, "what the note says"
    assert surface(-6.287805869624594, 9.17330432390359)[1][0] == pytest.approx(16.990364010506, rel=1e-13)


def test_the_gradient_of_bukin6_grows_without_bound_towards_the_parabola() -> None:
    for height in (1e-12, 1e-17, 1e-300, 5e-324):
        for side in (1, -1):
            assert SURFACES["bukin6"](0.0, side * height)[1][1] == pytest.approx(side * 50 / math.sqrt(height))
    gradient = SURFACES["bukin6"](np.zeros(2), np.array([1e-300, -1e-17]))[1]
    np.testing.assert_allclose(gradient[1], [5e151, -50 / 1e-17**0.5])


def test_the_cone_of_ackley_has_its_slope_down_to_its_tip() -> None:
    for distance in (1e-3, 1e-100, 1e-200, 5e-324):
        grad_x, grad_y = SURFACES["ackley"](distance, -distance)[1]
        assert (grad_x, grad_y) == pytest.approx((2.0, -2.0), rel=0.05)
        np.testing.assert_allclose(SURFACES["ackley"](np.array([distance]), np.array([-distance]))[1][0], grad_x)


@EACH_SURFACE
def test_the_gradient_is_true_at_special_points_and_outside_the_bounds(surface: Surface) -> None:
    """On lattices of halves and of multiples of pi/4, at minima and corners, and beside them at all distances."""
    step = 1e-60
    lattice = [*np.linspace(-10, 10, 41), *(k * math.pi / 4 for k in range(-8, 9))]
    corners = [(a, b) for a in surface.bounds[0] for b in surface.bounds[1]]
    special = [*((a, b) for a in lattice for b in lattice), *surface.minima, surface.start, *corners]
    directions = [(math.cos(angle), math.sin(angle)) for angle in (0.1, 0.7, 1.5, 2.2, 3.0, 4.0, 5.5)]
    beside = [
        (a + distance * u, b + distance * v)
        for a, b in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (math.pi, 1.0), *surface.minima]
        for distance in (1e-20, 1e-12, 1e-6, 1e-2)
        for u, v in directions
    ]
    points = np.array([*special, *beside])
    points = np.vstack([points, np.column_stack(random_positions(surface, 400, scale=4.0))])
    if surface.id == "ackley":  # the complex step takes the side of the tip
        points = points[points.any(axis=1)]
    with np.errstate(all="ignore"):
        x, y = points.T
        loss, gradient = surface(x, y)
        true_x = surface(x + 1j * step, y + 0j)[0].imag / step
        true_y = surface(x + 0j, y + 1j * step)[0].imag / step
        error = np.hypot(gradient[0] - true_x, gradient[1] - true_y)
        wrong = np.isfinite(loss) & ~(error <= 1e-9 * np.maximum(1.0, np.hypot(true_x, true_y)))
    assert points[wrong].tolist() == []


@EACH_SURFACE
def test_the_hessian_matches_differences_of_the_gradient(surface: Surface) -> None:
    x, y = random_positions(surface, 100)
    if surface.id in ("eggholder", "bukin6", "schwefel"):  # differences need a distance to non-smooth points
        smooth_nearby = {
            "eggholder": np.minimum(np.abs(x / 2 + y + 47), np.abs(x - y - 47)),
            "schwefel": np.minimum(abs(x), abs(y)),
            "bukin6": 30 * np.minimum(np.abs(y - 0.01 * x * x), np.abs(x + 10)),
        }[surface.id] > 3
        x, y = x[smooth_nearby], y[smooth_nearby]
    hessian = surface.hessian(x, y)
    assert hessian.shape == (2, 2, len(x))
    np.testing.assert_array_equal(hessian[0, 1], hessian[1, 0])
    width = 1e-6 * domain_size(surface)
    differences = np.array(
        [
            [
                (single - other) / (2 * width)
                for single, other in zip(surface(x + u, y + v)[1], surface(x - u, y - v)[1], strict=True)
            ]
            for u, v in ((width, 0), (0, width))
        ]
    )
    differences = (differences + differences.swapaxes(0, 1)) / 2
    scale = np.abs(hessian).max(axis=(0, 1))
    assert (np.abs(hessian - differences) < 1e-4 * scale + 1e-6 * scale.max()).all()
    single = surface.hessian(float(x[0]), float(y[0]))
    np.testing.assert_allclose(single, hessian[..., 0], rtol=1e-9, atol=1e-12 * scale[0])
    assert surface.hessian(x[:6].reshape(2, 3), y[:6].reshape(2, 3)).shape == (2, 2, 2, 3)


def test_the_hessian_of_a_function_without_complex_numbers() -> None:
    def only_real(x, y):  # type: ignore[no-untyped-def]
        return np.hypot(x, 1) + y * y, (x / np.hypot(x, 1), 2 * y)  # np.hypot does not accept complex numbers

    def real_part_only(x, y):  # type: ignore[no-untyped-def]
        return np.real(x) ** 3 + np.real(y) ** 2, (3 * np.real(x) ** 2, 2 * np.real(y))

    def constant(x, y):  # type: ignore[no-untyped-def]
        return 2 * x + y, (2.0, 1.0)

    sphere = SURFACES["sphere"]
    np.testing.assert_allclose(
        replace(sphere, function=only_real).hessian(0.5, 3.0), [[1.25**-1.5, 0], [0, 2]], atol=1e-8
    )
    np.testing.assert_allclose(
        replace(sphere, function=real_part_only).hessian(np.array([2.0, -1.0]), np.array([0.0, 5.0]))[0, 0],
        [12, -6],
        rtol=1e-8,
    )
    np.testing.assert_array_equal(replace(sphere, function=constant).hessian(0.5, 3.0), np.zeros((2, 2)))


@EACH_SURFACE
def test_the_hessian_never_warns(surface: Surface) -> None:
    extreme_values = np.array([0.0, 1e9, 1e300, np.inf, np.nan])
    with np.errstate(all="warn"):
        assert surface.hessian(*np.meshgrid(extreme_values, -extreme_values)).shape == (2, 2, 5, 5)


@EACH_SURFACE
def test_all_number_types_give_the_same_result(surface: Surface) -> None:
    x, y = random_positions(surface, 30)
    x, y = x[:24], y[:24]
    loss, gradient = surface(x, y)
    for k in range(24):
        h, (gx, gy) = surface(x[k].item(), y[k].item())
        assert (type(h), type(gx), type(gy)) == (float, float, float)
        np.testing.assert_allclose([h, gx, gy], [loss[k], gradient[0][k], gradient[1][k]], rtol=1e-11, atol=1e-11)
    h, g = surface(x[0], y[0])  # numpy scalars
    np.testing.assert_allclose([h, *g], [loss[0], gradient[0][0], gradient[1][0]], rtol=1e-12, atol=1e-12)
    h, g = surface(x[0].reshape(()), y[0].reshape(()))
    assert np.shape(h) == np.shape(g[0]) == ()
    grid = x.reshape(4, 6), y.reshape(4, 6)
    copy = grid[0].copy(), grid[1].copy()
    h, g = surface(*grid)
    assert np.shape(h) == np.shape(g[0]) == np.shape(g[1]) == (4, 6)
    np.testing.assert_array_equal(grid, copy)
    assert np.shape(surface(np.zeros((0, 3)), np.zeros((0, 3)))[1][1]) == (0, 3)
    integers = np.arange(-3, 4), np.arange(7)
    integer_result, float_result = surface(*integers), surface(integers[0].astype(float), integers[1].astype(float))
    np.testing.assert_array_equal(integer_result[0], float_result[0])
    np.testing.assert_array_equal(integer_result[1], float_result[1])
    h, g = surface(2, -1)
    assert (h, g) == surface(2.0, -1.0)
    assert (type(h), *map(type, g)) == (float, float, float)
    assert surface([2, 1], [-1, 1])[0][0] == pytest.approx(h, rel=1e-12)


@EACH_SURFACE
def test_no_warnings_far_outside_the_bounds(surface: Surface) -> None:
    x, y = random_positions(surface, 500, 100.0)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        loss, (grad_x, grad_y) = surface(x, y)
    assert not np.isnan([loss, grad_x, grad_y]).any()


@EACH_SURFACE
def test_extreme_values_raise_only_for_floats(surface: Surface) -> None:
    extreme_values = [0.0, 1e155, -1e300, math.inf, -math.inf, math.nan]
    x, y = np.meshgrid(extreme_values, extreme_values)
    with np.errstate(all="ignore"):
        assert np.shape(surface(x, y)[1]) == (2, 6, 6)
    for a, b in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                assert isinstance(surface(a, b)[0], float)
            except (ArithmeticError, ValueError):
                continue


@EACH_TABLED_SURFACE
def test_minima_and_critical_points_match_the_table(name: str) -> None:
    surface, expected_facts = SURFACES[name], TABLE[name]
    np.testing.assert_allclose(np.ravel(surface.bounds), expected_facts["domain"])
    if expected_facts["lowest"] is None:
        assert surface.minima == ()
        assert surface.minimum_loss is None
    else:
        assert surface.minimum_loss == pytest.approx(expected_facts["lowest"], rel=1e-12, abs=1e-12)
        assert len(surface.minima) == expected_facts["count"] == len(expected_facts["found"])
        minima = np.array(expected_facts["found"] + expected_facts["minima"])
        assert surface.distance_to_minimum(*minima.T).max() < 2e-9 * domain_size(surface) + 5e-8
    for x, y, eigenvalues in expected_facts["curved"]:
        np.testing.assert_allclose(np.linalg.eigvalsh(surface.hessian(x, y)), eigenvalues, rtol=1e-6, atol=1e-9)
    for _, x, y, loss, eigenvalues in expected_facts["critical"]:
        assert surface(x, y)[0] == pytest.approx(loss, rel=1e-9, abs=1e-9)
        assert np.hypot(*surface(x, y)[1]) < 1e-8 * max(1.0, *map(abs, eigenvalues))
        np.testing.assert_allclose(
            np.linalg.eigvalsh(surface.hessian(x, y)),
            eigenvalues,
            rtol=1e-5,
            atol=1e-6 * max(map(abs, eigenvalues)) + 1e-12,
        )


@EACH_SURFACE
def test_the_listed_minima_are_minima(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.bounds
    assert len(set(surface.minima)) == len(surface.minima)
    for x, y in surface.minima:
        assert surface.minimum_loss is not None
        loss, gradient = surface(float(x), float(y))
        assert loss == pytest.approx(surface.minimum_loss, rel=1e-13, abs=1e-12)
        around = np.linspace(0, 2 * np.pi, 16)
        for radius in (1e-3, 1e-5):
            a, b = x + radius * np.cos(around), y + radius * np.sin(around)
            inside = (left <= a) & (a <= right) & (bottom <= b) & (b <= top)
            assert (surface(a[inside], b[inside])[0] > loss).all()
        if surface.id == "eggholder":
            assert x == right
            assert gradient[0] < -1
            gradient = gradient[1]
        assert np.hypot(*np.atleast_1d(gradient), *([0.0] * (np.size(gradient) == 1))) < 1e-11 * max(1.0, abs(loss))


@EACH_SURFACE
def test_no_minimum_is_missing(surface: Surface) -> None:
    """A derivative-free search from the lowest local minima of a fine grid ends in a listed minimum."""
    (left, right), (bottom, top) = surface.bounds
    x, y = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    loss = surface(x, y)[0]
    if not surface.minima:
        assert loss.min() < surface(0.0, 0.0)[0] - 1
        return
    assert surface.minimum_loss is not None
    padded = np.pad(loss, 1, constant_values=np.inf)
    local_minima = np.logical_and.reduce(
        [loss <= padded[1 + i : 242 + i, 1 + j : 242 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)]
    )
    candidates = np.argsort(np.where(local_minima, loss, np.inf), axis=None)[: min(60, int(local_minima.sum()))]
    x, y, loss = x.ravel()[candidates], y.ravel()[candidates], loss.ravel()[candidates]
    step = np.full(len(candidates), 1.0)
    step_x, step_y = (right - left) / 240, (top - bottom) / 240
    for _ in range(90):
        a = np.clip(x + step * step_x * np.array([[1, -1, 0, 0, 0.7, 0.7, -0.7, -0.7]]).T, left, right)
        b = np.clip(y + step * step_y * np.array([[0, 0, 1, -1, 0.7, -0.7, 0.7, -0.7]]).T, bottom, top)
        candidate_losses = surface(a, b)[0]
        k, column = candidate_losses.argmin(0), np.arange(len(candidates))
        better = candidate_losses[k, column] < loss
        x, y = np.where(better, a[k, column], x), np.where(better, b[k, column], y)
        loss = np.where(better, candidate_losses[k, column], loss)
        step = np.where(better, step, step / 2)
    slack = 1e-9 * max(1.0, abs(surface.minimum_loss))
    assert loss.min() >= surface.minimum_loss - 1e-3 * slack
    at_minimum = loss <= surface.minimum_loss + slack
    assert surface.distance_to_minimum(x[at_minimum], y[at_minimum]).max(initial=0) < 1e-3 * domain_size(surface)
    if surface.id != "bukin6":  # a derivative-free search does not follow its ridge
        assert len(surface.minima) == len(
            {
                min(surface.minima, key=lambda m, p=p: math.dist(m, p))  # type: ignore[misc]
                for p in zip(x[at_minimum], y[at_minimum], strict=True)
            }
        )
