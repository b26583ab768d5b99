"""Tuner: looks for the best learning rate of every run, a slice at a time, so that the window stays alive."""

from __future__ import annotations

from collections.abc import Generator

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.engine.learning_rate_sweep import LearningRateSweep, sweep_learning_rates
from app.model.experiment import Experiment


def tune_learning_rates(experiment: Experiment, steps: int) -> Generator[float, None, dict[int, float]]:
    """The best learning rate by slot, for every run that has one; yields the share that is done. ValueError names the run."""
    runs = [run for run in experiment.runs if "lr" in run.hyperparameters]
    learning_rates = {}
    for k, run in enumerate(runs):
        assert experiment.start is not None
        assert run.slot is not None
        try:
            result = yield from _scaled_progress(
                sweep_learning_rates(run.without_history(), experiment.surface, experiment.start, steps), k, len(runs)
            )
        except ValueError as error:
            raise ValueError(f"{run.method.name}: {error}") from None
        learning_rates[run.slot] = result.best_learning_rate
    return learning_rates


def _scaled_progress(
    generator: Generator[float, None, LearningRateSweep], index: int, count: int
) -> Generator[float, None, LearningRateSweep]:
    """One of several works: its shares as shares of them all."""
    while True:
        try:
            fraction = next(generator)
        except StopIteration as end:
            return end.value
        yield (index + fraction) / count


class TuningTask(QObject):
    """``progress`` 0 to 1; ``done(experiment, rates, steps)`` for the experiment that it began with; ``failed`` in a sentence."""

    progress = pyqtSignal(float)
    done = pyqtSignal(object, object, int)
    failed = pyqtSignal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.generator: Generator[float, None, dict[int, float]] | None = None
        self.timer = QTimer(self, interval=0)
        self.timer.timeout.connect(self._run_slice)

    @property
    def running(self) -> bool:
        return self.timer.isActive()

    def start(self, experiment: Experiment, steps: int) -> None:
        self.experiment, self.steps = experiment, steps
        self.generator = tune_learning_rates(experiment, steps)
        self.timer.start()

    def cancel(self) -> None:
        """Leave everything as it was."""
        self.timer.stop()
        if self.generator is not None:
            self.generator.close()

    def _run_slice(self) -> None:
        assert self.generator is not None
        try:
            self.progress.emit(next(self.generator))
        except StopIteration as end:
            self.timer.stop()
            self.done.emit(self.experiment, end.value, self.steps)
        except ValueError as error:
            self.timer.stop()
            self.failed.emit(str(error))
