"""The progress of a slow map in the status bar, and its Cancel button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from multiprocessing import active_children

import pytest
from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication, QPushButton

from app.engine.map_job import MapState
from app.gui.widgets.progress_widget import ProgressWidget
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.map_options import MapOptions
from app.model.plot_options import PlotOptions
from app.model.run import Run
from tests.qt_fixtures import process_events

SLOW = Experiment(
    "himmelblau",
    (-0.5, -1.0),
    (Run("bfgs"),),
    plot_options=PlotOptions(basin_map=True),
    map_options=MapOptions(steps=60, basin_size=400),
)
Open = Callable[..., MainWindow]


def wait_for(window: MainWindow, is_reached: Callable[[MapState], bool]) -> None:
    """Wait for a state of the basin map."""
    store, loop = window.view_area.map_store, QEventLoop()
    watchdog = QTimer(singleShot=True, interval=60_000)
    watchdog.timeout.connect(loop.quit)
    watchdog.start()

    def check() -> None:
        if "contour" in store.states and is_reached(store.states["contour"]):
            loop.quit()

    store.changed.connect(check)
    check_first = QTimer(singleShot=True, interval=0)
    check_first.timeout.connect(check)
    check_first.start()
    loop.exec()
    store.changed.disconnect(check)
    assert watchdog.isActive()
    watchdog.stop()


@pytest.fixture
def window(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    """Return a window that computes the basin map of a searching method and has a coarse one."""
    monkeypatch.setattr("app.gui.window.map_progress.PROGRESS_DELAY", 0.0)
    window = open_window(SLOW)
    wait_for(window, lambda state: state.result is not None and bool(state.progress))
    window.map_progress.refresh()
    return window


@pytest.mark.slow
def test_cancel_keeps_the_coarse_map_and_ends_the_worker(window: MainWindow, application: QApplication) -> None:
    widget, store = window.map_progress.widget, window.view_area.map_store
    assert widget is not None
    assert widget.progress_bar.accessibleName() == "Computing Basin Map"
    assert 0 < widget.progress_bar.value() < 1000
    coarse = store.states["contour"].result
    button = widget.findChild(QPushButton)
    assert button is not None
    button.click()
    assert not active_children()
    state = store.states["contour"]
    assert (state.result, state.progress, state.canceled, state.error) == (coarse, None, True, "")
    process_events(application)
    assert not window.findChildren(ProgressWidget)
    window.session.set_start(1.0, 1.0)  # the map does not depend on the start
    assert store.states["contour"] is state
    for _ in range(2):
        window.action_registry["basin_map"].trigger()
    assert store.states["contour"].progress is not None, "hidden and shown again, it is computed"


@pytest.mark.slow
def test_other_settings_are_computed_after_a_cancel(window: MainWindow) -> None:
    window.map_progress.cancel()
    window.session.change(lambda e: replace(e, map_options=replace(e.map_options, basin_size=8)))
    wait_for(window, lambda state: state.progress is None)
    assert window.view_area.map_store.states["contour"].result.xs.size == 2
    window.map_progress.refresh()
    assert window.map_progress.widget is None
    assert not window.map_progress.timer.isActive()


@pytest.mark.slow
def test_a_map_that_is_canceled_before_there_is_a_coarse_one_says_so(open_window: Open) -> None:
    window = open_window(SLOW)
    window.view_area.map_store.stop("contour")
    basins = window.canvases["contour"].view.basins
    assert basins.content[2] == ("BFGS", "canceled")
    window.close()
    assert not active_children()


@pytest.mark.slow
def test_no_progress_is_shown_during_a_drag(window: MainWindow) -> None:
    window.session.store.begin_interaction()
    window.map_progress.refresh()
    assert window.map_progress.widget is None
    window.session.store.end_interaction()
    window.map_progress.refresh()
    assert window.map_progress.widget is not None
