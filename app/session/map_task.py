"""Computation of maps in the background: batched methods in slices, searching methods in worker processes."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from time import perf_counter
from typing import Any

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.session.pending_work import SLICE_SECONDS
from app.utils.progress_generators import Computation

POLL_INTERVAL = 30  # milliseconds between two looks at what a worker has reported
MAX_WORKERS = 8  # about 60 MB each
WORKER_DELAY = 100  # milliseconds before a worker is started: a drag starts a task with every event


class MapTask(QObject):
    """Computes generators one after another, for example one map in several sizes, the coarsest first.

    Signals
    -------
    progress(fraction: float)
        The fraction of the current computation that is done.
    computed(result: object)
        The result of one computation; the next one follows.
    finished()
        All results have been reported.
    failed(message: str)
        A computation has raised an error; the others are not made.
    """

    progress = pyqtSignal(float)
    computed = pyqtSignal(object)
    finished = pyqtSignal()
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.waiting: list[Computation] = []
        self.generator: Generator[float, None, Any] | None = None
        self.worker: Any = None  # MapWorkers
        self.uses_worker = False
        self.timer = QTimer(self)
        self.timer.timeout.connect(self._continue)

    @property
    def running(self) -> bool:
        """Whether a computation is running."""
        return self.timer.isActive()

    def start(self, computations: Sequence[Computation], in_worker: bool = False) -> None:
        """Cancel what is running and compute others.

        Parameters
        ----------
        computations : sequence of callable
            Each returns a generator that yields the fraction that is done and returns a result.
        in_worker : bool
            Whether to use worker processes, if there are processor cores for them. The computations must be picklable.
        """
        self.cancel()
        self.waiting, self.uses_worker = list(computations), in_worker and can_use_workers()
        self.timer.start(WORKER_DELAY if self.uses_worker else 0)

    def cancel(self) -> None:
        """Stop at once, without a signal."""
        self.timer.stop()
        self.waiting = []
        self._discard()

    def _discard(self) -> None:
        """Discard what is being computed."""
        if self.generator is not None:
            self.generator.close()
        if self.worker is not None:
            self.worker.close()
        self.generator = self.worker = None

    def _continue(self) -> None:
        if not self.uses_worker:
            self._run_slice()
        elif self.worker is not None:
            self._read_messages()
        else:
            from app.engine.map_workers import MapWorkers  # multiprocessing would delay the first paint

            self.worker = MapWorkers(self.waiting, worker_count())
            self.timer.start(POLL_INTERVAL)

    def _read_messages(self) -> None:
        worker = self.worker
        for message in worker.messages():
            if message.error:
                self._fail(message.error)
            elif message.result is not None:
                self._report(message.result)
            else:
                self.progress.emit(message.fraction)
            if self.worker is not worker:  # a slot has started another task, or this one is over
                return

    def _run_slice(self) -> None:
        if self.generator is None:
            self.generator = self.waiting[0]()
        end_time, fraction = perf_counter() + SLICE_SECONDS, 0.0
        try:
            while perf_counter() < end_time:
                fraction = next(self.generator)
        except StopIteration as end:
            self.generator = None
            self._report(end.value)
        except (ArithmeticError, ValueError, MemoryError) as error:
            self._fail(str(error) or type(error).__name__)
        except Exception:
            self.cancel()
            raise
        else:
            self.progress.emit(fraction)

    def _report(self, result: Any) -> None:
        del self.waiting[0]
        is_last = not self.waiting
        if is_last:
            self.cancel()
        self.computed.emit(result)
        if is_last and not self.running:  # a slot may have started another task
            self.finished.emit()

    def _fail(self, message: str) -> None:
        self.cancel()
        self.failed.emit(message)


def can_use_workers() -> bool:
    """Return whether there is more than one processor core for this program."""
    return _core_count() > 1


def worker_count() -> int:
    """Return the number of worker processes for a map: one for each core but that of the window."""
    return max(1, min(_core_count() - 1, MAX_WORKERS))


def _core_count() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
