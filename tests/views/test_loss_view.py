"""The axes of the loss view: what is shown against what, in true numbers, thinned without inventing any; branches and replicas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PyQt6.QtWidgets import QApplication

from app.analysis.metric_series import BLOCK, Series, lowest, series
from app.engine.race import Race
from app.engine.trajectory import Track
from app.engine.update_timing import microseconds
from app.gui.window.main_window import MainWindow
from app.model.branch import Branch
from app.model.experiment import AGAINST, FIRST, QUANTITIES, Curve, Experiment, Run
from app.plotting.path_renderer import Brush
from app.views import VIEWS, Scene
from app.views.loss_view import Loss
from tests.conftest import settle

NOISY = Run("adam", {"lr": 0.05, "noise": 30.0})


def shown(race: Race, size: tuple[float, float] = (4.0, 3.0)) -> Loss:
    """The loss view of a race, drawn."""
    figure = Figure(figsize=size, dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = VIEWS["loss"](figure)
    assert isinstance(view, Loss)
    view.place()
    view.show(Scene(race))
    view.arrange()
    canvas.draw()
    return view


def raced(experiment: Experiment, steps: int) -> Race:
    race = Race(experiment)
    race.advance(steps)
    race.complete()
    return race


def axis_values(view: Loss, track: Track, last: int) -> np.ndarray:
    """What the curve's pixels say, read back off the axes, (n, 2)."""
    return view.axes.transData.inverted().transform(view.project(track, 0, last)[0])


def truth(track: Track, quantity: str, last: int) -> np.ndarray:
    """The quantity after steps 0 to ``last``, worked out step by step."""
    x, y, loss = (column.tolist() for column in track.part(0, last))
    surface = track.surface
    if quantity == "rate":
        return np.array([np.nan, *(track.hyperparameters_at(step)["lr"] for step in range(1, last + 1))])
    if quantity == "step":
        return np.array([np.nan, *(np.hypot(x[k] - x[k - 1], y[k] - y[k - 1]) for k in range(1, last + 1))])
    if quantity == "gradient":
        return np.array([np.hypot(*surface(a, b)[1]) for a, b in zip(x, y, strict=True)])
    if quantity == "distance":
        return np.array([min(np.hypot(a - p, b - q) for p, q in surface.minima) for a, b in zip(x, y, strict=True)])  # type: ignore[attr-defined]
    return np.array(loss) - (surface.lowest if quantity == "above" else 0.0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("against", AGAINST)
def test_every_axis_shows_true_numbers(quantity: str, against: str) -> None:
    curve = Curve(quantity, y_scale="linear", against=against)
    runs = Run("sgd", {"lr": 0.01}), Run("steepest_descent_armijo"), Run("adam", {"lr": 0.1})
    race = raced(Experiment("styblinski_tang", runs=runs, curve=curve), 40)
    view = shown(race)
    for track in race.tracks:
        if quantity == "rate" and not track.rule.has_rate:
            continue
        x, y = axis_values(view, track, 40).T
        np.testing.assert_allclose(y, truth(track, quantity, 40), rtol=1e-9, atol=1e-9)
        spent = sum(track.evaluations(40))
        steps = {"steps": np.arange(41), "evaluations": spent, "time": np.arange(41) * microseconds(track) / 1000}[
            against
        ]
        there = ~np.isnan(y)
        np.testing.assert_allclose(x[there], steps[there], rtol=1e-9, atol=1e-9)
        assert x[-1] <= view.axes.get_xlim()[1]
    assert view.axes.get_xlabel() == AGAINST[against]
    assert view.axes.get_ylabel() == QUANTITIES[quantity]


def test_evaluations_of_a_search_are_more_than_its_steps_and_the_axis_reaches_them() -> None:
    race = raced(
        Experiment("rosenbrock", runs=(Run("steepest_descent_armijo"),), curve=Curve(against="evaluations")), 60
    )
    view = shown(race)
    assert axis_values(view, race.tracks[0], 60)[-1, 0] > 120
    race.advance(200)
    assert view.outgrown(race)
    assert axis_values(view, race.tracks[0], 260)[-1, 0] <= view.axes.get_xlim()[1]


def test_a_rate_that_was_turned_and_scheduled_is_shown_as_it_was_used() -> None:
    run = Run("sgd", {"lr": 0.01, "step_every": 10, "step_gamma": 0.5})
    race = raced(Experiment("sphere", runs=(run,), curve=Curve("rate", y_scale="linear")), 25)
    race = race.take(replace(race.experiment, runs=(run.turned_at(25, {**run.hyperparameters, "lr": 0.03}),)))
    race.advance(5)
    rates = series(race.tracks[0], "rate").upto(30)
    assert np.isnan(rates[0])
    np.testing.assert_allclose(rates[1:], list(race.tracks[0].learning_rates(30)))
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
        race = raced(Experiment(surface, runs=tuple(map(Run, runs)), curve=Curve(quantity, y_scale=scale)), 20)
        view = shown(race)
        assert view.words == words
        for track in race.tracks:
            there = np.isfinite(view.project(track, 1, 20)[0]).all()
            gone = surface == "saddle" or (quantity == "rate" and not track.rule.has_rate)
            assert there != gone


def test_words_come_and_go_with_the_runs() -> None:
    race = raced(Experiment("sphere", runs=(Run("sgd"), Run("cma_es")), curve=Curve("rate")), 5)
    view = shown(race)
    without = race.take(replace(race.experiment, runs=(Run("sgd", slot=0),)))
    assert view.adopt(Scene(without))
    assert view.words == ""
    assert not view.adopt(Scene(without))


def test_the_minimum_is_taken_off_where_that_is_asked_for_and_on_a_log_axis() -> None:
    for quantity, scale, offset in (
        ("loss", "log", True),
        ("loss", "linear", False),
        ("above", "linear", True),
        ("above", "log", True),
    ):
        race = raced(Experiment("styblinski_tang", runs=FIRST.runs, curve=Curve(quantity, y_scale=scale)), 10)
        view = shown(race)
        assert view.offset == (race.surface.lowest if offset else 0.0)
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
    assert lowest(values, starts).tolist() == expected


@pytest.mark.parametrize("against", AGAINST)
@pytest.mark.parametrize("x_scale", ["linear", "log"])
def test_a_thinned_curve_keeps_every_peak_and_invents_nothing(x_scale: str, against: str) -> None:
    last, draw = 60_000, np.random.default_rng(3)
    race = Race(Experiment("rosenbrock", runs=(Run("adam"),), curve=Curve("gradient", x_scale, against=against)))
    track, race.step = race.tracks[0], last
    for column in (track.xs, track.ys, track.losses):
        column.extend(draw.normal(0, 0.3, last).tolist())
    view = shown(race, (2.6, 2.0))
    for until in (last, 41_234):
        steps, points, _ = view.outline(track, until)
        assert len(points) < 3000
        assert (np.diff(steps) > 0).all()
        assert (steps[0], steps[-1]) == (0, until)
        np.testing.assert_array_equal(points[1:], view.spots(track, steps)[0][1:])
        every = view.project(track, 1, until)[0]
        for column in range(int(view.axes.bbox.x0) + 2, int(every[-1, 0]) - 2, 5):
            there = every[(every[:, 0] >= column) & (every[:, 0] < column + 1), 1]
            here = points[np.abs(points[:, 0] - column - 0.5) <= 1.5, 1]
            assert not there.size or (here.min() <= there.min() + 1e-6 and here.max() >= there.max() - 1e-6)


def test_blocks_are_added_as_the_run_goes_on_and_begin_anew_when_it_is_cut() -> None:
    race = raced(Experiment("rosenbrock", runs=(NOISY,)), 10 * BLOCK)
    kept = Series(race.tracks[0], "step")
    kept.blocks(kept.upto(10 * BLOCK))
    race.advance(5 * BLOCK + 3)
    values = kept.upto(race.step).copy()
    low, high = kept.blocks(values)
    assert len(low) == len(values) // BLOCK
    for k, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        part = values[k * BLOCK : (k + 1) * BLOCK]
        assert (values[a], values[b]) == (np.nanmin(part), np.nanmax(part))
    race.tracks[0]._cut(50)
    assert len(kept.upto(50)) == 51
    np.testing.assert_array_equal(kept.upto(50), values[:51])


# Branches and replicas

GHOSTLY = replace(FIRST, branches=(Branch((Run("sgd", {"lr": 0.002}, slot=0),), (-1.2, 2.0), 300),))
CROWD = Experiment("rosenbrock", (-0.5, 2.5), (replace(NOISY, replicas=9), Run("sgd", {"lr": 1e-3})))


def ink(view: str, race: Race) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of a view without and with what is faint."""
    figure = Figure(figsize=(4, 3), dpi=100)
    canvas = FigureCanvasAgg(figure)
    made = VIEWS[view](figure)
    made.place()
    made.show(Scene(race))
    canvas.draw()
    bare = np.asarray(canvas.buffer_rgba()).copy()
    made.ground(Brush(canvas.get_renderer()), {})
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
        assert not scene.ghosts
        assert not scene.bundles


def test_the_band_holds_eight_in_ten_and_the_limits_hold_the_branches() -> None:
    race = raced(CROWD, 200)
    view = shown(race, (6.0, 4.0))
    assert view.scene is not None
    (tracks, _), drawn = view.scene.bundles[0], []

    class Noted(Brush):
        def fill(self, points: np.ndarray, *rest: object) -> None:
            drawn.append(points)

        def line(self, points: np.ndarray, *rest: object, **more: object) -> None:
            drawn.append(points)

    view.ground(Noted(view.figure.canvas.get_renderer()), {})  # type: ignore[attr-defined]
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
    window = open_window(FIRST)
    window.session.advance(90)
    settle(application)
    before = {name: canvas.draws for name, canvas in window.canvases.items()}
    branch = Branch((Run("sgd", {"lr": 0.002}, slot=0),), (-1.2, 2.0), 80)
    seen = {
        name: np.asarray(canvas.buffer_rgba()).copy() for name, canvas in window.canvases.items() if canvas.isVisible()
    }
    window.session.store.set(replace(window.session.experiment, branches=(branch,)))
    settle(application)
    for name, picture in seen.items():
        assert (np.asarray(window.canvases[name].buffer_rgba()) != picture).any(), name
    assert {name: canvas.draws for name, canvas in window.canvases.items()} == before
    for view in VIEWS.values():
        monkeypatch.setattr(view, "ground", lambda *_: pytest.fail("drawn in a frame"))
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
        race.complete()
        window.stage.refresh_ground()

    come_on()
    settle(application)
    before, first = contour.draws, dict(contour.laid)
    window.session.advance(20)
    come_on()
    assert contour.draws == before
    assert {track: contour.laid[track] - step for track, step in first.items()} == dict.fromkeys(first, 20)
    grown = np.asarray(contour.buffer_rgba()).astype(int)
    contour.refresh_ground()
    changed = np.abs(np.asarray(contour.buffer_rgba()).astype(int) - grown).max(axis=2) > 60
    assert changed.mean() < 0.005, "the same as if drawn at once, but for which lies over which"


def test_a_curve_below_zero_has_numbers_beside_it(
    open_window: Callable[..., MainWindow], application: QApplication
) -> None:
    window = open_window(Experiment("saddle", runs=(Run("sgd", {"lr": 0.1}),)))
    window.session.advance(90)
    settle(application)
    window.session.set_start(0.0, -1.1)
    axes = window.canvases["loss"].view.axes
    for steps in (0, 1, 1, 20):
        window.session.advance(steps)
        settle(application)
        low, high = axes.get_ylim()
        assert sum(low <= tick <= high for tick in axes.get_yticks()) >= 2
