"""The default camera: start, minimum and path are visible."""

from __future__ import annotations

import numpy as np
import pytest

from app.analysis.height_map import vertical_height_map_for
from app.engine.race import Race
from app.io.experiment_files import examples, load
from app.model.experiment import Experiment
from app.model.run import Run
from app.views import VIEWS, Scene
from app.views.camera import Camera
from app.views.default_camera import default_camera, descent_line, visible_fractions
from app.views.surface_view import SurfaceView
from surfaces import SURFACES
from tests.views.drawing import draw_view

TOO_FINE = {"schaffer2", "schaffer4"}  # their ripples are narrower than the cells of the mesh
EXAMPLES = {name: path for name, (_, path) in examples().items()}


def visible(experiment: Experiment) -> tuple[bool, bool, float]:
    assert experiment.start is not None
    height_map = vertical_height_map_for(experiment)
    return visible_fractions(default_camera(height_map, experiment.start), height_map, experiment.start)


@pytest.mark.slow
@pytest.mark.parametrize("surface", sorted(SURFACES.keys() - TOO_FINE))
def test_the_start_and_the_nearest_minimum_of_every_surface_are_visible(surface: str) -> None:
    sees_start, sees_minimum, fraction = visible(Experiment(surface))
    assert sees_start
    assert sees_minimum
    assert fraction > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", EXAMPLES)
def test_start_minimum_and_paths_of_every_example_are_visible(name: str) -> None:
    experiment = load(EXAMPLES[name])
    sees_start, sees_minimum, _ = visible(experiment)
    assert sees_start
    assert sees_minimum
    race = Race(experiment)
    race.advance(min(experiment.steps or 300, 300))
    view, _ = draw_view("relief", experiment)
    view.show_scene(Scene(race))
    hidden = [view.pixels_between(trajectory, 0, race.step)[1] for trajectory in race.trajectories]
    assert all(each is not None and each.mean() < 0.4 for each in hidden)


def test_the_default_camera_is_the_usual_one_where_that_sees_everything() -> None:
    height_map = vertical_height_map_for(Experiment("rosenbrock"))
    start = SURFACES["rosenbrock"].start
    assert visible_fractions(Camera(), height_map, start)[:2] == (True, True)
    assert default_camera(height_map, start) == Camera()


def test_the_way_down_ends_near_the_minimum() -> None:
    for surface, fraction in (("sphere", 1e-3), ("beale", 1e-3), ("rosenbrock", 0.5)):
        x, y = descent_line(vertical_height_map_for(Experiment(surface)), SURFACES[surface].start)
        losses = SURFACES[surface](x, y)[0]
        assert (np.diff(losses) < 0).all()
        assert losses[-1] < fraction * losses[0]


def test_a_chosen_camera_is_kept_until_another_surface_is_shown() -> None:
    view, _ = draw_view("relief", Experiment("sphere", runs=(Run("sgd"),)))
    assert isinstance(view, SurfaceView)
    assert view.scene is not None
    view.camera = Camera(10.0, 20.0, 2.0)
    view.show_scene(Scene(view.scene.race))
    assert view.camera == Camera(10.0, 20.0, 2.0)
    view.show_scene(Scene(Race(Experiment("beale"))))
    assert view.camera == default_camera(view.height_map, SURFACES["beale"].start) != Camera()
    view.camera = Camera(10.0, 20.0, 2.0)
    view.reset_camera()
    assert view.camera == default_camera(view.height_map, SURFACES["beale"].start)


def test_a_camera_that_is_set_before_the_first_scene_is_kept() -> None:
    view, _ = draw_view("relief", Experiment("beale"))
    other = VIEWS["relief"](view.figure)
    assert isinstance(other, SurfaceView)
    other.camera = Camera(1.0, 2.0)
    assert view.scene is not None
    other.show_scene(view.scene)
    assert other.camera == Camera(1.0, 2.0)
