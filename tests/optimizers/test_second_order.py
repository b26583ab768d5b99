"""Properties of methods that use line searches, second derivatives or samples, checked on their paths."""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest

from optimizers import Optimizer, searches, trace
from optimizers.loss import Loss
from optimizers.rules import derivative_free, line_search, newton, quasi_newton, zoom
from surfaces import SURFACES

MODULES = (line_search, newton, quasi_newton, zoom, derivative_free)
METHODS = {method.id: method for module in MODULES for method in vars(module).values() if isinstance(method, Optimizer)}
EACH_METHOD = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
ROSENBROCK = SURFACES["rosenbrock"]


def constant(x: Any, y: Any) -> Any:
    """Return a constant loss with gradient 0."""
    return 3.0 + 0 * x + 0 * y, (0.0 * x, 0.0 * y)


def cliff(x: float, y: float) -> Any:
    """Return e^(x^2 + y^2); math.exp raises OverflowError for large arguments."""
    e = math.exp(x * x + y * y)
    return e, (2 * x * e, 2 * y * e)


def random_bowl(seed: int) -> tuple[Any, np.ndarray]:
    """Return a random quadratic surface and its minimum."""
    rng = np.random.default_rng(seed)
    a, minimum = rng.normal(size=(2, 2)), rng.normal(size=2)
    h = a @ a.T + 0.1 * np.eye(2)

    def bowl(x: float, y: float) -> Any:
        d = np.array([x, y]) - minimum
        return float(d @ h @ d) / 2 - 1.0, tuple((h @ d).tolist())

    return bowl, minimum


def iterate_steps(
    method: Optimizer, surface: Any, start: Any, count: int, **settings: float
) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """Yield position before, position after and state after each step."""
    x, state, loss = np.array(start, float), tuple(method.state.values()), Loss(surface)
    for t in range(1, count + 1):
        with np.errstate(all="ignore"):
            new, *after = method(x, loss if method.takes_loss else loss.gradient(x), t, *state, **settings)
        yield x, new, dict(zip(method.state, after, strict=True))
        x, state = new, tuple(after)


def last_position(method: str, surface: Any, start: Any, count: int, **settings: float) -> np.ndarray:
    return trace(METHODS[method], surface, start, count, last=True, **settings).positions[0]


# Properties of every method


@EACH_METHOD
def test_a_method_is_pure(method: Optimizer) -> None:
    loss, state, x = Loss(ROSENBROCK), tuple(method.state.values()), np.array([-1.5, 2.0])
    for t in range(1, 6):
        grad = loss if method.takes_loss else loss.gradient(x)
        before = pickle.dumps((x, state))
        first, second = method(x, grad, t, *state), method(x, grad, t, *state)
        assert pickle.dumps(first) == pickle.dumps(second)
        assert pickle.dumps((x, state)) == before
        x, *new_state = first if isinstance(first, tuple) else (first,)
        state = tuple(new_state)
        assert len(state) == len(method.state)


@EACH_METHOD
def test_a_batch_equals_its_single_runs(method: Optimizer) -> None:
    xs, rates = np.array([-1.5, 0.3]), np.array([0.01, 0.5])[:, None]
    batch = trace(method, ROSENBROCK, (xs, 1.2), 12, lr=rates).positions
    assert batch.shape == (13, 2, 2, 2)
    for i, rate in enumerate(rates[:, 0]):
        for j, x in enumerate(xs):
            single = trace(method, ROSENBROCK, (x, 1.2), 12, lr=rate).positions
            np.testing.assert_allclose(batch[:, :, i, j], single, rtol=1e-9)


@EACH_METHOD
def test_a_run_stays_at_a_minimum_and_on_a_constant_surface(method: Optimizer) -> None:
    minima = {"sphere": (0, 0), "rosenbrock": (1, 1), "himmelblau": (3, 2)}
    for surface, start in (*((SURFACES[id], minimum) for id, minimum in minima.items()), (constant, (0.3, -0.7))):
        path = trace(method, surface, start, 60)
        assert np.isfinite(path.losses).all(), start
        if method.id == "cma_es":  # it moves, and returns unless the surface is constant
            assert surface is constant or path.losses[-1] < 1e-4, start
        else:
            np.testing.assert_array_equal(path.positions, np.broadcast_to(start, (61, 2)), err_msg=f"start {start}")


@EACH_METHOD
def test_a_run_stays_with_learning_rate_zero(method: Optimizer) -> None:
    path = trace(method, ROSENBROCK, (-1.5, 2.0), 5, lr=0.0)
    np.testing.assert_array_equal(path.positions, np.broadcast_to((-1.5, 2.0), (6, 2)))


@EACH_METHOD
def test_after_overflow_a_run_has_only_nan_rows(method: Optimizer) -> None:
    starts = (
        (ROSENBROCK, (1e6, 1e6)),
        (ROSENBROCK, (1e150, 1e150)),
        (cliff, (20.0, 3.0)),
        (SURFACES["beale"], (1e40, -1e40)),
        (SURFACES["saddle"], (1e-3, 1e-3)),
    )
    for (surface, start), rate in product(starts, (1.0, 1e308)):
        path = trace(method, surface, start, 40, lr=rate)
        finite = np.isfinite(path.losses)
        case = f"start {start}, learning rate {rate}"
        assert (np.diff(finite.astype(int)) <= 0).all(), f"{case}: a run that has diverged remains so"
        assert np.isfinite(path.positions[finite]).all(), case


@EACH_METHOD
def test_the_learning_rate_may_change_during_the_run(method: Optimizer) -> None:
    path = trace(method, ROSENBROCK, (-1.0, 1.5), 30, lr=lambda t: 1e-3 if t % 2 else 1e-2)
    assert np.isfinite(path.losses).all()
    assert path.losses[-1] <= path.losses[0] or method.id == "cma_es"


@pytest.mark.parametrize(
    "method",
    [method for method in METHODS.values() if "trials" in method.state and method.id != "cma_es"],
    ids=lambda method: method.id,
)
def test_the_trials_contain_the_accepted_position(method: Optimizer) -> None:
    for before, after, state in iterate_steps(method, SURFACES["himmelblau"], (0.5, -3.0), 25):
        assert state["trials"].ndim == 2
        assert state["trials"].shape[1] == 2
        assert (state["trials"] == after).all(axis=1).any() or (after == before).all()


# Line searches

CURVATURE_CONSTANTS = {
    "steepest_descent_armijo": None,
    "damped_newton": None,
    "steepest_descent_wolfe": 0.1,
    "conjugate_gradient_fr": 0.1,
    "conjugate_gradient_pr": 0.1,
    "bfgs": 0.9,
    "lbfgs": 0.9,
}


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "beale", "booth", "rastrigin"])
@pytest.mark.parametrize("method", CURVATURE_CONSTANTS)
def test_every_step_satisfies_the_line_search_conditions(method: str, surface: str) -> None:
    loss, c1, c2 = Loss(SURFACES[surface]), 1e-4, CURVATURE_CONSTANTS[method]
    checked_count = 0
    for before, after, state in iterate_steps(METHODS[method], SURFACES[surface], SURFACES[surface].start, 30):
        s = after - before
        if np.abs(s).max() < 1e-5:
            continue  # below this rounding of the positions dominates
        checked_count += 1
        (old, g_old), (new, g_new) = loss.value_and_gradient(before), loss.value_and_gradient(after)
        assert g_old @ s < 0
        assert new <= old + c1 * (g_old @ s) * (1 - 1e-9)
        if c2 is not None:
            assert abs(g_new @ s) <= c2 * abs(g_old @ s) * (1 + 1e-9)
            earlier_trials = [(*loss.value_and_gradient(point), point - before) for point in state["trials"][:-1]]
            assert not any(
                f <= old + c1 * (g_old @ d) * (1 + 1e-9) and abs(g @ s) <= c2 * abs(g_old @ s) * (1 - 1e-9)
                for f, g, d in earlier_trials
            ), "it stops at the first point that satisfies both conditions"
    assert checked_count


@pytest.mark.parametrize("seed", range(20))
def test_cubic_minimum_finds_the_minimum_of_a_cubic(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # The cubic with derivative 6 (t - minimum) (t - maximum) has its minimum at the larger root
    minimum, maximum = np.sort(rng.normal(size=2))[::-1]
    a, b = rng.normal(size=2)

    def at(t: float) -> searches.Trial:
        value = 2 * t**3 - 3 * (minimum + maximum) * t**2 + 6 * minimum * maximum * t
        return searches.Trial(t, np.zeros(2), value, np.zeros(2), 6 * (t - minimum) * (t - maximum))

    assert searches.cubic_minimum(at(a), at(b), -1e9, 1e9) == pytest.approx(minimum, abs=1e-6)
    assert searches.cubic_minimum(at(a), at(b), minimum + 1, minimum + 2) == minimum + 1


def test_a_search_along_a_non_descent_direction_stays() -> None:
    x, loss = np.array([1.0, 2.0]), Loss(ROSENBROCK)
    value, grad = loss.value_and_gradient(x)
    for search in (searches.armijo_search, searches.strong_wolfe_search):
        for p in (grad, 0 * grad, np.array([math.nan, 1.0])):
            result = search(loss, x, value, grad, p, 1.0)
            assert result.alpha == 0
            assert (result.x == x).all()


def test_a_search_shortens_the_step_if_the_arithmetic_fails() -> None:
    for method in ("steepest_descent_armijo", "steepest_descent_wolfe", "bfgs", "lbfgs", "lbfgs_optax", "trust_region"):
        assert np.abs(last_position(method, cliff, (2.0, 1.0), 60)).max() < 1e-3, method


@pytest.mark.parametrize(("method", "count"), [("conjugate_gradient_fr", 2), ("conjugate_gradient_pr", 2), ("bfgs", 3)])
def test_with_a_nearly_exact_search_a_bowl_is_minimized_in_few_steps(method: str, count: int) -> None:
    for seed in range(8):
        bowl, minimum = random_bowl(seed)
        for steps, tolerance in ((count, 2e-3), (count + 6, 1e-6)):
            position = last_position(method, bowl, (2.0, -1.0), steps, c2=1e-3)
            np.testing.assert_allclose(position, minimum, atol=tolerance, err_msg=f"seed {seed}, {steps} steps")


@pytest.mark.parametrize(
    "method",
    [
        "conjugate_gradient_fr",
        "conjugate_gradient_pr",
        "bfgs",
        "lbfgs",
        "lbfgs_optax",
        "newton",
        "damped_newton",
        "saddle_free_newton",
        "trust_region",
        "levenberg_marquardt",
    ],
)
def test_the_minimum_of_the_rosenbrock_valley_is_found(method: str) -> None:
    np.testing.assert_allclose(last_position(method, ROSENBROCK, (-1.5, 2.0), 60), (1, 1), atol=1e-4)


@pytest.mark.parametrize("bb2", [0, 1])
def test_barzilai_borwein_is_faster_than_steepest_descent(bb2: int) -> None:
    bowl = SURFACES["elongated_bowl"]
    fast = trace(METHODS["barzilai_borwein"], bowl, bowl.start, 40, bb2=bb2).losses
    assert fast[-1] < 1e-12 < trace(METHODS["steepest_descent_wolfe"], bowl, bowl.start, 20).losses[-1]
    assert (np.diff(fast) > 0).any(), "the method is not monotone"


def test_barzilai_borwein_uses_lr_if_the_curvature_is_negative() -> None:
    path = trace(METHODS["barzilai_borwein"], lambda x, y: (-x * x, (-2 * x, 0 * y)), (1.0, 0.0), 3, lr=0.1).positions
    np.testing.assert_allclose(path[:, 0], [1, 1.2, 1.44, 1.728])


# Second derivatives


@pytest.mark.parametrize("method", ["newton", "damped_newton", "saddle_free_newton"])
def test_newton_minimizes_a_bowl_in_one_step(method: str) -> None:
    for seed in range(8):
        bowl, minimum = random_bowl(seed)
        position = last_position(method, bowl, (2.0, -1.0), 1)
        np.testing.assert_allclose(position, minimum, atol=1e-6, err_msg=f"seed {seed}")


def test_newton_methods_at_saddles_and_maxima() -> None:
    saddle = SURFACES["saddle"]
    start = (1.5, 0.001)
    np.testing.assert_allclose(last_position("newton", saddle, start, 2), (0, 0), atol=1e-9)
    assert abs(last_position("saddle_free_newton", saddle, start, 20)[1]) > 100
    assert abs(last_position("trust_region", saddle, (0, 0), 5)[1]) > 1, "the saddle point itself is left"

    def concave_bowl(x: float, y: float) -> Any:
        return -x * x - y * y, (-2 * x, -2 * y)

    np.testing.assert_allclose(last_position("newton", concave_bowl, (1, 2), 1), (0, 0), atol=1e-9)
    assert np.abs(last_position("damped_newton", concave_bowl, (1, 2), 3)).max() > 2


@pytest.mark.parametrize("method", ["trust_region", "levenberg_marquardt", "damped_newton", "nelder_mead", "bfgs"])
def test_the_loss_never_rises(method: str) -> None:
    for surface in ("rosenbrock", "himmelblau", "beale", "rastrigin", "ackley", "monkey_saddle"):
        losses = trace(METHODS[method], SURFACES[surface], SURFACES[surface].start, 40).losses
        assert (np.diff(losses[np.isfinite(losses)]) <= 0).all(), surface


@pytest.mark.parametrize("seed", range(60))
def test_the_trust_region_step_minimizes_the_model(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    h = q @ np.diag(rng.normal(size=2) * rng.choice([0, 1, 1], size=2)) @ q.T
    g, radius = rng.normal(size=2), float(10 ** rng.uniform(-3, 2))
    if seed % 3 == 0:  # the hard case: the gradient is orthogonal to the lowest curvature
        values, vectors = np.linalg.eigh(h)
        g = vectors[:, 1] * rng.normal() * 0.1
        h = vectors @ np.diag(values - 1) @ vectors.T
    p = newton.trust_region_step(g, h, radius)
    assert np.hypot(*p) <= radius * (1 + 1e-9)

    def model(at: np.ndarray) -> np.ndarray:
        return g @ at + (at * (h @ at)).sum(axis=0) / 2

    angles, radius_fraction = np.meshgrid(np.linspace(0, 2 * np.pi, 721), np.linspace(0, 1, 41))
    model_values = model(radius * radius_fraction.ravel() * np.array([np.cos(angles).ravel(), np.sin(angles).ravel()]))
    assert model(p) <= model_values.min() + 1e-9 * (1 + abs(model_values).max())


def test_the_trust_region_respects_its_maximum_radius() -> None:
    method = METHODS["trust_region"]
    for before, after, state in iterate_steps(method, SURFACES["saddle"], (1.0, 0.1), 15, lr=50.0, max_radius=3.0):
        assert state["radius"] <= 3.0
        assert np.hypot(*(after - before)) <= 3.0 * (1 + 1e-9)


@pytest.mark.parametrize("marquardt", [0, 1])
def test_levenberg_marquardt_fits_a_line_in_six_steps(marquardt: int) -> None:
    regression = SURFACES["linear_regression"]
    np.testing.assert_allclose(
        last_position("levenberg_marquardt", regression, regression.start, 6, marquardt=marquardt),
        regression.minima[0],
        atol=1e-6,
    )


@pytest.mark.parametrize("marquardt", [0, 1])
def test_levenberg_marquardt_uses_the_gauss_newton_matrix_of_a_surface(marquardt: int) -> None:
    class Residuals:
        """Half the sum of the squares of 10 (y - x^2) and 1 - x."""

        call_count = 0

        def __call__(self, x: float, y: float) -> Any:
            r1, r2 = 10 * (y - x * x), 1 - x
            return (r1 * r1 + r2 * r2) / 2, (-20 * x * r1 - r2, 10 * r1)

        def gauss_newton(self, x: float, y: float) -> np.ndarray:
            self.call_count += 1
            j = np.array([[-20 * x, 10.0], [-1.0, 0.0]])
            return j.T @ j

    surface = Residuals()
    np.testing.assert_allclose(
        last_position("levenberg_marquardt", surface, (-1.2, 1.0), 40, marquardt=marquardt), (1, 1), atol=1e-7
    )
    assert surface.call_count


def test_levenberg_marquardt_fits_a_neuron_and_its_penalty() -> None:
    neuron = SURFACES["tanh_neuron"]
    for start in (neuron.start, (-4.0, -3.0), (0.5, 0.5)):
        np.testing.assert_allclose(last_position("levenberg_marquardt", neuron, start, 80), neuron.minima[0], atol=1e-5)
    x, y = last_position("levenberg_marquardt", neuron, neuron.start, 80, weight_decay=0.1)
    slope = np.array(neuron(float(x), float(y))[1]) + 0.1 * np.array([x, y])
    assert np.hypot(*slope) < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["sphere", "rosenbrock", "himmelblau"])
def test_cma_es_converges_without_underflow(surface: str) -> None:
    path = trace("cma_es", SURFACES[surface], SURFACES[surface].start, 15_000).positions
    assert np.isfinite(path).all()
    assert (path[-1] == path[-2]).all()


# L-BFGS


def test_several_lbfgs_iterations_per_step_equal_several_steps() -> None:
    settings = {"strong_wolfe": 0, "lr": 0.1, "tolerance_change": 0.0, "tolerance_grad": 0.0}
    slow = trace(METHODS["lbfgs"], ROSENBROCK, (-1.5, 2.0), 60, max_iter=1, **settings).positions
    fast = trace(METHODS["lbfgs"], ROSENBROCK, (-1.5, 2.0), 12, max_iter=5, max_eval=100, **settings).positions
    np.testing.assert_array_equal(fast, slow[::5])


def test_the_default_budget_of_torch_allows_no_search_for_one_iteration() -> None:
    path = trace(METHODS["lbfgs"], ROSENBROCK, (-1.5, 2.0), 5, max_eval=0).positions
    np.testing.assert_array_equal(path, np.broadcast_to((-1.5, 2.0), (6, 2)))
    first = last_position("lbfgs", SURFACES["himmelblau"], (0.0, 0.0), 1, max_eval=0)
    np.testing.assert_allclose(first, (14 / 36, 22 / 36), rtol=1e-15)


@pytest.mark.parametrize(("method", "option"), [("lbfgs", "history_size"), ("lbfgs_optax", "memory_size")])
def test_the_history_is_limited_to_its_size(method: str, option: str) -> None:
    x, state, loss = np.array([-1.5, 2.0]), tuple(METHODS[method].state.values()), Loss(ROSENBROCK)
    for t in range(1, 13):
        x, *state = METHODS[method](x, loss, t, *state, **{option: 5 if t < 8 else 2})
        state_by_name = dict(zip(METHODS[method].state, state, strict=True))
        assert len(state_by_name["s"]) == len(state_by_name["y"]) == len(state_by_name["rho"]) <= (5 if t < 8 else 2)
    assert len(state_by_name["s"]) == 2


def test_the_two_loop_recursion_equals_the_bfgs_matrix() -> None:
    rng = np.random.default_rng(0)
    s, q, gamma = rng.normal(size=(4, 2)), rng.normal(size=2), 0.7
    y = s @ np.array([[3.0, 1.0], [1.0, 2.0]])
    rho, h = 1 / (s * y).sum(axis=1), gamma * np.eye(2)
    for s_i, y_i, rho_i in zip(s, y, rho, strict=True):
        v = np.eye(2) - rho_i * np.outer(s_i, y_i)
        h = v @ h @ v.T + rho_i * np.outer(s_i, s_i)
    np.testing.assert_allclose(quasi_newton.two_loop_recursion(q, s, y, rho, gamma), h @ q, rtol=1e-12)


def test_the_initial_matrix_of_bfgs_is_scaled() -> None:
    bowl, _ = random_bowl(1)
    before, after, state = next(iterate_steps(METHODS["bfgs"], bowl, (2.0, -1.0), 1))
    s, y = after - before, Loss(bowl).gradient(after) - Loss(bowl).gradient(before)
    v = np.eye(2) - np.outer(s, y) / (s @ y)
    np.testing.assert_allclose(
        state["inverse_hessian"], (s @ y) / (y @ y) * v @ v.T + np.outer(s, s) / (s @ y), rtol=1e-9
    )
    np.testing.assert_allclose(state["inverse_hessian"] @ y, s, rtol=1e-9)


def test_the_matrix_of_bfgs_remains_positive_definite_and_approximates_the_hessian() -> None:
    for _, after, state in iterate_steps(METHODS["bfgs"], ROSENBROCK, (-1.5, 2.0), 34):
        assert np.linalg.eigvalsh(state["inverse_hessian"]).min() > 0
        last = after, state["inverse_hessian"]
    np.testing.assert_allclose(last[1], np.linalg.inv(Loss(ROSENBROCK).hessian(last[0])), rtol=0.15)


# Losses only


@pytest.mark.parametrize("surface", ["himmelblau", "rosenbrock", "booth"])
def test_nelder_mead_finds_a_minimum_from_losses_alone(surface: str) -> None:
    def without_gradient(x: float, y: float) -> Any:
        return SURFACES[surface](x, y)[0], (math.nan, math.nan)

    path = trace(METHODS["nelder_mead"], without_gradient, SURFACES[surface].start, 130)
    assert SURFACES[surface].distance_to_minimum(*path.positions[-1]) < 1e-5


@pytest.mark.parametrize(
    ("losses", "new_vertex"),
    [
        ({(1, -1): 1.5}, (1, -1)),
        ({(1, -1): 2.0, (0.75, -0.5): 2.0}, (0.75, -0.5)),
        ({(1, -1): 2.5, (0.75, -0.5): 2.6}, None),
        ({(1, -1): 0.5, (1.5, -2): 0.4}, (1.5, -2)),
        ({(1, -1): 0.5, (1.5, -2): 0.5}, (1, -1)),
        ({(1, -1): 1.0}, (1, -1)),
        ({(1, -1): 3.0, (0.25, 0.5): 2.9}, (0.25, 0.5)),
        ({(1, -1): 3.0, (0.25, 0.5): 3.0}, None),
        ({(1, -1): math.inf, (0.25, 0.5): math.nan}, None),
    ],
)
def test_the_simplex_moves_as_in_lagarias(losses: dict[Any, float], new_vertex: Any) -> None:
    vertices, high = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 2.0, 3.0])
    losses = {**losses, (0.5, 0): 5.0, (0, 0.5): 4.0}  # vertices after shrinking
    loss = Loss(lambda x, y: (losses[x, y], (0.0, 0.0)))
    best, simplex, values, trials = METHODS["nelder_mead"](vertices[0], loss, 2, vertices, high, None)
    expected = (
        {(0, 0): 1.0, (1, 0): 2.0, new_vertex: losses[new_vertex]}
        if new_vertex
        else {(0, 0): 1.0, (0, 0.5): 4.0, (0.5, 0): 5.0}
    )
    order = sorted(expected, key=lambda corner: expected[corner])
    assert [tuple(corner) for corner in simplex.tolist()] == order
    assert values.tolist() == [expected[corner] for corner in order]
    assert tuple(best) == order[0]
    assert len(trials) == (1 if set(losses) - {(0.5, 0), (0, 0.5)} == {(1, -1)} else 2 if new_vertex else 4)


def test_the_simplex_is_sorted_and_has_the_initial_size() -> None:
    initial_size = None
    for _, after, state in iterate_steps(METHODS["nelder_mead"], SURFACES["himmelblau"], (0.0, 0.0), 30, lr=0.25):
        losses = [SURFACES["himmelblau"](*vertex)[0] for vertex in state["simplex"].tolist()]
        assert losses == sorted(losses) == state["values"].tolist()
        assert (state["simplex"][0] == after).all()
        initial_size = initial_size or np.ptp(state["simplex"], axis=0).max()
    assert initial_size <= 0.75


@pytest.mark.parametrize(
    ("surface", "population"), [("himmelblau", 6), ("rosenbrock", 6), ("rosenbrock", 20), ("booth", 4)]
)
def test_cma_es_finds_a_minimum_from_losses_alone(surface: str, population: int) -> None:
    def without_gradient(x: float, y: float) -> Any:
        return SURFACES[surface](x, y)[0], (math.nan, math.nan)

    path = trace(METHODS["cma_es"], without_gradient, SURFACES[surface].start, 250, population=population)
    assert SURFACES[surface].distance_to_minimum(*path.positions[-1]) < 1e-5


def test_cma_es_repeats_only_with_the_same_seed() -> None:
    first, again, other = (
        trace(METHODS["cma_es"], ROSENBROCK, (-1.5, 2.0), 30, seed=seed).positions for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert (first[1:] != other[1:]).all()


def reference_generation(
    x: Any, sigma: float, p_sigma: Any, p_c: Any, c: Any, samples: Any, losses: list[float], t: int
) -> tuple[Any, ...]:
    """Compute one generation of figure 6 of arXiv:1604.00772 in two dimensions, rank by rank."""
    n, lam = 2, len(samples)
    mu = lam // 2
    raw = [math.log((lam + 1) / 2) - math.log(i) for i in range(1, lam + 1)]
    mu_eff, mu_minus = (sum(group) ** 2 / sum(w * w for w in group) for group in (raw[:mu], raw[mu:]))
    c_1 = 2 / ((n + 1.3) ** 2 + mu_eff)
    c_mu = min(1 - c_1, 2 * (0.25 + mu_eff - 2 + 1 / mu_eff) / ((n + 2) ** 2 + mu_eff))
    least = min(1 + c_1 / c_mu, 1 + 2 * mu_minus / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu))
    plus, minus = sum(w for w in raw if w > 0), -sum(w for w in raw if w < 0)
    weights = [w / plus if w >= 0 else least * w / minus for w in raw]
    c_s, c_c = (mu_eff + 2) / (n + mu_eff + 5), (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n)
    d_s = 1 + 2 * max(0.0, math.sqrt((mu_eff - 1) / (n + 1)) - 1) + c_s
    chi = math.sqrt(2) * math.gamma((n + 1) / 2) / math.gamma(n / 2)
    values, b = np.linalg.eigh(c)
    inverse_sqrt = b @ np.diag(values**-0.5) @ b.T
    ys = [(samples[k] - x) / sigma for k in sorted(range(lam), key=lambda k: losses[k])]
    y_w = sum(w * y for w, y in zip(weights[:mu], ys[:mu], strict=True))
    p_sigma = (1 - c_s) * p_sigma + math.sqrt(c_s * (2 - c_s) * mu_eff) * (inverse_sqrt @ y_w)
    p_sigma_norm = float(np.linalg.norm(p_sigma))
    h = float(p_sigma_norm / math.sqrt(1 - (1 - c_s) ** (2 * t)) < (1.4 + 2 / (n + 1)) * chi)
    p_c = (1 - c_c) * p_c + h * math.sqrt(c_c * (2 - c_c) * mu_eff) * y_w
    c = (1 + c_1 * (1 - h) * c_c * (2 - c_c) - c_1 - c_mu * sum(weights)) * c + c_1 * np.outer(p_c, p_c)
    for w, y in zip(weights, ys, strict=True):
        c = c + c_mu * (w if w >= 0 else w * n / np.linalg.norm(inverse_sqrt @ y) ** 2) * np.outer(y, y)
    return x + sigma * y_w, sigma * math.exp(c_s / d_s * (p_sigma_norm / chi - 1)), p_sigma, p_c, c


@pytest.mark.parametrize("population", [4, 6, 9])
def test_cma_es_equals_the_tutorial(population: int) -> None:
    before: tuple[Any, ...] = (0.5, np.zeros(2), np.zeros(2), np.eye(2))
    for t, (x, after, state) in enumerate(
        iterate_steps(METHODS["cma_es"], ROSENBROCK, (-1.5, 2.0), 40, population=population), 1
    ):
        losses = [ROSENBROCK(*sample)[0] for sample in state["trials"].tolist()]
        expected_state = tuple(state[name] for name in ("sigma", "p_sigma", "p_c", "c"))
        for ours, theirs in zip(
            (after, *expected_state), reference_generation(x, *before, state["trials"], losses, t), strict=True
        ):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
        before = expected_state


def test_the_displayed_covariance_is_the_sampling_distribution() -> None:
    before: dict[str, Any] = {}
    for x, after, state in iterate_steps(
        METHODS["cma_es"], SURFACES["elongated_bowl"], (-7.0, 2.0), 40, population=400
    ):
        assert (state["mean"] == after).all()
        np.testing.assert_array_equal(state["covariance"], state["covariance"].T)
        if before:  # the samples of this step have the distribution displayed after the previous one
            np.testing.assert_allclose(
                state["trials"].mean(axis=0), x, atol=4 * np.sqrt(before["covariance"].max() / 400)
            )
            np.testing.assert_allclose(
                np.cov(state["trials"].T), before["covariance"], atol=0.4 * before["covariance"].max()
            )
        before = state


@pytest.mark.parametrize("n", [1, 2, 5, 30])
@pytest.mark.parametrize("population", [4, 5, 6, 7, 12, 100])
def test_the_weights_of_cma_es_are_those_of_the_tutorial(population: int, n: int) -> None:
    w, mu_eff, c_1, c_mu = derivative_free.recombination_weights(population, n)
    positive_weights = w[: population // 2]
    assert positive_weights.sum() == pytest.approx(1)
    assert mu_eff == pytest.approx(1 / (positive_weights @ positive_weights))
    assert (np.diff(w) <= 0).all()
    assert 0 < c_1 + c_mu <= 1
    if population == 6:
        assert mu_eff == pytest.approx(2.0286, abs=1e-4)
