"""Evaluation counts per step, compared with a counting surface and with the textbooks."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from optimizers import MODIFIERS, OPTIMIZERS, Optimizer
from optimizers.descent import Point, descend, initial_point
from optimizers.step import BoundUpdate
from surfaces import SURFACES

EACH_OPTIMIZER = pytest.mark.parametrize("method", OPTIMIZERS.values(), ids=OPTIMIZERS)
ROSENBROCK, SPHERE = SURFACES["rosenbrock"], SURFACES["sphere"]


class CountingSurface:
    """A surface that counts its evaluations of the gradient and of the Hessian."""

    def __init__(self, surface: Any = ROSENBROCK) -> None:
        self.surface, self.calls, self.hessian_calls = surface, 0, 0

    def __call__(self, x: Any, y: Any) -> Any:
        self.calls += 1
        return self.surface(x, y)

    def hessian(self, x: Any, y: Any) -> Any:
        self.hessian_calls += 1
        return self.surface.hessian(x, y)


def count_evaluations(
    method: Optimizer,
    surface: Any,
    count: int,
    point: Point | None = None,
    start: tuple[float, float] = (-0.5, 1.0),
    **settings: Any,
) -> tuple[list[int], list[int], Point]:
    """Return the gradient evaluations and the loss evaluations of each step, and the last point."""
    counts, xs = (array("I"), array("I")), array("d")
    end = descend(
        method,
        surface,
        point or initial_point(method, surface, start),
        settings,
        count,
        xs,
        array("d"),
        array("d"),
        counts,
    )
    assert len(counts[0]) == len(counts[1]) == len(xs)
    return list(counts[0]), list(counts[1]), end


@EACH_OPTIMIZER
def test_counts_equal_the_calls_of_the_surface(method: Optimizer) -> None:
    surface_counts = CountingSurface()
    point = initial_point(method, surface_counts, (-0.5, 1.0))
    calls_before = surface_counts.calls
    gradients, values, _ = count_evaluations(method, surface_counts, 30, point, lr=0.001)
    assert len(gradients) == 30
    # The evaluation at the end of each step counts only if the method receives that gradient
    recorded = 30 if method.takes_loss else 0
    assert (
        sum(gradients) + sum(values)
        == surface_counts.calls - calls_before - recorded + 2 * surface_counts.hessian_calls
    )
    assert all(g + v >= 1 for g, v in zip(gradients, values, strict=True))
    if not method.uses_gradient:
        assert not any(gradients)
    if not method.takes_loss:
        assert (set(gradients), set(values)) == ({1}, {0})


@EACH_OPTIMIZER
def test_counting_does_not_change_the_path_and_is_additive(method: Optimizer) -> None:
    for settings in ({"lr": 0.01}, {"lr": 0.01, "sam": 0.1, "lookahead": 3}):
        settings = {name: value for name, value in settings.items() if name == "lr" or name in method.modifiers}
        plain = array("d"), array("d"), array("d")
        descend(method, ROSENBROCK, initial_point(method, ROSENBROCK, (-0.5, 1.0)), settings, 25, *plain)
        columns, counts = (array("d"), array("d"), array("d")), (array("I"), array("I"))
        point = initial_point(method, ROSENBROCK, (-0.5, 1.0))
        for step_count in (1, 7, 0, 17):
            point = descend(method, ROSENBROCK, point, settings, step_count, *columns, counts)
        assert columns == plain
        assert (list(counts[0]), list(counts[1])) == count_evaluations(method, ROSENBROCK, 25, **settings)[:2]


@EACH_OPTIMIZER
def test_unit_cost_predicts_one_gradient_per_step(method: Optimizer) -> None:
    for modifier in ("", *method.modifiers):
        settings: Mapping[str, float] = (
            {"lr": 0.001, modifier: MODIFIERS[modifier].default_strength} if modifier else {"lr": 0.001}
        )
        gradients, values, _ = count_evaluations(method, ROSENBROCK, 8, **settings)
        if BoundUpdate(method, ROSENBROCK, settings).unit_cost:
            assert (gradients, values) == ([1] * 8, [0] * 8), modifier
        else:
            assert method.takes_loss or MODIFIERS[modifier].stage == "loss"


def test_a_hessian_counts_as_two_gradients() -> None:
    for name, values in (("newton", 0), ("saddle_free_newton", 0), ("trust_region", 1), ("levenberg_marquardt", 1)):
        assert count_evaluations(OPTIMIZERS[name], ROSENBROCK, 6)[:2] == ([3] * 6, [values] * 6), name

    def without_hessian(x: float, y: float) -> Any:
        return ROSENBROCK(x, y)

    assert count_evaluations(OPTIMIZERS["newton"], without_hessian, 3)[0] == [3] * 3
    sum_of_squares = SURFACES["tanh_neuron"]
    assert count_evaluations(OPTIMIZERS["levenberg_marquardt"], sum_of_squares, 3)[:2] == ([3] * 3, [1] * 3)


def test_backtracking_evaluates_one_gradient_and_then_only_losses() -> None:
    """On x^2 + y^2 step length 1 leads to the mirror image, where the loss is the same; half of it to the minimum."""
    assert count_evaluations(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 2, start=(3.0, -4.0), lr=1.0)[:2] == (
        [1, 1],
        [2, 0],
    )
    gradients, values, end = count_evaluations(OPTIMIZERS["damped_newton"], SPHERE, 1, start=(3.0, -4.0))
    assert (gradients, values) == ([3], [1])
    assert end.position == (0.0, 0.0)


@pytest.mark.parametrize(
    "name",
    [
        "steepest_descent_armijo",
        "steepest_descent_wolfe",
        "bfgs",
        "conjugate_gradient_pr",
        "lbfgs",
        "nelder_mead",
        "cma_es",
        "trust_region",
    ],
)
def test_every_trial_position_is_counted(name: str) -> None:
    method, uses_loss_only = (
        OPTIMIZERS[name],
        name in ("steepest_descent_armijo", "nelder_mead", "cma_es", "trust_region"),
    )
    point = initial_point(method, ROSENBROCK, (-0.5, 1.0))
    for _ in range(10):
        gradients, values, point = count_evaluations(method, ROSENBROCK, 1, point)
        trial_count = len(dict(zip(method.state, point.x[1:], strict=True))["trials"])
        evaluations_at_position = {"nelder_mead": 0, "cma_es": 0, "trust_region": 3}.get(name, 1)
        assert (gradients, values) == (
            ([evaluations_at_position], [trial_count])
            if uses_loss_only
            else ([evaluations_at_position + trial_count], [0])
        )


def test_lbfgs_counts_as_torch_does_in_func_evals() -> None:
    method = OPTIMIZERS["lbfgs"]
    gradients, _, end = count_evaluations(method, ROSENBROCK, 12, max_iter=5)
    assert sum(gradients) == dict(zip(method.state, end.x[1:], strict=True))["func_evals"]


def test_derivative_free_methods_evaluate_only_losses() -> None:
    """Nelder & Mead: initially three vertices; then a reflection, usually one more point, and two when shrinking."""
    gradients, values, _ = count_evaluations(OPTIMIZERS["nelder_mead"], SPHERE, 60, start=(-4.0, 3.0), lr=1.0)
    assert not any(gradients)
    assert values[0] == 3 + 2, "the reflection to (-3, 2) is the best vertex, so the expansion is tried too"
    assert set(values[1:]) <= {1, 2, 4}
    assert count_evaluations(OPTIMIZERS["cma_es"], SPHERE, 5, population=9)[:2] == ([0] * 5, [9] * 5)


def test_a_modifier_that_evaluates_gradients_is_counted() -> None:
    for name in ("sgd", "adam", "barzilai_borwein"):
        assert count_evaluations(OPTIMIZERS[name], ROSENBROCK, 5)[:2] == ([1] * 5, [0] * 5)
        assert count_evaluations(OPTIMIZERS[name], ROSENBROCK, 5, noise=0.1, lookahead=3)[:2] == ([1] * 5, [0] * 5)
        assert count_evaluations(OPTIMIZERS[name], ROSENBROCK, 5, lr=1e-3, sam=0.1)[:2] == ([2] * 5, [0] * 5)
    switched_on_later = count_evaluations(OPTIMIZERS["adam"], ROSENBROCK, 6, sam=lambda t: 0.1 if t > 4 else 0.0)
    assert switched_on_later[0] == [1, 1, 1, 1, 2, 2]
    neuron = SURFACES["tanh_neuron"]
    assert count_evaluations(OPTIMIZERS["adam"], neuron, 4, minibatch=8)[:2] == ([1] * 4, [0] * 4)
    assert count_evaluations(OPTIMIZERS["adam"], neuron, 4, minibatch=8, sam=0.1)[:2] == ([2] * 4, [0] * 4)


def test_a_method_that_takes_the_loss_is_charged_for_modified_gradients() -> None:
    settings = {"lr": 1e-3, "c1": 0.0}  # the first trial is accepted if the loss decreases
    assert count_evaluations(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 3, **settings)[:2] == ([1] * 3, [1] * 3)
    assert count_evaluations(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 3, weight_decay=0.1, **settings)[:2] == (
        [1] * 3,
        [1] * 3,
    )
    assert count_evaluations(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 3, sam=1e-3, **settings)[:2] == (
        [2] * 3,
        [2] * 3,
    ), "the loss is a separate evaluation"
    assert count_evaluations(OPTIMIZERS["newton"], SPHERE, 3, sam=1e-3)[:2] == ([4] * 3, [0] * 3)


def test_a_step_that_overflows_is_not_counted() -> None:
    for settings in ({"lr": 5.0}, {"lr": 5.0, "sam": 0.1}):
        gradients, values, end = count_evaluations(OPTIMIZERS["sgd"], ROSENBROCK, 100, **settings)
        assert end.diverged
        assert 0 < end.t < 100
        assert len(gradients) == len(values) == end.t


def test_a_step_to_an_infinite_position_is_not_counted() -> None:
    def ramp(x: float, y: float) -> Any:
        return x * 0.0 if abs(x) < 1e308 else 1.0, (-1e307, y * 0.0)

    gradients, values, end = count_evaluations(OPTIMIZERS["momentum"], ramp, 30, start=(0.0, 1.0), lr=10.0)
    assert end.diverged
    assert 0 < end.t < 30
    assert (gradients, values) == ([1] * end.t, [0] * end.t)


def test_a_batch_counts_as_one_run() -> None:
    """The count is that of one run, whatever the size of the batch."""
    step = BoundUpdate(OPTIMIZERS["adam"], ROSENBROCK, {"lr": 0.1, "sam": 0.1})
    x = np.zeros(5), np.zeros(5), np.zeros(5)
    step(1, x, x, (np.ones(5), np.ones(5)), {})
    assert (step.unpenalized_loss.gradient_count, step.unpenalized_loss.value_count) == (2, 0)
