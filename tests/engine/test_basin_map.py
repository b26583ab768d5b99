"""Basin maps equal what single runs do, and are not fooled by runs that leave, hold, cycle or crawl."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest

from app.engine.basin_map import BasinMap, basin_map, compute_basin_map, continue_basin_map
from app.engine.block_run import TOLERANCE
from app.engine.nearest_minimum import all_minima
from app.engine.trajectory import Trajectory
from app.model.run import Run
from app.utils.progress_generators import finish
from surfaces import SURFACES, from_formula
from surfaces.surface import Surface

STEPS = 400


def tracks(run: Run, surface: Surface, start: tuple[float, float], steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of a single run."""
    trajectory = Trajectory(run, surface, start)
    trajectory.advance(steps)
    return trajectory.values_between(0, steps)[:2]


def single_outcome(run: Run, surface: Surface, start: tuple[float, float], minima: np.ndarray) -> tuple[int, int]:
    """Return the minimum at which a single run is after STEPS, and since which step; (-1, -1) if at none."""
    x, y = tracks(run, surface, start, STEPS)
    distance = np.hypot(x[:, None] - minima[:, 0], y[:, None] - minima[:, 1])
    diagonal = math.hypot(*(high - low for low, high in surface.bounds))
    reached = np.where(distance.min(axis=1) <= TOLERANCE * diagonal, distance.argmin(axis=1), -1)
    if len(x) <= STEPS or reached[-1] < 0:
        return -1, -1
    other = np.flatnonzero(reached != reached[-1])
    return int(reached[-1]), int(other[-1]) + 1 if other.size else 0


def assert_equals_single_runs(run: Run, surface: Surface, result: BasinMap) -> None:
    for j, y in enumerate(result.ys):
        for i, x in enumerate(result.xs):
            expected = single_outcome(run, surface, (float(x), float(y)), result.minima)
            assert (max(int(result.outcome[j, i]), -1), int(result.steps[j, i])) == expected, (x, y)


@pytest.mark.parametrize(
    ("surface_id", "run"),
    [
        ("himmelblau", Run("sgd", {"lr": 0.01})),
        ("himmelblau", Run("momentum", {"lr": 0.005})),
        ("himmelblau", Run("rmsprop", {"lr": 0.05})),  # arrives, and leaves again
        ("himmelblau", Run("rmsprop", {"lr": 0.01})),
        ("himmelblau", Run("lion", {"lr": 0.05})),
        pytest.param(
            "himmelblau", Run("adam", {"lr": 0.1, "cosine_steps": 300.0, "clip_norm": 1.0}), marks=pytest.mark.slow
        ),
        pytest.param("rastrigin", Run("adam", {"lr": 0.3}), marks=pytest.mark.slow),
        ("elongated_bowl", Run("momentum", {"lr": 0.5, "lookahead": 5.0})),
        pytest.param("elongated_bowl", Run("sgd", {"lr": 0.5, "noise": 0.01}), marks=pytest.mark.slow),
        pytest.param("himmelblau", Run("bfgs"), marks=pytest.mark.slow),
    ],
)
def test_outcome_and_steps_are_those_of_single_runs(surface_id: str, run: Run) -> None:
    surface = SURFACES[surface_id]
    assert_equals_single_runs(run, surface, basin_map(run, surface, STEPS, 7))


@pytest.mark.slow
def test_newton_finds_minima_and_saddle_points_of_a_cubic() -> None:
    surface = from_formula("x^3 - 3 x y^2 + (x^2 + y^2)^2")
    result = basin_map(Run("newton"), surface, 60, 6)
    assert len(result.minima) == 3
    for j, y in enumerate(result.ys):
        for i, x in enumerate(result.xs):
            end = np.array([column[-1] for column in tracks(Run("newton"), surface, (float(x), float(y)), 60)])
            nearest = np.hypot(*(result.minima - end).T)
            expected = int(nearest.argmin()) if nearest.min() < 1e-6 else -4
            assert result.outcome[j, i] == expected, (x, y)


def test_newton_on_a_saddle_ends_at_the_saddle_point() -> None:
    assert (basin_map(Run("newton"), SURFACES["saddle"], 50, 3).outcome == -4).all()
    assert (basin_map(Run("newton"), SURFACES["monkey_saddle"], 100, 3).outcome == -4).all()


def test_newton_at_a_maximum_is_at_no_minimum() -> None:
    around = ((-0.4, -0.2), (-1.0, -0.8))  # the maximum of Himmelblau's function between its four minima
    assert (basin_map(Run("newton"), SURFACES["himmelblau"], 40, 3, around).outcome == -4).all()


def test_runs_at_rest_in_a_closed_valley_are_at_no_saddle_point() -> None:
    ring = from_formula("(x^2 + y^2 - 4)^2")  # every point of the circle is a minimum
    outcome = basin_map(Run("sgd", {"lr": 0.01}), ring, STEPS, 60, ((-3.0, 3.0), (-3.0, 3.0))).outcome
    assert not (outcome == -4).any()
    assert (outcome == -1).mean() < 0.05


def test_no_steps_give_the_starts_themselves() -> None:
    result = basin_map(Run("adam"), SURFACES["elongated_bowl"], 0, 5)
    assert (result.outcome[2, 2], result.steps[2, 2]) == (0, 0)
    assert np.count_nonzero(result.outcome == -1) == 24


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_steps_or_blocks() -> None:
    def peak(steps: int, size: int) -> int:
        tracemalloc.start()
        basin_map(Run("adam", {"lr": 1e-4}), SURFACES["himmelblau"], steps, size)
        result = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return result

    few, many = peak(60, 150), peak(240, 150)
    assert many < 1.2 * few
    assert peak(60, 300) - few < 150 * (300**2 - 150**2)  # bytes per start: the result, not the computation


def test_sign_descent_cycles_and_weight_decay_holds_beside_the_minima() -> None:
    cycling = basin_map(Run("signsgd", {"lr": 0.07}), SURFACES["elongated_bowl"], STEPS, 6)
    assert (cycling.outcome == -3).all()
    held = basin_map(Run("sgd", {"lr": 0.01, "weight_decay": 0.5}), SURFACES["himmelblau"], STEPS, 6)
    assert (held.outcome == -5).all()
    assert (held.steps == -1).all()


def test_descent_beyond_the_stability_limit_diverges() -> None:
    result = basin_map(Run("sgd", {"lr": 1.1}), SURFACES["elongated_bowl"], STEPS, 6)
    assert (result.outcome == -2).all()


def test_a_slow_run_on_a_plateau_is_on_its_way() -> None:
    easom = basin_map(Run("sgd", {"lr": 0.1}), SURFACES["easom"], 200, 21, ((0.0, 6.3), (0.0, 6.3)))
    far = np.hypot(*np.meshgrid(easom.xs - math.pi, easom.ys - math.pi)) > 2.5
    assert (easom.outcome[far & (easom.outcome < 0)] == -1).mean() > 0.95
    rosenbrock = basin_map(Run("sgd", {"lr": 1e-4}), SURFACES["rosenbrock"], 200, 8)
    assert (rosenbrock.outcome == -1).all()


def test_a_symmetric_surface_gives_a_symmetric_map() -> None:
    result = basin_map(Run("adam", {"lr": 0.05}), SURFACES["six_hump_camel"], STEPS, 20)
    assert (result.steps == result.steps[::-1, ::-1]).all()
    here, opposite = result.minima[result.outcome], result.minima[result.outcome[::-1, ::-1]]
    assert (result.outcome >= 0).all()
    assert np.allclose(here, -opposite, atol=1e-3)


def test_noise_uses_the_seed_of_the_run() -> None:
    surface = SURFACES["himmelblau"]

    def steps_of(seed: float) -> np.ndarray:
        run = Run("sgd", {"lr": 0.01, "noise": 0.03, "noise_seed": seed})
        return basin_map(run, surface, 150, 10).steps

    assert (steps_of(1.0) == steps_of(1.0)).all()
    assert (steps_of(1.0) != steps_of(2.0)).any()


def test_noise_does_not_invent_minima() -> None:
    result = basin_map(Run("sgd", {"lr": 0.01, "noise": 0.5}), SURFACES["himmelblau"], STEPS, 8)
    assert len(result.minima) == 4


def test_a_minimum_outside_the_domain_is_found_when_runs_rest_there() -> None:
    surface = from_formula("(x - 12)^2 + y^2")  # beyond the margin in which minima are searched
    result = basin_map(Run("sgd", {"lr": 0.1}), surface, STEPS, 5)
    assert np.allclose(result.minima, [[12, 0]], atol=1e-6)
    assert (result.outcome == 0).all()
    assert (result.steps > 0).all()


def test_blocks_do_not_change_the_result(monkeypatch: pytest.MonkeyPatch) -> None:
    surface, run = SURFACES["himmelblau"], Run("momentum", {"lr": 0.005})
    whole = basin_map(run, surface, 200, 12)
    monkeypatch.setattr("app.engine.outcomes.BLOCK_SIZE", 17)
    parts = basin_map(run, surface, 200, 12)
    assert (parts.outcome == whole.outcome).all()
    assert (parts.steps == whole.steps).all()


def test_progress_rises_and_shares_add_up() -> None:
    generator = compute_basin_map(Run("adam", {"lr": 0.1}), SURFACES["himmelblau"], STEPS, 12)
    fractions = []
    while True:
        try:
            fractions.append(next(generator))
        except StopIteration as end:
            result = end.value
            break
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
    assert sum(result.share_of(int(value)) for value in np.unique(result.outcome)) == pytest.approx(1)


def test_a_run_one_at_a_time_stops_when_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0
    surface = SURFACES["saddle"]
    original = type(surface).__call__

    def counted(self: Surface, x: float, y: float) -> tuple:  # type: ignore[type-arg]
        nonlocal calls
        calls += np.ndim(x) == 0
        return original(self, x, y)

    monkeypatch.setattr(type(surface), "__call__", counted)
    basin_map(Run("newton"), surface, 2000, 3)
    assert calls < 9 * 100


def test_minima_at_kinks_of_a_formula_are_found() -> None:
    surface = from_formula("min(|x - 2|, |x + 2| + 0.5) + |y|")
    assert all_minima(surface, surface.bounds) == pytest.approx(np.array([[2.0, 0.0], [-2.0, 0.0]]), abs=1e-6)


@pytest.mark.parametrize(("decay", "distance"), [(0.1, 0.005), (0.3, 0.015), (1.0, 0.05)])
def test_weight_decay_holds_runs_beside_a_minimum_however_near(decay: float, distance: float) -> None:
    around = ((2.9, 3.1), (1.9, 2.1))
    run = Run("sgd", {"lr": 0.01, "weight_decay": decay})
    end = np.array([column[-1] for column in tracks(run, SURFACES["himmelblau"], (2.95, 2.05), 2000)])
    assert math.dist(end, (3.0, 2.0)) == pytest.approx(distance, rel=0.1)
    assert (basin_map(run, SURFACES["himmelblau"], 2000, 3, around).outcome == -5).all()


def test_a_decay_that_keeps_runs_within_the_tolerance_lets_them_arrive() -> None:
    run = Run("sgd", {"lr": 0.01, "weight_decay": 0.001})
    assert (basin_map(run, SURFACES["himmelblau"], 2000, 3, ((2.9, 3.1), (1.9, 2.1))).outcome >= 0).all()


def test_minima_far_outside_the_domain_are_found_by_the_runs_that_reach_them() -> None:
    result = basin_map(Run("sgd", {"lr": 0.1}), from_formula("(x - 40)^2 + y^2", bounds=((-5, 5), (-5, 5))), 300, 5)
    assert (result.outcome == 0).all()
    np.testing.assert_allclose(result.minima, [[40.0, 0.0]], atol=1e-6)


def test_a_continued_map_equals_one_with_all_steps_where_runs_were_still_moving() -> None:
    run, surface = (
        Run("adam", {"lr": 0.05, "noise": 0.2, "noise_seed": 3.0, "noise_decay": 1.0}),
        SURFACES["himmelblau"],
    )
    short, whole = basin_map(run, surface, 60, 20), basin_map(run, surface, 240, 20)
    continued = finish(continue_basin_map(short, run, surface, 240))
    moving = short.outcome == -1
    assert moving.any()
    assert np.array_equal(continued.outcome[moving], whole.outcome[moving])
    assert np.array_equal(continued.steps[moving], whole.steps[moving])
    assert np.array_equal(continued.outcome[~moving], short.outcome[~moving])
