"""What is written beside and over the pictures has room: nothing is cut, hidden by mistake, or written over what it tells of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from app.engine.race import Race
from app.model.experiment import Experiment, LossPlot
from app.model.run import Run
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

# inches: the contour, and one of two or of three views beside it, at 1024x700
LARGE, MIDDLE, SMALL = (3.9, 4.05), (2.6, 2.0), (2.6, 1.25)


def arranged(
    name: str, race: Race, size: tuple[float, float], theme: Theme = LIGHT, camera: Camera | None = None
) -> View:
    """A view of a race, drawn in full as the window does it."""
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


def raced(experiment: Experiment, steps: int = 0) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


def assert_nothing_is_cut(view: View) -> None:
    canvas = view.figure.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    box, whole = view.axes.get_tightbbox(canvas.get_renderer()), view.figure.bbox
    assert box is not None
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= whole.x1
    assert box.y1 <= whole.y1


@pytest.mark.parametrize("name", SURFACES)
def test_the_words_at_the_contour_are_whole_and_the_key_is_always_there(name: str) -> None:
    view = arranged("contour", raced(Experiment(name)), LARGE)
    assert isinstance(view, ContourView)
    assert_nothing_is_cut(view)
    assert view.marker_key is not None
    assert view.formula is not None
    key, formula = view.marker_key.get_window_extent(), view.formula.get_window_extent()
    assert view.marker_key.get_visible()
    assert view.axes.bbox.y1 < key.y0 < view.axes.bbox.y1 + 20
    if view.formula.get_visible():
        assert formula.x1 < key.x0


@pytest.mark.parametrize("start", [(-1.5, 1e6), (-50.0, 70.0), (1e-3, 5.0), (-9e5, -4e3)])
def test_margins_follow_the_tick_labels(start: tuple[float, float]) -> None:
    for name in ("rosenbrock", "easom"):
        assert_nothing_is_cut(arranged("contour", raced(Experiment(name, start)), LARGE))


@pytest.mark.parametrize("quantity", ["loss", "distance", "gradient"])
@pytest.mark.parametrize("size", [MIDDLE, SMALL])
@pytest.mark.parametrize("surface", ["goldstein_price", "linear_regression", "tanh_neuron", "saddle"])
def test_the_labels_of_the_small_views_are_whole(surface: str, size: tuple[float, float], quantity: str) -> None:
    for scale in ("log", "linear"):
        race = raced(
            Experiment(surface, runs=(Run("sgd", {"lr": 1e-6}),), loss_plot=LossPlot(quantity, y_scale=scale)), 150
        )
        view = arranged("loss", race, size)
        assert_nothing_is_cut(view)
        assert view.axes.yaxis.label.get_visible()
        if race.surface.data is not None:
            assert_nothing_is_cut(arranged("fit", race, size))


def test_numbers_at_the_axes_are_short_and_alike() -> None:
    assert [format_tick(value) for value in (0.25, -1.5, 3e5, 2.5e-7, 99999.0, -0.0)] == [
        "0.25",
        "−1.5",
        "3e5",
        "2.5e−7",
        "99999",
        "0",
    ]
    for ticks, words in (
        ([-1e6, -7.5e5, 0.0, 5e5], ["−1e6", "−7.5e5", "0", "5e5"]),
        ([-1.0, -0.5, 0.0], ["−1.0", "−0.5", "0.0"]),
        ([5.0, 5.0000000001], ["5.0000000000", "5.0000000001"]),
        ([1000000.5, 1000001.0], ["1.0000005e6", "1.000001e6"]),
        ([7.0], ["7"]),
        ([], []),
    ):
        assert UniformFormatter().format_ticks(ticks) == words
        assert UniformFormatter().get_offset() == ""


CONSTANT = ((1.0, 2.0, 3.0, 4.0), (5.0, 5.0, 5.0, 5.0))


def seen(view: View, race: Race) -> list[bool]:
    """Whether some of each run's curve lies on the axes."""
    assert isinstance(view, FitView)
    box, found = view.axes.bbox, []
    for track in race.trajectories:
        a, b, _ = track.values_between(min(race.step, track.last_step), race.step)
        curve = view.curve_pixels(a[-1:], b[-1:], view.curve_x)
        found.append(bool(((curve[:, 1] > box.y0) & (curve[:, 1] < box.y1)).any()))
    return found


@pytest.mark.parametrize("surface", ["linear_regression", "tanh_neuron"])
@pytest.mark.parametrize("height", [5.0, 0.0, -3e4])
def test_constant_data_leave_room_and_every_curve_is_seen(surface: str, height: float) -> None:
    data = CONSTANT[0], (height,) * 4
    race = raced(Experiment(surface, runs=(Run("adam", {"lr": 0.05}), Run("sgd", {"lr": 0.001})), data=data))
    view = arranged("fit", race, MIDDLE)
    low, high = view.axes.get_ylim()
    assert high - low > 0.2 * (abs(height) or 1.0)
    assert low < height < high
    for _ in range(60):
        if max(abs(height), 1.0) < 1e4:
            assert all(seen(view, race))
        race.advance(1)
        view.expand_limits_if_needed(race)


def test_ordinary_data_keep_their_limits_while_curves_come_and_go() -> None:
    race = raced(Experiment("linear_regression", runs=(Run("sgd", {"lr": 1e-3}), Run("sgd", {"lr": 50.0}))))
    view = arranged("fit", race, MIDDLE)
    before, changes = view.axes.get_ylim(), 0
    for _ in range(300):
        race.advance(1)
        changes += view.expand_limits_if_needed(race)
    assert changes <= 14, "in doublings only"
    assert view.axes.get_ylim()[1] <= before[1] + 128 * (before[1] - before[0]), "what runs away is not followed"


OPEN = Experiment("tanh_neuron", runs=(Run("adam", {"lr": 0.1}),), data=((0.0, 1.0, 2.0, 3.0), (1.0, 4.0, 6.0, 9.0)))


def test_a_loss_that_stays_above_zero_has_a_log_axis_that_follows_it() -> None:
    race = raced(OPEN)
    assert race.surface.minimum_loss is None
    view, grown = arranged("loss", race, MIDDLE), 0
    for _ in range(300):
        race.advance(1)
        grown += view.expand_limits_if_needed(race)
    assert view.axes.get_yscale() == "log"
    assert grown <= 14
    view.figure.canvas.draw()
    curve, box = view.pixels_between(race.trajectories[0], 0, 300)[0][:, 1], view.axes.bbox
    assert box.y0 <= curve.min()
    assert curve.max() <= box.y1
    assert np.ptp(curve) > 0.4 * box.height
    low, high = view.axes.get_ylim()
    assert sum(low <= tick <= high for tick in view.axes.yaxis.get_majorticklocs()) >= 2


def test_a_loss_that_falls_below_zero_changes_the_axis_once() -> None:
    experiment = Experiment("saddle", (2.0, 0.1), (Run("sgd", {"lr": 0.1}),))
    race = raced(experiment)
    assert race.trajectories[0].losses[0] > 0
    view, scales = arranged("loss", race, MIDDLE), []
    for _ in range(40):
        race.advance(1)
        before = view.axes.get_yscale()
        grown = view.expand_limits_if_needed(race)
        scales.append(view.axes.get_yscale())
        assert grown or scales[-1] == before
        assert (scales[-1] == "symlog") == (min(race.trajectories[0].losses) <= 0)
    assert set(scales) == {"log", "symlog"}
    assert view.update_scene(Scene(raced(experiment))), "another scale needs another draw"
    assert view.axes.get_yscale() == "log"


def test_a_run_that_is_shown_again_has_its_room_in_the_loss_view() -> None:
    runs = Run("sgd", {"lr": 0.02}), Run("adam", {"lr": 0.5}, visible=False)
    race = raced(Experiment("beale", runs=runs), 80)
    view = arranged("loss", race, MIDDLE)
    assert isinstance(view, LossView)
    race = edit(race, lambda e: e.with_run(1, replace(e.runs[1], visible=True)))
    view.update_scene(Scene(race))
    values = race.trajectories[1].values_between(0, 80)[2]
    assert view.y_limits[0] <= values.min()
    assert values.max() <= view.y_limits[1]


LOUD = replace(LIGHT, divider="#ff00ff", muted_text="#ff00ff", name="loud")
QUIET = replace(LIGHT, divider="#ffffff", muted_text="#ffffff", name="quiet")


@pytest.mark.parametrize("angles", [(-90, 90), (-60, 87), (30, 90), (135, 85), (-90, 60), (0, 50), (180, 75)])
@pytest.mark.parametrize("surface", ["three_hump_camel", "rosenbrock"])
def test_from_above_nothing_is_written_over_the_surface(surface: str, angles: tuple[int, int]) -> None:
    race = raced(Experiment(surface))
    loud, quiet = (arranged("relief", race, (4.0, 4.0), theme, Camera(*angles)) for theme in (LOUD, QUIET))
    assert isinstance(loud, SurfaceView)
    written = (np.abs(pixels(loud) - pixels(quiet)).max(axis=2) > 60)[::-1]
    x, y = loud.project_points(loud.mesh_nodes[2:-2, 2:-2]).reshape(-1, 2).astype(int).T
    assert not written[y, x].any()
    assert written.sum() > 200, "numbers there are all the same"


@pytest.mark.parametrize("azimuth", range(-180, 180, 15))
def test_the_numbers_of_the_heights_are_whole(azimuth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    class Noted(Text):
        def draw(self, renderer: object) -> None:
            super().draw(renderer)
            written.append((self.get_text(), self.get_window_extent()))

    monkeypatch.setattr(surface_axes, "Text", Noted)
    view = arranged("relief", raced(Experiment("goldstein_price")), (2.6, 2.5), camera=Camera(azimuth, 15))
    assert view.scene is not None
    assert {words for _, words in surface_axes.height_ticks(view.scene.height_map)} <= {words for words, _ in written}
    for _, box in written:
        assert box.x0 >= 0
        assert box.x1 <= view.figure.bbox.x1
