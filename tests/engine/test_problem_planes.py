"""Other planes show the same runs of a network: exact, wherever their origin is, and stored in the file."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.analysis.landscape_text import landscape_sentences
from app.engine.problem_experiment import plane_snapshots, with_plane_through_runs, with_problem
from app.engine.problem_planes import with_plane_through_run, with_plane_through_steps, with_random_plane
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.io.experiment_json import from_json, to_json
from app.model.experiment import Experiment
from app.model.run import Run
from app.utils.validation import ExperimentError

RUNS = Run("sgd", {"lr": 0.5}, rate_edited=True), Run("adam", {"lr": 0.02}, rate_edited=True)
STEPS = 30
PLANES: dict[str, Callable[[Experiment, Race], Experiment]] = {
    "joint": lambda e, race: with_plane_through_runs(e, race.trajectories, STEPS),
    "pca": lambda e, race: with_plane_through_run(e, race.trajectories[1], STEPS, "pca"),
    "ends": lambda e, race: with_plane_through_run(e, race.trajectories[1], STEPS, "ends"),
    "snapshots": lambda e, race: with_plane_through_steps(e, race.trajectories[1], (7, 21, 0)),
    "random": lambda e, race: with_random_plane(e, race.trajectories[1], STEPS),
}


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return with_problem(Experiment(runs=RUNS), "moons", {"points": 40})


@pytest.fixture(scope="module")
def race(experiment: Experiment) -> Race:
    race = Race(experiment)
    race.advance(STEPS)
    return race


def off_plane(experiment: Experiment, trajectory: Trajectory, step: int) -> float:
    distance: float = experiment.surface.projected_problem.project(trajectory.point_at(step).x[0])[2]
    return distance


@pytest.mark.parametrize("kind", PLANES)
def test_another_plane_shows_the_same_runs_and_is_stored(experiment: Experiment, race: Race, kind: str) -> None:
    shown = PLANES[kind](experiment, race)
    assert shown.landscape is not None
    assert shown.landscape.kind == kind
    again = from_json(to_json(shown))
    assert again == shown
    other = Race(again)
    other.advance(STEPS)
    assert [each.losses for each in other.trajectories] == [each.losses for each in race.trajectories]
    surface, projected = again.surface, again.surface.projected_problem
    x, y = again.start  # type: ignore[misc]
    assert projected.start_at(x, y) is projected.start
    (left, right), (bottom, top) = surface.bounds
    assert left < x < right
    assert bottom < y < top
    vector = projected.plane.points(*(np.array([left, right]).mean(), np.array([bottom, top]).mean()))
    assert surface.loss_at((left + right) / 2, (bottom + top) / 2) == pytest.approx(
        projected.problem.function(vector)[0], rel=1e-6
    )


def test_planes_contain_what_they_are_named_after(experiment: Experiment, race: Race) -> None:
    trajectory = race.trajectories[1]
    ends, steps = PLANES["ends"](experiment, race), PLANES["snapshots"](experiment, race)
    assert max(off_plane(ends, trajectory, step) for step in (0, STEPS)) < 1e-9
    assert max(off_plane(steps, trajectory, step) for step in (7, 21, 0)) < 1e-9
    assert off_plane(PLANES["random"](experiment, race), trajectory, STEPS) < 1e-9
    assert off_plane(PLANES["pca"](experiment, race), trajectory, STEPS) < 1e-9
    assert off_plane(experiment, trajectory, STEPS) > 0.01


def test_a_moved_start_moves_parallel_to_a_plane_elsewhere(experiment: Experiment, race: Race) -> None:
    shown = PLANES["pca"](experiment, race)
    projected = shown.surface.projected_problem
    x, y = shown.start  # type: ignore[misc]
    moved = Race(replace(shown, start=(x + 0.5, y - 0.25))).trajectories[0].point_at(0).x[0]
    assert projected.project(moved) == pytest.approx((x + 0.5, y - 0.25, projected.project(projected.start)[2]))


@pytest.mark.parametrize("steps", [(0, 0, 5), (0, 1, STEPS + 1), (-1, 2, 3)])
def test_three_steps_must_be_different_and_computed(
    experiment: Experiment, race: Race, steps: tuple[int, int, int]
) -> None:
    with pytest.raises(ExperimentError, match="enter three different steps from 0 to 30"):
        with_plane_through_steps(experiment, race.trajectories[0], steps)


def test_what_a_plane_cannot_show_is_refused() -> None:
    linear = with_problem(Experiment(runs=RUNS[:1]), "linear", {"size": 12})
    trajectory = Race(linear).trajectories[0]
    with pytest.raises(ExperimentError, match="random directions need a network"):
        with_random_plane(linear, trajectory, 0)
    with pytest.raises(ExperimentError, match="play some steps first"):
        with_plane_through_run(linear, trajectory, 0, "pca")
    with pytest.raises(ExperimentError, match="only a problem"):
        with_random_plane(Experiment(runs=RUNS[:1]), trajectory, 0)


def test_an_origin_of_another_size_is_refused(experiment: Experiment) -> None:
    assert experiment.problem is not None
    for origin in ((1.0, 2.0), (float("nan"),) * 354, "12"):
        with pytest.raises(ExperimentError, match="the origin of a plane"):
            replace(experiment.problem, origin=origin)  # type: ignore[arg-type]


def test_the_share_of_variance_is_told_beside_that_of_a_random_walk(experiment: Experiment, race: Race) -> None:
    shown = from_json(to_json(PLANES["pca"](experiment, race)))
    path = plane_snapshots(race.trajectories[1], STEPS)
    centered = path - path.mean(axis=0)
    squares = np.linalg.svd(centered, compute_uv=False) ** 2
    first, second = squares[:2] / squares.sum()
    assert shown.landscape is not None
    (sentence,) = landscape_sentences(shown.landscape.landscape)
    assert f"{first:.1%} + {second:.1%} of the variance of the path; a random walk" in sentence
    assert landscape_sentences(PLANES["ends"](experiment, race).landscape.landscape) == []
    (joint,) = landscape_sentences(PLANES["joint"](experiment, race).landscape.landscape)
    assert joint.endswith("of the variance of the paths.")
