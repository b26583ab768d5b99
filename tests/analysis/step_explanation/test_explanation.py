"""``explain``: state, stages, parts and points of a step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.analysis.step_explanation import StepExplanation, explain
from app.engine.trajectory import Trajectory
from app.model.run import Run
from optimizers import OPTIMIZERS, Optimizer
from optimizers.optimizer import LearningRate
from optimizers.optimizer import optimizer as declare
from surfaces import SURFACES
from tests.analysis.step_explanation.steps import EVERY_OPTIMIZER, START, hyperparameter_choices

STEPS = (1, 2, 3, 17)


def explained(optimizer: str, step: int, surface: str = "himmelblau", **hyperparameters: float) -> StepExplanation:
    trajectory = Trajectory(Run(optimizer, hyperparameters), SURFACES[surface], START)
    trajectory.advance(step)
    return explain(trajectory, step)


def step_of(explanation: StepExplanation) -> np.ndarray:
    return np.array(explanation.after.position) - np.array(explanation.before.position)


def small(optimizer: Optimizer, hyperparameters: dict[str, Any]) -> dict[str, Any]:
    """Return the hyperparameters with a learning rate at which no rule diverges at once."""
    return {**hyperparameters, **({"lr": 1e-3} if optimizer.has_learning_rate else {})}


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_the_parts_add_up_to_the_step_with_every_switch_and_modifier(optimizer: Optimizer) -> None:
    is_search = optimizer.takes_loss and not optimizer.batched
    for hyperparameters in hyperparameter_choices(optimizer):
        run = Run(optimizer.id, small(optimizer, hyperparameters))
        trajectory = Trajectory(run, SURFACES["himmelblau"], START)
        trajectory.advance(max(STEPS))
        for step in STEPS:
            if step > trajectory.last_step:
                break
            explanation = explain(trajectory, step)
            total = np.sum(list(explanation.parts.values()), axis=0)
            np.testing.assert_allclose(total, step_of(explanation), rtol=0, atol=1e-12)
            if abs(step_of(explanation)).max() > 1e-9 and not is_search:
                assert "step" not in explanation.parts, (step, hyperparameters)


def test_parts_of_momentum_with_its_numbers() -> None:
    explanation = explained("momentum", 2, "sphere", lr=0.1, momentum=0.5)
    velocity = np.array(explanation.state["v"])
    assert explanation.parts["memory"] == pytest.approx(0.5 * velocity)
    assert explanation.parts["gradient"] == pytest.approx(-0.1 * np.array(explanation.before.gradient))


def test_the_pull_to_the_origin_is_a_part_of_its_own() -> None:
    explanation = explained("adamw", 3, lr=0.1, weight_decay=0.5)
    assert explanation.parts["origin"] == pytest.approx(-0.05 * np.array(explanation.before.position))
    modified = explained("sgd", 3, lr=0.001, decoupled_weight_decay=0.5)
    assert modified.parts["origin"] == pytest.approx(-0.0005 * np.array(modified.before.position))
    assert list(explained("sgd", 3, lr=0.001, weight_decay=0.5).parts) == ["gradient", "origin"]


def test_the_part_of_a_modifier_that_adds_something_has_its_name() -> None:
    explanation = explained("sgd", 3, lr=0.001, noise=0.5)
    plain = explained("sgd", 1, lr=0.001)
    assert set(explanation.parts) == {"gradient", "noise"}
    assert set(plain.parts) == {"gradient"}
    first = explained("sgd", 1, lr=0.001, noise=0.5)
    assert first.parts["noise"] == pytest.approx(step_of(first) - step_of(plain))


def test_an_average_of_points_is_memory_and_not_a_pull_to_the_origin() -> None:
    for optimizer in ("schedule_free_sgd", "schedule_free_adamw"):
        assert list(explained(optimizer, 9, lr=0.001).parts) == ["memory", "gradient"]


def test_lookahead_moves_back_toward_its_slow_point() -> None:
    explanation = explained("sgd", 4, lr=0.001, lookahead=4)
    slow, fast = START, explanation.points["before lookahead"]
    assert explanation.after.position == pytest.approx((np.array(slow) + np.array(fast)) / 2)
    assert list(explanation.parts) == ["memory", "gradient"]


def test_stages_are_in_order_and_have_the_values_of_the_code() -> None:
    explanation = explained("adam", 2, "sphere", lr=0.1, beta1=0.5, clip_norm=1.0, warmup_steps=10)
    assert [stage.name for stage in explanation.stages] == [
        "gradient",
        "warmup_steps",
        "clip_norm",
        "m",
        "v",
        "m_hat",
        "v_hat",
        "x",
    ]
    by_name = {stage.name: stage for stage in explanation.stages}
    assert by_name["warmup_steps"].value == pytest.approx(0.02)
    assert np.hypot(*np.array(by_name["clip_norm"].value)) == pytest.approx(1.0)
    expected = 0.5 * np.array(explanation.state["m"]) + 0.5 * np.array(by_name["clip_norm"].value)
    assert by_name["m"].value == pytest.approx(expected)
    assert by_name["x"].value == explanation.after.position
    assert (by_name["m_hat"].symbol, by_name["clip_norm"].symbol) == (r"\hat{m}_t", r"\tilde{g}_t")


def test_points_are_trial_points_vertices_samples_and_look_ahead_points() -> None:
    assert {"simplex 1", "simplex 2", "simplex 3", "centroid"} <= set(explained("nelder_mead", 3).points)
    assert len([name for name in explained("cma_es", 3).points if name.startswith("trials")]) == 6
    assert "trials 1" in explained("bfgs", 2).points
    assert set(explained("schedule_free_sgd", 5, lr=0.001).points) == {"z", "mean"}
    assert explained("adam", 5).points == {}
    sam = explained("sgd", 3, lr=0.001, sam=0.25)
    uphill = np.array(sam.before.gradient) / np.hypot(*sam.before.gradient)
    assert sam.points["evaluated 1"] == pytest.approx(np.array(sam.before.position) + 0.25 * uphill)
    sampled = explained("sgd", 3, "linear_regression", lr=0.001, sam=0.25, minibatch=8)
    distance = np.subtract(sampled.points["evaluated 1"], sampled.before.position)
    assert np.hypot(*distance) == pytest.approx(0.25)


@pytest.mark.parametrize("optimizer", EVERY_OPTIMIZER, ids=lambda optimizer: optimizer.id)
def test_every_explanation_can_be_written_as_json(optimizer: Optimizer) -> None:
    trajectory = Trajectory(Run(optimizer.id), SURFACES["rosenbrock"], START)
    trajectory.advance(3)
    document = json.loads(json.dumps(explain(trajectory, trajectory.last_step).as_dict(), allow_nan=False))
    assert list(document) == ["optimizer", "step", "before", "gradient", "stages", "lines", "parts", "points", "after"]
    assert list(document["before"]["state"]) == list(optimizer.state)
    for stage in document["stages"]:
        assert isinstance(stage["value"], float) or len(stage["value"]) == 2


def test_the_hyperparameters_at_that_step_are_used() -> None:
    trajectory = Trajectory(Run("sgd"), SURFACES["sphere"], START)
    trajectory.hyperparameters_by_step = [(0, {"lr": 0.1}), (2, {"lr": 0.25})]
    trajectory.advance(3)
    parts = [explain(trajectory, step).parts["gradient"] for step in (2, 3)]
    gradients = [np.array(explain(trajectory, step).before.gradient) for step in (2, 3)]
    assert parts[0] == pytest.approx(-0.1 * gradients[0])
    assert parts[1] == pytest.approx(-0.25 * gradients[1])


@pytest.fixture
def own_optimizer() -> Iterator[str]:
    """Declare an optimizer that is not in the catalogue; yield its id."""

    @declare("Own", source="this test", formula=r"x_t = x_{t-1} - \eta g_t")
    def own(x, grad, t, total=0.0, *, lr: LearningRate = 0.125):  # type: ignore[no-untyped-def]
        """Add up gradients.

        The first one counts twice.
        """
        total += grad if t > 1 else 2 * grad
        return x - lr * total, total

    yield own.id
    del OPTIMIZERS[own.id]


def test_an_optimizer_of_ones_own_is_explained_at_once(own_optimizer: str) -> None:
    explanation = explained(own_optimizer, 2, "sphere")
    assert [stage.name for stage in explanation.stages] == ["gradient", "total", "x"]
    assert list(explanation.parts) == ["memory", "gradient"]
    assert [line.latex for line in explanation.lines] == [
        r"\mathrm{total}_t = \mathrm{total}_{t-1} + g_t",
        r"x_t = x_{t-1} - \eta \, \mathrm{total}_t",
    ]


@pytest.mark.parametrize("step", [0, -1, 4])
def test_a_step_that_is_not_computed_is_an_error(step: int) -> None:
    trajectory = Trajectory(Run("adam"), SURFACES["sphere"], START)
    trajectory.advance(3)
    with pytest.raises(IndexError, match="step"):
        explain(trajectory, step)
