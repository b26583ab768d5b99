"""Texts in and around the axes are not cut off, hidden, or drawn over the surface; limits contain the curves."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.text import Text

from app.engine.race import Race
from app.model.experiment import Experiment, LossPlot
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.plotting.tick_formatters import UniformFormatter
from app.theming.theme import LIGHT, Theme
from app.utils.number_format import format_tick
from app.views import VIEWS, Scene, View, surface_axes
from app.views.camera import Camera
from app.views.contour_view import ContourView
from app.views.fit_view import FitView
from app.views.loss_view import LossView
from app.views.surface_view import SurfaceView
from surfaces import SURFACES
from tests.edits import edit

# Inches of the contour plot, and of one of two or of three views next to it, in a window of 1024 x 700 pixels.
LARGE, MIDDLE, SMALL = (3.9, 4.05), (2.6, 2.0), (2.6, 1.25)


def draw_view(
    name: str, race: Race, size: tuple[float, float], theme: Theme = LIGHT, camera: Camera | None = None
) -> View:
    """Return a view of a race, drawn in full as in the window."""
    figure = Figure(figsize=size, dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = VIEWS[name](figure)
    if camera is not None:
        assert isinstance(view, SurfaceView)
        view.camera = camera
    view.show_scene(Scene(race, theme))
    view.add_deferred_artists()
    view.fit_labels()
    canvas.draw()
    return view


def pixels(view: View) -> np.ndarray:
    canvas = view.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)


def run_race(experiment: Experiment, steps: int = 0) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


def assert_nothing_is_cut_off(view: View) -> None:
    canvas = view.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    bbox, figure_bbox = view.axes.get_tightbbox(canvas.get_renderer()), view.figure.bbox
    assert bbox is not None
    assert bbox.x0 >= 0
    assert bbox.y0 >= 0
    assert bbox.x1 <= figure_bbox.x1
    assert bbox.y1 <= figure_bbox.y1


@pytest.mark.slow
@pytest.mark.parametrize("name", SURFACES)
def test_contour_labels_are_complete_and_the_key_is_always_visible(name: str) -> None:
    view = draw_view("contour", run_race(Experiment(name)), LARGE)
    assert isinstance(view, ContourView)
    assert_nothing_is_cut_off(view)
    assert view.marker_key is not None
    assert view.formula is not None
    key, formula = view.marker_key.get_window_extent(), view.formula.get_window_extent()
    assert view.marker_key.get_visible()
    assert view.axes.bbox.y1 < key.y0 < view.axes.bbox.y1 + 20
    if view.formula.get_visible():
        assert formula.x1 < key.x0


@pytest.mark.slow
@pytest.mark.parametrize("start", [(-1.5, 1e6), (-50.0, 70.0), (1e-3, 5.0), (-9e5, -4e3)])
def test_margins_follow_the_tick_labels(start: tuple[float, float]) -> None:
    for name in ("rosenbrock", "easom"):
        assert_nothing_is_cut_off(draw_view("contour", run_race(Experiment(name, start)), LARGE))


@pytest.mark.slow
@pytest.mark.parametrize("quantity", ["loss", "distance", "gradient"])
@pytest.mark.parametrize("size", [MIDDLE, SMALL])
@pytest.mark.parametrize("surface", ["goldstein_price", "linear_regression", "tanh_neuron", "saddle"])
def test_labels_of_small_views_are_complete(surface: str, size: tuple[float, float], quantity: str) -> None:
    for scale in ("log", "linear"):
        race = run_race(
            Experiment(surface, runs=(Run("sgd", {"lr": 1e-6}),), loss_plot=LossPlot(quantity, y_scale=scale)), 150
        )
        view = draw_view("loss", race, size)
        assert_nothing_is_cut_off(view)
        assert view.axes.yaxis.label.get_visible()
        if race.surface.data is not None:
            assert_nothing_is_cut_off(draw_view("fit", race, size))


def test_tick_labels_are_short_and_uniform() -> None:
    assert [format_tick(value) for value in (0.25, -1.5, 3e5, 2.5e-7, 99999.0, -0.0)] == [
        "0.25",
        "−1.5",
        "3e5",
        "2.5e−7",
        "99999",
        "0",
    ]
    for ticks, labels in (
        ([-1e6, -7.5e5, 0.0, 5e5], ["−1e6", "−7.5e5", "0", "5e5"]),
        ([-1.0, -0.5, 0.0], ["−1.0", "−0.5", "0.0"]),
        ([5.0, 5.0000000001], ["5.0000000000", "5.0000000001"]),
        ([1000000.5, 1000001.0], ["1.0000005e6", "1.000001e6"]),
        ([7.0], ["7"]),
        ([], []),
    ):
        assert UniformFormatter().format_ticks(ticks) == labels
        assert UniformFormatter().get_offset() == ""


CONSTANT_DATA = ((1.0, 2.0, 3.0, 4.0), (5.0, 5.0, 5.0, 5.0))


def curves_in_axes(view: View, race: Race) -> list[bool]:
    """Return for each run whether a part of its curve lies inside the axes."""
    assert isinstance(view, FitView)
    bbox, inside = view.axes.bbox, []
    for trajectory in race.trajectories:
        a, b, _ = trajectory.values_between(min(race.step, trajectory.last_step), race.step)
        curve = view.curve_pixels(a[-1:], b[-1:], view.curve_x)
        inside.append(bool(((curve[:, 1] > bbox.y0) & (curve[:, 1] < bbox.y1)).any()))
    return inside


@pytest.mark.parametrize("surface", ["linear_regression", "tanh_neuron"])
@pytest.mark.parametrize("height", [5.0, 0.0, -3e4])
def test_constant_data_have_margins_that_show_every_curve(surface: str, height: float) -> None:
    data = CONSTANT_DATA[0], (height,) * 4
    race = run_race(Experiment(surface, runs=(Run("adam", {"lr": 0.05}), Run("sgd", {"lr": 0.001})), data=data))
    view = draw_view("fit", race, MIDDLE)
    low, high = view.axes.get_ylim()
    assert high - low > 0.2 * (abs(height) or 1.0)
    assert low < height < high
    for _ in range(60):
        if max(abs(height), 1.0) < 1e4:
            assert all(curves_in_axes(view, race))
        race.advance(1)
        view.expand_limits_if_needed(race)


def test_limits_of_the_fit_view_grow_by_doubling_and_do_not_follow_divergence() -> None:
    race = run_race(Experiment("linear_regression", runs=(Run("sgd", {"lr": 1e-3}), Run("sgd", {"lr": 50.0}))))
    view = draw_view("fit", race, MIDDLE)
    before, changes = view.axes.get_ylim(), 0
    for _ in range(300):
        race.advance(1)
        changes += view.expand_limits_if_needed(race)
    assert changes <= 14, "more draws than doublings"
    assert view.axes.get_ylim()[1] <= before[1] + 128 * (before[1] - before[0]), "a diverging curve is followed"


POSITIVE_MINIMUM = Experiment(
    "tanh_neuron", runs=(Run("adam", {"lr": 0.1}),), data=((0.0, 1.0, 2.0, 3.0), (1.0, 4.0, 6.0, 9.0))
)


def test_logarithmic_axis_follows_a_loss_with_an_unknown_positive_minimum() -> None:
    race = run_race(POSITIVE_MINIMUM)
    assert race.surface.minimum_loss is None
    view, full_draws = draw_view("loss", race, MIDDLE), 0
    for _ in range(300):
        race.advance(1)
        full_draws += view.expand_limits_if_needed(race)
    assert view.axes.get_yscale() == "log"
    assert full_draws <= 14
    view.figure.canvas.draw()
    curve, bbox = view.pixels_between(race.trajectories[0], 0, 300)[0][:, 1], view.axes.bbox
    assert bbox.y0 <= curve.min()
    assert curve.max() <= bbox.y1
    assert np.ptp(curve) > 0.4 * bbox.height
    low, high = view.axes.get_ylim()
    assert sum(low <= tick <= high for tick in view.axes.yaxis.get_majorticklocs()) >= 2


def test_axis_scale_changes_once_when_the_loss_becomes_negative() -> None:
    experiment = Experiment("saddle", (2.0, 0.1), (Run("sgd", {"lr": 0.1}),))
    race = run_race(experiment)
    assert race.trajectories[0].losses[0] > 0
    view, scales = draw_view("loss", race, MIDDLE), []
    for _ in range(40):
        race.advance(1)
        before = view.axes.get_yscale()
        expanded = view.expand_limits_if_needed(race)
        scales.append(view.axes.get_yscale())
        assert expanded or scales[-1] == before
        assert (scales[-1] == "symlog") == (min(race.trajectories[0].losses) <= 0)
    assert set(scales) == {"log", "symlog"}
    assert view.update_scene(Scene(run_race(experiment))), "a change of the scale needs a full draw"
    assert view.axes.get_yscale() == "log"


def test_limits_contain_a_run_that_is_shown_again() -> None:
    runs = Run("sgd", {"lr": 0.02}), Run("adam", {"lr": 0.5}, visible=False)
    race = run_race(Experiment("beale", runs=runs), 80)
    view = draw_view("loss", race, MIDDLE)
    assert isinstance(view, LossView)
    race = edit(race, lambda e: e.with_run(1, replace(e.runs[1], visible=True)))
    view.update_scene(Scene(race))
    values = race.trajectories[1].values_between(0, 80)[2]
    assert view.axis_limits.y_limits[0] <= values.min()
    assert values.max() <= view.axis_limits.y_limits[1]


COLORED_LABELS = replace(LIGHT, divider="#ff00ff", muted_text="#ff00ff", name="colored labels")
WHITE_LABELS = replace(LIGHT, divider="#ffffff", muted_text="#ffffff", name="white labels")


@pytest.mark.slow
@pytest.mark.parametrize("angles", [(-90, 90), (-60, 87), (30, 90), (135, 85), (-90, 60), (0, 50), (180, 75)])
@pytest.mark.parametrize("surface", ["three_hump_camel", "rosenbrock"])
def test_labels_do_not_cover_the_surface_seen_from_above(surface: str, angles: tuple[int, int]) -> None:
    race = run_race(Experiment(surface))
    colored, white = (
        draw_view("relief", race, (4.0, 4.0), theme, Camera(*angles)) for theme in (COLORED_LABELS, WHITE_LABELS)
    )
    assert isinstance(colored, SurfaceView)
    is_label = (np.abs(pixels(colored) - pixels(white)).max(axis=2) > 60)[::-1]
    x, y = colored.project_points(colored.mesh_nodes[2:-2, 2:-2]).reshape(-1, 2).astype(int).T
    assert not is_label[y, x].any()
    assert is_label.sum() > 200, "labels are missing"


@pytest.mark.slow
@pytest.mark.parametrize("azimuth", range(-180, 180, 15))
def test_height_labels_are_complete(azimuth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = []

    class RecordedText(Text):
        def draw(self, renderer: object) -> None:
            super().draw(renderer)
            texts.append((self.get_text(), self.get_window_extent()))

    monkeypatch.setattr(surface_axes, "Text", RecordedText)
    view = draw_view("relief", run_race(Experiment("goldstein_price")), (2.6, 2.5), camera=Camera(azimuth, 15))
    assert view.scene is not None
    assert {label for _, label in surface_axes.height_ticks(view.scene.height_map)} <= {text for text, _ in texts}
    for _, bbox in texts:
        assert bbox.x0 >= 0
        assert bbox.x1 <= view.figure.bbox.x1


@pytest.mark.parametrize(
    "experiment",
    [
        Experiment(
            "rosenbrock", runs=tuple(map(Run.parse, ("sgd lr=0.003", "momentum lr=0.002", "nesterov lr=0.004")))
        ),
        Experiment("himmelblau", runs=tuple(map(Run.parse, ("sgd lr=0.05", "momentum lr=0.05")))),
        Experiment("sphere", runs=(Run.parse("sgd lr=1.5"),)),
    ],
)
def test_labels_of_diverged_runs_cover_no_path(experiment: Experiment) -> None:
    race = run_race(experiment, 2000)
    view = draw_view("contour", race, (5.0, 4.0))
    assert isinstance(view, ContourView)
    canvas = view.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    view.draw_current_markers(PathRenderer(canvas.get_renderer()))
    labels = view.divergence_labels.labels
    assert labels
    for trajectory in race.trajectories:
        path = view.pixels_between(trajectory, 0, min(race.step, trajectory.last_step))[0]
        for start, end in pairwise(path):
            segment = Path(np.clip([start, end], -1e6, 1e6))
            for label in labels:
                assert not segment.intersects_bbox(label.label_box, filled=False), trajectory.method.name


def test_a_contour_plot_without_runs_or_divergence_has_no_labels() -> None:
    for runs in ((), (Run("sgd", {"lr": 1e-6}),), (Run("sgd", {"lr": 1.0}, visible=False),)):
        view = draw_view("contour", run_race(Experiment("rosenbrock", runs=runs), 30), LARGE)
        assert isinstance(view, ContourView)
        canvas = view.figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        view.draw_current_markers(PathRenderer(canvas.get_renderer()))
        assert not view.divergence_labels.labels
