"""Every optimizer and modifier in d dimensions: permuted coordinates, idle coordinates, layers, the class form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from optimizers import MODIFIERS, OPTIMIZERS, UPDATERS, trace
from optimizers.arithmetic import norm
from optimizers.loss import VectorLoss
from optimizers.rules import derivative_free, layerwise
from optimizers.rules.newton import trust_region_step
from optimizers.vector_descent import VectorPoint, descend_vector, initial_vector_point
from surfaces import SURFACES

STEPS = 10  # a run with a line search amplifies rounding errors: after more steps two correct paths may differ
HIMMELBLAU, NEURON = SURFACES["himmelblau"], SURFACES["tanh_neuron"]
NORM_RULES = (
    "normalized_gradient",
    "lars",
    "lamb",
    "fromage",
    "adafactor",
    "adafactor_keras",
    "adafactor_optax",
    "dog",
)
NOT_EQUIVARIANT = {"cma_es"}  # its samples belong to the order of the coordinates
COUNTS_IDLE = {"adafactor", "adafactor_keras", "adafactor_optax", "nelder_mead", "cma_es"}
MODIFIER_SETS: tuple[dict[str, float], ...] = (
    {},
    {"sam": 0.05, "clip_norm": 0.5, "weight_decay": 0.01},
    {"clip_value": 0.3, "decoupled_weight_decay": 0.01, "lookahead": 5, "warmup_steps": 4},
)
PERMUTATION = np.array([3, 0, 4, 1, 2])


class Valley:
    """A bent valley in d dimensions, a sum of squares of r_i = s_i x_i + x_{i+1}^2 / 4 - 1, and of its permutations."""

    def __init__(self, d: int, order: np.ndarray | None = None) -> None:
        self.scales = np.linspace(0.5, 2.0, d)
        self.order = np.arange(d) if order is None else order

    def residuals(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        following = np.roll(x, -1)
        jacobian = np.diag(self.scales)
        jacobian[np.arange(len(x)), np.roll(np.arange(len(x)), -1)] += following / 2
        return self.scales * x + following**2 / 4 - 1, jacobian

    def __call__(self, position: np.ndarray) -> tuple[float, np.ndarray]:
        x = np.empty_like(position)
        x[self.order] = position
        residuals, jacobian = self.residuals(x)
        return float(residuals @ residuals / 2), (jacobian.T @ residuals)[self.order]

    def gauss_newton(self, position: np.ndarray) -> np.ndarray:
        x = np.empty_like(position)
        x[self.order] = position
        jacobian = self.residuals(x)[1]
        return (jacobian.T @ jacobian)[np.ix_(self.order, self.order)]


class Padded:
    """A surface as a function of d coordinates, of which all but the first two are idle."""

    def __init__(self, surface: Any, d: int) -> None:
        self.surface, self.d = surface, d
        self.sample_count = len(surface.data[0]) if surface.minibatch_gradient else 0

    def pad(self, gradient: Any) -> np.ndarray:
        return np.concatenate([gradient, np.zeros(self.d - 2)])

    def pad_matrix(self, matrix: np.ndarray) -> np.ndarray:
        padded = np.zeros((self.d, self.d))
        padded[:2, :2] = matrix
        return padded

    def __call__(self, position: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = self.surface(*position[:2].tolist())
        return loss, self.pad(gradient)

    def hessian(self, position: np.ndarray) -> np.ndarray:
        return self.pad_matrix(self.surface.hessian(*position[:2]))

    def gauss_newton(self, position: np.ndarray) -> np.ndarray:
        own = getattr(self.surface, "gauss_newton", None)
        return self.pad_matrix(own(*position[:2].tolist())) if own else self.hessian(position)

    def minibatch_gradient(self, position: np.ndarray, indices: np.ndarray) -> np.ndarray:
        return self.pad(self.surface.minibatch_gradient(*position[:2].tolist(), indices))


def run(
    id: str, function: Any, start: Any, steps: int = STEPS, layer_sizes: Sequence[int] = (), **settings: float
) -> list[VectorPoint]:
    optimizer = OPTIMIZERS[id]
    first = initial_vector_point(optimizer, function, start, layer_sizes)
    return [first, *descend_vector(optimizer, function, first, settings, steps, layer_sizes)]


def positions(points: list[VectorPoint]) -> np.ndarray:
    assert not points[-1].diverged
    return np.array([point.position for point in points])


def offered(id: str, settings: dict[str, float]) -> dict[str, float]:
    """Return the settings of modifiers that the optimizer offers, and a learning rate if its default is too large."""
    lr = {"lr": 0.05} if id == "schedule_free_sgd" else {}
    return {**lr, **{name: value for name, value in settings.items() if name in OPTIMIZERS[id].modifiers}}


def test_the_rules_that_use_norms_say_so() -> None:
    scopes = {scope: [id for id, each in OPTIMIZERS.items() if each.scope == scope] for scope in ("layer", "whole")}
    assert scopes["layer"] == [
        *("lars", "lamb", "fromage", "novograd", "adafactor", "adafactor_keras", "adafactor_optax")
    ]
    assert {"bfgs", "lbfgs", "dog", "prodigy", "barzilai_borwein", "nelder_mead", "cma_es"} < set(scopes["whole"])
    assert set(NORM_RULES) <= {*scopes["layer"], *scopes["whole"]}
    assert all(OPTIMIZERS[id].separable for id in OPTIMIZERS.keys() - {*scopes["layer"], *scopes["whole"]})


@pytest.mark.parametrize("settings", MODIFIER_SETS, ids=lambda each: "+".join(each) or "plain")
@pytest.mark.parametrize("id", [id for id in OPTIMIZERS if id not in NOT_EQUIVARIANT])
def test_permuted_coordinates_give_the_permuted_path(id: str, settings: dict[str, float]) -> None:
    start = np.array([1.0, -0.6, 0.8, 0.3, -1.2])
    path = positions(run(id, Valley(5), start, **offered(id, settings)))
    permuted = positions(run(id, Valley(5, PERMUTATION), start[PERMUTATION], **offered(id, settings)))
    assert (path[-1] != path[0]).all()
    np.testing.assert_allclose(permuted, path[:, PERMUTATION], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("settings", [*MODIFIER_SETS, {"minibatch": 4}], ids=lambda each: "+".join(each) or "plain")
@pytest.mark.parametrize("id", [id for id in OPTIMIZERS if id not in COUNTS_IDLE])
def test_idle_coordinates_do_not_change_the_path(id: str, settings: dict[str, float]) -> None:
    surface = NEURON if "minibatch" in settings else HIMMELBLAU
    expected = trace(id, surface, (-0.5, 1.0), STEPS, **offered(id, settings)).positions
    path = positions(run(id, Padded(surface, 5), [-0.5, 1.0, 0.0, 0.0, 0.0], **offered(id, settings)))
    assert id == "yogi" or not path[:, 2:].any(), "only Yogi has initial moments that are not 0"
    np.testing.assert_allclose(path[:, :2], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("id", OPTIMIZERS)
def test_a_vector_of_two_coordinates_gives_the_path_on_the_surface(id: str) -> None:
    settings = offered(id, {"noise": 0.1, "clip_norm": 1.0})
    expected = trace(id, HIMMELBLAU, (-0.5, 1.0), STEPS, **settings).positions
    path = positions(run(id, Padded(HIMMELBLAU, 2), [-0.5, 1.0], **settings))
    np.testing.assert_allclose(path, expected, rtol=0 if not OPTIMIZERS[id].separable else 1e-12)


@pytest.mark.parametrize("d", [1, 3, 40])
@pytest.mark.parametrize("id", OPTIMIZERS)
def test_every_optimizer_runs_in_any_dimension_with_every_modifier(id: str, d: int) -> None:
    start = np.linspace(0.4, 1.3, d)
    strengths = {name: modifier.default_strength for name, modifier in MODIFIERS.items()}
    points = run(id, Valley(d), start, 8, **offered(id, strengths))
    assert positions(points).shape == (9, d)
    assert points[-1].t == 8


@pytest.mark.parametrize("id", NORM_RULES)
def test_a_norm_counts_all_coordinates(id: str) -> None:
    """A path in a plane that is turned out of the first two axes is the turned path."""

    def bowl(position: np.ndarray) -> tuple[float, np.ndarray]:
        return float(position @ position / 2), position - 0.0

    start = np.array([3.0, 4.0])
    flat = positions(run(id, bowl, start))
    spread = positions(run(id, bowl, np.array([1.5, 1.5, 1.5, 1.5, 2.0, 2.0, 2.0, 2.0])))
    if "adafactor" in id or id == "lamb":  # elementwise, so not invariant under rotations: compare repeated coordinates
        np.testing.assert_allclose(spread[:, 0], spread[:, 3], rtol=1e-12)
        repeated = positions(run(id, bowl, np.array([3.0, 4.0] * 3)))
        np.testing.assert_allclose(repeated, np.tile(flat, 3), rtol=1e-12)
        return
    np.testing.assert_allclose(spread[:, :4], np.repeat(flat[:, :1] / 2, 4, axis=1), rtol=1e-12)
    np.testing.assert_allclose(spread[:, 4:], np.repeat(flat[:, 1:] / 2, 4, axis=1), rtol=1e-12)


@pytest.mark.parametrize("id", NORM_RULES)
def test_a_coordinate_after_the_second_changes_the_step_of_the_first(id: str) -> None:
    paths = []
    for last, slope in ((1.0, 1.0), (40.0, 50.0)):
        gradient = np.array([1.0, -2.0, 3.0, slope])
        paths.append(positions(run(id, lambda x, g=gradient: (float(g @ x), g), np.array([2.0, 1.0, -1.0, last]))))
    assert abs(paths[0][1:, 0] - paths[1][1:, 0]).min() > 1e-3 * abs(paths[0][1:, 0] - 2.0).min() > 0


@pytest.mark.parametrize("id", [id for id, each in OPTIMIZERS.items() if each.scope == "layer"])
def test_an_optimizer_of_scope_layer_is_applied_to_each_layer(id: str) -> None:
    def two_bowls(position: np.ndarray) -> tuple[float, np.ndarray]:
        gradient = position * [1.0, 5.0, 0.1, 0.2, 30.0]
        return float(gradient @ position / 2), gradient

    def first_bowl(position: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = two_bowls(np.concatenate([position, np.zeros(3)]))
        return loss, gradient[:2]

    def second_bowl(position: np.ndarray) -> tuple[float, np.ndarray]:
        loss, gradient = two_bowls(np.concatenate([np.zeros(2), position]))
        return loss, gradient[2:]

    start = np.array([1.0, -2.0, 30.0, 0.5, -0.1])
    points = run(id, two_bowls, start, layer_sizes=(2, 3))
    first, second = run(id, first_bowl, start[:2]), run(id, second_bowl, start[2:])
    np.testing.assert_allclose(
        positions(points), np.concatenate([positions(first), positions(second)], axis=1), rtol=1e-13
    )
    assert len(points[-1].state) == 2
    assert abs(positions(points) - positions(run(id, two_bowls, start))).max() > 1e-6, "one layer is another path"


def test_a_run_can_be_continued_from_any_point() -> None:
    for id in ("adam", "lamb", "lbfgs", "nelder_mead"):
        function, settings = Valley(6), offered(id, {"lookahead": 3, "noise": 0.1})
        points = run(id, function, np.ones(6), 12, (2, 4), **settings)
        again = list(descend_vector(OPTIMIZERS[id], function, points[5], settings, 7, (2, 4)))
        np.testing.assert_array_equal(positions(again), positions(points)[6:])


def test_a_run_ends_where_its_numbers_do() -> None:
    def quartic(position: np.ndarray) -> tuple[float, np.ndarray]:
        return float((position**4).sum()), 4 * position**3

    points = run("sgd", quartic, np.full(4, 5.0), 50, lr=1.0)
    assert points[-1].diverged
    assert np.isfinite(points[-1].position).all()
    assert len(points) < 50
    nowhere = run("sgd", lambda x: (math.nan, x), np.ones(3), 5)
    assert [point.t for point in nowhere] == [0]
    assert nowhere[0].diverged
    schedule = run("sgd", lambda x: (0.0, np.ones(3)), np.zeros(3), 3, lr=lambda t: float(t))  # type: ignore[arg-type]
    assert schedule[-1].position.tolist() == [-6.0, -6.0, -6.0]
    for start, layers, message in ((np.ones((2, 2)), (), "must be a vector"), (np.ones(3), (2, 2), "4 elements")):
        with pytest.raises(ValueError, match=message):
            initial_vector_point(OPTIMIZERS["adam"], quartic, start, layers)


def test_the_norm_of_a_vector_neither_overflows_nor_underflows() -> None:
    for size in (1e-200, 1.0, 1e200):
        assert norm(np.array([3.0, 4.0, 12.0]) * size) == pytest.approx(13 * size, rel=1e-15)
        assert norm(np.array([-3.0]) * size) == 3 * size
    assert norm(np.zeros(3)) == 0.0
    np.testing.assert_allclose(norm(np.ones((4, 3))), 2.0)
    assert layerwise.rms(np.full(7, -2.0)) == pytest.approx(2.0)


def test_second_derivatives_in_d_dimensions() -> None:
    function, x = Valley(5), np.array([1.0, -0.6, 0.8, 0.3, -1.2])
    loss = VectorLoss(function)
    residuals, jacobian = function.residuals(x)
    exact = jacobian.T @ jacobian + np.diag(np.roll(residuals, 1) / 2)
    np.testing.assert_allclose(loss.hessian(x), exact, atol=1e-8)
    np.testing.assert_allclose(loss.gauss_newton(x), jacobian.T @ jacobian)
    assert loss.gradient_count == 10


def test_methods_that_end_at_the_minimum_of_a_bowl_in_d_steps() -> None:
    curvatures = np.geomspace(1.0, 1000.0, 8)

    def bowl(position: np.ndarray) -> tuple[float, np.ndarray]:
        return float(position @ (curvatures * position) / 2), curvatures * position

    start = np.linspace(-1.0, 2.0, 8)
    for id, steps in (("newton", 2), ("damped_newton", 2), ("conjugate_gradient_pr", 30), ("bfgs", 80), ("lbfgs", 80)):
        assert run(id, bowl, start, steps)[-1].loss < 1e-10 * bowl(start)[0], id
    for id, steps in (("nelder_mead", 1500), ("cma_es", 1500)):
        assert run(id, bowl, start, steps)[-1].loss < 1e-6 * bowl(start)[0], id


def test_the_step_of_the_trust_region_is_optimal() -> None:
    random = np.random.default_rng(0)
    for d, radius in ((1, 0.5), (3, 0.3), (6, 2.0), (6, 1e3)):
        for _ in range(20):
            matrix, grad = random.standard_normal((d, d)), random.standard_normal(d)
            hessian = matrix + matrix.T
            p = trust_region_step(grad, hessian, radius)
            assert np.linalg.norm(p) <= radius * (1 + 1e-9)
            others = random.standard_normal((500, d))
            others *= (radius * random.random((500, 1)) ** (1 / d)) / np.linalg.norm(others, axis=1, keepdims=True)
            values = others @ grad + (others @ hessian * others).sum(axis=1) / 2
            assert grad @ p + p @ hessian @ p / 2 <= values.min() + 1e-9
    hard = trust_region_step(np.array([0.0, 0.0, 1.0, 1.0]), np.diag([-1.0, -1.0, 2.0, 4.0]), 2.0)
    assert np.linalg.norm(hard) == pytest.approx(2.0)


def test_the_expected_norm_of_a_gaussian_vector() -> None:
    expected = {1: math.sqrt(2 / math.pi), 2: math.sqrt(math.pi / 2), 3: 2 * math.sqrt(2 / math.pi)}
    for n, value in expected.items():
        assert derivative_free.expected_gaussian_norm(n) == pytest.approx(value, rel=1e-14)
    tutorial = math.sqrt(500) * (1 - 1 / (4 * 500) + 1 / (21 * 500**2))
    assert derivative_free.expected_gaussian_norm(500) == pytest.approx(tutorial, rel=1e-7)


SHAPES = {"w": (2, 3), "b": (3,), "s": ()}


def valley_of_parameters(params: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    vector = np.concatenate([np.reshape(params[key], -1) for key in SHAPES])
    loss, gradient = Valley(10)(vector)
    w, b, s = np.split(gradient, [6, 9])
    return loss, {"w": w.reshape(2, 3), "b": b, "s": float(s[0])}


def start_parameters() -> dict[str, Any]:
    return {"w": np.linspace(0.3, 0.9, 6).reshape(2, 3), "b": np.array([1.0, -0.5, 0.25]), "s": 0.7}


@pytest.mark.parametrize("name", UPDATERS)
def test_the_class_form_serves_every_optimizer(name: str) -> None:
    optimizer, params = UPDATERS[name].optimizer, start_parameters()
    updater, array = UPDATERS[name](), params["w"]
    start = np.concatenate([np.reshape(params[key], -1) for key in SHAPES])
    for _ in range(12):
        updater.update(params, valley_of_parameters if optimizer.takes_loss else valley_of_parameters(params)[1])
    assert params["w"] is array, "arrays are updated in place"
    assert isinstance(params["s"], float)

    def valley(position: np.ndarray) -> tuple[float, np.ndarray]:  # without the Gauss-Newton matrix
        return Valley(10)(position)

    expected = positions(run(optimizer.id, valley, start, 12, (6, 3, 1)))[-1]
    np.testing.assert_allclose(np.concatenate([np.reshape(params[key], -1) for key in SHAPES]), expected, rtol=1e-12)


def test_the_class_form_says_what_it_needs() -> None:
    from optimizers import BFGS, LARS, Adam, DoG, NelderMead  # type: ignore[attr-defined]

    params = start_parameters()
    gradients = valley_of_parameters(params)[1]
    with pytest.raises(TypeError, match="function of params"):
        BFGS().update(params, gradients)
    for name, updater in (("DoG", DoG()), ("LARS", LARS()), ("Adam", Adam())):
        with pytest.raises(KeyError, match="no gradient for 'b'"):
            updater.update(params, {"w": gradients["w"], "s": 0.0})
        assert updater.t == 0, name
    with pytest.raises(KeyError, match="no gradient for 'b'"):
        BFGS().update(params, lambda params: (1.0, {"w": gradients["w"], "s": 0.0}))
    lars = LARS()
    with pytest.raises(ValueError, match=r"'w' must have the shape \(2, 3\), not \(3, 2\)"):
        lars.update(params, {**gradients, "w": gradients["w"].T})
    lars.update(params, valley_of_parameters)
    lars.update(dict(reversed(params.items())), gradients)
    with pytest.raises(ValueError, match="same keys and shapes"):
        lars.update({"w": params["w"]}, gradients)
    without_gradients = NelderMead(lr=0.5)
    losses = []
    for _ in range(30):
        without_gradients.update(params, lambda params: (valley_of_parameters(params)[0], None))
        losses.append(valley_of_parameters(params)[0])
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < losses[0]
