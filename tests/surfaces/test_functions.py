"""Every surface through one table: its gradient, its second derivatives, its minima, its kinks, and numbers of every kind."""

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

# A copy of what the tests need of a table that scipy, Newton's method and seven other packages were asked for; its
# minima are good to about 1e-6 where there are kinks nearby, ours to rounding.
TABLE = json.loads((Path(__file__).parents[1] / "data" / "surfaces.json").read_text())
FROM_DATA = {
    "linear_regression",
    "linear_regression_mean",
    "linear_regression_sum",
    "linear_regression_half_sum",
    "logistic_regression",
    "tanh_neuron",
    "two_weight_network",
}
# Points in kinks, or where a formula taken at its word divides by zero; the direction across; how far off to stand
# beside it; and the gradient that is returned in it, None where only its being finite matters.
KINKS = [
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
IN_KINKS = pytest.mark.parametrize(("name", "point", "across", "off", "expected"), KINKS)
ALL = pytest.mark.parametrize("surface", SURFACES.values(), ids=SURFACES)
TABLED = pytest.mark.parametrize("name", TABLE)
LONGEST = 10.0  # of a gradient of cross_in_tray: beyond it, beside its cusps, gradients are shortened


def places(surface: Surface, count: int = 200, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Random points, in the box or in one ``scale`` times as large about its middle; none where a gradient is shortened."""
    box = np.array(surface.bounds)
    middle, half = box.mean(1), np.ptp(box, 1) / 2 * scale
    x, y = np.random.default_rng(1).uniform(middle - half, middle + half, (count, 2)).T.copy()
    if surface.id == "cross_in_tray" and scale == 1:
        whole = np.hypot(*surface(x, y)[1]) < 0.99 * LONGEST
        x, y = x[whole], y[whole]
    assert len(x) > 0.95 * count
    return x, y


def size(surface: Surface) -> float:
    return float(np.ptp(np.array(surface.bounds), 1).max())


def test_the_catalogue() -> None:
    assert set(SURFACES) == set(TABLE) | FROM_DATA
    assert all(surface.id == name for name, surface in SURFACES.items())
    families = [family for family, _ in groupby(SURFACES.values(), lambda surface: surface.family)]
    assert len(families) == len(set(families)), "a family stands together, as the menu shows it"


@ALL
def test_the_facts_are_whole(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.bounds
    assert left < surface.start[0] < right
    assert bottom < surface.start[1] < top
    assert np.hypot(*surface(*surface.start)[1]) > 1e-4, "a start is no critical point"
    assert surface.name
    assert any(map(str.isdigit, surface.source)) or surface.id == "peaks", "a source has a year"
    assert surface.value_scale in ("linear", "log")
    for sentence in filter(None, (surface.summary, surface.nonsmooth_note)):
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence[-1] in ".?"
    assert surface.summary
    assert MathTextParser("agg").parse(f"${surface.formula}$").width > 0
    x, y = places(surface, 5)
    for a, b, shown in zip(x, y, surface.distance_to_minimum(x, y), strict=True):
        expected = min((np.hypot(a - u, b - v) for u, v in surface.minima), default=np.nan)
        np.testing.assert_allclose(shown, expected)


def test_every_kink_is_declared() -> None:
    declared = {surface.id for surface in SURFACES.values() if surface.nonsmooth_note}
    assert declared == {name for name, *_ in KINKS} - {"drop_wave", "schaffer4"}, (
        "those two are smooth where they look not"
    )


@ALL
def test_the_gradient_is_the_complex_step(surface: Surface) -> None:
    step = 1e-30
    x, y = places(surface)
    _, slopes = surface(x, y)
    scale = 1e-10 * np.maximum(1.0, np.hypot(*slopes))
    assert (np.abs(slopes[0] - surface(x + 1j * step, y + 0j)[0].imag / step) < scale).all()
    assert (np.abs(slopes[1] - surface(x + 0j, y + 1j * step)[0].imag / step) < scale).all()
    for a, b in zip(x[:5].tolist(), y[:5].tolist(), strict=True):
        _, (slope_x, slope_y) = surface(a, b)
        assert slope_x == pytest.approx(surface(complex(a, step), complex(b, 0))[0].imag / step, rel=1e-9, abs=1e-9)
        assert slope_y == pytest.approx(surface(complex(a, 0), complex(b, step))[0].imag / step, rel=1e-9, abs=1e-9)


@IN_KINKS
def test_kinks(
    name: str, point: tuple[float, float], across: tuple[float, float], off: float, expected: tuple[float, float] | None
) -> None:
    surface = SURFACES[name]
    (x, y), (u, v) = point, across
    with np.errstate(all="raise"):
        height, slope = surface(x, y)
        assert math.isfinite(height)
        assert all(type(value) is float and math.isfinite(value) for value in slope)
        assert expected in (None, slope)
        shown = surface(np.array([x, x + off * u]), np.array([y, y + off * v]))
    np.testing.assert_allclose([shown[0][0], shown[1][0][0], shown[1][1][0]], [height, *slope], rtol=1e-12)
    assert np.isfinite(surface.hessian(x, y)).all()
    width = 1e-3 * off
    for side in (-off, off):  # on either side the gradient is that of the side
        a, b = x + side * u, y + side * v
        for slope, (p, q) in zip(surface(a, b)[1], ((width, 0.0), (0.0, width)), strict=True):
            difference = (surface(a + p, b + q)[0] - surface(a - p, b - q)[0]) / (2 * width)
            assert slope == pytest.approx(difference, rel=2e-6, abs=1e-6)


def test_a_gradient_of_cross_in_tray_is_shortened_but_not_turned() -> None:
    surface = SURFACES["cross_in_tray"]
    x, y = np.geomspace(1e-40, 1e-3, 50), np.full(50, 1.0)
    slope_x, slope_y = surface(x, y)[1]
    np.testing.assert_allclose(np.hypot(slope_x, slope_y), LONGEST)
    true = np.array([surface(complex(a, 1e-60), complex(1.0))[0].imag for a in x]) / 1e-60
    assert (np.sign(slope_x) == np.sign(true)).all()
    assert (np.abs(true) > LONGEST).all()


def test_the_slope_of_bukin6_is_bounded() -> None:
    assert max(map(abs, SURFACES["bukin6"](0.0, 5e-324)[1])) <= 5e9
    assert np.abs(SURFACES["bukin6"](np.zeros(2), np.array([1e-300, -1e-17]))[1]).max() <= 5e9


@ALL
def test_the_hessian_is_the_difference_of_the_gradient(surface: Surface) -> None:
    x, y = places(surface, 100)
    if surface.id in ("eggholder", "bukin6", "schwefel"):  # differences need room beside a crease
        clear = {
            "eggholder": np.minimum(np.abs(x / 2 + y + 47), np.abs(x - y - 47)),
            "schwefel": np.minimum(abs(x), abs(y)),
            "bukin6": 30 * np.minimum(np.abs(y - 0.01 * x * x), np.abs(x + 10)),
        }[surface.id] > 3
        x, y = x[clear], y[clear]
    table = surface.hessian(x, y)
    assert table.shape == (2, 2, len(x))
    np.testing.assert_array_equal(table[0, 1], table[1, 0])
    width = 1e-6 * size(surface)
    rough = np.array(
        [
            [
                (one - other) / (2 * width)
                for one, other in zip(surface(x + u, y + v)[1], surface(x - u, y - v)[1], strict=True)
            ]
            for u, v in ((width, 0), (0, width))
        ]
    )
    rough = (rough + rough.swapaxes(0, 1)) / 2
    scale = np.abs(table).max(axis=(0, 1))
    assert (np.abs(table - rough) < 1e-4 * scale + 1e-6 * scale.max()).all()
    one = surface.hessian(float(x[0]), float(y[0]))
    np.testing.assert_allclose(one, table[..., 0], rtol=1e-9, atol=1e-12 * scale[0])
    assert surface.hessian(x[:6].reshape(2, 3), y[:6].reshape(2, 3)).shape == (2, 2, 2, 3)


def test_a_surface_without_complex_numbers_has_a_hessian_too() -> None:
    def only_real(x, y):  # type: ignore[no-untyped-def]
        return np.hypot(x, 1) + y * y, (x / np.hypot(x, 1), 2 * y)  # numpy's hypot takes no complex number

    def dropped(x, y):  # type: ignore[no-untyped-def]
        return np.real(x) ** 3 + np.real(y) ** 2, (3 * np.real(x) ** 2, 2 * np.real(y))

    def constant(x, y):  # type: ignore[no-untyped-def]
        return 2 * x + y, (2.0, 1.0)

    plain = SURFACES["sphere"]
    np.testing.assert_allclose(
        replace(plain, function=only_real).hessian(0.5, 3.0), [[1.25**-1.5, 0], [0, 2]], atol=1e-8
    )
    np.testing.assert_allclose(
        replace(plain, function=dropped).hessian(np.array([2.0, -1.0]), np.array([0.0, 5.0]))[0, 0], [12, -6], rtol=1e-8
    )
    np.testing.assert_array_equal(replace(plain, function=constant).hessian(0.5, 3.0), np.zeros((2, 2)))


@ALL
def test_the_hessian_never_warns(surface: Surface) -> None:
    far = np.array([0.0, 1e9, 1e300, np.inf, np.nan])
    with np.errstate(all="warn"):
        assert surface.hessian(*np.meshgrid(far, -far)).shape == (2, 2, 5, 5)


@ALL
def test_numbers_of_every_kind_give_the_same(surface: Surface) -> None:
    x, y = places(surface, 30)
    x, y = x[:24], y[:24]
    height, slope = surface(x, y)
    for k in range(24):
        h, (gx, gy) = surface(x[k].item(), y[k].item())
        assert (type(h), type(gx), type(gy)) == (float, float, float)
        np.testing.assert_allclose([h, gx, gy], [height[k], slope[0][k], slope[1][k]], rtol=1e-11, atol=1e-11)
    h, g = surface(x[0], y[0])  # numpy's own scalars
    np.testing.assert_allclose([h, *g], [height[0], slope[0][0], slope[1][0]], rtol=1e-12, atol=1e-12)
    h, g = surface(x[0].reshape(()), y[0].reshape(()))
    assert np.shape(h) == np.shape(g[0]) == ()
    grid = x.reshape(4, 6), y.reshape(4, 6)
    before = grid[0].copy(), grid[1].copy()
    h, g = surface(*grid)
    assert np.shape(h) == np.shape(g[0]) == np.shape(g[1]) == (4, 6)
    np.testing.assert_array_equal(grid, before)
    assert np.shape(surface(np.zeros((0, 3)), np.zeros((0, 3)))[1][1]) == (0, 3)
    whole = np.arange(-3, 4), np.arange(7)
    counted, exact = surface(*whole), surface(whole[0].astype(float), whole[1].astype(float))
    np.testing.assert_array_equal(counted[0], exact[0])
    np.testing.assert_array_equal(counted[1], exact[1])
    h, g = surface(2, -1)
    assert (h, g) == surface(2.0, -1.0)
    assert (type(h), *map(type, g)) == (float, float, float)
    assert surface([2, 1], [-1, 1])[0][0] == pytest.approx(h, rel=1e-12)


@ALL
def test_far_outside_the_box_nothing_warns(surface: Surface) -> None:
    x, y = places(surface, 500, 100.0)
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        height, (slope_x, slope_y) = surface(x, y)
    assert not np.isnan([height, slope_x, slope_y]).any()


@ALL
def test_beyond_all_numbers_floats_may_raise_and_arrays_may_not(surface: Surface) -> None:
    far = [0.0, 1e155, -1e300, math.inf, -math.inf, math.nan]
    x, y = np.meshgrid(far, far)
    with np.errstate(all="ignore"):
        assert np.shape(surface(x, y)[1]) == (2, 6, 6)
    for a, b in zip(x.ravel().tolist(), y.ravel().tolist(), strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                assert isinstance(surface(a, b)[0], float)
            except (ArithmeticError, ValueError):
                continue


@TABLED
def test_the_table_of_minima_and_critical_points(name: str) -> None:
    surface, known = SURFACES[name], TABLE[name]
    np.testing.assert_allclose(np.ravel(surface.bounds), known["domain"])
    if known["lowest"] is None:
        assert surface.minima == ()
        assert surface.minimum_loss is None
    else:
        assert surface.minimum_loss == pytest.approx(known["lowest"], rel=1e-12, abs=1e-12)
        assert len(surface.minima) == known["count"] == len(known["found"])
        found = np.array(known["found"] + known["minima"])
        assert surface.distance_to_minimum(*found.T).max() < 2e-9 * size(surface) + 5e-8
    for x, y, eigenvalues in known["curved"]:
        np.testing.assert_allclose(np.linalg.eigvalsh(surface.hessian(x, y)), eigenvalues, rtol=1e-6, atol=1e-9)
    for _, x, y, height, eigenvalues in known["critical"]:
        assert surface(x, y)[0] == pytest.approx(height, rel=1e-9, abs=1e-9)
        assert np.hypot(*surface(x, y)[1]) < 1e-8 * max(1.0, *map(abs, eigenvalues))
        np.testing.assert_allclose(
            np.linalg.eigvalsh(surface.hessian(x, y)),
            eigenvalues,
            rtol=1e-5,
            atol=1e-6 * max(map(abs, eigenvalues)) + 1e-12,
        )


@ALL
def test_the_minima_are_minima(surface: Surface) -> None:
    (left, right), (bottom, top) = surface.bounds
    assert len(set(surface.minima)) == len(surface.minima)
    for x, y in surface.minima:
        assert surface.minimum_loss is not None
        height, slope = surface(float(x), float(y))
        assert height == pytest.approx(surface.minimum_loss, rel=1e-13, abs=1e-12)
        around = np.linspace(0, 2 * np.pi, 16)
        for radius in (1e-3, 1e-5):
            a, b = x + radius * np.cos(around), y + radius * np.sin(around)
            inside = (left <= a) & (a <= right) & (bottom <= b) & (b <= top)
            assert (surface(a[inside], b[inside])[0] > height).all()
        if surface.id == "eggholder":
            assert x == right
            assert slope[0] < -1
            slope = slope[1]
        assert np.hypot(*np.atleast_1d(slope), *([0.0] * (np.size(slope) == 1))) < 1e-11 * max(1.0, abs(height))


@ALL
def test_no_minimum_is_missing(surface: Surface) -> None:
    """From the lowest dents of a fine grid downhill by a search that needs no gradient: it ends in a listed minimum."""
    (left, right), (bottom, top) = surface.bounds
    x, y = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    height = surface(x, y)[0]
    if not surface.minima:
        assert height.min() < surface(0.0, 0.0)[0] - 1
        return
    assert surface.minimum_loss is not None
    edged = np.pad(height, 1, constant_values=np.inf)
    dents = np.logical_and.reduce(
        [height <= edged[1 + i : 242 + i, 1 + j : 242 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)]
    )
    best = np.argsort(np.where(dents, height, np.inf), axis=None)[: min(60, int(dents.sum()))]
    x, y, height = x.ravel()[best], y.ravel()[best], height.ravel()[best]
    step = np.full(len(best), 1.0)
    across, up = (right - left) / 240, (top - bottom) / 240
    for _ in range(90):
        a = np.clip(x + step * across * np.array([[1, -1, 0, 0, 0.7, 0.7, -0.7, -0.7]]).T, left, right)
        b = np.clip(y + step * up * np.array([[0, 0, 1, -1, 0.7, -0.7, 0.7, -0.7]]).T, bottom, top)
        heights = surface(a, b)[0]
        k, column = heights.argmin(0), np.arange(len(best))
        better = heights[k, column] < height
        x, y = np.where(better, a[k, column], x), np.where(better, b[k, column], y)
        height = np.where(better, heights[k, column], height)
        step = np.where(better, step, step / 2)
    slack = 1e-9 * max(1.0, abs(surface.minimum_loss))
    assert height.min() >= surface.minimum_loss - 1e-3 * slack
    lowest = height <= surface.minimum_loss + slack
    assert surface.distance_to_minimum(x[lowest], y[lowest]).max(initial=0) < 1e-3 * size(surface)
    if surface.id != "bukin6":  # no search without a gradient finds the way along its edge
        assert len(surface.minima) == len(
            {
                min(surface.minima, key=lambda m, p=p: math.dist(m, p))  # type: ignore[misc]
                for p in zip(x[lowest], y[lowest], strict=True)
            }
        )
