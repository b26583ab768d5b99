"""Comparisons in the texts on optimizers and modifiers: more than, sooner, never, hardly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from optimizers import trace
from surfaces import SURFACES

BOWL, ROSENBROCK, SPHERE = SURFACES["elongated_bowl"], SURFACES["rosenbrock"], SURFACES["sphere"]
BOWL_START, FAR_START = (-7.0, 2.0), (-1.5, 2.0)


def run(
    optimizer: str, surface: Any, start: Any, steps: int, **hyperparameters: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and losses."""
    with np.errstate(all="ignore"):
        path = trace(optimizer, surface, start, steps, **hyperparameters)
    return path.positions, path.losses


def steps_to(losses: np.ndarray, level: float) -> int:
    """Return the first step with a loss below a level; the number of steps if there is none."""
    return int(np.argmax(losses < level)) if (losses < level).any() else len(losses)


def steep_then_flat(x: Any, y: Any) -> Any:
    """Return loss and gradient of a slope of 100 down to x = 0 and of 0.1 beyond."""
    steep = np.asarray(x) < 0
    return np.where(steep, -100 * x, -0.1 * x), (np.where(steep, -100.0, -0.1), 0.0 * np.asarray(y))


def flat_then_steep(x: Any, y: Any) -> Any:
    """Return loss and gradient of a slope of 0.1 down to x = 0 and of 100 beyond."""
    flat = np.asarray(x) < 0
    return np.where(flat, -0.1 * x, -100 * x), (np.where(flat, -0.1, -100.0), 0.0 * np.asarray(y))


@pytest.mark.parametrize("id", ["steepest_descent_armijo", "steepest_descent_wolfe", "damped_newton", "trust_region"])
def test_line_searches_and_trust_regions_never_increase_the_loss(id: str) -> None:
    for surface, start in ((ROSENBROCK, FAR_START), (SURFACES["himmelblau"], (-0.6, 2.4))):
        losses = run(id, surface, start, 60)[1]
        assert (np.diff(losses) <= 0).all()


def test_an_almost_exact_line_search_turns_at_right_angles() -> None:
    positions = run("steepest_descent_wolfe", BOWL, BOWL_START, 20, c2=0.01)[0]
    steps = np.diff(positions, axis=0)
    cosines = (steps[1:] * steps[:-1]).sum(1) / np.hypot(*steps[1:].T) / np.hypot(*steps[:-1].T)
    assert np.abs(cosines).max() < 0.05


def test_barzilai_borwein_needs_fewer_steps_in_a_ravine_but_not_monotonically() -> None:
    losses = run("barzilai_borwein", BOWL, BOWL_START, 300)[1]
    fixed = run("sgd", BOWL, BOWL_START, 300, lr=0.95)[1]
    assert steps_to(losses, 1e-8) < steps_to(fixed, 1e-8) / 2
    assert (np.diff(losses) > 0).any()


def test_more_epsilon_gets_adadelta_going_sooner() -> None:
    losses = [run("adadelta", BOWL, BOWL_START, 300, eps=eps)[1][-1] for eps in (1e-6, 1e-3)]
    assert losses[1] < losses[0] / 2


def test_distances_of_learning_rate_free_methods() -> None:
    small, large = (steps_to(run("dog", BOWL, BOWL_START, 3000, r=r)[1], 0.1) for r in (1e-6, 1e-2))
    assert large < small
    dog, dowg = (run(id, SPHERE, (-4.0, 3.0), 2000, **{r: 1e-4}) for id, r in (("dog", "r"), ("dowg", "r2")))
    assert steps_to(dowg[1], 1.0) < steps_to(dog[1], 1.0)


def test_amsgrad_keeps_its_steps_short_below_a_steep_wall() -> None:
    ends = [run(id, steep_then_flat, (-1.0, 0.0), 3000, lr=0.01, beta2=0.99)[0][-1, 0] for id in ("adam", "amsgrad")]
    assert ends[1] < ends[0] / 5


def test_yogi_takes_no_sudden_long_steps_below_a_steep_wall() -> None:
    adam, yogi = (run(id, steep_then_flat, (-1.0, 0.0), 3000, lr=0.01, beta2=0.99)[0][-1, 0] for id in ("adam", "yogi"))
    assert yogi < adam / 5
    sooner = run("yogi", steep_then_flat, (-1.0, 0.0), 6000, lr=0.01, beta2=0.5)[0][-1, 0]
    assert sooner > run("yogi", steep_then_flat, (-1.0, 0.0), 6000, lr=0.01, beta2=0.99)[0][-1, 0]


def test_statistics_of_earlier_gradients_make_a_long_step_where_the_surface_becomes_steep() -> None:
    steps = np.abs(np.diff(run("acprop", flat_then_steep, (-0.05, 0.0), 100, lr=1e-3)[0][:, 0]))
    adam = np.abs(np.diff(run("adam", flat_then_steep, (-0.05, 0.0), 100, lr=1e-3)[0][:, 0]))
    assert steps.max() > 50 * adam.max()


def test_the_slow_average_of_ademamix_carries_it_past_the_minimum() -> None:
    reach = [
        run("ademamix", BOWL, BOWL_START, 2000, lr=0.01, **values)[0][:, 0].max()
        for values in ({}, {"beta3": 0.99}, {"alpha": 0.0})
    ]
    assert reach[0] > reach[2]


def test_the_initial_step_size_of_rprop_hardly_matters() -> None:
    counts = [steps_to(run("rprop", BOWL, BOWL_START, 300, lr=lr)[1], 1e-6) for lr in (1e-3, 1e-2, 1e-1)]
    assert max(counts) - min(counts) < 40


def test_noise_misleads_rprop() -> None:
    exact, noisy = (run("rprop", BOWL, BOWL_START, 300, noise=noise)[1][-1] for noise in (0.0, 1.0))
    assert exact < 1e-10 < 1e-3 < noisy


def test_radam_is_thrown_off_a_steep_start() -> None:
    radam, adam = (run(id, ROSENBROCK, FAR_START, 20, lr=0.1) for id in ("radam", "adam"))
    assert not np.abs(radam[0]).max() < 10
    assert np.abs(adam[0]).max() < 3


def test_lbfgs_without_its_line_search_may_jump_far_away() -> None:
    searched, plain = (run("lbfgs", SURFACES["himmelblau"], (-0.27, -0.92), 60, strong_wolfe=s)[0] for s in (1.0, 0.0))
    assert np.abs(searched).max() < 5 < 50 < np.abs(plain).max()


def test_sign_based_steps_are_along_the_diagonals_and_do_not_settle() -> None:
    positions = run("signsgd", BOWL, (-7.003, 2.004), 2000, lr=0.01)[0]
    np.testing.assert_allclose(np.abs(np.diff(positions, axis=0)), 0.01)
    assert np.hypot(*positions[-1]) > 0.004
    fading = run("signsgd", BOWL, (-7.003, 2.004), 2000, lr=0.01, linear_steps=2000)[0]
    assert np.hypot(*fading[-1]) < 0.001


def test_layerwise_steps_shrink_near_the_origin() -> None:
    for id in ("lars", "lamb", "fromage"):
        lengths = [
            np.hypot(*np.diff(run(id, SURFACES["booth"], start, 1)[0], axis=0)[0])
            for start in ((0.01, 0.0), (8.0, 6.0))
        ]
        assert lengths[0] < lengths[1] / 100


def test_bfgs_usually_accepts_the_first_trial() -> None:
    calls = []

    def counting(x: Any, y: Any) -> Any:
        calls.append((x, y))
        return ROSENBROCK(x, y)

    totals = []
    for steps in range(5, 35):
        calls.clear()
        trace("bfgs", counting, FAR_START, steps)
        totals.append(len(calls))
    evaluations = np.diff(totals)
    assert (evaluations == evaluations.min()).mean() > 2 / 3


def test_lookahead_is_slower_where_the_path_is_straight() -> None:
    plain, lookahead = (run("sgd", SPHERE, (-4.0, 3.0), 50, lr=0.05, lookahead=k)[1][-1] for k in (0.0, 5.0))
    assert plain < lookahead


def test_noise_and_batches_keep_a_run_from_settling() -> None:
    quiet, loud = (run("sgd", BOWL, BOWL_START, 500, lr=lr, noise=0.5)[0][-100:] for lr in (0.05, 0.5))
    assert 0 < quiet.std() < loud.std()
    saddle = SURFACES["saddle"]
    with_noise, without = (
        steps_to(-np.abs(run("sgd", saddle, (1.5, 0.001), 300, lr=0.02, noise=n)[0][:, 1]), -1.0) for n in (0.5, 0.0)
    )
    assert with_noise < without


def test_clipping_by_value_changes_the_direction_and_by_norm_does_not() -> None:
    start = (-4.0, 3.0)
    plain, value, norm = (
        np.diff(run("sgd", BOWL, start, 1, **values)[0], axis=0)[0]
        for values in ({}, {"clip_value": 0.1}, {"clip_norm": 0.1})
    )
    assert plain[0] * norm[1] == pytest.approx(plain[1] * norm[0], rel=1e-12)
    assert plain[0] * value[1] != pytest.approx(plain[1] * value[0], rel=0.1)


def test_schedule_free_settles_without_a_decaying_rate() -> None:
    assert run("schedule_free_sgd", BOWL, BOWL_START, 3000, lr=0.5)[1][-1] < 1e-4
    assert run("schedule_free_adamw", BOWL, BOWL_START, 3000, lr=0.1)[1][-1] < 1e-3


def test_normalized_gradients_in_a_ravine() -> None:
    """The steepness does not matter for NovoGrad, but the ravine remains."""
    steeper = lambda x, y: (1000 * BOWL(x, y)[0], tuple(1000 * g for g in BOWL(x, y)[1]))  # noqa: E731
    paths = [run("novograd", surface, BOWL_START, 100, eps=0.0)[0] for surface in (BOWL, steeper)]
    np.testing.assert_allclose(paths[0], paths[1], rtol=1e-9)


def test_optimism_damps_the_oscillations_of_adam() -> None:
    for surface in (BOWL, SPHERE, SURFACES["himmelblau"]):
        (adam, adam_losses), (optimistic, losses) = (
            run(id, surface, surface.start, 400, lr=0.3) for id in ("adam", "optimistic_adam")
        )
        assert np.abs(np.diff(optimistic, 2, axis=0)).sum() < np.abs(np.diff(adam, 2, axis=0)).sum()
        assert losses[100] < adam_losses[100]
