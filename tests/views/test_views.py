"""What all views have in common: coordinates, decimated paths, clipped lines, search states, and visible runs."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.analysis.path_decimation import decimate_path
from app.analysis.search_shapes import search_shapes
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.model.experiment import Experiment
from app.model.run import Run
from app.plotting import path_renderer
from app.theming.theme import DARK, LIGHT, THEMES
from app.views import VIEWS, Scene
from app.views.camera import Camera
from app.views.surface_view import SurfaceView
from tests.views.drawing import draw_view


def test_x_points_right_and_y_points_up_in_every_view() -> None:
    """Seen from above, the 3D surface has the same axes as the contour plot."""
    experiment = Experiment("rosenbrock", (1.5, -0.5), (Run("sgd", {"lr": 1e-4}),))
    contour_view, _ = draw_view("contour", experiment)
    surface_view, _ = draw_view("relief", experiment)
    assert isinstance(surface_view, SurfaceView)
    surface_view.camera = Camera(-90, 90)
    for view in (contour_view, surface_view):
        bbox = view.axes.bbox
        assert view.scene is not None
        ((x, y),) = view.pixels_between(view.scene.race.trajectories[0], 0, 0)[0]
        assert x > (bbox.x0 + bbox.x1) / 2
        assert y < (bbox.y0 + bbox.y1) / 2


def walk(kind: str, steps: int) -> Trajectory:
    """Return a run whose past is a synthetic path within -1..1: "noise" or "spiral"."""
    trajectory = Race(Experiment("sphere", (0.0, 0.0), (Run("sgd"),))).trajectories[0]
    t = np.arange(steps + 1)
    if kind == "noise":
        x, y = np.random.default_rng(3).normal(0, 0.3, (2, steps + 1))
    else:
        angle, radius = t * 0.01, 0.2 + 0.9 * t / steps
        x, y = radius * np.cos(angle), radius * np.sin(angle)
    for column, values in ((trajectory.xs, x), (trajectory.ys, y), (trajectory.losses, x * x + y * y)):
        del column[:]
        column.extend(values.tolist())
    return trajectory


UNIT = ((-1.0, 1.0), (-1.0, 1.0))


@pytest.mark.parametrize("kind", ["noise", "spiral"])
def test_decimation_visits_every_cell_and_joins_only_neighboring_cells(kind: str) -> None:
    trajectory = walk(kind, 60_000)
    steps, is_break = decimate_path(trajectory, 60_000, UNIT, 256)
    assert (np.diff(steps) > 0).all()
    assert (steps[0], steps[-1]) == (0, 60_000)
    if kind == "noise":
        assert len(steps) < 60_000
    x, y, _ = trajectory.values_between(0, 60_000)
    cells = np.floor((np.column_stack([x, y]) + 1) * 128).clip(-1, 256)
    assert {tuple(c) for c in cells[steps]} == {tuple(c) for c in cells}
    is_joined = ~is_break[1:]
    jump = np.abs(np.diff(cells[steps], axis=0)).max(axis=1)
    assert (jump[is_joined & (np.diff(steps) > 1)] <= 1).all()


def test_decimation_step_by_step_equals_decimation_at_once() -> None:
    all_steps = decimate_path(walk("noise", 30_000), 30_000, UNIT, 256)[0]
    trajectory = walk("noise", 30_000)
    for last in (5_000, 12_345, 30_000):
        steps, _ = decimate_path(trajectory, last, UNIT, 256)
        assert steps[-1] == last
    np.testing.assert_array_equal(steps, all_steps)
    np.testing.assert_array_equal(
        decimate_path(trajectory, 5_000, UNIT, 256)[0], decimate_path(walk("noise", 30_000), 5_000, UNIT, 256)[0]
    )
    steps_of_short_path, is_break = decimate_path(trajectory, 99, UNIT, 256)
    assert steps_of_short_path.tolist() == list(range(100))
    assert not is_break.any()


def test_lines_far_outside_are_clipped_exactly() -> None:
    """The part of a segment near the plot stays in place, however far away its ends are."""
    near = np.array([[1.0, 2.0], [30.0, 4.0], [np.nan, 0.0], [5.0, 5.0]])
    assert path_renderer.clip_far_segments(near) is near
    far = path_renderer.clip_far_segments(np.array([[-1e12, 300 - 1e11], [1e12, 300 + 1e11], [np.inf, 0.0]]))
    np.testing.assert_allclose(far[:2], [[-1e7, 300 - 1e6], [1e7, 300 + 1e6]])
    assert np.isnan(far[2]).all()
    assert len(path_renderer.clip_far_segments(np.array([[-1e12, 1e9], [1e12, 1e9]]))) == 0, "it passes far away"


def test_every_theme_has_distinct_styles_for_sixteen_runs() -> None:
    for theme in THEMES.values():
        styles = theme.styles(Experiment(runs=(Run("sgd"),) * 16).runs)
        assert len({(style.color, style.marker) for style in styles}) == 16
        assert len({style.color for style in styles[:8]}) == len({style.marker for style in styles[:8]}) == 8
    assert LIGHT.blend("#000000", 0.5, "#ffffff") == "#808080"
    assert LIGHT.styles([Run("sgd", color="#123456")])[0].color == "#123456"


def test_search_shapes_are_an_ellipse_a_triangle_or_nothing_for_an_unset_state() -> None:
    (ellipse,) = search_shapes({"mean": np.array([1.0, 2.0]), "covariance": np.diag([9.0, 0.25])})
    assert ellipse.min(axis=0) == pytest.approx([1 - 6, 2 - 1])
    assert ellipse.max(axis=0) == pytest.approx([1 + 6, 2 + 1])
    triangle = np.eye(3)[:, :2]
    (closed_line,) = search_shapes({"simplex": triangle})
    np.testing.assert_array_equal(closed_line, [*triangle, triangle[0]])
    for state in (
        {"simplex": None, "covariance": None},
        {"covariance": np.full((2, 2), np.nan), "mean": np.zeros(2)},
        {},
    ):
        assert search_shapes(state) == []


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_run_is_visible_in_every_view(theme: object) -> None:
    experiment = Experiment("himmelblau", runs=tuple(Run(name, {"lr": 0.01}) for name in ("sgd", "adam", "rmsprop")))
    race = Race(experiment)
    race.advance(80)
    for name in ("contour", "relief", "loss"):
        figure = Figure(figsize=(5, 4), dpi=100)
        canvas = FigureCanvasAgg(figure)
        view = VIEWS[name](figure)
        view.set_bounds()
        view.show_scene(Scene(race, theme))  # type: ignore[arg-type]
        canvas.draw()
        static_pixels = np.asarray(canvas.buffer_rgba()).copy()
        renderer = path_renderer.PathRenderer(canvas.get_renderer())
        view.redraw(renderer, race.step)
        view.draw_current_markers(renderer)
        assert (np.asarray(canvas.buffer_rgba()) != static_pixels).any(axis=2).sum() > 300, name
