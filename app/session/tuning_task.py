"""Search for the best learning rate of every run in slices, so that the window stays responsive."""

from __future__ import annotations

from collections.abc import Generator

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from app.engine.learning_rate_grid import RATE_COUNT, SEQUENTIAL_RATE_COUNT, common_learning_rates
from app.engine.learning_rate_sweep import sweep_learning_rates
from app.model.experiment import Experiment
from app.utils.progress_generators import scaled


def tune_learning_rates(experiment: Experiment, steps: int) -> Generator[float, None, dict[int, float]]:
    """Return the best learning rate by slot for every run that has one; yield the completed fraction.

    The rates that are tried are those of the rate curves.

    Raises ValueError with the name of the optimizer if no learning rate works.
    """
    assert experiment.start is not None
    runs = [run for run in experiment.runs if "lr" in run.hyperparameters]
    learning_rates = {}
    for k, run in enumerate(runs):
        assert run.slot is not None
        try:
            count = RATE_COUNT if run.method.batched else SEQUENTIAL_RATE_COUNT
            rates = common_learning_rates(runs, experiment.surface, experiment.start, count)
            sweep = sweep_learning_rates(
                run.without_history(), experiment.surface, experiment.start, steps, learning_rates=rates
            )
            result = yield from scaled(sweep, k / len(runs), (k + 1) / len(runs))
            if run.method.has_learning_rate:  # an initial step size can make no difference
                result.check()
        except ValueError as error:
            raise ValueError(f"{run.method.name}: {error}") from None
        learning_rates[run.slot] = result.best_learning_rate
    return learning_rates


class TuningTask(QObject):
    """A background search for learning rates.

    ``progress(fraction)`` is emitted after every slice, then either ``done(experiment, learning_rates, steps)`` with
    the experiment of ``start`` or ``failed(message)``.
    """

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
        """Whether a search is running."""
        return self.timer.isActive()

    def start(self, experiment: Experiment, steps: int) -> None:
        """Search the learning rates that are best after ``steps`` steps."""
        self.experiment, self.steps = experiment, steps
        self.generator = tune_learning_rates(experiment, steps)
        self.timer.start()

    def cancel(self) -> None:
        """Stop the search without a result."""
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
