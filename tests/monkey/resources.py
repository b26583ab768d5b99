"""Objects, timers, threads and memory of a window, and the check that they do not grow."""

from __future__ import annotations

import gc
import os
import threading
from dataclasses import dataclass
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QApplication

from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT
from app.system.memory import return_freed_memory
from tests.gui.agreement import run_pending_timers
from tests.qt_fixtures import process_events

INITIAL_SIZE = 900, 600  # of the window, in pixels
WARM_UP_CHECKS, MAX_GROWTH = 3, 150  # checks until caches are about full, and MB that may be added afterwards
OBJECT_TOLERANCE = 150  # objects that are created at their first use, such as help windows and popups
TOP_LEVEL_TOLERANCE = 60  # rows of opened menus


@dataclass(frozen=True)
class ResourceCounts:
    """What must not grow: objects and timers of the window, top-level widgets, threads, and memory in MB."""

    objects: int
    timers: int
    top_level_widgets: int
    threads: int
    memory: float


def memory() -> float:
    """Return the resident memory in MB; 0 where it cannot be read."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


def count_resources(application: QApplication, window: MainWindow) -> ResourceCounts:
    """Return a window to its initial state and count what it uses."""
    window.session.clock.pause()
    window.action_registry["reset_layout"].trigger()
    window.showNormal()
    window.resize(*INITIAL_SIZE)
    window.session.load_experiment(DEFAULT_EXPERIMENT)
    window.session.store.undo_stack, window.session.store.redo_stack = [], []
    window.session.set_edit_from_start(False)
    window.side_panel.run_list.list.setCurrentRow(0)  # the number of controls depends on the selected optimizer
    window.results_tabs.results_page.refresh()  # pages are built when they are first shown
    run_pending_timers(window)
    for _ in range(3):
        process_events(application, 8)
        gc.collect()
    return_freed_memory()
    return ResourceCounts(
        len(window.findChildren(QObject)),
        len(window.findChildren(QTimer)),
        len(application.topLevelWidgets()),
        threading.active_count(),
        memory(),
    )


def assert_no_growth(sizes: list[ResourceCounts]) -> None:
    """Compare the last size with the first ones."""
    size, warm_up = sizes[-1], sizes[:WARM_UP_CHECKS]
    assert size.objects <= max(each.objects for each in warm_up) + OBJECT_TOLERANCE, f"objects accumulate: {sizes}"
    assert size.top_level_widgets <= sizes[0].top_level_widgets + TOP_LEVEL_TOLERANCE, (
        f"top-level widgets accumulate: {sizes}"
    )
    assert (size.timers, size.threads) == (sizes[0].timers, sizes[0].threads), f"timers or threads accumulate: {sizes}"
    if len(sizes) > WARM_UP_CHECKS:
        assert size.memory <= max(each.memory for each in warm_up) + MAX_GROWTH, f"memory grows: {sizes}"
