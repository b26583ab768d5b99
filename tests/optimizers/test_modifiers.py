"""Modifiers: combination with every optimizer, single runs and batches, replay."""

from __future__ import annotations

from array import array
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import (  # type: ignore[attr-defined]
    MODIFIERS,
    OPTIMIZERS,
    SGD,
    AdamW,
    Optimizer,
    parts,
    schedules,
    trace,
)
from optimizers.descent import descend, initial_point
from optimizers.loss import Loss
from surfaces import SURFACES
from tests.edits import edit, with_hyperparameters

BOWL, ROSENBROCK, NEURON = SURFACES["elongated_bowl"], SURFACES["rosenbrock"], SURFACES["tanh_neuron"]
DEFAULT_STRENGTHS = {name: modifier.default_strength for name, modifier in MODIFIERS.items()}


def bowl_path(optimizer: str, steps: int, start: tuple[float, float] = (-7.0, 2.0), **settings: float) -> np.ndarray:
    return trace(optimizer, BOWL, start, steps, **settings).positions


def test_the_list_of_modifiers() -> None:
    assert set(MODIFIERS) == {
        "minibatch",
        "sam",
        "noise",
        "clip_value",
        "clip_norm",
        "weight_decay",
        "decoupled_weight_decay",
        "lookahead",
        "warmup_steps",
        "step_every",
        "exponential_gamma",
        "cosine_steps",
        "linear_steps",
        "inverse_sqrt",
        "one_cycle",
    }
    assert next(iter(MODIFIERS)) == "minibatch", "later modifiers act on the gradient of the minibatch"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "modifier"),
    [(method, modifier) for method in OPTIMIZERS.values() for modifier in method.modifiers],
    ids=lambda one: getattr(one, "id", one),
)
def test_every_modifier_gives_the_same_path_for_a_single_run_and_a_batch(method: Optimizer, modifier: str) -> None:
    settings = {"lr": 0.001, modifier: DEFAULT_STRENGTHS[modifier]}
    single = trace(method, ROSENBROCK, (-0.5, 1.0), 12, **settings).positions
    batch = trace(method, ROSENBROCK, (np.array([-0.5, 0.2]), np.array([1.0, 0.3])), 12, **settings).positions
    assert np.isfinite(single).all()
    np.testing.assert_allclose(batch[..., 0], single, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_a_modifier_of_strength_zero_has_no_effect(modifier: str) -> None:
    np.testing.assert_array_equal(bowl_path("adam", 20, lr=0.1, **{modifier: 0.0}), bowl_path("adam", 20, lr=0.1))


def test_weight_decay_equals_a_penalty_on_the_loss() -> None:
    def penalized_bowl(x: float, y: float) -> Any:
        return BOWL(x, y)[0] + 0.15 * (x * x + y * y), (x / 10 + 0.3 * x, 2 * y + 0.3 * y)

    for optimizer in ("momentum", "newton", "steepest_descent_armijo", "nelder_mead"):
        expected = trace(optimizer, penalized_bowl, (-7.0, 2.0), 15, lr=0.1).positions
        np.testing.assert_allclose(bowl_path(optimizer, 15, lr=0.1, weight_decay=0.3), expected, rtol=1e-7, atol=1e-9)


def test_decoupled_weight_decay_does_not_change_the_gradient() -> None:
    np.testing.assert_allclose(
        bowl_path("adam", 30, lr=0.1, decoupled_weight_decay=0.2),
        bowl_path("adamw", 30, lr=0.1, weight_decay=0.2),
        rtol=1e-14,
    )
    x = np.array([-7.0, 2.0]) * (1 - 0.1 * 0.2) - 0.1 * np.array([-0.7, 4.0])
    np.testing.assert_allclose(bowl_path("sgd", 1, lr=0.1, decoupled_weight_decay=0.2)[1], x, rtol=1e-15)


def test_clipping_by_value_and_by_norm() -> None:
    np.testing.assert_allclose(bowl_path("sgd", 1, lr=0.1, clip_value=1.0)[1], [-7 + 0.07, 2 - 0.1])
    gradient = np.array([-0.7, 4.0])
    np.testing.assert_allclose(
        bowl_path("sgd", 1, lr=0.1, clip_norm=1.0)[1], [-7, 2] - 0.1 * gradient / np.hypot(*gradient)
    )
    np.testing.assert_array_equal(bowl_path("sgd", 9, lr=0.1, clip_norm=100.0), bowl_path("sgd", 9, lr=0.1))


def test_noise_is_seeded_common_to_all_runs_and_decays() -> None:
    first, second = (
        bowl_path("sgd", 50, lr=0.1, noise=0.5, noise_seed=3),
        bowl_path("sgd", 50, lr=0.1, noise=0.5, noise_seed=3),
    )
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, bowl_path("sgd", 50, lr=0.1, noise=0.5, noise_seed=4))
    shift = first - bowl_path("sgd", 50, lr=0.1)
    other = bowl_path("sgd", 50, (3.0, -1.0), lr=0.1, noise=0.5, noise_seed=3) - bowl_path(
        "sgd", 50, (3.0, -1.0), lr=0.1
    )
    np.testing.assert_allclose(other, shift, atol=1e-12, err_msg="all runs get the same noise")
    samples = np.array([parts.noise(np.zeros(2), np.zeros(2), t, noise=2.0) for t in range(1, 2001)])
    assert samples.std(axis=0) == pytest.approx([2.0, 2.0], rel=0.1)
    decayed_samples = np.array(
        [parts.noise(np.zeros(2), np.zeros(2), t, noise=2.0, noise_decay=1.0) for t in range(10_000, 12_000)]
    )
    assert decayed_samples.std(axis=0) == pytest.approx([0.02, 0.02], rel=0.1)


def test_sam_evaluates_the_gradient_uphill() -> None:
    gradient = np.array([-0.7, 4.0])
    x, y = np.array([-7.0, 2.0]) + 0.5 * gradient / np.hypot(*gradient)
    np.testing.assert_allclose(bowl_path("sgd", 1, lr=0.1, sam=0.5)[1], [-7 - 0.1 * x / 10, 2 - 0.1 * 2 * y])


@pytest.mark.parametrize(
    "method",
    [method for method in OPTIMIZERS.values() if "minibatch" in method.modifiers],
    ids=lambda method: method.id,
)
def test_minibatches_work_with_every_optimizer(method: Optimizer) -> None:
    settings = {"lr": 0.001, "minibatch": 6, "minibatch_seed": 2}
    single = trace(method, NEURON, (-0.5, 1.0), 12, **settings).positions
    batch = trace(method, NEURON, (np.array([-0.5, 0.2]), np.array([1.0, 0.3])), 12, **settings).positions
    assert np.isfinite(single).all()
    np.testing.assert_allclose(batch[..., 0], single, rtol=1e-10, atol=1e-10)
    full = trace(method, NEURON, (-0.5, 1.0), 12, lr=0.001).positions
    assert not np.array_equal(single, full)
    for size in (40, 41, 1000):
        np.testing.assert_array_equal(trace(method, NEURON, (-0.5, 1.0), 12, lr=0.001, minibatch=size).positions, full)


def test_a_minibatch_is_drawn_at_every_step_and_is_common_to_all_runs() -> None:
    requested_indices: list[np.ndarray] = []

    class RecordingLoss(Loss):
        def sampled_gradient(self, point: Any, indices: np.ndarray) -> np.ndarray:
            requested_indices.append(indices)
            return super().sampled_gradient(point, indices)

    def drawn_batches(point: tuple[float, float], seed: int) -> list[list[int]]:
        requested_indices.clear()
        for t in range(1, 301):
            parts.minibatch(np.array(point), RecordingLoss(NEURON), t, minibatch=10, minibatch_seed=seed)
        return [indices.tolist() for indices in requested_indices]

    first = drawn_batches((0.0, 0.0), 3)
    assert first == drawn_batches((2.0, -1.0), 3)
    assert first != drawn_batches((0.0, 0.0), 4)
    assert all(len(set(indices)) == 10 for indices in first), "no point is drawn twice"
    assert len(set(map(tuple, first))) == 300
    counts = np.bincount(np.concatenate(first), minlength=40)
    assert len(counts) == 40
    assert (np.abs(counts - 75) < 5 * np.sqrt(75)).all(), "all points are drawn equally often"


def test_two_optimizers_with_the_same_seed_get_the_same_minibatches() -> None:
    """SGD and Momentum with momentum 0 are the same formula; another seed gives another path."""
    data = SURFACES["linear_regression"]
    settings = {"lr": 0.01, "minibatch": 3, "minibatch_seed": 7}
    sgd = trace("sgd", data, (-20.0, -20.0), 40, **settings).positions
    np.testing.assert_allclose(
        trace("momentum", data, (-20.0, -20.0), 40, momentum=0.0, **settings).positions, sgd, rtol=1e-12
    )
    assert not np.allclose(trace("sgd", data, (-20.0, -20.0), 40, **settings | {"minibatch_seed": 8}).positions, sgd)
    gradient = (sgd[0] - sgd[1]) / 0.01
    indices = np.random.default_rng((7, 1)).choice(50, 3, replace=False)
    assert data.minibatch_gradient is not None
    np.testing.assert_allclose(gradient, data.minibatch_gradient(-20.0, -20.0, indices), rtol=1e-10)


def test_the_minibatch_is_applied_before_other_modifiers_of_the_gradient() -> None:
    data, x = SURFACES["linear_regression"], np.array([3.0, 4.0])
    assert data.minibatch_gradient is not None
    indices = np.random.default_rng((0, 1)).choice(50, 5, replace=False)
    gradient = np.array(data.minibatch_gradient(3.0, 4.0, indices))

    def step(**settings: float) -> np.ndarray:
        return (x - trace("sgd", data, (3.0, 4.0), 1, lr=0.01, minibatch=5, **settings).positions[1]) / 0.01

    np.testing.assert_allclose(step(), gradient, rtol=1e-10)
    np.testing.assert_allclose(step(clip_norm=1.0), gradient / np.hypot(*gradient), rtol=1e-10)
    noise_part = step(noise=2.0) - gradient
    np.testing.assert_allclose(noise_part, parts.noise(x, np.zeros(2), 1, noise=2.0), rtol=1e-8)
    uphill = x + 0.5 * gradient / np.hypot(*gradient)
    np.testing.assert_allclose(step(sam=0.5), data.minibatch_gradient(*uphill.tolist(), indices), rtol=1e-10)


def test_without_data_a_minibatch_gives_the_full_gradient() -> None:
    for optimizer in ("adam", "bfgs"):
        np.testing.assert_array_equal(bowl_path(optimizer, 20, lr=0.1, minibatch=3), bowl_path(optimizer, 20, lr=0.1))

    def plain_function(x: float, y: float) -> Any:
        return BOWL(x, y)

    path = trace("adam", plain_function, (-7.0, 2.0), 5, minibatch=3)
    np.testing.assert_array_equal(path.positions, bowl_path("adam", 5))


def test_a_path_with_minibatches_can_be_continued_at_any_step() -> None:
    settings = {"lr": 0.01, "minibatch": 5, "minibatch_seed": 1}
    for method in (OPTIMIZERS["adam"], OPTIMIZERS["lbfgs"]):
        xs, ys, losses = array("d"), array("d"), array("d")
        middle = descend(method, NEURON, initial_point(method, NEURON, (-0.5, 1.0)), settings, 13, xs, ys, losses)
        descend(method, NEURON, middle, settings, 27, xs, ys, losses)
        np.testing.assert_array_equal(
            trace(method, NEURON, (-0.5, 1.0), 40, **settings).positions[1:], np.transpose([xs, ys])
        )


def test_lookahead_goes_back_half_the_distance() -> None:
    sgd_path, lookahead_path = bowl_path("sgd", 3, lr=0.1), bowl_path("sgd", 3, lr=0.1, lookahead=3)
    np.testing.assert_array_equal(lookahead_path[:3], sgd_path[:3])
    np.testing.assert_allclose(lookahead_path[3], (sgd_path[0] + sgd_path[3]) / 2, rtol=1e-14)


def test_modifiers_use_the_scheduled_learning_rate() -> None:
    path = bowl_path("sgd", 2, lr=lambda t: 0.1 / t, decoupled_weight_decay=0.5)
    x = path[1] * (1 - 0.05 * 0.5) - 0.05 * np.array([path[1][0] / 10, 2 * path[1][1]])
    np.testing.assert_allclose(path[2], x, rtol=1e-14)


def test_modifiers_switched_during_a_run_replay_exactly() -> None:
    without_modifiers = Experiment("rosenbrock", (-0.5, 2.5), (Run("adam", {"lr": 0.1}), Run("lbfgs")))
    with_modifiers = Experiment(
        "rosenbrock",
        (-0.5, 2.5),
        tuple(
            Run(run.optimizer, {**run.hyperparameters, "lookahead": 4, "noise": 0.3, "noise_seed": 1})
            for run in without_modifiers.runs
        ),
    )
    race = Race(without_modifiers)
    for count, experiment in ((7, with_modifiers), (9, without_modifiers), (5, with_modifiers)):
        race.advance(count)
        race = edit(
            race,
            lambda e, experiment=experiment: replace(
                e,
                runs=tuple(
                    replace(run, hyperparameters=other.hyperparameters)
                    for run, other in zip(e.runs, experiment.runs, strict=True)
                ),
            ),
        )
    race.advance(10)
    expected_columns = [trajectory.values_between(0, 31) for trajectory in race.trajectories]
    copies = [trajectory.copy_until(3) for trajectory in race.trajectories]
    xs, ys, losses = array("d"), array("d"), array("d")
    settings = [(7, without_modifiers), (9, with_modifiers), (5, without_modifiers), (10, with_modifiers)]
    for i, (expected_xs, expected_ys, _) in enumerate(expected_columns):
        point = initial_point(without_modifiers.runs[i].method, ROSENBROCK, (-0.5, 2.5))
        del xs[:], ys[:], losses[:]
        for count, experiment in settings:
            point = descend(
                without_modifiers.runs[i].method,
                ROSENBROCK,
                point,
                experiment.runs[i].hyperparameters,
                count,
                xs,
                ys,
                losses,
            )
        assert [-0.5, *xs] == list(expected_xs)
        assert [2.5, *ys] == list(expected_ys)
        assert list(copies[i].xs) == list(expected_xs[:4])
        copies[i].advance(28)
        assert list(copies[i].xs) == list(expected_xs)


@pytest.mark.parametrize(
    ("settings", "schedule"),
    [
        ({"warmup_steps": 5}, lambda t: 0.1 * min(t / 5, 1)),
        ({"step_every": 5, "step_gamma": 0.5}, schedules.step(0.1, 5, 0.5)),
        ({"exponential_gamma": 0.9}, schedules.exponential(0.1, 0.9)),
        ({"cosine_steps": 30, "cosine_lowest": 0.1}, schedules.cosine(0.1, 30, 0.01)),
        ({"linear_steps": 20, "linear_end": 0.2}, schedules.linear(0.1, 20, end_factor=0.2)),
        ({"inverse_sqrt": 4}, schedules.inverse_sqrt(0.1, 4)),
        ({"one_cycle": 30, "one_cycle_rise": 0.4}, schedules.one_cycle(0.1, 30, 0.4)),
        ({"warmup_steps": 5, "step_every": 10}, lambda t: schedules.step(0.1, 10)(t) * min(t / 5, 1)),
    ],
)
def test_a_schedule_modifier_equals_the_schedule_function(settings: dict, schedule: schedules.Schedule) -> None:
    for optimizer in ("adam", "asgd", "newton"):
        expected = bowl_path(optimizer, 40, lr=schedule)
        np.testing.assert_allclose(bowl_path(optimizer, 40, lr=0.1, **settings), expected, rtol=1e-12, atol=1e-12)
    batch_positions = trace("adam", BOWL, (-7.0, 2.0), 40, lr=np.array([0.1, 0.3]), **settings).positions
    np.testing.assert_allclose(batch_positions[..., 0], bowl_path("adam", 40, lr=schedule), rtol=1e-12, atol=1e-12)


def test_a_schedule_modifier_multiplies_a_schedule_function() -> None:
    combined = bowl_path("sgd", 20, lr=lambda t: 0.1 / t, step_every=5)
    np.testing.assert_allclose(combined, bowl_path("sgd", 20, lr=lambda t: schedules.step(0.1, 5)(t) / t), rtol=1e-14)


@pytest.mark.parametrize("modifier", MODIFIERS)
def test_strength_zero_within_a_batch_or_schedule_is_off(modifier: str) -> None:
    strength = DEFAULT_STRENGTHS[modifier]
    for optimizer in ("adam", "newton"):
        if (
            modifier in OPTIMIZERS[optimizer].modifiers
            and not MODIFIERS[modifier].hyperparameters[modifier].scalar_only
        ):
            grid = trace(optimizer, BOWL, (-7.0, 2.0), 9, lr=0.1, **{modifier: np.array([0.0, strength])}).positions
            np.testing.assert_allclose(grid[..., 0], bowl_path(optimizer, 9, lr=0.1), rtol=1e-12)
            np.testing.assert_allclose(
                grid[..., 1], bowl_path(optimizer, 9, lr=0.1, **{modifier: strength}), rtol=1e-12
            )
        switched_on_later = bowl_path(optimizer, 9, lr=0.1, **{modifier: lambda t: strength if t > 4 else 0.0})
        np.testing.assert_array_equal(switched_on_later[:5], bowl_path(optimizer, 4, lr=0.1))
        assert np.isfinite(switched_on_later).all()


def test_a_modifier_that_was_off_starts_without_state() -> None:
    """The old slow weights of Lookahead must not pull the run back when it is switched on again."""
    race = Race(Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.1, "lookahead": 5}),)))
    race.advance(10)
    race = edit(race, lambda e: e.with_run(0, Run("sgd", {"lr": 0.1}, slot=0)))
    race.advance(500)
    race = with_hyperparameters(race, 0, lookahead=5)
    before = abs(race.trajectories[0].xs[-1])
    race.advance(10)
    assert abs(race.trajectories[0].xs[-1]) < before


def test_modifiers_without_effect_are_not_offered() -> None:
    assert not {"sam", "noise", "clip_norm", "warmup_steps"} & set(OPTIMIZERS["nelder_mead"].modifiers)
    assert {"weight_decay", "lookahead"} <= set(OPTIMIZERS["nelder_mead"].modifiers)
    assert "cosine_steps" not in OPTIMIZERS["trust_region"].modifiers
    assert OPTIMIZERS["newton"].has_learning_rate
    x, y = bowl_path("trust_region", 1, (3.0, 2.0), lr=1e-9, decoupled_weight_decay=0.5)[1]
    assert (x, y) == pytest.approx((1.5, 1.0), abs=1e-8), "without a learning rate the decay is applied as it is"


def test_the_simplex_follows_a_modifier_that_moves_its_best_vertex() -> None:
    path = trace("nelder_mead", ROSENBROCK, (-0.5, 1.0), 60, lr=0.5, lookahead=3)
    assert path.losses[-1] < 0.1 * path.losses[0]


def test_the_class_form_rejects_modifiers() -> None:
    with pytest.raises(TypeError, match="SGD takes no weight_decay"):
        SGD(lr=0.1, weight_decay=0.5)
    assert AdamW(weight_decay=0.5).weight_decay == 0.5


def test_an_own_hyperparameter_hides_the_modifier_of_that_name() -> None:
    assert "weight_decay" not in OPTIMIZERS["adamw"].modifiers
    with pytest.raises(ValueError, match=r"modifiers: .*clip_norm"):
        OPTIMIZERS["sgd"].check({"clip": 1})


def test_a_declaration_that_breaks_the_contract_is_rejected() -> None:
    with pytest.raises(TypeError, match="must begin with"):
        parts.modifier("Bad", source="", default_strength=1)(lambda point, grad, t: grad)
    with pytest.raises(TypeError, match="must be named"):
        parts.modifier("Bad", source="", default_strength=1)(lambda x, grad, t: grad)
    assert "<lambda>" not in MODIFIERS
