"""Runs of networks in the plots: at their true losses, with stems to the plane, and hollow where the plane differs."""

import numpy as np
import pytest

from app.analysis.plane_gap import differs_from_plane, off_plane_text, plane_gap_text
from app.engine.problem_experiment import with_problem
from app.engine.race import Race
from app.model.experiment import Experiment
from app.model.run import Run
from app.views.contour_view import ContourView
from app.views.true_losses import MOST_STEMS, stem_steps
from tests.views.drawing import draw_view

RUNS = Run("sgd", {"lr": 0.5}, rate_edited=True), Run("adam", {"lr": 0.02}, rate_edited=True)


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return with_problem(Experiment(runs=RUNS), "moons", {"points": 40})


@pytest.mark.parametrize("last_step", [0, 1, 31, 32, 33, 500, 100_000])
def test_stems_are_few_and_stay_where_they_are(last_step: int) -> None:
    steps = stem_steps(last_step)
    assert steps[-1] == last_step
    assert len(steps) <= MOST_STEMS + 1
    assert len(set(np.diff(steps[:-1]))) <= 1
    later = stem_steps(2 * last_step)
    assert set(later[:-1]) & set(range(last_step)) <= {*steps}


def test_markers_are_hollow_where_the_plane_is_more_than_a_tenth_off(experiment: Experiment) -> None:
    race = Race(experiment)
    race.advance(40)
    found = set()
    for trajectory in race.trajectories:
        for step in range(41):
            shown, true = experiment.surface.loss_at(trajectory.xs[step], trajectory.ys[step]), trajectory.losses[step]
            expected = abs(true - shown) > 0.1 * max(true, shown)
            assert differs_from_plane(trajectory, step) == expected
            assert bool(plane_gap_text(trajectory, step)) == (expected or np.isnan(shown))
            found.add(expected)
    assert found == {True, False}


def test_the_distance_off_the_plane_is_given(experiment: Experiment) -> None:
    race = Race(experiment)
    race.advance(9)
    trajectory = race.trajectories[0]
    vector = trajectory.point_at(9).x[0]
    plane = experiment.surface.projected_problem.plane
    distance = plane.project(vector[None])[1][0]
    assert f"off the plane: {distance:.3g}, " in off_plane_text(trajectory, 9)
    assert off_plane_text(trajectory, 0) == ""


def test_the_views_draw_them_and_runs_on_a_surface_have_neither(experiment: Experiment) -> None:
    view, _ = draw_view("contour", experiment, steps=40)
    assert isinstance(view, ContourView)
    assert view.scene is not None
    hollow = [view.is_hollow(trajectory) for trajectory in view.scene.race.trajectories]
    assert hollow == [differs_from_plane(trajectory, 40) for trajectory in view.scene.race.trajectories]
    assert "unfilled" in view.marker_key.get_text()  # type: ignore[union-attr]
    plain, _ = draw_view("contour", Experiment(runs=RUNS), steps=40)
    assert plain.scene is not None
    assert not any(map(plain.is_hollow, plain.scene.race.trajectories))
