"""How many evaluations each update takes for itself: against a surface that counts, and against what the textbooks say."""

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

ALL = pytest.mark.parametrize("rule", OPTIMIZERS.values(), ids=OPTIMIZERS)
ROSENBROCK, SPHERE = SURFACES["rosenbrock"], SURFACES["sphere"]


class Counting:
    """A surface that counts how often it is asked for heights and gradients, and how often for second derivatives."""

    def __init__(self, surface: Any = ROSENBROCK) -> None:
        self.surface, self.calls, self.matrices = surface, 0, 0

    def __call__(self, x: Any, y: Any) -> Any:
        self.calls += 1
        return self.surface(x, y)

    def hessian(self, x: Any, y: Any) -> Any:
        self.matrices += 1
        return self.surface.hessian(x, y)


def walk(
    rule: Optimizer,
    surface: Any,
    count: int,
    here: Point | None = None,
    start: tuple[float, float] = (-0.5, 1.0),
    **settings: Any,
) -> tuple[list[int], list[int], Point]:
    """The evaluations of the gradient and of the loss alone of each update, and the last point."""
    spent, xs = (array("I"), array("I")), array("d")
    end = descend(
        rule, surface, here or initial_point(rule, surface, start), settings, count, xs, array("d"), array("d"), spent
    )
    assert len(spent[0]) == len(spent[1]) == len(xs)
    return list(spent[0]), list(spent[1]), end


@ALL
def test_what_is_counted_is_what_the_surface_was_asked_for(rule: Optimizer) -> None:
    counting = Counting()
    here = initial_point(rule, counting, (-0.5, 1.0))
    before = counting.calls
    gradients, values, _ = walk(rule, counting, 30, here, lr=0.001)
    assert len(gradients) == 30
    record = (
        30 if rule.takes_loss else 0
    )  # what the engine asks for is a rule's only if the rule gets the gradient from it
    assert sum(gradients) + sum(values) == counting.calls - before - record + 2 * counting.matrices
    assert all(g + v >= 1 for g, v in zip(gradients, values, strict=True))
    if not rule.uses_gradient:
        assert not any(gradients)
    if not rule.takes_loss:
        assert (set(gradients), set(values)) == ({1}, {0})


@ALL
def test_counting_changes_no_path_and_a_path_in_pieces_costs_the_same(rule: Optimizer) -> None:
    for settings in ({"lr": 0.01}, {"lr": 0.01, "sam": 0.1, "lookahead": 3}):
        settings = {name: value for name, value in settings.items() if name == "lr" or name in rule.modifiers}
        plain = array("d"), array("d"), array("d")
        descend(rule, ROSENBROCK, initial_point(rule, ROSENBROCK, (-0.5, 1.0)), settings, 25, *plain)
        columns, spent = (array("d"), array("d"), array("d")), (array("I"), array("I"))
        here = initial_point(rule, ROSENBROCK, (-0.5, 1.0))
        for piece in (1, 7, 0, 17):
            here = descend(rule, ROSENBROCK, here, settings, piece, *columns, spent)
        assert columns == plain
        assert (list(spent[0]), list(spent[1])) == walk(rule, ROSENBROCK, 25, **settings)[:2]


@ALL
def test_what_always_costs_one_gradient_says_so_beforehand(rule: Optimizer) -> None:
    for part in ("", *rule.modifiers):
        settings: Mapping[str, float] = {"lr": 0.001, part: MODIFIERS[part].default_strength} if part else {"lr": 0.001}
        gradients, values, _ = walk(rule, ROSENBROCK, 8, **settings)
        if BoundUpdate(rule, ROSENBROCK, settings).unit_cost:
            assert (gradients, values) == ([1] * 8, [0] * 8), part
        else:
            assert rule.takes_loss or MODIFIERS[part].stage == "loss"


def test_newton_asks_for_a_gradient_and_for_a_matrix_that_costs_two() -> None:
    for name, values in (("newton", 0), ("saddle_free_newton", 0), ("trust_region", 1), ("levenberg_marquardt", 1)):
        assert walk(OPTIMIZERS[name], ROSENBROCK, 6)[:2] == ([3] * 6, [values] * 6), name
    without_hessian = lambda x, y: ROSENBROCK(x, y)
    assert walk(OPTIMIZERS["newton"], without_hessian, 3)[0] == [3] * 3
    sum_of_squares = SURFACES["tanh_neuron"]
    assert walk(OPTIMIZERS["levenberg_marquardt"], sum_of_squares, 3)[:2] == ([3] * 3, [1] * 3)


def test_backtracking_looks_at_heights_only_once_it_has_its_direction() -> None:
    """On x^2 + y^2 the first step, 1, leads to the mirror image, which is no lower; its half leads to the minimum."""
    assert walk(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 2, start=(3.0, -4.0), lr=1.0)[:2] == ([1, 1], [2, 0])
    gradients, values, end = walk(OPTIMIZERS["damped_newton"], SPHERE, 1, start=(3.0, -4.0))
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
def test_every_point_that_was_tried_was_paid_for(name: str) -> None:
    rule, by_height = OPTIMIZERS[name], name in ("steepest_descent_armijo", "nelder_mead", "cma_es", "trust_region")
    here = initial_point(rule, ROSENBROCK, (-0.5, 1.0))
    for _ in range(10):
        gradients, values, here = walk(rule, ROSENBROCK, 1, here)
        tried = len(dict(zip(rule.state, here.x[1:], strict=True))["trials"])
        own = {"nelder_mead": 0, "cma_es": 0, "trust_region": 3}.get(name, 1)  # at the point itself
        assert (gradients, values) == (([own], [tried]) if by_height else ([own + tried], [0]))


def test_lbfgs_counts_as_torch_does() -> None:
    rule = OPTIMIZERS["lbfgs"]
    gradients, _, end = walk(rule, ROSENBROCK, 12, max_iter=5)
    assert sum(gradients) == dict(zip(rule.state, end.x[1:], strict=True))["func_evals"]


def test_rules_without_a_gradient_look_at_heights() -> None:
    """Nelder & Mead: three corners to begin with; then a reflection, mostly one point more, and two where the triangle shrinks."""
    gradients, values, _ = walk(OPTIMIZERS["nelder_mead"], SPHERE, 60, start=(-4.0, 3.0), lr=1.0)
    assert not any(gradients)
    assert values[0] == 3 + 2, "the reflection to (-3, 2) is the best of all, so the expansion is tried too"
    assert set(values[1:]) <= {1, 2, 4}
    assert walk(OPTIMIZERS["cma_es"], SPHERE, 5, population=9)[:2] == ([0] * 5, [9] * 5)


def test_a_part_that_looks_elsewhere_costs_what_it_asks_for() -> None:
    for name in ("sgd", "adam", "barzilai_borwein"):
        assert walk(OPTIMIZERS[name], ROSENBROCK, 5)[:2] == ([1] * 5, [0] * 5)
        assert walk(OPTIMIZERS[name], ROSENBROCK, 5, noise=0.1, lookahead=3)[:2] == ([1] * 5, [0] * 5)
        assert walk(OPTIMIZERS[name], ROSENBROCK, 5, lr=1e-3, sam=0.1)[:2] == ([2] * 5, [0] * 5)
    late = walk(OPTIMIZERS["adam"], ROSENBROCK, 6, sam=lambda t: 0.1 if t > 4 else 0.0)
    assert late[0] == [1, 1, 1, 1, 2, 2]
    neuron = SURFACES["tanh_neuron"]
    assert walk(OPTIMIZERS["adam"], neuron, 4, minibatch=8)[:2] == ([1] * 4, [0] * 4)
    assert walk(OPTIMIZERS["adam"], neuron, 4, minibatch=8, sam=0.1)[:2] == ([2] * 4, [0] * 4)


def test_a_rule_that_takes_the_loss_pays_for_what_it_sees_through_a_part() -> None:
    loose = {"lr": 1e-3, "c1": 0.0}  # the first trial is taken wherever it leads down
    assert walk(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 3, **loose)[:2] == ([1] * 3, [1] * 3)
    assert walk(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 3, weight_decay=0.1, **loose)[:2] == ([1] * 3, [1] * 3)
    assert walk(OPTIMIZERS["steepest_descent_armijo"], SPHERE, 3, sam=1e-3, **loose)[:2] == ([2] * 3, [2] * 3), (
        "its height too"
    )
    assert walk(OPTIMIZERS["newton"], SPHERE, 3, sam=1e-3)[:2] == ([4] * 3, [0] * 3)


def test_an_update_that_fails_is_not_counted() -> None:
    for settings in ({"lr": 5.0}, {"lr": 5.0, "sam": 0.1}):
        gradients, values, end = walk(OPTIMIZERS["sgd"], ROSENBROCK, 100, **settings)
        assert end.diverged
        assert 0 < end.t < 100
        assert len(gradients) == len(values) == end.t


def test_a_place_without_end_is_not_counted_either() -> None:
    def plane(x: float, y: float) -> Any:
        return x * 0.0 if abs(x) < 1e308 else 1.0, (-1e307, y * 0.0)

    gradients, values, end = walk(OPTIMIZERS["momentum"], plane, 30, start=(0.0, 1.0), lr=10.0)
    assert end.diverged
    assert 0 < end.t < 30
    assert (gradients, values) == ([1] * end.t, [0] * end.t)


def test_a_batch_of_runs_is_asked_for_once() -> None:
    """The count is of one run, however many walk beside it."""
    step = BoundUpdate(OPTIMIZERS["adam"], ROSENBROCK, {"lr": 0.1, "sam": 0.1})
    x = np.zeros(5), np.zeros(5), np.zeros(5)
    step(1, x, x, (np.ones(5), np.ones(5)), {})
    assert (step.unpenalized_loss.gradient_count, step.unpenalized_loss.value_count) == (2, 0)
