"""Settings map, rate curve and difference map in the window: mouse, menus, undo, files, and no needless draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication, QMenu

from app.gui.window.main_window import MainWindow
from app.gui.window.map_choices import CHOICE_MENUS
from app.gui.window.view_controls import context_menu
from app.io.experiment_json import from_json, to_json
from app.model.experiment import Experiment
from app.model.run import Run
from app.views import MAP_VIEWS
from tests.qt_fixtures import process_events

BOWL = Experiment(
    "elongated_bowl", (-7.0, 2.0), (Run("momentum", {"lr": 0.05}), Run("sgd", {"lr": 0.05}), Run("adam", {"lr": 0.1}))
)


def finish_maps(window: MainWindow) -> None:
    """Wait until the maps of all visible views are complete."""
    store, loop = window.view_area.map_store, QEventLoop()
    watchdog = QTimer(singleShot=True, interval=60_000)
    watchdog.timeout.connect(loop.quit)

    def is_done() -> bool:
        return all(state.progress is None for state in store.states.values())

    store.changed.connect(lambda _: loop.quit() if is_done() else None)
    if not is_done():
        watchdog.start()
        loop.exec()
        assert watchdog.isActive()
        watchdog.stop()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    process_events(application)


@pytest.fixture
def open_maps(open_window: Callable[..., MainWindow]) -> Callable[..., MainWindow]:
    """Return a function that opens a window with some map views, and waits for their maps."""

    def open_one(*names: str, experiment: Experiment = BOWL) -> MainWindow:
        window = open_window(experiment)
        for name in names:
            window.action_registry[f"view_{name}"].trigger()
        finish_maps(window)
        return window

    return open_one


def mouse(window: MainWindow, name: str, kind: str, pixel: Any) -> None:
    canvas = window.canvases[name]
    x, y = (round(float(length)) for length in pixel)  # matplotlib truncates them
    event = MouseEvent(f"{kind}_event", canvas, x, y, button=1)
    canvas.callbacks.process(event.name, event)


def cell_pixel(window: MainWindow, row: int, column: int) -> np.ndarray:
    view = window.canvases["settings"].view
    first, second = view.result.specs
    position = first.to_slider(view.result.first[column]), second.to_slider(view.result.second[row])
    return np.asarray(view.axes.transData.transform(position))


@pytest.mark.slow
def test_maps_are_hidden_at_first_and_computed_only_while_they_are_visible(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window(BOWL)
    for name in MAP_VIEWS:
        assert not window.canvases[name].isVisible()
    assert not window.view_area.map_store.states
    window.action_registry["view_settings"].trigger()
    finish_maps(window)
    assert window.canvases["settings"].isVisible()
    assert set(window.view_area.map_store.states) == {"settings"}
    window.action_registry["view_settings"].trigger()
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("weight_decay", 0.1)))
    assert not any(task.running for task in window.view_area.map_store.tasks.values())
    window.action_registry["reset_layout"].trigger()
    assert not window.canvases["settings"].isVisible()
    assert window.canvases["contour"].isVisible()


@pytest.mark.slow
def test_a_click_sets_the_cell_and_a_drag_is_one_undo_step(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("settings")
    view, store = window.canvases["settings"].view, window.session.store
    before, undo_count = window.session.experiment, len(store.undo_stack)
    draws = window.canvases["settings"].full_draw_count
    mouse(window, "settings", "button_press", cell_pixel(window, 40, 60))
    run = window.session.displayed_experiment.runs[0]
    assert run.hyperparameters["lr"] == view.result.first[60]
    assert run.hyperparameters["momentum"] == view.result.second[40]
    for row, column in ((42, 61), (45, 64), (50, 70)):
        mouse(window, "settings", "motion_notify", cell_pixel(window, row, column))
        np.testing.assert_allclose(view.cross_position()[0], cell_pixel(window, row, column), atol=0.5)
    mouse(window, "settings", "button_release", cell_pixel(window, 50, 70))
    run = window.session.displayed_experiment.runs[0]
    assert (run.hyperparameters["lr"], run.hyperparameters["momentum"]) == (
        view.result.first[70],
        view.result.second[50],
    )
    assert len(store.undo_stack) == undo_count + 1
    assert window.canvases["settings"].full_draw_count == draws, "the map is the same"
    store.undo()
    assert window.session.experiment == before


@pytest.mark.slow
def test_playback_causes_no_full_draw_and_no_computation(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps(*MAP_VIEWS)
    draws = {name: window.canvases[name].full_draw_count for name in MAP_VIEWS}
    states = dict(window.view_area.map_store.states)
    for _ in range(40):
        window.session.advance(3)
    process_events(QApplication.instance())  # type: ignore[arg-type]
    assert {name: window.canvases[name].full_draw_count for name in MAP_VIEWS} == draws
    assert window.view_area.map_store.states == states


@pytest.mark.slow
def test_the_maps_follow_the_displayed_step_after_a_change_on_the_way(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("settings")
    session, store = window.session, window.view_area.map_store
    before = store.states["settings"].job
    session.advance(50)
    session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("weight_decay", 0.2)))
    after = store.states["settings"].job
    assert after != before
    session.show_step(10)
    assert store.states["settings"].job == before
    session.show_step(50)
    assert store.states["settings"].job == after


@pytest.mark.slow
def test_a_drag_on_a_curve_sets_the_rate_of_its_run_and_selects_it(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("rates")
    view = window.canvases["rates"].view
    on_curve = next(
        pixel for pixel in view.curve_pixels(2)[80:-5] if view.run_at(pixel) == 2
    )  # where no other one is near
    target = view.curve_pixels(0)[70]
    mouse(window, "rates", "button_press", on_curve)
    mouse(window, "rates", "motion_notify", target)
    mouse(window, "rates", "button_release", target)
    rates = [run.hyperparameters["lr"] for run in window.session.displayed_experiment.runs]
    assert rates == [0.05, 0.05, view.result[2].learning_rates[70]]
    assert window.side_panel.run_list.selected_row == 2


@pytest.mark.slow
def test_a_dragged_start_shows_a_coarse_map_at_once(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("settings")
    store = window.session.store
    store.begin_interaction()
    window.session.set_start(1.0, 1.0)
    state = window.view_area.map_store.states["settings"]
    assert state.job.start == (1.0, 1.0)
    assert state.result is None or state.result.first.size == state.job.sizes[0]
    store.end_interaction()
    finish_maps(window)
    assert window.canvases["settings"].view.result.first.size == state.job.sizes[-1]


@pytest.mark.slow
def test_axes_are_chosen_in_the_menu_undone_and_saved(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("settings")
    menu = context_menu("settings", window.dock_layout.docks["settings"], window.action_registry)
    menu.aboutToShow.emit()
    submenus = [action.menu() for action in menu.actions() if action.menu() is not None]
    assert [submenu.title() for submenu in submenus if submenu is not None] == ["&X-Axis", "&Y-Axis"]
    x_menu, y_menu = submenus
    assert isinstance(x_menu, QMenu)
    assert isinstance(y_menu, QMenu)
    assert [action.text() for action in y_menu.actions() if action.isChecked()] == ["momentum"]
    next(action for action in x_menu.actions() if action.text() == "momentum").trigger()
    assert window.session.experiment.map_options.settings_axes == ("momentum", "lr"), "the axes change places"
    assert window.session.store.undo_name == "Change Map Options"
    window.action_registry["settings_color_steps"].trigger()
    window.action_registry["map_steps_100"].trigger()
    finish_maps(window)
    view = window.canvases["settings"].view
    assert view.result.names == ("momentum", "lr")
    assert view.titles[0] == "Momentum, 100 steps: steps to a minimum"
    reopened = from_json(to_json(window.session.experiment))
    assert reopened.map_options == window.session.experiment.map_options
    window.session.store.undo()
    assert window.session.experiment.map_options.steps is None


@pytest.mark.slow
def test_the_compared_run_is_chosen_in_the_menu(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("difference")
    ((_, choices),) = CHOICE_MENUS["difference"]
    rows = choices(window.action_registry.context)
    assert [(text.split(",")[0], is_checked) for text, is_checked, _ in rows] == [("SGD", True), ("Adam", False)]
    rows[1][2]()
    finish_maps(window)
    assert window.canvases["difference"].view.titles[0] == "Momentum (blue) vs. Adam (orange)"


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MAP_VIEWS))
def test_a_map_can_be_exported(
    name: str, open_maps: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_maps(name)
    for suffix in ("npz", "csv", "png"):
        path = tmp_path / f"map.{suffix}"
        monkeypatch.setattr(window.documents, "ask_path", lambda *args, path=path: path)
        window.action_registry[f"export_{name}"].trigger()
        assert path.stat().st_size > 100
    monkeypatch.setattr(window.documents, "ask_path", lambda *args: None)
    window.action_registry[f"export_{name}"].trigger()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(MAP_VIEWS))
def test_the_map_under_the_pointer_is_read_out(name: str, open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps(name)
    view = window.canvases[name].view
    pixel = view.curve_pixels(0)[70] if name == "rates" else view.axes.bbox.min + view.axes.bbox.size / 2
    mouse(window, name, "motion_notify", pixel)
    label = window.view_area.hover_readout.hover_label
    assert label.isVisible()
    assert "outcome" in label.text()


@pytest.mark.slow
def test_a_screen_reader_hears_what_the_map_says_about_the_current_setting(
    open_maps: Callable[..., MainWindow],
) -> None:
    window = open_maps("settings")
    window.update_texts()
    canvas = window.canvases["settings"]
    assert canvas.accessibleName() == "Settings Map"
    lines = canvas.accessibleDescription().splitlines()
    assert lines[0].startswith("Momentum, 500 steps")
    assert "outcome: Minimum 1 (0, 0) in " in lines[0]
    assert window.canvases["contour"].accessibleDescription() not in ("", lines[0])


@pytest.mark.slow
def test_a_run_without_a_settings_map_removes_the_map_of_another(open_maps: Callable[..., MainWindow]) -> None:
    window = open_maps("settings")
    view = window.canvases["settings"].view
    assert view.result is not None
    window.side_panel.run_list.list.setCurrentRow(1)  # SGD has one hyperparameter
    finish_maps(window)
    assert view.result is None
    assert view.message() == "SGD has no two hyperparameters for a map"


def test_a_map_view_is_described_only_once_it_is_drawn(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(BOWL)
    window.action_registry["view_settings"].trigger()
    canvas = window.canvases["settings"]
    assert canvas.isVisible()
    assert canvas.view.scene is None  # before the first paint
    window.view_area.update_descriptions()
    assert canvas.accessibleDescription() == window.canvases["relief"].accessibleDescription()


@pytest.mark.slow
def test_a_map_hidden_behind_a_maximized_view_is_computed_when_it_is_back(
    open_maps: Callable[..., MainWindow],
) -> None:
    window = open_maps("settings")
    maximize = window.dock_layout.docks["contour"].maximize_action
    maximize.trigger()
    window.session.set_start(1.0, 1.0)
    assert not any(task.running for task in window.view_area.map_store.tasks.values())
    maximize.trigger()
    finish_maps(window)
    assert window.canvases["settings"].view.state.job.start == (1.0, 1.0)
    assert window.canvases["settings"].view.result is not None
