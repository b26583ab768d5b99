"""Tuner: looks for the best learning rate of every run, a slice at a time, so that the window stays alive."""

from __future__ import annotations

from collections.abc import Generator

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.engine.learning_rate_sweep import Sweep, sweep
from app.model.experiment import Experiment


def tuned(experiment: Experiment, steps: int) -> Generator[float, None, dict[int, float]]:
    """The best learning rate by slot, for every run that has one; yields the share that is done. ValueError names the run."""
    runs = [run for run in experiment.runs if "lr" in run.hyperparameters]
    rates = {}
    for k, run in enumerate(runs):
        assert experiment.start is not None
        assert run.slot is not None
        try:
            found = yield from _scaled(sweep(run.afresh(), experiment.land, experiment.start, steps), k, len(runs))
        except ValueError as error:
            raise ValueError(f"{run.rule.name}: {error}") from None
        rates[run.slot] = found.best
    return rates


def _scaled(work: Generator[float, None, Sweep], part: int, parts: int) -> Generator[float, None, Sweep]:
    """One of several works: its shares as shares of them all."""
    while True:
        try:
            share = next(work)
        except StopIteration as end:
            return end.value
        yield (part + share) / parts


class Tuner(QObject):
    """``progress`` 0 to 1; ``done(experiment, rates, steps)`` for the experiment that it began with; ``failed`` in a sentence."""

    progress = pyqtSignal(float)
    done = pyqtSignal(object, object, int)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.work: Generator[float, None, dict[int, float]] | None = None
        self.timer = QTimer(self, interval=0)
        self.timer.timeout.connect(self._slice)

    @property
    def running(self) -> bool:
        return self.timer.isActive()

    def start(self, experiment: Experiment, steps: int) -> None:
        self.experiment, self.steps = experiment, steps
        self.work = tuned(experiment, steps)
        self.timer.start()

    def cancel(self) -> None:
        """Leave everything as it was."""
        self.timer.stop()
        if self.work is not None:
            self.work.close()

    def _slice(self) -> None:
        assert self.work is not None
        try:
            self.progress.emit(next(self.work))
        except StopIteration as end:
            self.timer.stop()
            self.done.emit(self.experiment, end.value, self.steps)
        except ValueError as error:
            self.timer.stop()
            self.failed.emit(str(error))
