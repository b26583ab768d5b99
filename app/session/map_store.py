"""The maps of the views: decides what is computed, coarse maps first, and only for views that are visible."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.engine.map_job import MapComputation, MapJob, MapState
from app.session.experiment_store import ExperimentStore
from app.session.map_task import MapTask
from app.utils.i18n import tr
from app.utils.progress_generators import Computation

DRAG_SECONDS = 0.06  # within which a map follows a dragged value
REST_INTERVAL = 150  # milliseconds without a change after which a dragged value rests


class MapStore(QObject):
    """The states of the maps, by view id.

    ``changed(view_id)`` is emitted when a map or its progress has changed. While a value is dragged, the coarse map of
    batched methods is computed at once. If that takes too long, a map with half the size follows the dragged value, and
    the coarse map after it in slices. Medium maps follow when the dragged value rests, and the finest ones when the
    drag ends.
    """

    changed = pyqtSignal(str)

    def __init__(self, store: ExperimentStore, parent: QObject) -> None:
        super().__init__(parent)
        self.store = store
        self.states: dict[str, MapState] = {}
        self.tasks: dict[str, MapTask] = {}
        self.slow_views: set[str] = set()  # whose maps have taken too long during this drag
        self.rest_timer = QTimer(self, singleShot=True, interval=REST_INTERVAL)
        self.rest_timer.timeout.connect(self._refine_while_resting)
        store.interaction_finished.connect(self._on_interaction_finished)

    def request(self, view_id: str, job: MapJob | None) -> None:
        """Compute the map of a view, which has it already if the job is the same; None while it is hidden."""
        state = self.states.get(view_id)
        if job is None:
            self._task(view_id).cancel()
            if state is not None and (state.progress is not None or state.canceled):
                del self.states[view_id]
        elif state is None or state.job != job:
            self._task(view_id).cancel()
            self.states[view_id] = MapState(job)
            self._start(view_id, job)

    def discard(self, view_id: str) -> None:
        """Remove the map of a view that is visible and has none for the current settings."""
        self._task(view_id).cancel()
        self.states.pop(view_id, None)

    def stop(self, view_id: str) -> None:
        """Cancel the computation of a map at the user's request; a coarser one that is there stays."""
        self._task(view_id).cancel()
        error = "" if self.states[view_id].result is not None else tr("canceled")
        self._update(view_id, progress=None, canceled=True, error=error)

    def overall_progress(self, view_id: str) -> float:
        """Return the fraction that is done of all maps of a view, from the coarsest to the finest one."""
        state, waiting = self.states[view_id], len(self._task(view_id).waiting)
        costs = [state.job.cost_of(size) for size in state.job.sizes]
        done = max(len(costs) - waiting, 0)
        return (sum(costs[:done]) + sum(costs[done : done + 1]) * (state.progress or 0.0)) / sum(costs)

    def has_map(self, view_id: str) -> bool:
        """Return whether the map of a view is computed, at least the coarse one."""
        return view_id in self.states and self.states[view_id].result is not None

    def cancel(self) -> None:
        """Cancel all work."""
        for view_id in self.tasks:
            self.request(view_id, None)

    def _task(self, view_id: str) -> MapTask:
        if view_id not in self.tasks:
            task = self.tasks[view_id] = MapTask(self)
            task.progress.connect(lambda fraction: self._update(view_id, progress=fraction))
            task.computed.connect(lambda result: self._update(view_id, result=result, progress=0.0))
            task.finished.connect(lambda: self._finish(view_id))
            task.failed.connect(lambda message: self._update(view_id, error=message, progress=None))
        return self.tasks[view_id]

    def _start(self, view_id: str, job: MapJob) -> None:
        sizes = job.sizes
        if self.store.interaction_active:
            self.rest_timer.start()
            if job.is_batched:
                self._compute_at_once(view_id, job)
                return
            sizes = sizes[:1]
        self._task(view_id).start([MapComputation(job, size) for size in sizes], in_worker=not job.is_batched)

    def _compute_at_once(self, view_id: str, job: MapJob) -> None:
        """Compute the coarse map, or a quick one if that takes too long; what is left is computed in slices."""
        is_slow = view_id in self.slow_views
        generator = job.compute(job.quick_size if is_slow else job.sizes[0])
        rest: list[Computation] = [MapComputation(job, job.sizes[0])] if is_slow else []
        end_time = perf_counter() + DRAG_SECONDS
        try:
            while perf_counter() < end_time:
                next(generator)
        except StopIteration as end:
            self.states[view_id] = MapState(job, end.value)
        else:
            self.slow_views.add(view_id)
            rest.insert(0, lambda: generator)
        if rest:
            self._task(view_id).start(rest)

    def _finish(self, view_id: str) -> None:
        if not self.store.interaction_active:  # else finer maps follow
            self._update(view_id, progress=None)

    def _refine_while_resting(self) -> None:
        """Compute maps of medium size while the dragged value rests."""
        for view_id, state in self.states.items():
            medium = state.job.sizes[1:-1]
            if self.store.interaction_active and state.result is not None and state.progress is not None and medium:
                computations = [MapComputation(state.job, size) for size in medium]
                self._task(view_id).start(computations, in_worker=not state.job.is_batched)

    def _on_interaction_finished(self) -> None:
        """Compute what the drag has left out."""
        self.rest_timer.stop()
        slow_views, self.slow_views = self.slow_views, set()  # what these show can be smaller than the coarse map
        for view_id, state in self.states.items():
            if state.progress is not None:
                sizes = state.job.sizes[0 if state.result is None or view_id in slow_views else 1 :]
                computations = [MapComputation(state.job, size) for size in sizes]
                if computations:
                    self._task(view_id).start(computations, in_worker=not state.job.is_batched)
                else:
                    self._update(view_id, progress=None)

    def _update(self, view_id: str, **changes: Any) -> None:
        self.states[view_id] = replace(self.states[view_id], **changes)
        self.changed.emit(view_id)
