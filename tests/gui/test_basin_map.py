"""The basin map under the contour plot: what it shows, when it is computed and drawn, hover, files and figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent

from app.engine.basin_map import basin_map
from app.engine.map_jobs import BasinMapJob
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.export.figure import make_scene
from app.export.formats import export
from app.export.options import Options
from app.gui.window.main_window import MainWindow
from app.io.experiment_json import from_json, to_json
from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.plot_options import PlotOptions
from app.model.run import Run
from surfaces import SURFACES
from tests.gui.test_map_canvases import finish_maps

HIMMELBLAU = Experiment(
    "himmelblau",
    (-0.5, -1.0),
    (Run("momentum", {"lr": 0.005}), Run("sgd", {"lr": 0.01})),
    plot_options=PlotOptions(basin_map=True),
    map_options=MapOptions(steps=200, basin_size=60),
)


@pytest.fixture
def open_basins(open_window: Callable[..., MainWindow]) -> Callable[..., MainWindow]:
    """Return a function that opens a window and waits for its basin map."""

    def open_one(experiment: Experiment = HIMMELBLAU) -> MainWindow:
        window = open_window(experiment)
        finish_maps(window)
        return window

    return open_one


def layer(window: MainWindow) -> Any:
    return window.canvases["contour"].view.basins


def set_rate(window: MainWindow, value: float) -> None:
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", value)))


def move_to(window: MainWindow, x: float, y: float) -> None:
    canvas = window.canvases["contour"]
    pixel = canvas.view.axes.transData.transform((x, y))
    canvas.callbacks.process("motion_notify_event", MouseEvent("motion_notify_event", canvas, *map(float, pixel)))


def screen(window: MainWindow) -> np.ndarray:
    return np.array(window.canvases["contour"].buffer_rgba())


@pytest.mark.slow
def test_the_map_is_that_of_the_selected_run_and_its_current_settings(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    expected = basin_map(Run("momentum", {"lr": 0.005}), SURFACES["himmelblau"], 200, 60)
    assert np.array_equal(layer(window).result.outcome, expected.outcome)
    window.side_panel.run_list.list.setCurrentRow(1)
    finish_maps(window)
    expected = basin_map(Run("sgd", {"lr": 0.01}), SURFACES["himmelblau"], 200, 60)
    assert np.array_equal(layer(window).result.outcome, expected.outcome)
    set_rate(window, 0.002)
    window.side_panel.run_list.list.setCurrentRow(0)
    finish_maps(window)
    expected = basin_map(Run("momentum", {"lr": 0.002}), SURFACES["himmelblau"], 200, 60)
    assert np.array_equal(layer(window).result.outcome, expected.outcome)


@pytest.mark.slow
def test_the_key_b_shows_the_map_and_hides_it(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(replace(HIMMELBLAU, plot_options=PlotOptions()))
    action = window.action_registry["basin_map"]
    assert action.shortcut().toString() == "B"
    assert layer(window) is None
    assert "contour" not in window.view_area.map_store.states
    action.trigger()
    finish_maps(window)
    assert layer(window).result.outcome.shape == (60, 60)
    action.trigger()
    assert layer(window) is None or not window.session.experiment.plot_options.basin_map
    set_rate(window, 0.001)
    assert not window.view_area.map_store.tasks["contour"].running
    window.session.store.undo()
    window.session.store.undo()
    assert window.session.experiment.plot_options.basin_map


@pytest.mark.slow
def test_playback_and_new_maps_cause_no_full_draw(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    canvas = window.canvases["contour"]
    draws, result = canvas.full_draw_count, layer(window).result
    for _ in range(20):
        window.session.advance(3)
    assert layer(window).result is result
    set_rate(window, 0.003)
    finish_maps(window)
    assert layer(window).result is not result
    assert canvas.full_draw_count == draws


@pytest.mark.slow
def test_a_map_drawn_over_the_old_one_equals_a_full_draw(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    window.session.advance(30)
    set_rate(window, 0.002)
    finish_maps(window)
    canvas = window.canvases["contour"]
    partial = screen(window)
    canvas.draw()
    full = screen(window)
    differing = (np.abs(partial.astype(int) - full).max(axis=2) > 40).mean()
    assert differing < 0.002


@pytest.mark.slow
def test_a_map_for_other_settings_is_pale_and_says_nothing(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    fresh = layer(window).image.cells.copy()
    set_rate(window, 0.003)
    assert not layer(window).is_valid
    assert layer(window).cell_at(1.0, 1.0) is None
    assert not layer(window).table.is_valid
    assert layer(window).image.cells.astype(int).mean() > fresh.mean() + 20, "paler on a light background"
    finish_maps(window)
    assert layer(window).is_valid


@pytest.mark.slow
def test_dragging_a_hyperparameter_shows_coarse_maps_and_the_end_a_fine_one(
    open_basins: Callable[..., MainWindow],
) -> None:
    window = open_basins()
    window.session.store.begin_interaction()
    for value in (0.0045, 0.004, 0.0035):
        set_rate(window, value)
        run = Run("momentum", {"lr": value})
        shown = layer(window)
        assert not shown.is_valid or shown.result.xs.size in (25, 50)  # the small one on a slow machine
        if shown.is_valid:
            expected = basin_map(run, SURFACES["himmelblau"], 200, shown.result.xs.size)
            assert np.array_equal(shown.result.outcome, expected.outcome)
    window.session.store.end_interaction()
    finish_maps(window)
    assert layer(window).result.xs.size == 60


def test_dragging_the_start_leaves_the_map_alone(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    result = layer(window).result
    window.session.store.begin_interaction()
    window.session.set_start(1.0, 2.0)
    window.session.store.end_interaction()
    assert layer(window).result is result
    assert layer(window).is_valid


@pytest.mark.slow
def test_hovering_tells_the_outcome_and_draws_the_path_of_that_start(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    canvas, shown = window.canvases["contour"], layer(window)
    x, y = float(shown.result.xs[40]), float(shown.result.ys[20])
    outcome, steps = int(shown.result.outcome[20, 40]), int(shown.result.steps[20, 40])
    assert outcome >= 0
    before, draws = screen(window), canvas.full_draw_count
    move_to(window, x, y)
    text = window.view_area.hover_readout.hover_label.text()
    assert f"reaches minimum {outcome + 1} in {steps} steps" in text
    expected = Trajectory(Run("momentum", {"lr": 0.005}), SURFACES["himmelblau"], (x, y))
    expected.advance(steps)
    while canvas.probe.last_step < steps:
        window.view_area.hover_readout.basin_probe._compute()
    np.testing.assert_array_equal(canvas.probe.values_between(0, steps)[0], expected.values_between(0, steps)[0])
    assert (screen(window) != before).any()
    assert canvas.full_draw_count == draws
    canvas.callbacks.process("figure_leave_event", MouseEvent("figure_leave_event", canvas, 0.0, 0.0))
    assert canvas.probe is None
    assert np.array_equal(screen(window), before)


@pytest.mark.slow
def test_continuing_computes_only_starts_that_are_still_moving(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins(replace(HIMMELBLAU, map_options=MapOptions(steps=60, basin_size=40)))
    before = layer(window).result
    moving = before.outcome == -1
    assert 0 < moving.sum() < moving.size
    window.action_registry.refresh()
    window.action_registry["basin_continue"].trigger()
    finish_maps(window)
    after = layer(window).result
    assert np.array_equal(after.outcome[~moving], before.outcome[~moving])
    assert np.array_equal(after.steps[~moving], before.steps[~moving])
    whole = basin_map(Run("momentum", {"lr": 0.005}), SURFACES["himmelblau"], 120, 40)
    assert np.array_equal(after.outcome[moving], whole.outcome[moving])
    assert window.session.experiment.map_options.steps == 120


@pytest.mark.slow
def test_finer_map_has_four_times_as_many_starts(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins(replace(HIMMELBLAU, map_options=MapOptions(steps=30)))
    assert layer(window).result.xs.size == 200
    window.action_registry["basin_finer"].trigger()
    finish_maps(window)
    assert layer(window).result.xs.size == 400


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_the_map_follows_theme_and_zoom(open_basins: Callable[..., MainWindow], theme: str) -> None:
    window = open_basins()
    window.set_theme(theme)
    finish_maps(window)
    canvas = window.canvases["contour"]
    assert layer(window).theme is window.theme
    assert layer(window).is_valid
    window.view_area.zoom(0.2)
    canvas.draw()
    bbox = canvas.view.axes.bbox
    x, y = 0.3, 0.4
    pixel = canvas.view.axes.transData.transform((x, y))
    assert bbox.contains(*pixel)
    row, column = layer(window).cell_at(x, y)
    assert abs(layer(window).result.xs[column] - x) <= 0.11
    assert abs(layer(window).result.ys[row] - y) <= 0.11


def test_state_is_saved(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    reopened = from_json(to_json(window.session.experiment))
    assert reopened.plot_options.basin_map
    assert (reopened.map_options.steps, reopened.map_options.basin_size) == (200, 60)
    assert not from_json('{"thalweg": 1, "surface": "beale"}').plot_options.basin_map


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_figures_contain_the_map(open_basins: Callable[..., MainWindow], tmp_path: Path, suffix: str) -> None:
    window = open_basins()
    options = Options(view="contour", maps=dict(window.view_area.map_store.states), map_run=0)
    export(window.session.race, tmp_path / f"with.{suffix}", options)
    plain = replace(HIMMELBLAU, plot_options=PlotOptions())
    export(Race(plain), tmp_path / f"plain.{suffix}", options)
    assert (tmp_path / f"with.{suffix}").read_bytes() != (tmp_path / f"plain.{suffix}").read_bytes()
    if suffix == "svg":
        text = (tmp_path / "with.svg").read_text(encoding="utf-8")
        assert "<image" in text
        assert "<image" not in (tmp_path / "plain.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_searching_methods_come_from_a_worker_and_end_with_the_window(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(replace(HIMMELBLAU, runs=(Run("bfgs"),), map_options=MapOptions(steps=40, basin_size=32)))
    finish_maps(window)
    expected = basin_map(Run("bfgs"), SURFACES["himmelblau"], 40, 8)
    assert np.array_equal(layer(window).result.outcome, expected.outcome)
    window.session.change(lambda e: replace(e, map_options=replace(e.map_options, steps=5000, basin_size=400)))
    window.close()
    assert not active_children()


@pytest.mark.slow
def test_after_a_zoom_the_visible_part_is_computed_with_as_many_starts(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    canvas, viewport = window.canvases["contour"], window.view_area.viewport
    whole = layer(window).result
    window.view_area.zoom(0.5)
    window.view_area.zoom(0.5)
    assert not window.view_area.map_store.tasks["contour"].running, "not before the zoom ends"
    viewport.end_interaction()
    canvas.draw()
    assert layer(window).result is whole
    assert layer(window).is_valid, "the old map stays until the new one is there"
    assert layer(window).numbers
    finish_maps(window)
    (left, right), (bottom, top) = viewport.view.viewport
    result = layer(window).result
    assert result.outcome.shape == whole.outcome.shape
    assert (result.xs[0], result.xs[-1], result.ys[0], result.ys[-1]) == (left, right, bottom, top)
    expected = basin_map(
        Run("momentum", {"lr": 0.005}), SURFACES["himmelblau"], 200, 60, ((left, right), (bottom, top))
    )
    assert np.array_equal(result.outcome, expected.outcome)
    window.view_area.reset_viewport()
    viewport.end_interaction()
    finish_maps(window)
    assert np.array_equal(layer(window).result.outcome, whole.outcome)


@pytest.mark.slow
def test_another_surface_after_a_zoom_has_the_map_of_its_own_domain(open_basins: Callable[..., MainWindow]) -> None:
    window = open_basins()
    window.view_area.zoom(0.3)
    window.view_area.viewport.end_interaction()
    finish_maps(window)
    window.session.change(lambda e: replace(e, surface_id="six_hump_camel", start=(1.0, 1.0)))
    finish_maps(window)
    result, bounds = layer(window).result, SURFACES["six_hump_camel"].bounds
    assert ((result.xs[0], result.xs[-1]), (result.ys[0], result.ys[-1])) == bounds


def test_a_figure_of_a_zoomed_plot_has_the_map_of_the_visible_part() -> None:
    window = ((1.0, 4.0), (1.0, 3.0))
    job = make_scene(Race(HIMMELBLAU), Options(view="contour", viewport=window)).maps["contour"].job
    assert isinstance(job, BasinMapJob)
    assert job.bounds == window
