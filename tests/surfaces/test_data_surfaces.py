"""Loss surfaces made from data, compared with their formulas; and the reading of data files."""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import replace

import numpy as np
import pytest

from optimizers import Momentum, trace  # type: ignore[attr-defined]
from surfaces import SURFACES, Surface, linear_regression, logistic_regression, tanh_neuron, two_weight_network
from surfaces.data_file import select_columns
from surfaces.data_table import read_data_table
from surfaces.delimited_text import MAX_ROWS
from surfaces.networks import neuron_data, two_weight_data
from surfaces.points import MAX_SAMPLES, standardization
from surfaces.regression import classification_data, line_data

EACH_DATA_SURFACE = pytest.mark.parametrize("surface", [s for s in SURFACES.values() if s.data], ids=lambda s: s.id)
FACTORS = {"half_mean": lambda n: 1 / (2 * n), "mean": lambda n: 1 / n, "sum": lambda n: 1, "half_sum": lambda n: 0.5}


def reference_loss(surface: Surface, a: float, b: float) -> float:
    """Return the loss by the textbook formula, computed with Python floats."""
    assert surface.data is not None
    x, y = (column.tolist() for column in surface.data)
    if surface.id.startswith("linear_regression"):
        factor = FACTORS[surface.id.removeprefix("linear_regression").removeprefix("_") or "half_mean"](len(x))
        return factor * math.fsum((a * u + b - v) ** 2 for u, v in zip(x, y, strict=True))
    if surface.id == "logistic_regression":
        probabilities = [1 / (1 + math.exp(-a * u - b)) for u in x]
        return -math.fsum(math.log(p if v else 1 - p) for p, v in zip(probabilities, y, strict=True)) / len(x)
    predict = (lambda u: math.tanh(a * u + b)) if surface.id == "tanh_neuron" else (lambda u: b * math.tanh(a * u))
    return math.fsum((predict(u) - v) ** 2 for u, v in zip(x, y, strict=True)) / len(x)


@EACH_DATA_SURFACE
def test_loss_and_gradient_match_the_formula(surface: Surface) -> None:
    rng = random.Random(3)
    for _ in range(30):
        a, b = (rng.uniform(low / 2, high / 2) for low, high in surface.bounds)
        loss, gradient = surface(a, b)
        assert loss == pytest.approx(reference_loss(surface, a, b), rel=1e-10)
        width = 1e-5 * max(1, abs(a), abs(b))
        differences = [
            (reference_loss(surface, a + u, b + v) - reference_loss(surface, a - u, b - v)) / (2 * width)
            for u, v in ((width, 0), (0, width))
        ]
        assert gradient == pytest.approx(differences, rel=1e-5, abs=1e-6 * max(1, np.hypot(*gradient)))


@EACH_DATA_SURFACE
def test_a_surface_remade_from_its_data_is_the_same(surface: Surface) -> None:
    assert surface.data is not None
    assert surface.with_data is not None
    remade = surface.with_data(*map(list, surface.data))
    assert (remade.id, remade.name, remade.formula, remade.summary) == (
        surface.id,
        surface.name,
        surface.formula,
        surface.summary,
    )
    np.testing.assert_allclose(remade.minima, surface.minima, rtol=1e-13)
    (left, right), (bottom, top) = remade.bounds
    assert left < remade.start[0] < right
    assert bottom < remade.start[1] < top
    assert all(left < a < right and bottom < b < top for a, b in remade.minima)
    assert remade(0.3, -0.2) == surface(0.3, -0.2)
    assert remade.with_data is not None
    assert remade.with_data(surface.data[0] + 1, surface.data[1]).minima != surface.minima


@EACH_DATA_SURFACE
def test_the_predictions_give_the_minimum_loss(surface: Surface) -> None:
    """The mean loss of the results of ``predict`` equals the minimum loss of the surface."""
    assert surface.data is not None
    assert surface.predict is not None
    (x, y), (a, b) = surface.data, surface.minima[0]
    predictions = surface.predict(np.array([a]), np.array([b]), x)
    assert predictions.shape == x.shape
    if surface.id == "logistic_regression":
        mean_loss = -np.log(np.where(y == 1, predictions, 1 - predictions)).mean()
        assert ((predictions > 0) & (predictions < 1)).all()
    else:
        mean_loss = ((predictions - y) ** 2).mean()
    n = len(x)
    factor = {"linear_regression": 0.5, "linear_regression_sum": n, "linear_regression_half_sum": n / 2}.get(
        surface.id, 1.0
    )
    assert surface.minimum_loss == pytest.approx(factor * mean_loss, rel=1e-12)
    assert surface.predict(a, b, float(x[0])) == pytest.approx(predictions[0], rel=1e-13)


@EACH_DATA_SURFACE
def test_large_grids_are_evaluated_in_blocks(surface: Surface) -> None:
    a, b = np.meshgrid(np.linspace(-3, 3, 90), np.linspace(-2, 2, 80))
    loss, (grad_a, grad_b) = surface(a, b)
    for i, j in ((0, 0), (79, 89), (40, 3)):
        single, gradient = surface(float(a[i, j]), float(b[i, j]))
        np.testing.assert_allclose([loss[i, j], grad_a[i, j], grad_b[i, j]], [single, *gradient], rtol=1e-11)


@pytest.mark.parametrize(
    ("name", "minimum"),
    [
        ("linear_regression", (10.073209646029257, -0.5412754953040064)),
        ("logistic_regression", (1.894680368674996, -1.050957820235626)),
        ("tanh_neuron", (1.916262093264551, -1.0263788222205797)),
        ("two_weight_network", (1.1078648284584627, 1.5526868653933275)),
    ],
)
def test_the_bundled_data_do_not_change(name: str, minimum: tuple[float, float]) -> None:
    """A saved experiment stores the id of the surface, not its data."""
    assert SURFACES[name].minima[0] == pytest.approx(minimum, rel=1e-12)


def least_squares(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]), y, rcond=None)[0]


@pytest.mark.parametrize("scaling", FACTORS)
@pytest.mark.parametrize("n", [2, 3, 49, 50])
def test_the_minimum_of_every_scaling_is_the_least_squares_line(scaling: str, n: int) -> None:
    x, y = line_data(n, seed=n)
    surface = linear_regression(x, y, scaling=scaling)
    np.testing.assert_allclose(surface.minima, [least_squares(x, y)], rtol=1e-9)
    assert surface(*surface.minima[0])[1] == (0.0, 0.0)
    design = np.column_stack([x, np.ones(n)])
    np.testing.assert_allclose(surface.hessian(1.0, 2.0), 2 * FACTORS[scaling](n) * design.T @ design, rtol=1e-12)


def test_an_unknown_scaling_is_rejected() -> None:
    with pytest.raises(ValueError, match="unknown scaling 'median'; choose from half_mean, mean, sum, half_sum"):
        linear_regression([1, 2], [3, 4], scaling="median")


@pytest.mark.parametrize("n", [50, 100])
def test_momentum_finds_the_least_squares_line(n: int) -> None:
    x, y = line_data(n, seed=n)
    path = trace("momentum", linear_regression(list(x), list(y)), (-20.0, -20.0), 1000, lr=n * 1e-4, momentum=0.9)
    np.testing.assert_allclose(path.positions[-1], least_squares(x, y), atol=1e-3)


def test_a_summed_gradient_loop_gives_the_same_path() -> None:
    x, y = line_data(50)
    params, optimizer = {"a": -20.0, "b": -20.0}, Momentum(lr=1e-4, momentum=0.9)
    for _ in range(200):
        residual = y - (params["a"] * x + params["b"])
        optimizer.update(params, {"a": float((residual * -x).sum()), "b": float((residual * -1).sum())})
    for surface, lr in ((linear_regression(x, y), 50 * 1e-4), (SURFACES["linear_regression_half_sum"], 1e-4)):
        path = trace("momentum", surface, (-20.0, -20.0), 200, lr=lr, momentum=0.9)
        np.testing.assert_allclose(path.positions[-1], [params["a"], params["b"]], rtol=1e-10)


@pytest.mark.parametrize(
    ("make_surface", "data"),
    [(logistic_regression, classification_data), (tanh_neuron, neuron_data), (two_weight_network, two_weight_data)],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_minima_are_found_for_shifted_and_scaled_data(make_surface, data, seed: int) -> None:  # type: ignore[no-untyped-def]
    x, y = data(60, seed)
    for scale, shift in ((1.0, 0.0), (100.0, 0.0), (1e-3, 0.0)) + ((5.0, 2000.0),) * (
        make_surface is not two_weight_network
    ):
        surface = make_surface(scale * x + shift, y)
        (a, b), (left, bottom) = surface.minima[0], (surface.bounds[0][0], surface.bounds[1][0])
        gradient, hessian = surface(a, b)[1], surface.hessian(a, b)
        newton = np.linalg.solve(hessian, gradient)
        assert np.abs(newton / [max(abs(a), 1 / scale), max(abs(b), 1)]).max() < 1e-11
        assert np.linalg.eigvalsh(hessian)[0] > 0
        right, top = surface.bounds[0][1], surface.bounds[1][1]
        grid = surface(*np.meshgrid(np.linspace(left, right, 60), np.linspace(bottom, top, 60)))[0]
        assert grid.min() > surface.minimum_loss


def test_the_two_weight_network_is_symmetric_with_a_saddle_at_zero() -> None:
    surface = SURFACES["two_weight_network"]
    (a, b), other = surface.minima
    assert other == (-a, -b)
    a, b = np.random.default_rng(0).uniform(-3, 3, (2, 50))
    np.testing.assert_array_equal(surface(a, b)[0], surface(-a, -b)[0])
    assert surface(0.0, 0.0)[1] == (0.0, 0.0)
    low, high = np.linalg.eigvalsh(surface.hessian(0.0, 0.0))
    assert low < -0.1 < 0.1 < high


def test_the_neuron_has_plateaus() -> None:
    surface = SURFACES["tanh_neuron"]
    assert np.hypot(*surface(0.0, 20.0)[1]) < 1e-12
    assert np.hypot(*surface(*surface.start)[1]) < 0.2
    assert surface(*surface.start)[0] > 100 * surface.minimum_loss


def test_the_cross_entropy_of_a_confident_error_is_its_argument() -> None:
    surface = logistic_regression([-1.0, 1.0, 0.0, 0.5], [1, 0, 1, 0])
    loss, gradient = surface(1e4, 0.0)
    assert loss == pytest.approx((1e4 + 1e4 + math.log(2) + 5e3) / 4, rel=1e-14)
    assert gradient == pytest.approx((2.5 / 4, 0.5 / 4), rel=1e-14)
    assert surface(-1e4, 0.0)[0] == pytest.approx(math.log(2) / 4, rel=1e-14)


@pytest.mark.parametrize("y", [[0, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1]])
def test_separable_classes_have_no_minimum(y: list) -> None:
    surface = logistic_regression([1.0, 2.0, 2.0, 3.0] if sum(y) == 2 else [1.0, 2.0, 3.0, 4.0], y)
    assert surface.minima == ()
    assert surface.minimum_loss is None
    assert "no finite minimum" in surface.summary
    assert np.isfinite(surface(*surface.start)[0])
    assert np.isnan(surface.distance_to_minimum(np.zeros(2), np.zeros(2))).all()


def test_data_without_a_finite_minimum() -> None:
    """Targets outside the range of tanh saturate the neuron.

    With constant y the outer weight is 0 and the inner one undetermined.
    """
    surface = tanh_neuron([-1.0, 0.0, 1.0, 2.0], [-3, -3, 3, 3])
    assert surface.minima == ()
    assert "no unique minimum" in surface.summary
    surface = two_weight_network([-1.0, -0.5, 0.5, 1.0], [1, 1, 1, 1])
    assert surface.minima == ()
    assert surface.minimum_loss is None


@pytest.mark.parametrize("make_surface", [linear_regression, logistic_regression, tanh_neuron, two_weight_network])
@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1, 2], [1], "the same length"),
        ([], [], "two points"),
        ([1], [1], "two points"),
        ([3, 3], [1, 0], "different x"),
        ([1, np.nan], [1, 0], "finite"),
        ([1, 2], [1, np.inf], "finite"),
        ([1, 2], [1, 1e200], "must not exceed"),
    ],
)
def test_unusable_points_are_rejected(make_surface, x: list, y: list, message: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=message):
        make_surface(x, y)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 1, 1], [0, 1, 2], [0.5, 0, 1], [-1, 1, -1]])
def test_labels_other_than_zero_and_one_are_rejected(y: list) -> None:
    with pytest.raises(ValueError, match="zeros and ones"):
        logistic_regression([1, 2, 3], y)


def test_only_linear_regression_accepts_any_number_of_points() -> None:
    x, y = np.arange(MAX_SAMPLES + 1.0), np.arange(MAX_SAMPLES + 1) % 2
    assert len(linear_regression(x, y).minima) == 1
    for make_surface in (logistic_regression, tanh_neuron, two_weight_network):
        with pytest.raises(ValueError, match=f"at most {MAX_SAMPLES} data points"):
            make_surface(x, y)


def read_columns(text: str | bytes) -> tuple[np.ndarray, np.ndarray]:
    data = select_columns(read_data_table(text), skip_missing=False)
    return data.x, data.y


@pytest.mark.parametrize(
    "text",
    [
        "1.5,2\n-3,4e1",
        "1.5;2\n-3;40",
        "1,5;2,0\n-3;40",
        "1,5\t2\n-3\t40",
        "1,5 2\n-3   40",
        "1.5, 2\n-3, 40\n",
        "  1.5 2\n\t-3 40  ",
        '"1,5","2"\n"-3","40"',
        "x,y\n1.5,2\n-3,40\n",
        "hours studied;passed\n1,5;2\n-3;40",
        "# of an experiment\n\nx y\n1.5 2 # the first\n\n   \n-3 40\n\n",
        "1.5,2,\n-3,40,\n,,\n",
        "1.5,2\r\n-3,40\r\n",
        "1.5,2\r-3,40\r",
        "1.5,2,3\n-3,40,7",
        "a b c\n1.5 2 3\n-3 40 7",
        "\ufeff1.5,2\n-3,40",
        b"\xef\xbb\xbfx;y\n1,5;2\n-3;40",
        "Höhe;Länge\n1,5;2\n-3;40".encode("latin-1"),
        "Höhe;Länge\n1,5;2\n-3;40".encode(),
    ],
)
def test_valid_data_files_are_read(text: str | bytes) -> None:
    x, y = read_columns(text)
    np.testing.assert_array_equal([x, y], [[1.5, -3], [2, 40]])
    assert x.dtype == y.dtype == float
    assert x.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "at least two rows of numbers, not 0"),
        ("x,y\n", "not 0"),
        ("x,y\n1,2", "not 1"),
        ("1,2\nx,3\n4,5", r"^one row does not contain two finite numbers: line 2 \('x,3'\)$"),
        ("# c\nx,y\n1,2\n3\n4,5", r"line 4 \('3'\)"),
        ("1,2\na,b\nc,d\ne,f\ng,h\n5,6", r"^4 rows do not .* lines 2 \('a,b'\), 3 .*, 4 \('e,f'\) and 1 more$"),
        ("1,2\n3,nan", "line 2"),
        ("nan,nan\n1,2\n3,4", "line 1"),
        ("1,2\n3,-inf", "line 2"),
        ("1,2\n3,1e999", "line 2"),
        ("1,2\n3,\n4,5", "line 2"),
        ("1,2\n3,4_0\n4,5", "line 2"),
        ("1,2\n3,4,5\n4,5", "line 2"),
        ("1,2\n3;4", r"line \d"),
        ("1.234,5;2\n3.5;4", "lines 1 .* and 2 "),
        ("1\n2\n3", "two columns of numbers, x and y; this file has one"),
        ("x\n1\n2\n3", "this file has one"),
        ("2,1\n2,5\n2,7", "all x values are 2"),
        ("two words\n1 word\n", r"line 2 \('1 word'\)"),
        ("{\n  1: 2\n}", "not contain two finite numbers"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "."),
        ("1,2\n" * (MAX_ROWS + 1), "at most 100,000 rows, not 100,001"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_invalid_data_files_are_rejected(text: str | bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        read_columns(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@EACH_DATA_SURFACE
def test_the_minibatch_gradient_is_unbiased(surface: Surface) -> None:
    """The mean over all batches of two of seven points is the full gradient; so is the batch of all points."""
    assert surface.with_data is not None
    assert surface.data is not None
    subset = surface.with_data(surface.data[0][:7], surface.data[1][:7])
    assert subset.minibatch_gradient is not None
    for a, b in ((0.7, -0.4), subset.start, subset.minima[0] if subset.minima else (1.0, 1.0)):
        gradients = np.array(
            [subset.minibatch_gradient(a, b, np.array(indices)) for indices in itertools.combinations(range(7), 2)]
        )
        size = np.abs(gradients).max()
        np.testing.assert_allclose(gradients.mean(axis=0), subset(a, b)[1], rtol=1e-11, atol=1e-13 * size)
        assert np.abs(gradients - gradients.mean(axis=0)).max() > 1e-3 * size, "they differ between batches"
        np.testing.assert_allclose(
            subset.minibatch_gradient(a, b, np.arange(7)), subset(a, b)[1], rtol=1e-11, atol=1e-13 * size
        )


@EACH_DATA_SURFACE
def test_the_minibatch_gradient_of_one_point_is_that_of_its_loss(surface: Surface) -> None:
    """Compared with differences of the loss of that point in the scaling of all points."""
    assert surface.minibatch_gradient is not None
    assert surface.data is not None
    x, y = surface.data
    for k in (0, 3):
        point_surface = replace(surface, data=(x[k : k + 1], y[k : k + 1]))
        factor = {"linear_regression_sum": x.size, "linear_regression_half_sum": x.size}.get(surface.id, 1)
        differences = [
            factor
            * (reference_loss(point_surface, 0.7 + u, 0.4 + v) - reference_loss(point_surface, 0.7 - u, 0.4 - v))
            / 2e-5
            for u, v in ((1e-5, 0), (0, 1e-5))
        ]
        gradient = surface.minibatch_gradient(0.7, 0.4, np.array([k]))
        assert [type(value) for value in gradient] == [float, float]
        assert gradient == pytest.approx(differences, rel=1e-5, abs=1e-6 * np.hypot(*gradient))


@EACH_DATA_SURFACE
def test_the_minibatch_gradient_accepts_arrays(surface: Surface) -> None:
    assert surface.minibatch_gradient is not None
    a, b, indices = np.linspace(-3, 3, 12).reshape(3, 4), np.linspace(2, -2, 12).reshape(3, 4), np.array([5, 0, 17])
    gradients = surface.minibatch_gradient(a, b, indices)
    for i, j in ((0, 0), (2, 3)):
        single = surface.minibatch_gradient(float(a[i, j]), float(b[i, j]), indices)
        np.testing.assert_allclose([gradient[i, j] for gradient in gradients], single, rtol=1e-12)


@pytest.mark.parametrize("name", ["tanh_neuron", "two_weight_network"])
def test_the_gauss_newton_matrix_is_that_of_the_residuals(name: str) -> None:
    surface = SURFACES[name]
    assert surface.data is not None
    assert surface.predict is not None
    assert surface.gauss_newton is not None
    xs, h = surface.data[0], 1e-6
    for a, b in ((0.7, -0.4), (-2.0, 1.0)):
        gradients = np.array(
            [
                (surface.predict(a + h, b, xs) - surface.predict(a - h, b, xs)) / (2 * h),
                (surface.predict(a, b + h, xs) - surface.predict(a, b - h, xs)) / (2 * h),
            ]
        )
        np.testing.assert_allclose(surface.gauss_newton(a, b), 2 / xs.size * gradients @ gradients.T, rtol=1e-7)


@pytest.mark.parametrize(
    ("text", "message"),
    [(b"x,y\na,b\nc,d\n", "not contain two finite numbers"), (b"\x89PNG\r\n\x1a\n\0\0", "not a text file")],
)
def test_a_file_without_numbers_gives_a_clear_message(text: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_columns(text)


def test_utf_16_with_a_byte_order_mark_is_read() -> None:
    np.testing.assert_array_equal(read_columns("x;y\n1,5;2\n3;4\n".encode("utf-16")), [[1.5, 3.0], [2.0, 4.0]])


def test_the_maximum_number_of_rows_is_read() -> None:
    x, y = read_columns("x y\n" + "".join(f"{k} {-k}\n" for k in range(MAX_ROWS)))
    np.testing.assert_array_equal(x, np.arange(MAX_ROWS))
    np.testing.assert_array_equal(y, -x)


def test_read_data_give_a_surface() -> None:
    surface = linear_regression(*read_columns("x;y\n0;1,5\n1;2,5\n2;3,5"))
    np.testing.assert_allclose(surface.minima, [(1.0, 1.5)], rtol=1e-14)


@pytest.mark.parametrize("values", [[1.0, 2.0, 4.0], [5.0, 5.0], [1e300, -1e300, 1.0], [1e-300, 2e-300]])
def test_values_of_any_size_are_standardized(values: list[float]) -> None:
    """The squares of deviations from 1e155 on overflow, and those below 1e-162 vanish."""
    mean, deviation = standardization(np.array(values))
    standardized = (np.array(values) - mean) / deviation
    assert standardized.mean() == pytest.approx(0, abs=1e-12)
    assert standardized.std() == pytest.approx(1 if len(set(values)) > 1 else 0)
