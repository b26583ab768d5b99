"""The loss view: quantities on its axes, limits, decimated curves, branches and replicas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from app.analysis.metric_series import EXTREMA_BLOCK, MetricSeries, metric_series, segment_argmin
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.engine.update_timing import measure_update_time
from app.model.branch import Branch
from app.model.experiment import DEFAULT_EXPERIMENT, PROBLEM_QUANTITIES, QUANTITIES, X_QUANTITIES, Experiment, LossPlot
from app.model.run import Run
from app.plotting.path_renderer import PathRenderer
from app.views import VIEWS, Scene
from app.views.loss_axis_limits import lower_power
from app.views.loss_view import LossView
from tests.views.drawing import draw_view

SURFACE_QUANTITIES = [name for name in QUANTITIES if name not in PROBLEM_QUANTITIES]
NOISY = Run("adam", {"lr": 0.05, "noise": 30.0})


def draw_loss_view(race: Race, size: tuple[float, float] = (4.0, 3.0)) -> LossView:
    """Return the loss view of a race, drawn with its labels fitted."""
    figure = Figure(figsize=size, dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = VIEWS["loss"](figure)
    assert isinstance(view, LossView)
    view.set_bounds()
    view.show_scene(Scene(race))
    view.fit_labels()
    canvas.draw()
    return view


def run_race(experiment: Experiment, steps: int) -> Race:
    race = Race(experiment)
    race.advance(steps)
    race.compute_pending()
    return race


def axis_values(view: LossView, trajectory: Trajectory, last: int) -> np.ndarray:
    """Return the values on both axes (n, 2) at the pixels of a curve."""
    return view.axes.transData.inverted().transform(view.pixels_between(trajectory, 0, last)[0])


def expected_values(trajectory: Trajectory, quantity: str, last: int) -> np.ndarray:
    """Return a quantity after steps 0 to ``last``, computed step by step."""
    x, y, loss = (column.tolist() for column in trajectory.values_between(0, last))
    surface = trajectory.surface_at(0)
    if quantity == "rate":
        return np.array([np.nan, *(trajectory.hyperparameters_at(step)["lr"] for step in range(1, last + 1))])
    if quantity == "step":
        return np.array([np.nan, *(np.hypot(x[k] - x[k - 1], y[k] - y[k - 1]) for k in range(1, last + 1))])
    if quantity == "gradient":
        return np.array([np.hypot(*surface(a, b)[1]) for a, b in zip(x, y, strict=True)])
    if quantity == "distance":
        return np.array([min(np.hypot(a - p, b - q) for p, q in surface.minima) for a, b in zip(x, y, strict=True)])  # type: ignore[attr-defined]
    return np.array(loss) - (surface.minimum_loss if quantity == "above" else 0.0)  # type: ignore[attr-defined]


@pytest.mark.slow
@pytest.mark.parametrize("quantity", SURFACE_QUANTITIES)
@pytest.mark.parametrize("x_quantity", X_QUANTITIES)
def test_both_axes_show_the_computed_values(quantity: str, x_quantity: str) -> None:
    loss_plot = LossPlot(quantity, y_scale="linear", x_quantity=x_quantity)
    runs = Run("sgd", {"lr": 0.01}), Run("steepest_descent_armijo"), Run("adam", {"lr": 0.1})
    race = run_race(Experiment("styblinski_tang", runs=runs, loss_plot=loss_plot), 40)
    view = draw_loss_view(race)
    for trajectory in race.trajectories:
        if quantity == "rate" and not trajectory.method.has_learning_rate:
            continue
        x, y = axis_values(view, trajectory, 40).T
        np.testing.assert_allclose(y, expected_values(trajectory, quantity, 40), rtol=1e-9, atol=1e-9)
        evaluations = sum(trajectory.evaluation_arrays(40))
        expected_x = {
            "steps": np.arange(41),
            "evaluations": evaluations,
            "time": np.arange(41) * measure_update_time(trajectory) / 1000,
        }[x_quantity]
        is_defined = ~np.isnan(y)
        np.testing.assert_allclose(x[is_defined], expected_x[is_defined], rtol=1e-9, atol=1e-9)
        assert x[-1] <= view.axes.get_xlim()[1]
    assert view.axes.get_xlabel() == X_QUANTITIES[x_quantity]
    assert view.axes.get_ylabel() == QUANTITIES[quantity]


def test_x_axis_covers_the_evaluations_of_a_line_search() -> None:
    race = run_race(
        Experiment("rosenbrock", runs=(Run("steepest_descent_armijo"),), loss_plot=LossPlot(x_quantity="evaluations")),
        60,
    )
    view = draw_loss_view(race)
    assert axis_values(view, race.trajectories[0], 60)[-1, 0] > 120
    race.advance(200)
    assert view.expand_limits_if_needed(race)
    assert axis_values(view, race.trajectories[0], 260)[-1, 0] <= view.axes.get_xlim()[1]


def test_changed_and_scheduled_learning_rates_are_shown_as_they_were_used() -> None:
    run = Run("sgd", {"lr": 0.01, "step_every": 10, "step_gamma": 0.5})
    race = run_race(Experiment("sphere", runs=(run,), loss_plot=LossPlot("rate", y_scale="linear")), 25)
    race = race.with_experiment(
        replace(race.experiment, runs=(run.with_change_at_step(25, {**run.hyperparameters, "lr": 0.03}),))
    )
    race.advance(5)
    learning_rates = metric_series(race.trajectories[0], "rate").values_up_to(30)
    assert np.isnan(learning_rates[0])
    np.testing.assert_allclose(learning_rates[1:], list(race.trajectories[0].learning_rates(30)))
    assert len(set(learning_rates[1:].tolist())) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("surface", "runs", "quantity", "message"),
    [
        ("saddle", ("sgd",), "distance", "not available: this surface has no known minimum"),
        ("saddle", ("sgd",), "above", "not available: this surface has no known minimum"),
        ("sphere", ("cma_es",), "rate", "not available: no run uses a learning rate"),
        ("sphere", ("sgd", "cma_es"), "rate", "CMA-ES: no learning rate"),
        ("sphere", ("sgd", "cma_es", "bfgs", "nelder_mead"), "rate", "3 runs have no learning rate"),
        ("sphere", ("sgd", "cma_es"), "loss", ""),
    ],
)
def test_note_names_the_runs_without_a_curve(surface: str, runs: tuple[str, ...], quantity: str, message: str) -> None:
    for scale in ("linear", "log"):
        race = run_race(
            Experiment(surface, runs=tuple(map(Run, runs)), loss_plot=LossPlot(quantity, y_scale=scale)), 20
        )
        view = draw_loss_view(race)
        assert view.note_message == message
        for trajectory in race.trajectories:
            has_curve = np.isfinite(view.pixels_between(trajectory, 1, 20)[0]).all()
            is_missing = surface == "saddle" or (quantity == "rate" and not trajectory.method.has_learning_rate)
            assert has_curve != is_missing


def test_note_disappears_with_the_run_that_caused_it() -> None:
    race = run_race(Experiment("sphere", runs=(Run("sgd"), Run("cma_es")), loss_plot=LossPlot("rate")), 5)
    view = draw_loss_view(race)
    other_race = race.with_experiment(replace(race.experiment, runs=(Run("sgd", slot=0),)))
    assert view.update_scene(Scene(other_race))
    assert view.note_message == ""
    assert not view.update_scene(Scene(other_race))


def test_minimum_is_subtracted_for_the_quantity_above_alone() -> None:
    for quantity, scale, offset in (
        ("loss", "log", False),
        ("loss", "linear", False),
        ("above", "linear", True),
        ("above", "log", True),
    ):
        race = run_race(
            Experiment("styblinski_tang", runs=DEFAULT_EXPERIMENT.runs, loss_plot=LossPlot(quantity, y_scale=scale)), 10
        )
        view = draw_loss_view(race)
        minimum_loss = race.surface.minimum_loss if offset else 0.0
        for trajectory in race.trajectories:
            y = view.plot_coordinates.y_values(trajectory, np.arange(11))
            assert minimum_loss is not None
            assert y.tolist() == [loss - minimum_loss for loss in trajectory.losses[:11]]
        assert view.axes.get_ylabel() == ("loss − minimum" if offset else "loss")


@pytest.mark.parametrize(
    ("surface", "run", "steps", "scale"),
    [
        ("sphere", Run("momentum", {"lr": 0.1}), 3000, "log"),  # down to 1e-130
        ("rosenbrock", Run("bfgs"), 38, "log"),
        ("ackley", Run("adam", {"lr": 0.05}), 100, "log"),  # the minimum is -4e-16, apart from rounding 0
        ("linear_regression", Run("momentum", {"lr": 0.01}), 200, "log"),  # the minimum is above 4
        ("styblinski_tang", Run("sgd", {"lr": 0.005}), 100, "symlog"),  # the minimum is below -78
    ],
)
def test_a_logarithmic_axis_shows_the_loss_itself_however_far_it_falls(
    surface: str, run: Run, steps: int, scale: str
) -> None:
    race = Race(Experiment(surface, runs=(run,)))
    view, draws = draw_loss_view(race), 0
    for _ in range(steps):
        race.advance(1)
        draws += view.expand_limits_if_needed(race)
    assert view.axes.get_yscale() == scale
    assert view.axes.get_ylabel() == "loss"
    losses = race.trajectories[0].values_between(0, steps)[2]
    np.testing.assert_allclose(axis_values(view, race.trajectories[0], steps)[:, 1], losses, rtol=1e-6)
    low, high = view.axes.get_ylim()
    assert low < losses.min()
    assert losses.max() < high
    assert draws <= 24


def test_lower_limits_grow_with_the_exponent() -> None:
    powers = sorted({lower_power(-k / 3) for k in range(900)}, reverse=True)
    assert powers[:10] == [0, -2, -4, -6, -8, -12, -16, -24, -32, -48]
    assert all(lower_power(-k / 3) <= -k / 3 for k in range(900))


def test_segment_argmin_finds_the_lowest_value_of_segments_of_different_lengths() -> None:
    rng = np.random.default_rng(5)
    values = rng.integers(0, 9, 500).astype(float)
    values[100:120] = np.nan
    starts = np.unique(np.append([0, 100, 120], rng.integers(0, 500, 40)))
    ends = np.append(starts[1:], 500)
    expected = [
        a + int(np.nanargmin(values[a:b])) for a, b in zip(starts, ends, strict=True) if not np.isnan(values[a:b]).all()
    ]
    assert segment_argmin(values, starts).tolist() == expected


@pytest.mark.parametrize("x_quantity", X_QUANTITIES)
@pytest.mark.parametrize("x_scale", ["linear", "log"])
def test_decimated_curve_keeps_every_peak_and_adds_no_points(x_scale: str, x_quantity: str) -> None:
    last, rng = 60_000, np.random.default_rng(3)
    race = Race(
        Experiment("rosenbrock", runs=(Run("adam"),), loss_plot=LossPlot("gradient", x_scale, x_quantity=x_quantity))
    )
    trajectory, race.step = race.trajectories[0], last
    for column in (trajectory.xs, trajectory.ys, trajectory.losses):
        column.extend(rng.normal(0, 0.3, last).tolist())
    view = draw_loss_view(race, (2.6, 2.0))
    for until in (last, 41_234):
        steps, points, _ = view.decimated_path(trajectory, until)
        assert len(points) < 3000
        assert (np.diff(steps) > 0).all()
        assert (steps[0], steps[-1]) == (0, until)
        np.testing.assert_array_equal(points[1:], view.pixel_positions(trajectory, steps)[0][1:])
        all_points = view.pixels_between(trajectory, 1, until)[0]
        for column in range(int(view.axes.bbox.x0) + 2, int(all_points[-1, 0]) - 2, 5):
            expected = all_points[(all_points[:, 0] >= column) & (all_points[:, 0] < column + 1), 1]
            drawn = points[np.abs(points[:, 0] - column - 0.5) <= 1.5, 1]
            assert not expected.size or (drawn.min() <= expected.min() + 1e-6 and drawn.max() >= expected.max() - 1e-6)


def test_block_extrema_grow_with_the_run_and_restart_when_it_is_truncated() -> None:
    race = run_race(Experiment("rosenbrock", runs=(NOISY,)), 10 * EXTREMA_BLOCK)
    series = MetricSeries(race.trajectories[0], "step")
    series.block_extrema(series.values_up_to(10 * EXTREMA_BLOCK))
    race.advance(5 * EXTREMA_BLOCK + 3)
    values = series.values_up_to(race.step).copy()
    low, high = series.block_extrema(values)
    assert len(low) == len(values) // EXTREMA_BLOCK
    for k, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        block = values[k * EXTREMA_BLOCK : (k + 1) * EXTREMA_BLOCK]
        assert (values[a], values[b]) == (np.nanmin(block), np.nanmax(block))
    race.trajectories[0]._truncate(50)
    assert len(series.values_up_to(50)) == 51
    np.testing.assert_array_equal(series.values_up_to(50), values[:51])


def test_long_loss_curve_keeps_its_peaks() -> None:
    view, _ = draw_view("loss", Experiment("rosenbrock", (-0.5, 2.5), (Run("momentum", {"lr": 6e-4}),)), steps=20_000)
    assert view.scene is not None
    trajectory = view.scene.race.trajectories[0]
    all_points, _ = view.pixels_between(trajectory, 0, 20_000)
    _, points, _ = view.decimated_path(trajectory, 20_000)
    assert len(points) < 4_000
    assert (points[:, 1].min(), points[:, 1].max()) == pytest.approx((all_points[:, 1].min(), all_points[:, 1].max()))
    for column in range(int(view.axes.bbox.x0) + 2, int(all_points[-1, 0]) - 2, 37):
        expected = all_points[np.abs(all_points[:, 0] - column) <= 1, 1]
        drawn = points[np.abs(points[:, 0] - column) <= 2, 1]
        assert drawn.max() >= expected.max() - 1
        assert drawn.min() <= expected.min() + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "loss_plot", [LossPlot(q, x, y) for q in SURFACE_QUANTITIES for x in ("linear", "log") for y in ("linear", "log")]
)
@pytest.mark.parametrize("surface", ["rosenbrock", "saddle", "styblinski_tang"])
def test_limits_contain_every_curve(loss_plot: LossPlot, surface: str) -> None:
    experiment = Experiment(surface, runs=DEFAULT_EXPERIMENT.runs, loss_plot=loss_plot)
    view, _ = draw_view("loss", experiment, steps=150)
    assert view.scene is not None
    bbox = view.axes.bbox
    points = view.pixels_between(view.scene.race.trajectories[0], 1, 150)[0]
    if surface == "saddle" and loss_plot.quantity in ("distance", "above"):
        assert np.isnan(points).all()
    else:
        assert np.isfinite(points).all()
        assert (points[:, 1] >= bbox.y0 - 1).all()
        assert (points[:, 1] <= bbox.y1 + 1).all()
        assert points[-1, 0] <= bbox.x1 + 1


def test_x_axis_grows_by_doubling() -> None:
    view, _ = draw_view("loss", DEFAULT_EXPERIMENT)
    assert view.scene is not None
    race, x_limits, full_draws = view.scene.race, set(), 0
    while race.step < 10_000:
        race.advance(7)
        full_draws += view.expand_limits_if_needed(race)
        x_limits.add(view.axes.get_xlim()[1])
    assert x_limits == {100 * 2**k for k in range(8)}
    assert full_draws <= 16


# Branches and replicas

WITH_BRANCH = replace(DEFAULT_EXPERIMENT, branches=(Branch((Run("sgd", {"lr": 0.002}, slot=0),), (-1.2, 2.0), 300),))
WITH_REPLICAS = Experiment("rosenbrock", (-0.5, 2.5), (replace(NOISY, replicas=9), Run("sgd", {"lr": 1e-3})))


def draw_background(name: str, race: Race) -> tuple[np.ndarray, np.ndarray]:
    """Return the pixels of a view before and after its background paths are drawn."""
    figure = Figure(figsize=(4, 3), dpi=100)
    canvas = FigureCanvasAgg(figure)
    view = VIEWS[name](figure)
    view.set_bounds()
    view.show_scene(Scene(race))
    canvas.draw()
    static_pixels = np.asarray(canvas.buffer_rgba()).copy()
    view.draw_background_paths(PathRenderer(canvas.get_renderer()), {})
    return static_pixels, np.asarray(canvas.buffer_rgba()).copy()


@pytest.mark.parametrize("experiment", [WITH_BRANCH, WITH_REPLICAS])
@pytest.mark.parametrize("view", ["contour", "relief", "loss"])
def test_branches_and_replicas_are_visible_in_every_view(view: str, experiment: Experiment) -> None:
    static_pixels, pixels = draw_background(view, run_race(experiment, 120))
    assert (static_pixels != pixels).any(axis=2).sum() > 60


def test_hidden_branches_and_runs_have_no_background_path() -> None:
    hidden_branch = replace(WITH_BRANCH, branches=(replace(WITH_BRANCH.branches[0], visible=False),))
    hidden_run = WITH_REPLICAS.with_run(0, replace(WITH_REPLICAS.runs[0], visible=False))
    for experiment in (hidden_branch, hidden_run):
        scene = Scene(run_race(experiment, 20))
        assert not scene.branch_trajectories
        assert not scene.replica_trajectories


@pytest.mark.slow
def test_replica_band_covers_the_central_80_percent_and_limits_contain_branches() -> None:
    race = run_race(WITH_REPLICAS, 200)
    view = draw_loss_view(race, (6.0, 4.0))
    assert view.scene is not None
    (trajectories, _), drawn = view.scene.replica_trajectories[0], []

    class RecordingRenderer(PathRenderer):
        def fill_polygon(self, points: np.ndarray, *args: object) -> None:
            drawn.append(points)

        def draw_line(self, points: np.ndarray, *args: object, **kwargs: object) -> None:
            drawn.append(points)

    view.draw_background_paths(RecordingRenderer(view.figure.canvas.get_renderer()), {})  # type: ignore[attr-defined]
    band, median = drawn
    values = np.array([trajectory.losses for trajectory in trajectories])
    low, high = band[:201], band[:200:-1]
    to_data = view.axes.transData.inverted().transform
    np.testing.assert_allclose(to_data(low)[:, 1], np.quantile(values, 0.1, axis=0))
    np.testing.assert_allclose(to_data(high)[:, 1], np.quantile(values, 0.9, axis=0))
    np.testing.assert_allclose(to_data(median)[:, 1], np.median(values, axis=0))
    view = draw_loss_view(run_race(WITH_BRANCH, 10))
    assert view.axes.get_xlim()[1] >= 300
