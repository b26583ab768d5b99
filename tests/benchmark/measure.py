"""What the parts share: rows of the table, medians of processor time, and the race that is measured."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from app.model.experiment import Experiment
from app.model.run import Run
from surfaces import SURFACES, Surface

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QApplication

    from app.gui.window.main_window import MainWindow

RUNS = (
    Run("sgd", {"lr": 5e-4}),
    Run("momentum", {"lr": 1e-4}),
    Run("adam", {"lr": 0.01}),
    Run("rmsprop", {"lr": 1e-3}),
    Run("nesterov", {"lr": 1e-4}),
)
SMOOTH = Experiment("rosenbrock", (-1.5, 2.0), RUNS)


@dataclass(frozen=True)
class Row:
    """``ours`` and ``theirs`` in ``unit``; ``ratio`` is met when it is ``sense`` ``target``, and ours is at most ``limit``."""

    part: str
    what: str
    ours: float
    unit: str
    comparison: str
    theirs: float | None
    ratio: float | None
    sense: str
    target: float | None
    limit: float | None = None

    @property
    def met(self) -> bool | None:
        """None where the comparison could not be run."""
        if self.target is not None and self.ratio is None:
            return None
        reached = (
            self.ratio is None
            or self.target is None
            or (self.ratio <= self.target if self.sense == "<=" else self.ratio >= self.target)
        )
        return reached and (self.limit is None or self.ours <= self.limit)


def slower(
    part: str,
    what: str,
    ours: float,
    unit: str,
    comparison: str,
    theirs: float,
    target: float,
    limit: float | None = None,
) -> Row:
    """Ours may cost at most ``target`` times theirs."""
    return Row(part, what, ours, unit, comparison, theirs, ours / theirs, "<=", target, limit)


def faster(
    part: str,
    what: str,
    ours: float,
    unit: str,
    comparison: str,
    theirs: float | None,
    target: float,
    limit: float | None = None,
) -> Row:
    """Ours must be at least ``target`` times faster than theirs."""
    return Row(
        part, what, ours, unit, comparison, theirs, None if theirs is None else theirs / ours, ">=", target, limit
    )


def median(work: Callable[[], Any], times: int, warm: int = 1) -> float:
    """The median processor time of ``work``, in milliseconds."""
    spent = []
    for k in range(times + warm):
        begin = time.process_time()
        work()
        if k >= warm:
            spent.append((time.process_time() - begin) * 1e3)
    return statistics.median(spent)


def noisy() -> Experiment:
    """The same runs on Rosenbrock with noise on the gradient, as a small batch would give; the noise is the benchmark's own."""
    clean, draw = SURFACES["rosenbrock"], random.Random(1)

    def function(x: Any, y: Any) -> Any:
        height, (slope_x, slope_y) = clean(x, y)
        if type(x) is not float:
            return height, (slope_x, slope_y)
        return height, (slope_x + draw.gauss(0.0, 40.0), slope_y + draw.gauss(0.0, 40.0))

    SURFACES["noisy_rosenbrock"] = Surface(
        id="noisy_rosenbrock",
        name="Rosenbrock, noisy gradient",
        family=clean.family,
        source=clean.source,
        formula=clean.formula,
        bounds=clean.bounds,
        start=clean.start,
        function=function,
        minima=clean.minima,
        value_scale=clean.value_scale,
    )
    return Experiment("noisy_rosenbrock", (-1.5, 2.0), RUNS)


@cache
def _settings() -> tempfile.TemporaryDirectory[str]:
    """A folder for settings that goes away with the process."""
    return tempfile.TemporaryDirectory(prefix="thalweg-benchmark-")


@cache
def application() -> QApplication:
    """The one application, without a screen, with settings that are thrown away."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PyQt6.QtCore import QSettings, qInstallMessageHandler
    from PyQt6.QtWidgets import QApplication

    qInstallMessageHandler(lambda kind, where, words: None)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, _settings().name)
    made = QApplication([])
    made.setStyle("Fusion")
    return made


def settle() -> None:
    """Let everything that is due be drawn."""
    from PyQt6.QtCore import QEvent

    app = application()
    for _ in range(6):
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def window(experiment: Experiment) -> MainWindow:
    """A painted window of 1280 x 800 with three canvases."""
    application()
    from app.gui.window.main_window import MainWindow

    made = MainWindow(experiment)
    made.resize(1280, 800)
    made.show()
    settle()
    return made


def close(made: MainWindow) -> None:
    made.close()
    made.deleteLater()
    settle()
