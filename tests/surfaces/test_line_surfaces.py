"""Formulas without y: their dimension, the minima on the line, and that no rule or modifier moves y."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from optimizers import OPTIMIZERS, trace
from surfaces import SURFACES, from_formula
from surfaces.data_error import DataError
from surfaces.formula.catalog_texts import catalog_text
from surfaces.formula.formula import read_formula
from surfaces.formula.typed_surface import fit_bounds
from surfaces.line_search import find_line_minima, loss_window
from surfaces.minimum_search import find_minima


@pytest.mark.parametrize("text", ["x^2", "f(x) = x^2", "y = x^2", "z = |x|", "sum(k, 1, 5, cos(k x))", "a x + b", "3"])
def test_a_formula_without_y_has_one_dimension(text: str) -> None:
    surface = from_formula(text)
    assert surface.dimension == 1
    assert surface.axis_names == ["x"]
    assert surface.start[1] == 0
    assert all(y == 0 for _, y in surface.minima)


@pytest.mark.parametrize("text", ["x^2 + y^2", "f(x, y) = x^2", "x^2 + 0 y", "y^2"])
def test_a_formula_that_names_y_has_two(text: str) -> None:
    assert from_formula(text).dimension == 2


def test_the_catalog_has_two_dimensions() -> None:
    for surface in SURFACES.values():
        assert surface.dimension == 2
        if surface.with_data is None:
            assert read_formula(catalog_text(surface)).dimension == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x^2", [0.0]),
        ("(x - 0.3)^2 + 1000000", [0.3]),
        ("x^4 - 3x^2 + x", [-1.3008395659415772, 1.1309011226299863]),
        ("|x - 1/3|", [1 / 3]),
        ("sqrt|x|", [0.0]),
        ("where(x > 1, x^2, -x)", [1.0]),
        ("x log x", [math.exp(-1)]),
        ("x^8", [0.0]),
        ("cos(50x)", [(2 * k + 1) * math.pi / 50 for k in range(-40, 40)]),
    ],
)
def test_minima_on_the_line_are_found(text: str, expected: list[float]) -> None:
    minima = sorted(x for x, _ in find_line_minima(from_formula(text).function, -5.0, 5.0))
    assert minima == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("text", ["x^3", "5", "max(0, |x| - 1)", "floor(x)^2", "1/x", "-1/x^2", "tan x", "log|x|"])
def test_slopes_plateaus_and_poles_are_no_minima(text: str) -> None:
    surface = from_formula(text)
    assert find_line_minima(surface.function, -5.0, 5.0) == []
    assert surface.minima == ()


def test_a_minimum_at_the_end_of_the_domain_counts() -> None:
    assert from_formula("x^2", (0.0, 5.0)).minima == ((0.0, 0.0),)
    assert from_formula("x^2", (1.0, 5.0)).minima == ()


def test_the_window_shows_the_extrema_and_leaves_out_poles() -> None:
    low, high = loss_window(from_formula("x^4 - 3x^2 + x").function, -5.0, 5.0)
    assert low == pytest.approx(-3.5139, abs=1e-4)
    assert 1 < high < 10
    assert loss_window(from_formula("x^2").function, -5.0, 5.0) == (0.0, 25.0)
    assert loss_window(from_formula("1/x^2").function, -5.0, 5.0)[1] < 100
    assert loss_window(from_formula("5").function, -1.0, 1.0) == (5.0, 5.0)


def test_domain_and_start_can_be_numbers_for_x_alone() -> None:
    surface = from_formula("x^2", (-3.0, 4.0), 2.0)
    assert surface.bounds[0] == (-3.0, 4.0)
    assert surface.start == (2.0, 0.0)
    assert from_formula("x^2", ((-3.0, 4.0), (-9.0, 9.0))).bounds == surface.bounds
    with pytest.raises(DataError, match="from a lower to a higher"):
        from_formula("x^2", (3.0, -3.0))
    (left, right), _ = fit_bounds("(x - 40)^2")
    assert left < 40 < right


def test_plane_searches_see_the_line() -> None:
    surface = from_formula("x^4 - 3x^2 + x")
    assert [y for _, y, _ in find_minima(surface.function, surface.bounds, dimension=1)] == [0.0, 0.0]


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_no_optimizer_and_no_modifier_moves_y(name: str) -> None:
    optimizer, surface = OPTIMIZERS[name], from_formula("x^4 - 3x^2 + x")
    settings = [{}, *({each: part.default_strength} for each, part in optimizer.modifiers.items())]
    starts = [(2.0, 0.0), (np.array([2.0, 0.5]), np.zeros(2))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        for modifiers in settings:
            for start in starts:
                positions = trace(optimizer, surface, start, 20, **modifiers).positions  # type: ignore[arg-type]
                y = positions[:, 1][np.isfinite(positions[:, 0])]
                assert (y == 0).all(), modifiers


def test_noise_has_one_component_on_a_line() -> None:
    """A second one would change the norm that the gradient is divided by."""
    noisy = trace("normalized_gradient", from_formula("x^2"), (3.0, 0.0), 5, lr=0.1, noise=0.5).positions
    np.testing.assert_allclose(np.abs(np.diff(noisy[:, 0])), 0.1, atol=1e-12)


def test_searches_without_gradients_find_minima_on_a_line() -> None:
    surface = from_formula("(x - 1)^2")
    for name in ("nelder_mead", "cma_es"):
        x, y = trace(name, surface, (3.0, 0.0), 100).positions[-1]
        assert x == pytest.approx(1.0, abs=1e-3)
        assert y == 0
