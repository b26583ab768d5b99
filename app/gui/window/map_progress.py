"""Progress of maps that take long, in the status bar, with a Cancel button."""

from __future__ import annotations

from time import perf_counter

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtWidgets import QMainWindow

from app.engine.map_job import MapJob
from app.gui.widgets.progress_widget import ProgressWidget, format_time_left
from app.session.map_store import MapStore
from app.utils.i18n import tr

REFRESH_INTERVAL = 200  # milliseconds
PROGRESS_DELAY = 1.0  # seconds after which the progress of a map is shown


class MapProgress(QObject):
    """Shows one map at a time that is computed for longer than ``PROGRESS_DELAY``, but none during a drag."""

    def __init__(self, window: QMainWindow, map_store: MapStore) -> None:
        super().__init__(window)
        self.window, self.map_store = window, map_store
        self.widget: ProgressWidget | None = None
        self.view_id = ""
        self.started: dict[str, tuple[MapJob, float]] = {}  # by view id: when its map was first seen
        self.timer = QTimer(self, interval=REFRESH_INTERVAL)
        self.timer.timeout.connect(self.refresh)
        map_store.changed.connect(self._watch)

    def refresh(self) -> None:
        """Show the progress of a map that takes long, or nothing."""
        states, now = self.map_store.states, perf_counter()
        jobs = {view_id: state.job for view_id, state in states.items() if state.progress is not None}
        before, self.started = self.started, {}
        for view_id, job in jobs.items():
            is_known = view_id in before and before[view_id][0] is job
            self.started[view_id] = before[view_id] if is_known else (job, now)
        slow = [view_id for view_id, (_, start) in self.started.items() if now - start >= PROGRESS_DELAY]
        if not slow or self.map_store.store.interaction_active:
            self._hide()
        else:
            self._show(self.view_id if self.view_id in slow else slow[0], now)
        if not jobs:
            self.timer.stop()

    def cancel(self) -> None:
        """Cancel the map whose progress is shown; a coarse map of it stays."""
        view_id = self.view_id
        self._hide()
        if view_id in self.map_store.states:
            self.map_store.stop(view_id)

    def cancel_all(self) -> None:
        """Cancel all maps, before the window closes."""
        self.map_store.cancel()
        self.timer.stop()
        self._hide()

    def _watch(self) -> None:
        if not self.timer.isActive() and any(state.progress is not None for state in self.map_store.states.values()):
            self.refresh()
            self.timer.start()

    def _show(self, view_id: str, now: float) -> None:
        if view_id != self.view_id:
            self._hide()
        if self.widget is None:
            self.widget, self.view_id = ProgressWidget(tr("Computing {name}", name=map_title(view_id))), view_id
            self.widget.cancel_requested.connect(self.cancel)
            status_bar = self.window.statusBar()
            assert status_bar is not None
            status_bar.addPermanentWidget(self.widget)
        fraction, elapsed = self.map_store.overall_progress(view_id), now - self.started[view_id][1]
        self.widget.progress_bar.setValue(round(1000 * fraction))
        if fraction > 0:
            self.widget.time_left_label.setText(format_time_left(elapsed * (1 - fraction) / fraction))

    def _hide(self) -> None:
        status_bar = self.window.statusBar()
        if self.widget is not None and status_bar is not None:
            self.widget.remove_from(status_bar)
        self.widget, self.view_id = None, ""


def map_title(view_id: str) -> str:
    """Return the title of the map of a view, translated."""
    from app.views import VIEWS  # imports matplotlib

    return tr("Basin Map") if view_id == "contour" else tr(VIEWS[view_id].title)
