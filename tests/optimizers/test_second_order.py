"""Rules that search, model or sample: what the mathematics promises of each, recomputed from the paths they walk."""

from __future__ import annotations

import math
import pickle
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from optimizers import Optimizer, searches, trace
from optimizers.loss import Loss
from optimizers.rules import derivative_free, line_search, newton, quasi_newton, zoom
from surfaces import SURFACES

MODULES = (line_search, newton, quasi_newton, zoom, derivative_free)
RULES = {rule.id: rule for module in MODULES for rule in vars(module).values() if isinstance(rule, Optimizer)}
ALL = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
ROSENBROCK = SURFACES["rosenbrock"]


def plane(x: Any, y: Any) -> Any:
    """Level everywhere."""
    return 3.0 + 0 * x + 0 * y, (0.0 * x, 0.0 * y)


def cliff(x: float, y: float) -> Any:
    """Its arithmetic fails where x is large: math.exp raises OverflowError."""
    e = math.exp(x * x + y * y)
    return e, (2 * x * e, 2 * y * e)


def quadratic(seed: int) -> tuple[Any, np.ndarray]:
    """A tilted bowl and its minimum."""
    draw = np.random.default_rng(seed)
    a, low = draw.normal(size=(2, 2)), draw.normal(size=2)
    h = a @ a.T + 0.1 * np.eye(2)

    def bowl(x: float, y: float) -> Any:
        d = np.array([x, y]) - low
        return float(d @ h @ d) / 2 - 1.0, tuple((h @ d).tolist())

    return bowl, low


def steps(
    rule: Optimizer, surface: Any, start: Any, count: int, **settings: float
) -> Iterator[tuple[Any, Any, dict[str, Any]]]:
    """Point before, point after and the state after, update by update."""
    x, state, loss = np.array(start, float), tuple(rule.state.values()), Loss(surface)
    for t in range(1, count + 1):
        with np.errstate(all="ignore"):
            new, *after = rule(x, loss if rule.takes_loss else loss.gradient(x), t, *state, **settings)
        yield x, new, dict(zip(rule.state, after, strict=True))
        x, state = new, tuple(after)


def end(rule: str, surface: Any, start: Any, count: int, **settings: float) -> np.ndarray:
    return trace(RULES[rule], surface, start, count, last=True, **settings).positions[0]


# What holds of every rule


@ALL
def test_it_is_pure(rule: Optimizer) -> None:
    loss, state, x = Loss(ROSENBROCK), tuple(rule.state.values()), np.array([-1.5, 2.0])
    for t in range(1, 6):
        grad = loss if rule.takes_loss else loss.gradient(x)
        before = pickle.dumps((x, state))
        first, second = rule(x, grad, t, *state), rule(x, grad, t, *state)
        assert pickle.dumps(first) == pickle.dumps(second)
        assert pickle.dumps((x, state)) == before
        x, *rest = first if isinstance(first, tuple) else (first,)
        state = tuple(rest)
        assert len(state) == len(rule.state)


@ALL
def test_a_batch_is_its_single_runs(rule: Optimizer) -> None:
    xs, rates = np.array([-1.5, 0.3]), np.array([0.01, 0.5])[:, None]
    grid = trace(rule, ROSENBROCK, (xs, 1.2), 12, lr=rates).positions
    assert grid.shape == (13, 2, 2, 2)
    for i, rate in enumerate(rates[:, 0]):
        for j, x in enumerate(xs):
            single = trace(rule, ROSENBROCK, (x, 1.2), 12, lr=rate).positions
            np.testing.assert_allclose(grid[:, :, i, j], single, rtol=1e-9)


@pytest.mark.parametrize(
    ("surface", "start"),
    [(SURFACES["sphere"], (0, 0)), (ROSENBROCK, (1, 1)), (SURFACES["himmelblau"], (3, 2)), (plane, (0.3, -0.7))],
    ids=["sphere", "rosenbrock", "himmelblau", "plane"],
)
@ALL
def test_it_stays_on_a_minimum_and_on_level_ground(rule: Optimizer, surface: Any, start: Any) -> None:
    path = trace(rule, surface, start, 60)
    assert np.isfinite(path.losses).all()
    if rule.id == "cma_es":  # a cloud moves; it comes back, or on a plane lies anywhere
        assert surface is plane or path.losses[-1] < 1e-4
    else:
        np.testing.assert_array_equal(path.positions, np.broadcast_to(start, (61, 2)))


@ALL
def test_it_stays_without_a_step_length(rule: Optimizer) -> None:
    path = trace(rule, ROSENBROCK, (-1.5, 2.0), 5, lr=0.0)
    np.testing.assert_array_equal(path.positions, np.broadcast_to((-1.5, 2.0), (6, 2)))


@pytest.mark.parametrize("rate", [1.0, 1e308])
@pytest.mark.parametrize(
    ("surface", "start"),
    [
        (ROSENBROCK, (1e6, 1e6)),
        (ROSENBROCK, (1e150, 1e150)),
        (cliff, (20.0, 3.0)),
        (SURFACES["beale"], (1e40, -1e40)),
        (SURFACES["saddle"], (1e-3, 1e-3)),
    ],
)
@ALL
def test_it_survives_overflow(rule: Optimizer, surface: Any, start: Any, rate: float) -> None:
    path = trace(rule, surface, start, 40, lr=rate)
    alive = np.isfinite(path.losses)
    assert (np.diff(alive.astype(int)) <= 0).all(), "what has diverged stays so"
    assert np.isfinite(path.positions[alive]).all()


@ALL
def test_the_rate_may_change_on_the_way(rule: Optimizer) -> None:
    path = trace(rule, ROSENBROCK, (-1.0, 1.5), 30, lr=lambda t: 1e-3 if t % 2 else 1e-2)
    assert np.isfinite(path.losses).all()
    assert path.losses[-1] <= path.losses[0] or rule.id == "cma_es"


@pytest.mark.parametrize(
    "rule",
    [rule for rule in RULES.values() if "trials" in rule.state and rule.id != "cma_es"],
    ids=lambda rule: rule.id,
)
def test_the_points_tried_hold_the_one_taken(rule: Optimizer) -> None:
    for before, after, state in steps(rule, SURFACES["himmelblau"], (0.5, -3.0), 25):
        assert state["trials"].ndim == 2
        assert state["trials"].shape[1] == 2
        assert (state["trials"] == after).all(axis=1).any() or (after == before).all()


# Line searches

SEARCHING = {
    "steepest_descent_armijo": None,
    "damped_newton": None,
    "steepest_descent_wolfe": 0.1,
    "conjugate_gradient_fr": 0.1,
    "conjugate_gradient_pr": 0.1,
    "bfgs": 0.9,
    "lbfgs": 0.9,
}


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "beale", "booth", "rastrigin"])
@pytest.mark.parametrize("rule", SEARCHING)
def test_every_step_satisfies_its_conditions(rule: str, surface: str) -> None:
    loss, c1, c2 = Loss(SURFACES[surface]), 1e-4, SEARCHING[rule]
    judged = 0
    for before, after, state in steps(RULES[rule], SURFACES[surface], SURFACES[surface].start, 30):
        s = after - before
        if np.abs(s).max() < 1e-5:
            continue  # rounding of the points would be judged
        judged += 1
        (old, g_old), (new, g_new) = loss.value_and_gradient(before), loss.value_and_gradient(after)
        assert g_old @ s < 0
        assert new <= old + c1 * (g_old @ s) * (1 - 1e-9)
        if c2 is not None:
            assert abs(g_new @ s) <= c2 * abs(g_old @ s) * (1 + 1e-9)
            tried = [(*loss.value_and_gradient(point), point - before) for point in state["trials"][:-1]]
            assert not any(
                f <= old + c1 * (g_old @ d) * (1 + 1e-9) and abs(g @ s) <= c2 * abs(g_old @ s) * (1 - 1e-9)
                for f, g, d in tried
            ), "it ends at the first point that satisfies both"
    assert judged


@pytest.mark.parametrize("seed", range(20))
def test_the_cubic_finds_the_minimum_of_a_cubic(seed: int) -> None:
    draw = np.random.default_rng(seed)
    low, high = np.sort(draw.normal(size=2))[
        ::-1
    ]  # the derivative 6 (t - low) (t - high) has its minimum at the greater root
    a, b = draw.normal(size=2)

    def at(t: float) -> searches.Trial:
        value = 2 * t**3 - 3 * (low + high) * t**2 + 6 * low * high * t
        return searches.Trial(t, np.zeros(2), value, np.zeros(2), 6 * (t - low) * (t - high))

    assert searches.cubic_minimum(at(a), at(b), -1e9, 1e9) == pytest.approx(low, abs=1e-6)
    assert searches.cubic_minimum(at(a), at(b), low + 1, low + 2) == low + 1


def test_a_search_along_no_descent_stays() -> None:
    x, loss = np.array([1.0, 2.0]), Loss(ROSENBROCK)
    value, grad = loss.value_and_gradient(x)
    for search in (searches.armijo_search, searches.strong_wolfe_search):
        for p in (grad, 0 * grad, np.array([math.nan, 1.0])):
            found = search(loss, x, value, grad, p, 1.0)
            assert found.alpha == 0
            assert (found.x == x).all()


def test_a_search_steps_back_from_where_the_arithmetic_fails() -> None:
    for rule in ("steepest_descent_armijo", "steepest_descent_wolfe", "bfgs", "lbfgs", "lbfgs_optax", "trust_region"):
        assert np.abs(end(rule, cliff, (2.0, 1.0), 60)).max() < 1e-3, rule


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("rule", "count"), [("conjugate_gradient_fr", 2), ("conjugate_gradient_pr", 2), ("bfgs", 3)])
def test_with_a_nearly_exact_search_a_bowl_is_empty_at_once(rule: str, count: int, seed: int) -> None:
    bowl, low = quadratic(seed)
    np.testing.assert_allclose(end(rule, bowl, (2.0, -1.0), count, c2=1e-3), low, atol=2e-3)
    np.testing.assert_allclose(end(rule, bowl, (2.0, -1.0), count + 6, c2=1e-3), low, atol=1e-6)


@pytest.mark.parametrize(
    "rule",
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
def test_it_follows_the_rosenbrock_valley_to_its_end(rule: str) -> None:
    np.testing.assert_allclose(end(rule, ROSENBROCK, (-1.5, 2.0), 60), (1, 1), atol=1e-4)


@pytest.mark.parametrize("bb2", [0, 1])
def test_barzilai_borwein_outruns_steepest_descent(bb2: int) -> None:
    bowl = SURFACES["elongated_bowl"]
    quick = trace(RULES["barzilai_borwein"], bowl, bowl.start, 40, bb2=bb2).losses
    assert quick[-1] < 1e-12 < trace(RULES["steepest_descent_wolfe"], bowl, bowl.start, 20).losses[-1]
    assert (np.diff(quick) > 0).any(), "it is known for going up on its way"


def test_barzilai_borwein_falls_back_to_lr_where_the_curvature_is_negative() -> None:
    path = trace(RULES["barzilai_borwein"], lambda x, y: (-x * x, (-2 * x, 0 * y)), (1.0, 0.0), 3, lr=0.1).positions
    np.testing.assert_allclose(path[:, 0], [1, 1.2, 1.44, 1.728])


# Second derivatives


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("rule", ["newton", "damped_newton", "saddle_free_newton"])
def test_newton_empties_a_bowl_in_one_step(rule: str, seed: int) -> None:
    bowl, low = quadratic(seed)
    np.testing.assert_allclose(end(rule, bowl, (2.0, -1.0), 1), low, atol=1e-6)


def test_what_each_rule_does_about_a_saddle() -> None:
    saddle = SURFACES["saddle"]
    start = (1.5, 0.001)
    np.testing.assert_allclose(end("newton", saddle, start, 2), (0, 0), atol=1e-9)
    assert abs(end("saddle_free_newton", saddle, start, 20)[1]) > 100
    assert abs(end("trust_region", saddle, (0, 0), 5)[1]) > 1, "even from the saddle itself"
    hill = lambda x, y: (-x * x - y * y, (-2 * x, -2 * y))
    np.testing.assert_allclose(end("newton", hill, (1, 2), 1), (0, 0), atol=1e-9)
    assert np.abs(end("damped_newton", hill, (1, 2), 3)).max() > 2


@pytest.mark.parametrize("surface", ["rosenbrock", "himmelblau", "beale", "rastrigin", "ackley", "monkey_saddle"])
@pytest.mark.parametrize("rule", ["trust_region", "levenberg_marquardt", "damped_newton", "nelder_mead", "bfgs"])
def test_it_never_climbs(rule: str, surface: str) -> None:
    losses = trace(RULES[rule], SURFACES[surface], SURFACES[surface].start, 40).losses
    assert (np.diff(losses[np.isfinite(losses)]) <= 0).all()


@pytest.mark.parametrize("seed", range(60))
def test_the_step_within_a_radius_is_the_best_of_all(seed: int) -> None:
    draw = np.random.default_rng(seed)
    q = np.linalg.qr(draw.normal(size=(2, 2)))[0]
    h = q @ np.diag(draw.normal(size=2) * draw.choice([0, 1, 1], size=2)) @ q.T
    g, radius = draw.normal(size=2), float(10 ** draw.uniform(-3, 2))
    if seed % 3 == 0:  # the hard case: no slope along the lowest curvature
        values, vectors = np.linalg.eigh(h)
        g = vectors[:, 1] * draw.normal() * 0.1
        h = vectors @ np.diag(values - 1) @ vectors.T
    p = newton.trust_region_step(g, h, radius)
    assert np.hypot(*p) <= radius * (1 + 1e-9)

    def model(at: np.ndarray) -> np.ndarray:
        return g @ at + (at * (h @ at)).sum(axis=0) / 2

    angle, share = np.meshgrid(np.linspace(0, 2 * np.pi, 721), np.linspace(0, 1, 41))
    others = model(radius * share.ravel() * np.array([np.cos(angle).ravel(), np.sin(angle).ravel()]))
    assert model(p) <= others.min() + 1e-9 * (1 + abs(others).max())


def test_the_trust_region_keeps_to_its_largest_radius() -> None:
    rule = RULES["trust_region"]
    for before, after, state in steps(rule, SURFACES["saddle"], (1.0, 0.1), 15, lr=50.0, max_radius=3.0):
        assert state["radius"] <= 3.0
        assert np.hypot(*(after - before)) <= 3.0 * (1 + 1e-9)


@pytest.mark.parametrize("marquardt", [0, 1])
def test_levenberg_marquardt_fits_a_line_in_a_handful(marquardt: int) -> None:
    fit = SURFACES["linear_regression"]
    np.testing.assert_allclose(
        end("levenberg_marquardt", fit, fit.start, 6, marquardt=marquardt), fit.minima[0], atol=1e-6
    )


@pytest.mark.parametrize("marquardt", [0, 1])
def test_levenberg_marquardt_uses_the_gauss_newton_matrix_of_a_surface(marquardt: int) -> None:
    class Residuals:
        """Half the sum of squares of y - x^2 and 1 - x, ten times the first."""

        asked = 0

        def __call__(self, x: float, y: float) -> Any:
            r1, r2 = 10 * (y - x * x), 1 - x
            return (r1 * r1 + r2 * r2) / 2, (-20 * x * r1 - r2, 10 * r1)

        def gauss_newton(self, x: float, y: float) -> np.ndarray:
            self.asked += 1
            j = np.array([[-20 * x, 10.0], [-1.0, 0.0]])
            return j.T @ j

    surface = Residuals()
    np.testing.assert_allclose(
        end("levenberg_marquardt", surface, (-1.2, 1.0), 40, marquardt=marquardt), (1, 1), atol=1e-7
    )
    assert surface.asked


def test_levenberg_marquardt_fits_a_neuron_and_its_penalty() -> None:
    neuron = SURFACES["tanh_neuron"]
    for start in (neuron.start, (-4.0, -3.0), (0.5, 0.5)):
        np.testing.assert_allclose(end("levenberg_marquardt", neuron, start, 80), neuron.minima[0], atol=1e-5)
    x, y = end("levenberg_marquardt", neuron, neuron.start, 80, weight_decay=0.1)
    slope = np.array(neuron(float(x), float(y))[1]) + 0.1 * np.array([x, y])
    assert np.hypot(*slope) < 1e-6


@pytest.mark.parametrize("surface", ["sphere", "rosenbrock", "himmelblau"])
def test_the_cloud_comes_to_rest_instead_of_vanishing(surface: str) -> None:
    path = trace("cma_es", SURFACES[surface], SURFACES[surface].start, 15_000).positions
    assert np.isfinite(path).all()
    assert (path[-1] == path[-2]).all()


# L-BFGS


def test_many_iterations_in_one_step_are_as_many_steps_of_one() -> None:
    settings = {"strong_wolfe": 0, "lr": 0.1, "tolerance_change": 0.0, "tolerance_grad": 0.0}
    slow = trace(RULES["lbfgs"], ROSENBROCK, (-1.5, 2.0), 60, max_iter=1, **settings).positions
    quick = trace(RULES["lbfgs"], ROSENBROCK, (-1.5, 2.0), 12, max_iter=5, max_eval=100, **settings).positions
    np.testing.assert_array_equal(quick, slow[::5])


def test_torchs_own_budget_leaves_a_single_iteration_no_search() -> None:
    path = trace(RULES["lbfgs"], ROSENBROCK, (-1.5, 2.0), 5, max_eval=0).positions
    np.testing.assert_array_equal(path, np.broadcast_to((-1.5, 2.0), (6, 2)))
    first = end("lbfgs", SURFACES["himmelblau"], (0.0, 0.0), 1, max_eval=0)
    np.testing.assert_allclose(first, (14 / 36, 22 / 36), rtol=1e-15)


@pytest.mark.parametrize(("rule", "size"), [("lbfgs", "history_size"), ("lbfgs_optax", "memory_size")])
def test_the_memory_holds_as_much_as_it_may(rule: str, size: str) -> None:
    x, state, loss = np.array([-1.5, 2.0]), tuple(RULES[rule].state.values()), Loss(ROSENBROCK)
    for t in range(1, 13):
        x, *state = RULES[rule](x, loss, t, *state, **{size: 5 if t < 8 else 2})
        memory = dict(zip(RULES[rule].state, state, strict=True))
        assert len(memory["s"]) == len(memory["y"]) == len(memory["rho"]) <= (5 if t < 8 else 2)
    assert len(memory["s"]) == 2


def test_two_loops_give_the_matrix_of_bfgs() -> None:
    draw = np.random.default_rng(0)
    s, q, gamma = draw.normal(size=(4, 2)), draw.normal(size=2), 0.7
    y = s @ np.array([[3.0, 1.0], [1.0, 2.0]])
    rho, h = 1 / (s * y).sum(axis=1), gamma * np.eye(2)
    for s_i, y_i, rho_i in zip(s, y, rho, strict=True):
        v = np.eye(2) - rho_i * np.outer(s_i, y_i)
        h = v @ h @ v.T + rho_i * np.outer(s_i, s_i)
    np.testing.assert_allclose(quasi_newton.two_loop_recursion(q, s, y, rho, gamma), h @ q, rtol=1e-12)


def test_the_first_matrix_of_bfgs_is_scaled() -> None:
    bowl, _ = quadratic(1)
    before, after, state = next(steps(RULES["bfgs"], bowl, (2.0, -1.0), 1))
    s, y = after - before, Loss(bowl).gradient(after) - Loss(bowl).gradient(before)
    v = np.eye(2) - np.outer(s, y) / (s @ y)
    np.testing.assert_allclose(
        state["inverse_hessian"], (s @ y) / (y @ y) * v @ v.T + np.outer(s, s) / (s @ y), rtol=1e-9
    )
    np.testing.assert_allclose(state["inverse_hessian"] @ y, s, rtol=1e-9)


def test_the_matrix_of_bfgs_stays_positive_definite_and_learns_the_curvature() -> None:
    for _, after, state in steps(RULES["bfgs"], ROSENBROCK, (-1.5, 2.0), 34):
        assert np.linalg.eigvalsh(state["inverse_hessian"]).min() > 0
        last = after, state["inverse_hessian"]
    np.testing.assert_allclose(last[1], np.linalg.inv(Loss(ROSENBROCK).hessian(last[0])), rtol=0.15)


# Heights only


@pytest.mark.parametrize("surface", ["himmelblau", "rosenbrock", "booth"])
def test_nelder_mead_finds_a_minimum_by_heights_alone(surface: str) -> None:
    blind = lambda x, y: (SURFACES[surface](x, y)[0], (math.nan, math.nan))
    path = trace(RULES["nelder_mead"], blind, SURFACES[surface].start, 130)
    assert SURFACES[surface].distance_to_minimum(*path.positions[-1]) < 1e-5


@pytest.mark.parametrize(
    ("heights", "third"),
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
def test_the_simplex_moves_as_in_lagarias(heights: dict[Any, float], third: Any) -> None:
    corners, high = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([1.0, 2.0, 3.0])
    heights = {**heights, (0.5, 0): 5.0, (0, 0.5): 4.0}  # where it shrinks to
    loss = Loss(lambda x, y: (heights[x, y], (0.0, 0.0)))
    best, simplex, values, trials = RULES["nelder_mead"](corners[0], loss, 2, corners, high, None)
    expected = (
        {(0, 0): 1.0, (1, 0): 2.0, third: heights[third]} if third else {(0, 0): 1.0, (0, 0.5): 4.0, (0.5, 0): 5.0}
    )
    order = sorted(expected, key=lambda corner: expected[corner])
    assert [tuple(corner) for corner in simplex.tolist()] == order
    assert values.tolist() == [expected[corner] for corner in order]
    assert tuple(best) == order[0]
    assert len(trials) == (1 if set(heights) - {(0.5, 0), (0, 0.5)} == {(1, -1)} else 2 if third else 4)


def test_the_simplex_is_ordered_and_as_large_as_asked() -> None:
    size = None
    for _, after, state in steps(RULES["nelder_mead"], SURFACES["himmelblau"], (0.0, 0.0), 30, lr=0.25):
        heights = [SURFACES["himmelblau"](*vertex)[0] for vertex in state["simplex"].tolist()]
        assert heights == sorted(heights) == state["values"].tolist()
        assert (state["simplex"][0] == after).all()
        size = size or np.ptp(state["simplex"], axis=0).max()
    assert size <= 0.75


@pytest.mark.parametrize(
    ("surface", "population"), [("himmelblau", 6), ("rosenbrock", 6), ("rosenbrock", 20), ("booth", 4)]
)
def test_cma_es_finds_a_minimum_by_heights_alone(surface: str, population: int) -> None:
    blind = lambda x, y: (SURFACES[surface](x, y)[0], (math.nan, math.nan))
    path = trace(RULES["cma_es"], blind, SURFACES[surface].start, 250, population=population)
    assert SURFACES[surface].distance_to_minimum(*path.positions[-1]) < 1e-5


def test_cma_es_repeats_with_its_seed_and_with_no_other() -> None:
    first, again, other = (
        trace(RULES["cma_es"], ROSENBROCK, (-1.5, 2.0), 30, seed=seed).positions for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert (first[1:] != other[1:]).all()


def tutorial(
    x: Any, sigma: float, p_sigma: Any, p_c: Any, c: Any, samples: Any, heights: list[float], t: int
) -> tuple[Any, ...]:
    """One generation of figure 6 of arXiv:1604.00772 in two dimensions, written out rank by rank."""
    n, lam = 2, len(samples)
    mu = lam // 2
    raw = [math.log((lam + 1) / 2) - math.log(i) for i in range(1, lam + 1)]
    mu_eff, mu_minus = (sum(part) ** 2 / sum(w * w for w in part) for part in (raw[:mu], raw[mu:]))
    c_1 = 2 / ((n + 1.3) ** 2 + mu_eff)
    c_mu = min(1 - c_1, 2 * (0.25 + mu_eff - 2 + 1 / mu_eff) / ((n + 2) ** 2 + mu_eff))
    least = min(1 + c_1 / c_mu, 1 + 2 * mu_minus / (mu_eff + 2), (1 - c_1 - c_mu) / (n * c_mu))
    plus, minus = sum(w for w in raw if w > 0), -sum(w for w in raw if w < 0)
    weights = [w / plus if w >= 0 else least * w / minus for w in raw]
    c_s, c_c = (mu_eff + 2) / (n + mu_eff + 5), (4 + mu_eff / n) / (n + 4 + 2 * mu_eff / n)
    d_s = 1 + 2 * max(0.0, math.sqrt((mu_eff - 1) / (n + 1)) - 1) + c_s
    chi = math.sqrt(2) * math.gamma((n + 1) / 2) / math.gamma(n / 2)
    values, b = np.linalg.eigh(c)
    root = b @ np.diag(values**-0.5) @ b.T
    ys = [(samples[k] - x) / sigma for k in sorted(range(lam), key=lambda k: heights[k])]
    y_w = sum(w * y for w, y in zip(weights[:mu], ys[:mu], strict=True))
    p_sigma = (1 - c_s) * p_sigma + math.sqrt(c_s * (2 - c_s) * mu_eff) * (root @ y_w)
    length = float(np.linalg.norm(p_sigma))
    h = float(length / math.sqrt(1 - (1 - c_s) ** (2 * t)) < (1.4 + 2 / (n + 1)) * chi)
    p_c = (1 - c_c) * p_c + h * math.sqrt(c_c * (2 - c_c) * mu_eff) * y_w
    c = (1 + c_1 * (1 - h) * c_c * (2 - c_c) - c_1 - c_mu * sum(weights)) * c + c_1 * np.outer(p_c, p_c)
    for w, y in zip(weights, ys, strict=True):
        c = c + c_mu * (w if w >= 0 else w * n / np.linalg.norm(root @ y) ** 2) * np.outer(y, y)
    return x + sigma * y_w, sigma * math.exp(c_s / d_s * (length / chi - 1)), p_sigma, p_c, c


@pytest.mark.parametrize("population", [4, 6, 9])
def test_cma_es_moves_as_in_the_tutorial(population: int) -> None:
    before: tuple[Any, ...] = (0.5, np.zeros(2), np.zeros(2), np.eye(2))
    for t, (x, after, state) in enumerate(
        steps(RULES["cma_es"], ROSENBROCK, (-1.5, 2.0), 40, population=population), 1
    ):
        heights = [ROSENBROCK(*sample)[0] for sample in state["trials"].tolist()]
        now = tuple(state[name] for name in ("sigma", "p_sigma", "p_c", "c"))
        for ours, theirs in zip((after, *now), tutorial(x, *before, state["trials"], heights, t), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
        before = now


def test_the_cloud_of_cma_es_is_the_one_that_is_shown() -> None:
    before: dict[str, Any] = {}
    for x, after, state in steps(RULES["cma_es"], SURFACES["elongated_bowl"], (-7.0, 2.0), 40, population=400):
        assert (state["mean"] == after).all()
        np.testing.assert_array_equal(state["covariance"], state["covariance"].T)
        if before:  # the samples of this update came from the cloud shown after the last one
            np.testing.assert_allclose(
                state["trials"].mean(axis=0), x, atol=4 * np.sqrt(before["covariance"].max() / 400)
            )
            np.testing.assert_allclose(
                np.cov(state["trials"].T), before["covariance"], atol=0.4 * before["covariance"].max()
            )
        before = state


@pytest.mark.parametrize("population", [4, 5, 6, 7, 12, 100])
def test_the_weights_of_cma_es_are_those_of_the_tutorial(population: int) -> None:
    w, mu_eff, c_1, c_mu = derivative_free.recombination_weights(population)
    good = w[: population // 2]
    assert good.sum() == pytest.approx(1)
    assert mu_eff == pytest.approx(1 / (good @ good))
    assert (np.diff(w) <= 0).all()
    assert 0 < c_1 + c_mu <= 1
    if population == 6:
        assert mu_eff == pytest.approx(2.0286, abs=1e-4)
