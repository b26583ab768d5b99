"""The axes of the loss view: what is shown against what, in true numbers, thinned without inventing any; branches and replicas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PyQt6.QtWidgets import QApplication

from app.analysis.metric_series import EXTREMA_BLOCK, MetricSeries, metric_series, segment_argmin
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.engine.update_timing import measure_update_time
from app.gui.window.main_window import MainWindow
from app.model.branch import Branch
from app.model.experiment import DEFAULT_EXPERIMENT, QUANTITIES, X_QUANTITIES, Experiment, LossPlot
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.views import VIEWS, Scene
from app.views.loss_view import LossView
from tests.qt_fixtures import process_events

NOISY = Run("adam", {"lr": 0.05, "noise": 30.0})


def shown(race: Race, size: tuple[float, float] = (4.0, 3.0)) -> LossView:
    """The loss view of a race, drawn."""
    figure = Figure(figsize=size, dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = VIEWS["loss"](figure)
    assert isinstance(view, LossView)
    view.set_bounds()
    view.show_scene(Scene(race))
    view.fit_labels()
    canvas.draw()
    return view


def raced(experiment: Experiment, steps: int) -> Race:
    race = Race(experiment)
    race.advance(steps)
    race.compute_pending()
    return race


def axis_values(view: LossView, track: Trajectory, last: int) -> np.ndarray:
    """What the curve's pixels say, read back off the axes, (n, 2)."""
    return view.axes.transData.inverted().transform(view.pixels_between(track, 0, last)[0])


def truth(track: Trajectory, quantity: str, last: int) -> np.ndarray:
    """The quantity after steps 0 to ``last``, worked out step by step."""
    x, y, loss = (column.tolist() for column in track.values_between(0, last))
    surface = track.surface
    if quantity == "rate":
        return np.array([np.nan, *(track.hyperparameters_at(step)["lr"] for step in range(1, last + 1))])
    if quantity == "step":
        return np.array([np.nan, *(np.hypot(x[k] - x[k - 1], y[k] - y[k - 1]) for k in range(1, last + 1))])
    if quantity == "gradient":
        return np.array([np.hypot(*surface(a, b)[1]) for a, b in zip(x, y, strict=True)])
    if quantity == "distance":
        return np.array([min(np.hypot(a - p, b - q) for p, q in surface.minima) for a, b in zip(x, y, strict=True)])  # type: ignore[attr-defined]
    return np.array(loss) - (surface.minimum_loss if quantity == "above" else 0.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("against", X_QUANTITIES)
def test_every_axis_shows_true_numbers(quantity: str, against: str) -> None:
    curve = LossPlot(quantity, y_scale="linear", x_quantity=against)
    runs = Run("sgd", {"lr": 0.01}), Run("steepest_descent_armijo"), Run("adam", {"lr": 0.1})
    race = raced(Experiment("styblinski_tang", runs=runs, loss_plot=curve), 40)
    view = shown(race)
    for track in race.trajectories:
        if quantity == "rate" and not track.method.has_learning_rate:
            continue
        x, y = axis_values(view, track, 40).T
        np.testing.assert_allclose(y, truth(track, quantity, 40), rtol=1e-9, atol=1e-9)
        spent = sum(track.evaluation_arrays(40))
        steps = {
            "steps": np.arange(41),
            "evaluations": spent,
            "time": np.arange(41) * measure_update_time(track) / 1000,
        }[against]
        there = ~np.isnan(y)
        np.testing.assert_allclose(x[there], steps[there], rtol=1e-9, atol=1e-9)
        assert x[-1] <= view.axes.get_xlim()[1]
    assert view.axes.get_xlabel() == X_QUANTITIES[against]
    assert view.axes.get_ylabel() == QUANTITIES[quantity]


def test_evaluations_of_a_search_are_more_than_its_steps_and_the_axis_reaches_them() -> None:
    race = raced(
        Experiment("rosenbrock", runs=(Run("steepest_descent_armijo"),), loss_plot=LossPlot(x_quantity="evaluations")),
        60,
    )
    view = shown(race)
    assert axis_values(view, race.trajectories[0], 60)[-1, 0] > 120
    race.advance(200)
    assert view.expand_limits_if_needed(race)
    assert axis_values(view, race.trajectories[0], 260)[-1, 0] <= view.axes.get_xlim()[1]


def test_a_rate_that_was_turned_and_scheduled_is_shown_as_it_was_used() -> None:
    run = Run("sgd", {"lr": 0.01, "step_every": 10, "step_gamma": 0.5})
    race = raced(Experiment("sphere", runs=(run,), loss_plot=LossPlot("rate", y_scale="linear")), 25)
    race = race.with_experiment(
        replace(race.experiment, runs=(run.with_change_at_step(25, {**run.hyperparameters, "lr": 0.03}),))
    )
    race.advance(5)
    rates = metric_series(race.trajectories[0], "rate").values_up_to(30)
    assert np.isnan(rates[0])
    np.testing.assert_allclose(rates[1:], list(race.trajectories[0].learning_rates(30)))
    assert len(set(rates[1:].tolist())) == 4


@pytest.mark.parametrize(
    ("surface", "runs", "quantity", "words"),
    [
        ("saddle", ("sgd",), "distance", "this surface has no minimum"),
        ("saddle", ("sgd",), "above", "this surface has no minimum"),
        ("sphere", ("cma_es",), "rate", "no run here has a learning rate"),
        ("sphere", ("sgd", "cma_es"), "rate", "CMA-ES has no learning rate"),
        ("sphere", ("sgd", "cma_es", "bfgs", "nelder_mead"), "rate", "3 runs have no learning rate"),
        ("sphere", ("sgd", "cma_es"), "loss", ""),
    ],
)
def test_what_cannot_be_shown_is_said(surface: str, runs: tuple[str, ...], quantity: str, words: str) -> None:
    for scale in ("linear", "log"):
        race = raced(Experiment(surface, runs=tuple(map(Run, runs)), loss_plot=LossPlot(quantity, y_scale=scale)), 20)
        view = shown(race)
        assert view.note_message == words
        for track in race.trajectories:
            there = np.isfinite(view.pixels_between(track, 1, 20)[0]).all()
            gone = surface == "saddle" or (quantity == "rate" and not track.method.has_learning_rate)
            assert there != gone


def test_words_come_and_go_with_the_runs() -> None:
    race = raced(Experiment("sphere", runs=(Run("sgd"), Run("cma_es")), loss_plot=LossPlot("rate")), 5)
    view = shown(race)
    without = race.with_experiment(replace(race.experiment, runs=(Run("sgd", slot=0),)))
    assert view.update_scene(Scene(without))
    assert view.note_message == ""
    assert not view.update_scene(Scene(without))


def test_the_minimum_is_taken_off_where_that_is_asked_for_and_on_a_log_axis() -> None:
    for quantity, scale, offset in (
        ("loss", "log", True),
        ("loss", "linear", False),
        ("above", "linear", True),
        ("above", "log", True),
    ):
        race = raced(
            Experiment("styblinski_tang", runs=DEFAULT_EXPERIMENT.runs, loss_plot=LossPlot(quantity, y_scale=scale)), 10
        )
        view = shown(race)
        assert view.offset == (race.surface.minimum_loss if offset else 0.0)
        assert view.axes.get_ylabel() == ("loss − minimum" if offset else "loss")


def test_the_lowest_of_ragged_parts_is_found() -> None:
    draw = np.random.default_rng(5)
    values = draw.integers(0, 9, 500).astype(float)
    values[100:120] = np.nan
    starts = np.unique(np.append([0, 100, 120], draw.integers(0, 500, 40)))
    ends = np.append(starts[1:], 500)
    expected = [
        a + int(np.nanargmin(values[a:b])) for a, b in zip(starts, ends, strict=True) if not np.isnan(values[a:b]).all()
    ]
    assert segment_argmin(values, starts).tolist() == expected


@pytest.mark.parametrize("against", X_QUANTITIES)
@pytest.mark.parametrize("x_scale", ["linear", "log"])
def test_a_thinned_curve_keeps_every_peak_and_invents_nothing(x_scale: str, against: str) -> None:
    last, draw = 60_000, np.random.default_rng(3)
    race = Race(
        Experiment("rosenbrock", runs=(Run("adam"),), loss_plot=LossPlot("gradient", x_scale, x_quantity=against))
    )
    track, race.step = race.trajectories[0], last
    for column in (track.xs, track.ys, track.losses):
        column.extend(draw.normal(0, 0.3, last).tolist())
    view = shown(race, (2.6, 2.0))
    for until in (last, 41_234):
        steps, points, _ = view.decimated_path(track, until)
        assert len(points) < 3000
        assert (np.diff(steps) > 0).all()
        assert (steps[0], steps[-1]) == (0, until)
        np.testing.assert_array_equal(points[1:], view.pixel_positions(track, steps)[0][1:])
        every = view.pixels_between(track, 1, until)[0]
        for column in range(int(view.axes.bbox.x0) + 2, int(every[-1, 0]) - 2, 5):
            there = every[(every[:, 0] >= column) & (every[:, 0] < column + 1), 1]
            here = points[np.abs(points[:, 0] - column - 0.5) <= 1.5, 1]
            assert not there.size or (here.min() <= there.min() + 1e-6 and here.max() >= there.max() - 1e-6)


def test_blocks_are_added_as_the_run_goes_on_and_begin_anew_when_it_is_cut() -> None:
    race = raced(Experiment("rosenbrock", runs=(NOISY,)), 10 * EXTREMA_BLOCK)
    kept = MetricSeries(race.trajectories[0], "step")
    kept.block_extrema(kept.values_up_to(10 * EXTREMA_BLOCK))
    race.advance(5 * EXTREMA_BLOCK + 3)
    values = kept.values_up_to(race.step).copy()
    low, high = kept.block_extrema(values)
    assert len(low) == len(values) // EXTREMA_BLOCK
    for k, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        part = values[k * EXTREMA_BLOCK : (k + 1) * EXTREMA_BLOCK]
        assert (values[a], values[b]) == (np.nanmin(part), np.nanmax(part))
    race.trajectories[0]._truncate(50)
    assert len(kept.values_up_to(50)) == 51
    np.testing.assert_array_equal(kept.values_up_to(50), values[:51])


# Branches and replicas

GHOSTLY = replace(DEFAULT_EXPERIMENT, branches=(Branch((Run("sgd", {"lr": 0.002}, slot=0),), (-1.2, 2.0), 300),))
CROWD = Experiment("rosenbrock", (-0.5, 2.5), (replace(NOISY, replicas=9), Run("sgd", {"lr": 1e-3})))


def ink(view: str, race: Race) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of a view without and with what is faint."""
    figure = Figure(figsize=(4, 3), dpi=100)
    canvas = FigureCanvasAgg(figure)
    made = VIEWS[view](figure)
    made.set_bounds()
    made.show_scene(Scene(race))
    canvas.draw()
    bare = np.asarray(canvas.buffer_rgba()).copy()
    made.draw_background_paths(PathRenderer(canvas.get_renderer()), {})
    return bare, np.asarray(canvas.buffer_rgba()).copy()


@pytest.mark.parametrize("experiment", [GHOSTLY, CROWD])
@pytest.mark.parametrize("view", ["contour", "relief", "loss"])
def test_branches_and_replicas_are_seen_in_every_view(view: str, experiment: Experiment) -> None:
    bare, with_them = ink(view, raced(experiment, 120))
    assert (bare != with_them).any(axis=2).sum() > 60


def test_a_branch_or_a_run_that_is_hidden_has_no_faint_path() -> None:
    hidden = replace(GHOSTLY, branches=(replace(GHOSTLY.branches[0], visible=False),))
    crowd = CROWD.with_run(0, replace(CROWD.runs[0], visible=False))
    for experiment in (hidden, crowd):
        scene = Scene(raced(experiment, 20))
        assert not scene.branch_trajectories
        assert not scene.replica_trajectories


def test_the_band_holds_eight_in_ten_and_the_limits_hold_the_branches() -> None:
    race = raced(CROWD, 200)
    view = shown(race, (6.0, 4.0))
    assert view.scene is not None
    (tracks, _), drawn = view.scene.replica_trajectories[0], []

    class Noted(PathRenderer):
        def fill_polygon(self, points: np.ndarray, *rest: object) -> None:
            drawn.append(points)

        def draw_line(self, points: np.ndarray, *rest: object, **more: object) -> None:
            drawn.append(points)

    view.draw_background_paths(Noted(view.figure.canvas.get_renderer()), {})  # type: ignore[attr-defined]
    area, middle = drawn
    values = np.array([track.losses for track in tracks])
    low, high = area[:201], area[:200:-1]
    inside = view.axes.transData.inverted().transform
    np.testing.assert_allclose(inside(low)[:, 1], np.quantile(values, 0.1, axis=0))
    np.testing.assert_allclose(inside(high)[:, 1], np.quantile(values, 0.9, axis=0))
    np.testing.assert_allclose(inside(middle)[:, 1], np.median(values, axis=0))
    view = shown(raced(GHOSTLY, 10))
    assert view.axes.get_xlim()[1] >= 300


def test_a_branch_costs_no_full_draw_and_nothing_in_a_frame(
    open_window: Callable[..., MainWindow], application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    window.session.advance(90)
    process_events(application)
    before = {name: canvas.full_draw_count for name, canvas in window.canvases.items()}
    branch = Branch((Run("sgd", {"lr": 0.002}, slot=0),), (-1.2, 2.0), 80)
    seen = {
        name: np.asarray(canvas.buffer_rgba()).copy() for name, canvas in window.canvases.items() if canvas.isVisible()
    }
    window.session.store.set(replace(window.session.experiment, branches=(branch,)))
    process_events(application)
    for name, picture in seen.items():
        assert (np.asarray(window.canvases[name].buffer_rgba()) != picture).any(), name
    assert {name: canvas.full_draw_count for name, canvas in window.canvases.items()} == before
    for view in VIEWS.values():
        monkeypatch.setattr(view, "draw_background_paths", lambda *_: pytest.fail("drawn in a frame"))
    window.session.advance(5)
    window.session.show_step(40)
    monkeypatch.undo()
    window.session.store.undo()
    window.session.show_step(90)
    for name, picture in seen.items():
        np.testing.assert_array_equal(np.asarray(window.canvases[name].buffer_rgba()), picture, err_msg=name)


def test_replicas_are_added_to_the_ground_as_they_come_on(
    open_window: Callable[..., MainWindow], application: QApplication
) -> None:
    window = open_window(CROWD)
    window.session.advance(100)
    contour, race = window.canvases["contour"], window.session.race

    def come_on() -> None:
        race.compute_pending()
        window.view_area.refresh_background()

    come_on()
    process_events(application)
    before, first = contour.full_draw_count, dict(contour.drawn_steps)
    window.session.advance(20)
    come_on()
    assert contour.full_draw_count == before
    assert {track: contour.drawn_steps[track] - step for track, step in first.items()} == dict.fromkeys(first, 20)
    grown = np.asarray(contour.buffer_rgba()).astype(int)
    contour.redraw_background()
    changed = np.abs(np.asarray(contour.buffer_rgba()).astype(int) - grown).max(axis=2) > 60
    assert changed.mean() < 0.005, "the same as if drawn at once, but for which lies over which"


def test_a_curve_below_zero_has_numbers_beside_it(
    open_window: Callable[..., MainWindow], application: QApplication
) -> None:
    window = open_window(Experiment("saddle", runs=(Run("sgd", {"lr": 0.1}),)))
    window.session.advance(90)
    process_events(application)
    window.session.set_start(0.0, -1.1)
    axes = window.canvases["loss"].view.axes
    for steps in (0, 1, 1, 20):
        window.session.advance(steps)
        process_events(application)
        low, high = axes.get_ylim()
        assert sum(low <= tick <= high for tick in axes.get_yticks()) >= 2
