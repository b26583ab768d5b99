"""The window of the contour: moved by wheel, mouse and keys, as far as numbers can be told apart; the start stays put."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PyQt6.QtWidgets import QApplication

from app.analysis.height_map import Scenery
from app.engine.race import Race
from app.gui.canvas.contour_viewport import DISTINCT, LEAST, MOST, size
from app.gui.window.main_window import MainWindow
from app.model.experiment import FIRST, Experiment, Run
from app.plotting.path_renderer import Brush
from app.views import Scene
from app.views.contour_image import stretched
from app.views.contour_view import Contour
from app.views.surface_view import Relief
from surfaces import SURFACES
from surfaces.surface import Box
from tests.conftest import settle
from tests.views.test_views import pixels

Open = Callable[..., MainWindow]


def mouse(window: MainWindow, kind: str, x: float, y: float, **more: object) -> None:
    """A mouse event at a place of the contour in shares of its axes."""
    canvas = window.canvases["contour"]
    canvas.callbacks.process(kind, MouseEvent(kind, canvas, *canvas.view.axes.transAxes.transform((x, y)), **more))


def press(window: MainWindow, x: float, y: float, **more: object) -> None:
    mouse(window, "button_press_event", x, y, button=1, **more)


def drag(window: MainWindow, *places: tuple[float, float]) -> None:
    press(window, *places[0])
    for place in places[1:]:
        mouse(window, "motion_notify_event", *place)
    mouse(window, "button_release_event", *places[-1], button=1)


def click(window: MainWindow, x: float, y: float) -> None:
    drag(window, (x, y))


def visible(window: MainWindow) -> Box:
    axes = window.canvases["contour"].view.axes
    return tuple(axes.get_xlim()), tuple(axes.get_ylim())


def share(window: MainWindow, place: tuple[float, float]) -> tuple[float, float]:
    axes = window.canvases["contour"].view.axes
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(place))
    return float(x), float(y)


def test_the_wheel_zooms_about_the_pointer_and_the_levels_follow(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("himmelblau"))
    view, whole, levels = window.canvases["contour"].view, visible(window), window.canvases["contour"].view.scenery
    for step in (1, 1, 1):
        mouse(window, "scroll_event", 0.25, 0.75, step=step)
    assert view.moving
    settle(application)
    window.stage.zooming.rest()
    settle(application)
    assert not view.moving
    box = visible(window)
    assert size(box) == pytest.approx(np.array(size(whole)) / 1.25**3)
    assert (box[0][0] * 0.75 + box[0][1] * 0.25, box[1][0] * 0.25 + box[1][1] * 0.75) == pytest.approx(
        (whole[0][0] * 0.75 + whole[0][1] * 0.25, whole[1][0] * 0.25 + whole[1][1] * 0.75)
    )
    assert view.scenery is not levels
    assert view.scenery.box == box
    assert window.stage.zoomed
    for step in (-1, -1, -1):
        mouse(window, "scroll_event", 0.25, 0.75, step=step)
    assert np.ravel(visible(window)) == pytest.approx(np.ravel(whole))
    window.stage.show_all()
    assert (window.stage.zoomed, visible(window)) == (False, whole)


def test_the_wheel_beside_the_axes_does_nothing(open_window: Open) -> None:
    window = open_window()
    mouse(window, "scroll_event", 1.02, 0.5, step=1)
    assert not window.stage.zoomed


def test_while_it_moves_only_the_contour_is_drawn_and_trails_stay_where_they_are_true(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    counted = {name: canvas.draws for name, canvas in window.canvases.items()}
    for _ in range(4):
        window.stage.zoom(0.8)
        settle(application)
    drawn = {name: canvas.draws - counted[name] for name, canvas in window.canvases.items()}
    assert drawn["contour"] >= 4
    assert drawn["relief"] == drawn["loss"] == 0
    view, race = window.canvases["contour"].view, window.session.race
    x, y, _ = race.tracks[1].part(0, 60)
    seen = view.project(race.tracks[1], 0, 60)[0]
    np.testing.assert_allclose(view.axes.transData.inverted().transform(seen), np.column_stack([x, y]), atol=1e-12)


@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "styblinski_tang", "linear_regression"])
def test_it_zooms_as_far_as_numbers_differ_and_no_farther(
    open_window: Open, application: QApplication, name: str
) -> None:
    window = open_window(Experiment(name, runs=(Run("adam", {"lr": 0.05}),)))
    window.session.advance(30)
    whole, about = visible(window), SURFACES[name].minima[0]
    for factor, rounds in ((0.5, 60), (2.0, 80)):
        for _ in range(rounds):
            window.stage.zooming.zoom(factor, about)
        window.stage.zooming.rest()
        settle(application)
        box = visible(window)
        assert all(low < high for low, high in box)
        assert all(low <= at <= high for at, (low, high) in zip(about, box, strict=True))
        for length, large, (low, high) in zip(size(box), size(whole), box, strict=True):
            least = max(LEAST * large, DISTINCT * max(abs(low), abs(high)))
            assert 0.9 * least <= length <= 1.01 * MOST * large
        shares = np.divide(size(box), size(whole))
        assert shares[0] == pytest.approx(shares[1], rel=1e-3), "no distortion"
        assert (min(shares) < 1e-10) if factor < 1 else (max(shares) == pytest.approx(MOST, rel=0.01))
        assert len(set(np.linspace(*box[0], 161))) == 161


@pytest.mark.parametrize("depth", [100.0, 1e-5, 1e-12])
@pytest.mark.parametrize("name", SURFACES)
def test_every_surface_can_be_seen_at_every_depth(name: str, depth: float) -> None:
    """Warnings are errors here: levels that fall together, heights that are all the same, or that overflow."""
    surface, race = SURFACES[name], Race(Experiment(name, runs=(Run("adam", {"lr": 0.01}),)))
    race.advance(30)
    x, y = surface.minima[0] if surface.minima else surface.start
    wide, high = (
        max((up - low) * depth, DISTINCT * abs(at)) / 2 for (low, up), at in zip(surface.box, (x, y), strict=True)
    )
    figure = Figure(figsize=(3.0, 2.6), dpi=100)
    canvas, view = FigureCanvasAgg(figure), Contour(figure)
    view.window = (x - wide, x + wide), (y - high, y + high)
    view.show(Scene(race))
    view.arrange()
    canvas.draw()
    low, up = view.axes.get_xlim()
    ticks = [
        text.get_window_extent()
        for at, text in zip(view.axes.get_xticks(), view.axes.get_xticklabels(), strict=True)
        if low <= at <= up
    ]
    assert ticks
    assert all(a.x1 < b.x0 for a, b in pairwise(ticks)), "the numbers run together"
    brush = Brush(canvas.get_renderer())
    view.redraw(brush, race.step)
    view.heads(brush)
    view.moving = True
    canvas.draw()


def test_colors_are_those_of_what_is_visible() -> None:
    part = Scenery(SURFACES["sphere"], ((3.0, 4.0), (3.0, 4.0)))
    assert (part.low, part.low + part.span) == pytest.approx((18.0, 32.0))
    near = Scenery(SURFACES["rosenbrock"], ((1 - 1e-8, 1 + 1e-8), (1 - 1e-8, 1 + 1e-8)))
    heights = near.round_heights(10)
    assert near.low == 0
    assert len(set(heights)) == len(heights) > 4
    assert all(0 < height <= near.span for height in heights)


def test_the_image_of_a_moving_window_is_the_contour(open_window: Open, application: QApplication) -> None:
    """Where no line and no trail is drawn: the same levels in the same colors, the right way up."""
    window = open_window(Experiment("booth", (9.0, 9.0)))
    for _ in range(3):
        window.stage.zooming.zoom(0.8, (-3.0, 2.0))
    settle(application)
    moving = pixels(window)["contour"][..., :3].astype(int)
    window.stage.zooming.rest()
    settle(application)
    still = pixels(window)["contour"][..., :3].astype(int)
    box = window.canvases["contour"].view.axes.bbox
    inside = np.s_[int(len(still) - box.y1) + 3 : int(len(still) - box.y0) - 3, int(box.x0) + 3 : int(box.x1) - 3]
    different = np.abs(moving - still)[inside].max(axis=2)
    assert np.median(different) <= 6
    assert (different > 60).mean() < 0.06
    quarters = np.array([0.125, 0.375, 0.625, 0.875])
    np.testing.assert_allclose(stretched(np.array([[0.0, 1.0], [2.0, 3.0]]), 1, 4), [quarters, quarters + 2])


def test_dragging_empty_ground_pans_and_sets_no_start(open_window: Open, application: QApplication) -> None:
    window = open_window()
    before = visible(window)
    drag(window, (0.7, 0.3), (0.6, 0.35), (0.5, 0.4))
    settle(application)
    assert window.session.experiment == FIRST
    assert not window.canvases["contour"].view.moving
    (left, right), (bottom, top) = before
    wide, high = right - left, top - bottom
    assert np.ravel(visible(window)) == pytest.approx(
        (left + 0.2 * wide, right + 0.2 * wide, bottom - 0.1 * high, top - 0.1 * high), abs=0.02
    )
    window.stage.pan(-0.2, 0.1)
    assert np.ravel(visible(window)) == pytest.approx(np.ravel(before), abs=0.02)


def test_panning_ends_before_it_leads_nowhere(open_window: Open) -> None:
    window = open_window()
    for _ in range(3000):
        window.stage.pan(0.5, 0.0)
    (left, right), _ = visible(window)
    assert 50 * 4 < left < right < 101 * 4


def test_a_click_sets_the_start_when_it_is_let_go(open_window: Open) -> None:
    window = open_window()
    press(window, 0.25, 0.75)
    assert window.session.experiment == FIRST
    mouse(window, "button_release_event", 0.25, 0.75, button=1)
    assert window.session.experiment.start == pytest.approx((-1.0, 2.0), abs=0.01)
    assert window.session.race.step == 0
    assert not window.stage.zoomed


def test_a_double_click_shows_all_and_leaves_no_start_behind(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.session.advance(7)
    window.stage.zoom(0.5)
    window.stage.zooming.rest()
    settle(application)
    experiment, step = window.session.experiment, window.session.race.step
    click(window, 0.4, 0.8)
    assert window.session.experiment.start != experiment.start
    press(window, 0.4, 0.8, dblclick=True)
    mouse(window, "button_release_event", 0.4, 0.8, button=1)
    settle(application)
    assert (window.session.experiment, window.session.race.step) == (experiment, step)
    assert not window.stage.zoomed
    assert not window.session.store.holding


def test_in_a_small_window_the_start_is_set_as_finely_as_it_is_seen(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    for _ in range(40):
        window.stage.zooming.zoom(0.5, (1.0, 1.0))
    window.stage.zooming.rest()
    settle(application)
    (left, right), (bottom, top) = visible(window)
    click(window, 0.25, 0.75)
    x, y = window.session.experiment.start or (0.0, 0.0)
    assert ((x - left) / (right - left), (y - bottom) / (top - bottom)) == pytest.approx((0.25, 0.75), abs=0.02)
    assert window.stage.zoomed, "another start does not move the window"


def test_the_start_can_be_dragged_in_a_window_and_not_out_of_it(open_window: Open, application: QApplication) -> None:
    window = open_window()
    for _ in range(3):
        window.stage.zooming.zoom(0.7, FIRST.start)
    window.stage.zooming.rest()
    settle(application)
    box, at = visible(window), share(window, FIRST.start or (0.0, 0.0))
    counted = window.canvases["contour"].draws
    press(window, *at)
    for k in range(1, 5):
        mouse(window, "motion_notify_event", at[0] + 0.5 * k, at[1])
        settle(application, 1)
    mouse(window, "button_release_event", at[0] + 2.0, at[1], button=1)
    settle(application)
    x, y = window.session.experiment.start or (0.0, 0.0)
    assert x == pytest.approx(box[0][1], rel=0.01)
    assert box[1][0] <= y <= box[1][1]
    assert visible(window) == box
    assert window.canvases["contour"].draws == counted


def test_a_start_that_is_not_visible_is_neither_drawn_nor_taken(open_window: Open, application: QApplication) -> None:
    window = open_window()
    for _ in range(8):
        window.stage.zooming.zoom(0.7, (1.0, 1.0))
    window.stage.zooming.rest()
    settle(application)
    drag(window, (0.01, 0.99), (0.2, 0.8))
    assert window.session.experiment == FIRST
    canvas, marks = window.canvases["contour"], []

    class Noted(Brush):
        def marker(self, points: np.ndarray, mark: str, *rest: object) -> None:
            marks.extend([mark] * len(points))

    canvas.view.underlay(Noted(canvas.get_renderer()))
    assert set(marks) == {"*"}, "the minimum only"


def test_what_else_changes_leaves_the_window_and_another_surface_shows_all(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    window.stage.zoom(0.4)
    window.stage.zooming.rest()
    settle(application)
    box = visible(window)
    equal, contour = (lambda: window.toggle_option("equal")), (lambda: window.toggle("contour"))
    for change in (
        lambda: window.set_theme("dark"),
        lambda: window.resize(1024, 700),
        equal,
        equal,
        window.session.restart,
        lambda: window.session.set_start(40.0, 2.0),
        contour,
        contour,
    ):
        change()
        settle(application)
        assert visible(window) == box
    window.session.change(lambda e: e.on("himmelblau"))
    settle(application)
    assert not window.stage.zoomed
    assert visible(window) == SURFACES["himmelblau"].box


def test_the_relief_shows_where_the_window_is(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("rosenbrock", (1.9, 2.9), (Run("sgd", {"lr": 1e-6}),)))
    relief, before = window.canvases["relief"], pixels(window)["relief"]
    counted = relief.draws
    for about, depth in (((0.3, 0.8), 0.5), ((0.3, 0.8), 1e-4), ((1.9, 2.9), 2.0)):
        window.stage.show_all()
        window.stage.zooming.zoom(depth, about)
        window.stage.zooming.rest()
        settle(application)
        assert (pixels(window)["relief"] != before).any(axis=2).sum() > 20 or depth > 1
    window.stage.show_all()
    window.stage.zooming.rest()
    settle(application)
    np.testing.assert_array_equal(pixels(window)["relief"], before)
    assert relief.draws == counted
    assert isinstance(relief.view, Relief)
    window.stage.zoom(0.5)
    window.stage.zooming.rest()
    window.session.change(lambda e: e.on("beale"))
    settle(application)
    assert relief.view.window is None


def test_the_window_tells_when_it_moves_and_ends_with_the_program(open_window: Open) -> None:
    window, told = open_window(), []
    window.stage.zooming.changed = lambda: told.append(window.stage.zoomed)
    window.stage.show_all()
    assert told == []
    window.stage.zoom(0.5)
    window.stage.show_all()
    assert told == [True, False]
    window.stage.zoom(0.5)
    assert window.canvases["contour"].settle.isActive()
    window.close()
    assert not window.canvases["contour"].settle.isActive()
