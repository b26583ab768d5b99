"""Dragging the timeline: no full draw, correct low-quality paths, and a final image as if never dragged."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtWidgets import QApplication

from app.analysis import path_decimation
from app.analysis.path_decimation import FULL_PATH_THRESHOLD, LOW_QUALITY_THRESHOLD, RECENT_STEPS, decimate_path
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from tests.gui.test_plot_canvas import pixels
from tests.qt_fixtures import process_events
from tests.views.test_views import UNIT, walk

NOISY = Experiment("rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 1e-3, "noise": 40.0}), Run("adam", {"lr": 0.05})))


@pytest.mark.parametrize("kind", ["noise", "spiral"])
def test_a_low_quality_prefix_equals_that_of_a_run_that_ended_there(kind: str) -> None:
    """Steps computed beyond the displayed one have no effect."""
    trajectory = walk(kind, 30_000)
    for last in (LOW_QUALITY_THRESHOLD, 7_000, 29_999, 12_345):
        steps, broken = decimate_path(trajectory, last, UNIT, 64, low_quality=True)
        fresh, gaps = decimate_path(prefix(trajectory, last), last, UNIT, 64, low_quality=True)
        np.testing.assert_array_equal(steps, fresh)
        np.testing.assert_array_equal(broken, gaps)


def prefix(trajectory: Trajectory, last: int) -> Trajectory:
    short = walk("noise", 1)
    for column, values in ((short.xs, trajectory.xs), (short.ys, trajectory.ys), (short.losses, trajectory.losses)):
        del column[:]
        column.extend(values[: last + 1])
    return short


@pytest.mark.parametrize("kind", ["noise", "spiral"])
def test_low_quality_paths_visit_every_cell_and_draw_no_wrong_line(kind: str) -> None:
    trajectory, last = walk(kind, 30_000), 25_000
    steps, broken = decimate_path(trajectory, last, UNIT, 64, low_quality=True)
    x, y, _ = trajectory.values_between(0, last)
    cells = np.floor((np.column_stack([x, y]) + 1) * 32).clip(-1, 64)
    assert {tuple(c) for c in cells[steps]} == {tuple(c) for c in cells}
    assert (np.diff(steps) >= 0).all()
    assert steps[-RECENT_STEPS:].tolist() == list(range(last - RECENT_STEPS + 1, last + 1)), (
        "all recent steps are drawn"
    )
    cell_jump = np.abs(np.diff(cells[steps], axis=0)).max(axis=1)
    assert (cell_jump[~broken[1:] & (np.diff(steps) > 1)] <= 1).all()
    assert len(steps) < 10_000
    few, gaps = decimate_path(trajectory, LOW_QUALITY_THRESHOLD - 1, UNIT, 64, low_quality=True)
    assert few.tolist() == list(range(LOW_QUALITY_THRESHOLD))
    assert not gaps.any()


def test_visited_cells_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trajectory, lengths = walk("noise", 30_000), []
    values_between = Trajectory.values_between
    monkeypatch.setattr(
        Trajectory,
        "values_between",
        lambda self, first, last: lengths.append(last - first) or values_between(self, first, last),
    )
    for last in (20_000, 5_000, 28_000, 11_000):
        decimate_path(trajectory, last, UNIT, 64, low_quality=True)
    assert sum(lengths) < 2.1 * 30_000


def test_paths_crossing_small_bounds_are_drawn_though_no_step_lies_within() -> None:
    """Oscillate across a valley, from far outside the bounds on either side."""
    trajectory, count = walk("noise", 6_000), 6_001
    x = np.where(np.arange(count) % 2, 1.0, -1.0) * np.linspace(2.0, 1.0, count)
    for column, values in (
        (trajectory.xs, x),
        (trajectory.ys, np.linspace(-0.01, 0.01, count)),
        (trajectory.losses, x * x),
    ):
        del column[:]
        column.extend(values.tolist())
    small = (-0.02, 0.02), (-0.02, 0.02)
    steps, broken = decimate_path(trajectory, count - 1, small, 128)
    together = (np.diff(steps) == 1) & ~broken[1:]
    assert together.sum() > 1000
    aside = (-0.02, 0.02), (0.5, 0.52)
    steps, broken = decimate_path(trajectory, count - 1, aside, 128)
    assert ((np.diff(steps) == 1) & ~broken[1:]).sum() < 20


def test_few_grids_are_cached_per_run() -> None:
    trajectory = walk("noise", FULL_PATH_THRESHOLD)
    for k in range(10):
        decimate_path(trajectory, FULL_PATH_THRESHOLD, ((-1.0 - k, 1.0), (-1.0, 1.0)), 64)
    assert len(trajectory.derived["decimators"]) == path_decimation.MAX_CACHED_GRIDS


@pytest.mark.slow
def test_dragging_the_timeline_causes_no_full_draw(
    open_window: Callable[..., MainWindow], application: QApplication
) -> None:
    window = open_window(NOISY)
    window.session.race.advance(9_000)
    for canvas in window.canvases.values():
        canvas.draw_idle()
    process_events(application)
    before, full_quality_images = (
        {name: canvas.full_draw_count for name, canvas in window.canvases.items()},
        pixels(window),
    )
    window.view_area.set_scrubbing(True)
    for step in (8_000, 150, 3_000, 2_999, 9_000, 5_555, 0, 7_123):
        window.session.show_step(step)
        process_events(application, 1)
        assert all(canvas.displayed_step == step for canvas in window.canvases.values() if canvas.isVisible())
    low_quality_images = pixels(window)
    window.view_area.set_scrubbing(False)
    at_rest = pixels(window)
    assert any((at_rest[name] != low_quality_images[name]).any() for name in full_quality_images), (
        "back in full quality"
    )
    window.session.show_step(9_000)
    for canvas in window.canvases.values():
        canvas.redraw_trajectories()
    assert {name: canvas.full_draw_count for name, canvas in window.canvases.items()} == before
    for name, figure_image in pixels(window).items():
        np.testing.assert_array_equal(figure_image, full_quality_images[name], err_msg=name)


@pytest.mark.slow
def test_going_back_and_forward_keeps_the_limits_of_the_loss_axes(
    open_window: Callable[..., MainWindow], application: QApplication
) -> None:
    window = open_window(DEFAULT_EXPERIMENT)
    for _ in range(9):
        window.session.advance(100)
        process_events(application)
    axes = window.canvases["loss"].view.axes
    limits, draws = (axes.get_xlim(), axes.get_ylim()), window.canvases["loss"].full_draw_count
    window.view_area.set_scrubbing(True)
    for step in (1, 800, 0, 400):
        window.session.show_step(step)
        process_events(application)
    window.view_area.set_scrubbing(False)
    assert (axes.get_xlim(), axes.get_ylim()) == limits
    assert window.canvases["loss"].full_draw_count == draws


@pytest.mark.slow
def test_a_jump_forward_draws_decimated_paths_not_every_segment(
    open_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(NOISY)
    window.session.race.advance(9_000)
    for canvas in window.canvases.values():
        canvas.draw()
    window.session.show_step(10)
    longest = []
    for canvas in window.canvases.values():
        trails = canvas.view.draw_path_segments
        monkeypatch.setattr(
            canvas.view,
            "draw_path_segments",
            lambda renderer, first, last, trails=trails: (longest.append(last - first), trails(renderer, first, last)),
        )
    window.session.show_step(9_000)
    assert max(longest) < 200


@pytest.mark.slow
def test_a_run_that_has_caught_up_is_drawn(open_window: Callable[..., MainWindow]) -> None:
    """The race and the displayed step stay the same; only the pending run advances."""
    window = open_window(DEFAULT_EXPERIMENT)
    window.session.advance(40)
    race = window.session.race
    late: Race = race.with_experiment(race.experiment.with_added_run(Run("rmsprop", {"lr": 0.02})))
    window.session.race = late
    window.view_area.show_scene()
    before = pixels(window)
    for trajectory, goal in late.pending_runs:
        trajectory.advance(goal - trajectory.last_step)
    window.view_area.show_scene()
    for name, figure_image in pixels(window).items():
        assert (figure_image != before[name]).any(), name
