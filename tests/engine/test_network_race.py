"""Races in all dimensions of a problem: exact, replayed to the bit, and shown at their true losses."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.analysis.status.network_status import network_status
from app.engine import trajectory as trajectory_module
from app.engine.problem_experiment import with_plane_through_runs, with_problem
from app.engine.race import Race
from app.io.experiment_json import from_json, to_json
from app.model.experiment import Experiment
from app.model.problem_data import ProblemData
from app.model.run import Run
from app.utils.validation import ExperimentError
from surfaces.problems import PROBLEMS, make_problem
from surfaces.problems.names import PROBLEM_NAMES

RUNS = (
    Run("sgd", {"lr": 0.5}, rate_edited=True),
    Run("momentum", {"lr": 0.3, "noise": 0.01}, rate_edited=True),
    Run("adam", {"lr": 0.02, "minibatch": 8}, rate_edited=True),
    Run("lbfgs"),
    Run("lars"),
)
SMALL: dict[str, Any] = {"moons": {"points": 40}, "linear": {"size": 12, "condition": 20.0}}


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return with_problem(Experiment(runs=RUNS), "moons", SMALL["moons"])


@pytest.fixture
def race(experiment: Experiment) -> Race:
    race = Race(experiment)
    race.advance(60)
    return race


def test_every_problem_of_the_catalog_can_be_in_an_experiment() -> None:
    assert set(PROBLEM_NAMES) == set(PROBLEMS)


def test_gradient_descent_moves_all_parameters(race: Race, experiment: Experiment) -> None:
    problem = make_problem("moons", **SMALL["moons"])
    vector, losses = problem.make_start(0), []
    for _ in range(61):
        loss, gradient = problem.function(vector)
        losses.append(loss)
        vector = vector - 0.5 * gradient
    assert list(race.trajectories[0].losses) == losses
    plane = experiment.surface.projected_problem.plane
    coordinates, off_plane = plane.project(np.array([race.trajectories[0].point_at(60).x[0]]))
    assert (race.trajectories[0].xs[60], race.trajectories[0].ys[60]) == pytest.approx(tuple(coordinates[0]), abs=1e-12)
    assert off_plane[0] > 0.01  # the run is not confined to the plane


def test_states_are_recomputed_exactly(race: Race) -> None:
    for trajectory in race.trajectories:
        points = list(trajectory.iter_points(60))
        for step in (0, 1, 31, 32, 33, 59, 60):
            assert trajectory.point_at(step).x[0].tobytes() == points[step].x[0].tobytes()
            assert trajectory.point_at(step).loss == trajectory.losses[step]


def test_a_file_replays_to_the_bit(race: Race, experiment: Experiment) -> None:
    again = from_json(to_json(experiment))
    assert again == experiment
    other = Race(again)
    other.advance(60)
    for one, two in zip(race.trajectories, other.trajectories, strict=True):
        assert (one.xs, one.ys, one.losses) == (two.xs, two.ys, two.losses)


def test_a_change_in_mid_run_keeps_the_past(race: Race, experiment: Experiment) -> None:
    changed = replace(experiment, runs=(RUNS[0].with_change_at_step(20, {"lr": 0.05}), *RUNS[1:]))
    other = race.with_experiment(changed)
    other.compute_pending()
    one, two = race.trajectories[0], other.trajectories[0]
    assert one.losses[:21] == two.losses[:21]
    assert one.losses[21] != two.losses[21]


def test_the_start_can_be_moved_parallel_to_the_plane(experiment: Experiment) -> None:
    race = Race(replace(experiment, start=(1.0, -0.5)))
    projected = experiment.surface.projected_problem
    vector = race.trajectories[0].point_at(0).x[0]
    np.testing.assert_allclose(projected.project(vector), (1.0, -0.5, 0.0), atol=1e-12)
    assert race.trajectories[0].losses[0] == projected.problem.function(vector)[0]


def test_the_plane_shows_the_loss_where_it_is_true(experiment: Experiment) -> None:
    surface, projected = experiment.surface, experiment.surface.projected_problem
    (left, right), (bottom, top) = surface.bounds
    x, y = np.linspace(left, right, 41), np.linspace(bottom, top, 41)  # of the grid
    for i, j in ((3, 5), (20, 20), (37, 11)):
        vector = projected.plane.points(float(x[i]), float(y[j]))
        assert surface.loss_at(float(x[i]), float(y[j])) == pytest.approx(
            projected.problem.function(vector)[0], rel=1e-6
        )


def test_a_plane_through_the_runs_contains_more_of_them(race: Race, experiment: Experiment) -> None:
    other = with_plane_through_runs(experiment, race.trajectories, 60)
    assert other.runs == experiment.runs
    assert other.landscape is not None
    assert other.landscape.kind == "joint"
    assert other.start == (0.0, 0.0)
    again = Race(other)
    again.advance(60)
    assert [each.losses for each in again.trajectories] == [each.losses for each in race.trajectories]

    def largest_distance(races: Race) -> float:
        projected = races.experiment.surface.projected_problem
        return max(projected.project(each.point_at(60).x[0])[2] for each in races.trajectories)

    assert largest_distance(again) < largest_distance(race)


def test_a_plane_needs_runs_that_have_moved(experiment: Experiment) -> None:
    with pytest.raises(ExperimentError, match="play some steps first"):
        with_plane_through_runs(experiment, Race(experiment).trajectories, 0)
    with pytest.raises(ExperimentError, match="only a problem"):
        with_plane_through_runs(Experiment(), [], 0)


def test_stored_states_are_bounded(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trajectory_module, "MAX_CHECKPOINT_BYTES", 100_000)
    race = Race(replace(experiment, runs=(Run("adam", {"lr": 0.01}, rate_edited=True),)))
    race.advance(1_500)
    trajectory = race.trajectories[0]
    stored = sum(
        getattr(array, "nbytes", 0) for point in trajectory.checkpoints for array in (*point.x, point.gradient)
    )
    assert stored <= 100_000
    expected = Race(race.experiment)
    expected.advance(777)
    assert trajectory.point_at(777).x[0].tobytes() == expected.trajectories[0].head.x[0].tobytes()


def test_theory_holds_on_the_linear_model() -> None:
    """The largest curvature is 1: gradient descent converges with rates below 2 and diverges above."""
    experiment = with_problem(
        Experiment(runs=(Run("sgd", {"lr": 1.9}, rate_edited=True), Run("sgd", {"lr": 2.1}, rate_edited=True))),
        "linear",
        SMALL["linear"],
    )
    race = Race(experiment)
    race.advance(400)
    stable, unstable = race.trajectories
    assert stable.losses[-1] < 1e-6
    assert unstable.losses[-1] > unstable.losses[200] > 1e6


def test_the_status_is_that_of_all_parameters(race: Race) -> None:
    trajectory = race.trajectories[0]
    gradient = trajectory.point_at(60).gradient
    status = network_status(trajectory, 60)
    assert status.kind == "descending"
    assert f"gradient norm of all parameters: {np.linalg.norm(gradient):.3g}" in status.sentence
    assert network_status(trajectory, 0).kind == "start"
    diverging = Race(
        with_problem(Experiment(runs=(Run("sgd", {"lr": 1e200}, rate_edited=True),)), "linear", SMALL["linear"])
    )
    diverging.advance(5)
    assert network_status(diverging.trajectories[0], 5).kind == "diverged"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": "other"}, "unknown problem"),
        ({"numbers": {"odd": 1}}, "has no number"),
        ({"numbers": {"points": 10**6}}, "points must be an integer from 20 to 2000"),
        ({"numbers": {"noise": -1}}, "noise of a problem cannot be"),
        ({"numbers": [1]}, "names with values"),
        ({"seed": -1}, "seed must be an integer"),
        ({"directions": ((1.0, 0.0), (1.0, 0.0))}, "orthonormal"),
        ({"directions": ((1.0, 0.0), (0.0,))}, "orthonormal"),
        ({"directions": ((1.0, "a"), (0.0, 1.0))}, "orthonormal"),
        ({"directions": None}, "orthonormal"),
    ],
)
def test_problems_in_files_that_cannot_be_right_are_refused(changes: dict[str, Any], words: str) -> None:
    good: dict[str, Any] = {"id": "moons", "directions": ((1.0, 0.0), (0.0, 1.0))}
    ProblemData(**good)
    with pytest.raises(ExperimentError, match=words):
        ProblemData(**{**good, **changes})


def test_a_problem_fits_its_plane(experiment: Experiment) -> None:
    with pytest.raises(ExperimentError, match="has 354 parameters, but the plane has another number"):
        replace(experiment, problem=ProblemData("moons", ((1.0, 0.0), (0.0, 1.0)), SMALL["moons"]))
    with pytest.raises(ExperimentError, match="needs the landscape"):
        replace(experiment, landscape=None)


def test_runs_get_rates_with_which_they_learn() -> None:
    runs = tuple(Run(name) for name in ("sgd", "momentum", "adam", "lars", "lion"))
    edited = Run("sgd", {"lr": 0.002}, rate_edited=True)
    race = Race(with_problem(Experiment(runs=(*runs, edited)), "moons", SMALL["moons"]))
    race.advance(100)
    *learning, slow = race.trajectories
    assert all(each.losses[100] < 0.5 * each.losses[0] for each in learning)
    assert slow.hyperparameters_at(1)["lr"] == 0.002
