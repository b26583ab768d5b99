"""Parts combine with any rule, by one meaning on every road."""

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
from tests.edits import edit, turn

BOWL, ROSENBROCK, NEURON = SURFACES["elongated_bowl"], SURFACES["rosenbrock"], SURFACES["tanh_neuron"]
ON = {name: part.default_strength for name, part in MODIFIERS.items()}


def walk(optimizer: str, steps: int, start: tuple[float, float] = (-7.0, 2.0), **settings: float) -> np.ndarray:
    return trace(optimizer, BOWL, start, steps, **settings).positions


def test_the_catalogue() -> None:
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
    assert next(iter(MODIFIERS)) == "minibatch", "what comes after it shapes or looks at the gradient of the batch"


@pytest.mark.parametrize(
    ("rule", "part"),
    [(rule, part) for rule in OPTIMIZERS.values() for part in rule.modifiers],
    ids=lambda one: getattr(one, "id", one),
)
def test_any_part_works_with_any_rule_alike_on_both_roads(rule: Optimizer, part: str) -> None:
    settings = {"lr": 0.001, part: ON[part]}
    single = trace(rule, ROSENBROCK, (-0.5, 1.0), 12, **settings).positions
    batch = trace(rule, ROSENBROCK, (np.array([-0.5, 0.2]), np.array([1.0, 0.3])), 12, **settings).positions
    assert np.isfinite(single).all()
    np.testing.assert_allclose(batch[..., 0], single, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("part", MODIFIERS)
def test_a_part_at_zero_is_not_there(part: str) -> None:
    np.testing.assert_array_equal(walk("adam", 20, lr=0.1, **{part: 0.0}), walk("adam", 20, lr=0.1))


def test_weight_decay_is_the_penalty_of_the_loss() -> None:
    ridge = lambda x, y: (BOWL(x, y)[0] + 0.15 * (x * x + y * y), (x / 10 + 0.3 * x, 2 * y + 0.3 * y))
    for optimizer in ("momentum", "newton", "steepest_descent_armijo", "nelder_mead"):
        expected = trace(optimizer, ridge, (-7.0, 2.0), 15, lr=0.1).positions
        np.testing.assert_allclose(walk(optimizer, 15, lr=0.1, weight_decay=0.3), expected, rtol=1e-7, atol=1e-9)


def test_decoupled_decay_is_beside_the_gradient() -> None:
    np.testing.assert_allclose(
        walk("adam", 30, lr=0.1, decoupled_weight_decay=0.2), walk("adamw", 30, lr=0.1, weight_decay=0.2), rtol=1e-14
    )
    x = np.array([-7.0, 2.0]) * (1 - 0.1 * 0.2) - 0.1 * np.array([-0.7, 4.0])
    np.testing.assert_allclose(walk("sgd", 1, lr=0.1, decoupled_weight_decay=0.2)[1], x, rtol=1e-15)


def test_clipping_by_value_and_by_norm() -> None:
    np.testing.assert_allclose(walk("sgd", 1, lr=0.1, clip_value=1.0)[1], [-7 + 0.07, 2 - 0.1])
    gradient = np.array([-0.7, 4.0])
    np.testing.assert_allclose(walk("sgd", 1, lr=0.1, clip_norm=1.0)[1], [-7, 2] - 0.1 * gradient / np.hypot(*gradient))
    np.testing.assert_array_equal(walk("sgd", 9, lr=0.1, clip_norm=100.0), walk("sgd", 9, lr=0.1))


def test_noise_is_seeded_common_and_dies_away() -> None:
    first, second = walk("sgd", 50, lr=0.1, noise=0.5, noise_seed=3), walk("sgd", 50, lr=0.1, noise=0.5, noise_seed=3)
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, walk("sgd", 50, lr=0.1, noise=0.5, noise_seed=4))
    shift = first - walk("sgd", 50, lr=0.1)
    other = walk("sgd", 50, (3.0, -1.0), lr=0.1, noise=0.5, noise_seed=3) - walk("sgd", 50, (3.0, -1.0), lr=0.1)
    np.testing.assert_allclose(other, shift, atol=1e-12, err_msg="every run is shaken alike")
    draws = np.array([parts.noise(np.zeros(2), np.zeros(2), t, noise=2.0) for t in range(1, 2001)])
    assert draws.std(axis=0) == pytest.approx([2.0, 2.0], rel=0.1)
    late = np.array(
        [parts.noise(np.zeros(2), np.zeros(2), t, noise=2.0, noise_decay=1.0) for t in range(10_000, 12_000)]
    )
    assert late.std(axis=0) == pytest.approx([0.02, 0.02], rel=0.1)


def test_sam_takes_the_gradient_uphill() -> None:
    gradient = np.array([-0.7, 4.0])
    x, y = np.array([-7.0, 2.0]) + 0.5 * gradient / np.hypot(*gradient)
    np.testing.assert_allclose(walk("sgd", 1, lr=0.1, sam=0.5)[1], [-7 - 0.1 * x / 10, 2 - 0.1 * 2 * y])


@pytest.mark.parametrize(
    "rule", [rule for rule in OPTIMIZERS.values() if "minibatch" in rule.modifiers], ids=lambda rule: rule.id
)
def test_a_batch_of_the_data_with_any_rule(rule: Optimizer) -> None:
    settings = {"lr": 0.001, "minibatch": 6, "minibatch_seed": 2}
    single = trace(rule, NEURON, (-0.5, 1.0), 12, **settings).positions
    batch = trace(rule, NEURON, (np.array([-0.5, 0.2]), np.array([1.0, 0.3])), 12, **settings).positions
    assert np.isfinite(single).all()
    np.testing.assert_allclose(batch[..., 0], single, rtol=1e-10, atol=1e-10)
    whole = trace(rule, NEURON, (-0.5, 1.0), 12, lr=0.001).positions
    assert not np.array_equal(single, whole)
    for size in (40, 41, 1000):
        np.testing.assert_array_equal(trace(rule, NEURON, (-0.5, 1.0), 12, lr=0.001, minibatch=size).positions, whole)


def test_a_batch_is_drawn_anew_for_every_update_and_alike_for_every_run() -> None:
    asked: list[np.ndarray] = []

    class Watching(Loss):
        def sampled_gradient(self, point: Any, rows: np.ndarray) -> np.ndarray:
            asked.append(rows)
            return super().sampled_gradient(point, rows)

    def drawn(point: tuple[float, float], seed: int) -> list[list[int]]:
        asked.clear()
        for t in range(1, 301):
            parts.minibatch(np.array(point), Watching(NEURON), t, minibatch=10, minibatch_seed=seed)
        return [rows.tolist() for rows in asked]

    first = drawn((0.0, 0.0), 3)
    assert first == drawn((2.0, -1.0), 3)
    assert first != drawn((0.0, 0.0), 4)
    assert all(len(set(rows)) == 10 for rows in first), "no point twice"
    assert len(set(map(tuple, first))) == 300
    times = np.bincount(np.concatenate(first), minlength=40)
    assert len(times) == 40
    assert (np.abs(times - 75) < 5 * np.sqrt(75)).all(), "each point as often as any other"


def test_two_optimizers_with_the_same_seed_feel_the_same_batches() -> None:
    """SGD and momentum without momentum are one formula; another seed leads elsewhere."""
    data = SURFACES["linear_regression"]
    settings = {"lr": 0.01, "minibatch": 3, "minibatch_seed": 7}
    sgd = trace("sgd", data, (-20.0, -20.0), 40, **settings).positions
    np.testing.assert_allclose(
        trace("momentum", data, (-20.0, -20.0), 40, momentum=0.0, **settings).positions, sgd, rtol=1e-12
    )
    assert not np.allclose(trace("sgd", data, (-20.0, -20.0), 40, **settings | {"minibatch_seed": 8}).positions, sgd)
    gradient = (sgd[0] - sgd[1]) / 0.01
    rows = np.random.default_rng((7, 1)).choice(50, 3, replace=False)
    assert data.minibatch_gradient is not None
    np.testing.assert_allclose(gradient, data.minibatch_gradient(-20.0, -20.0, rows), rtol=1e-10)


def test_the_batch_comes_before_all_that_is_done_to_the_gradient() -> None:
    data, x = SURFACES["linear_regression"], np.array([3.0, 4.0])
    assert data.minibatch_gradient is not None
    rows = np.random.default_rng((0, 1)).choice(50, 5, replace=False)
    slope = np.array(data.minibatch_gradient(3.0, 4.0, rows))

    def step(**settings: float) -> np.ndarray:
        return (x - trace("sgd", data, (3.0, 4.0), 1, lr=0.01, minibatch=5, **settings).positions[1]) / 0.01

    np.testing.assert_allclose(step(), slope, rtol=1e-10)
    np.testing.assert_allclose(step(clip_norm=1.0), slope / np.hypot(*slope), rtol=1e-10)
    shaken = step(noise=2.0) - slope
    np.testing.assert_allclose(shaken, parts.noise(x, np.zeros(2), 1, noise=2.0), rtol=1e-8)
    uphill = x + 0.5 * slope / np.hypot(*slope)
    np.testing.assert_allclose(step(sam=0.5), data.minibatch_gradient(*uphill.tolist(), rows), rtol=1e-10)


def test_without_data_a_batch_is_the_whole_gradient() -> None:
    for optimizer in ("adam", "bfgs"):
        np.testing.assert_array_equal(walk(optimizer, 20, lr=0.1, minibatch=3), walk(optimizer, 20, lr=0.1))
    plain = lambda x, y: BOWL(x, y)
    np.testing.assert_array_equal(trace("adam", plain, (-7.0, 2.0), 5, minibatch=3).positions, walk("adam", 5))


def test_a_path_with_batches_can_be_taken_up_anywhere() -> None:
    settings = {"lr": 0.01, "minibatch": 5, "minibatch_seed": 1}
    for rule in (OPTIMIZERS["adam"], OPTIMIZERS["lbfgs"]):
        xs, ys, losses = array("d"), array("d"), array("d")
        middle = descend(rule, NEURON, initial_point(rule, NEURON, (-0.5, 1.0)), settings, 13, xs, ys, losses)
        descend(rule, NEURON, middle, settings, 27, xs, ys, losses)
        np.testing.assert_array_equal(
            trace(rule, NEURON, (-0.5, 1.0), 40, **settings).positions[1:], np.transpose([xs, ys])
        )


def test_lookahead_goes_back_half_the_way() -> None:
    plain, ahead = walk("sgd", 3, lr=0.1), walk("sgd", 3, lr=0.1, lookahead=3)
    np.testing.assert_array_equal(ahead[:3], plain[:3])
    np.testing.assert_allclose(ahead[3], (plain[0] + plain[3]) / 2, rtol=1e-14)


def test_parts_work_on_a_learning_rate_that_is_a_schedule() -> None:
    path = walk("sgd", 2, lr=lambda t: 0.1 / t, decoupled_weight_decay=0.5)
    x = path[1] * (1 - 0.05 * 0.5) - 0.05 * np.array([path[1][0] / 10, 2 * path[1][1]])
    np.testing.assert_allclose(path[2], x, rtol=1e-14)


def test_turned_on_and_off_in_the_middle_of_a_race_and_gone_back_to_the_bit() -> None:
    plain = Experiment("rosenbrock", (-0.5, 2.5), (Run("adam", {"lr": 0.1}), Run("lbfgs")))
    parted = Experiment(
        "rosenbrock",
        (-0.5, 2.5),
        tuple(
            Run(run.optimizer, {**run.hyperparameters, "lookahead": 4, "noise": 0.3, "noise_seed": 1})
            for run in plain.runs
        ),
    )
    race = Race(plain)
    for count, experiment in ((7, parted), (9, plain), (5, parted)):
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
    kept = [track.values_between(0, 31) for track in race.trajectories]
    forks = [track.copy_until(3) for track in race.trajectories]
    xs, ys, losses = array("d"), array("d"), array("d")
    settings = [(7, plain), (9, parted), (5, plain), (10, parted)]
    for i, (xs_kept, ys_kept, _) in enumerate(kept):
        here = initial_point(plain.runs[i].method, ROSENBROCK, (-0.5, 2.5))
        del xs[:], ys[:], losses[:]
        for count, experiment in settings:
            here = descend(
                plain.runs[i].method, ROSENBROCK, here, experiment.runs[i].hyperparameters, count, xs, ys, losses
            )
        assert [-0.5, *xs] == list(xs_kept)
        assert [2.5, *ys] == list(ys_kept)
        assert list(forks[i].xs) == list(xs_kept[:4])
        forks[i].advance(28)
        assert list(forks[i].xs) == list(xs_kept)


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
def test_a_schedule_as_a_part_is_the_schedule(settings: dict, schedule: schedules.Schedule) -> None:
    for optimizer in ("adam", "asgd", "newton"):
        expected = walk(optimizer, 40, lr=schedule)
        np.testing.assert_allclose(walk(optimizer, 40, lr=0.1, **settings), expected, rtol=1e-12, atol=1e-12)
    rates = trace("adam", BOWL, (-7.0, 2.0), 40, lr=np.array([0.1, 0.3]), **settings).positions
    np.testing.assert_allclose(rates[..., 0], walk("adam", 40, lr=schedule), rtol=1e-12, atol=1e-12)


def test_a_schedule_as_a_part_multiplies_one_that_is_a_function() -> None:
    both = walk("sgd", 20, lr=lambda t: 0.1 / t, step_every=5)
    np.testing.assert_allclose(both, walk("sgd", 20, lr=lambda t: schedules.step(0.1, 5)(t) / t), rtol=1e-14)


@pytest.mark.parametrize("part", MODIFIERS)
def test_zero_in_a_batch_or_in_a_schedule_is_off_too(part: str) -> None:
    for optimizer in ("adam", "newton"):
        if part in OPTIMIZERS[optimizer].modifiers and not MODIFIERS[part].hyperparameters[part].scalar_only:
            grid = trace(optimizer, BOWL, (-7.0, 2.0), 9, lr=0.1, **{part: np.array([0.0, ON[part]])}).positions
            np.testing.assert_allclose(grid[..., 0], walk(optimizer, 9, lr=0.1), rtol=1e-12)
            np.testing.assert_allclose(grid[..., 1], walk(optimizer, 9, lr=0.1, **{part: ON[part]}), rtol=1e-12)
        late = walk(optimizer, 9, lr=0.1, **{part: lambda t: ON[part] if t > 4 else 0.0})
        np.testing.assert_array_equal(late[:5], walk(optimizer, 4, lr=0.1))
        assert np.isfinite(late).all()


def test_a_part_that_was_off_does_not_remember() -> None:
    """Lookahead's slow weights of long ago must not pull a run back when it is switched on again."""
    race = Race(Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.1, "lookahead": 5}),)))
    race.advance(10)
    race = edit(race, lambda e: e.with_run(0, Run("sgd", {"lr": 0.1}, slot=0)))
    race.advance(500)
    race = turn(race, 0, lookahead=5)
    before = abs(race.trajectories[0].xs[-1])
    race.advance(10)
    assert abs(race.trajectories[0].xs[-1]) < before


def test_parts_that_could_not_be_felt_are_not_offered() -> None:
    assert not {"sam", "noise", "clip_norm", "warmup_steps"} & set(OPTIMIZERS["nelder_mead"].modifiers)
    assert {"weight_decay", "lookahead"} <= set(OPTIMIZERS["nelder_mead"].modifiers)
    assert "cosine_steps" not in OPTIMIZERS["trust_region"].modifiers
    assert OPTIMIZERS["newton"].has_learning_rate
    x, y = walk("trust_region", 1, (3.0, 2.0), lr=1e-9, decoupled_weight_decay=0.5)[1]
    assert (x, y) == pytest.approx((1.5, 1.0), abs=1e-8), "without a rate the decay is its own"


def test_the_triangle_goes_where_a_part_moves_its_best_corner() -> None:
    path = trace("nelder_mead", ROSENBROCK, (-0.5, 1.0), 60, lr=0.5, lookahead=3)
    assert path.losses[-1] < 0.1 * path.losses[0]


def test_the_class_form_refuses_parts() -> None:
    with pytest.raises(TypeError, match="SGD takes no weight_decay"):
        SGD(lr=0.1, weight_decay=0.5)
    assert AdamW(weight_decay=0.5).weight_decay == 0.5


def test_a_part_of_its_own_name_is_the_rules() -> None:
    assert "weight_decay" not in OPTIMIZERS["adamw"].modifiers
    with pytest.raises(ValueError, match=r"can be combined with .*clip_norm"):
        OPTIMIZERS["sgd"].check({"clip": 1})


def test_a_declaration_that_breaks_the_contract_is_refused() -> None:
    with pytest.raises(TypeError, match="must begin with"):
        parts.modifier("Bad", source="", default_strength=1)(lambda point, grad, t: grad)
    with pytest.raises(TypeError, match="must be named"):
        parts.modifier("Bad", source="", default_strength=1)(lambda x, grad, t: grad)
    assert "<lambda>" not in MODIFIERS
