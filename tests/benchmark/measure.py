"""What all parts use: rows of the table, medians of processor time, and the measured experiment."""

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
    """A measured case. ``cost`` and ``reference`` are in ``unit``.

    The target is met when ``ratio`` is ``relation`` (<= or >=) ``target`` and ``cost`` is at most ``limit``.
    """

    part: str
    case: str
    cost: float
    unit: str
    reference_name: str
    reference: float | None
    ratio: float | None
    relation: str
    target: float | None
    limit: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether target and limit are met; None where the reference could not be run."""
        if self.target is not None and self.ratio is None:
            return None
        reached = (
            self.ratio is None
            or self.target is None
            or (self.ratio <= self.target if self.relation == "<=" else self.ratio >= self.target)
        )
        return reached and (self.limit is None or self.cost <= self.limit)


def slower(
    part: str,
    case: str,
    cost: float,
    unit: str,
    reference_name: str,
    reference: float,
    target: float,
    limit: float | None = None,
) -> Row:
    """Return a row whose cost may be at most ``target`` times the reference."""
    return Row(part, case, cost, unit, reference_name, reference, cost / reference, "<=", target, limit)


def faster(
    part: str,
    case: str,
    cost: float,
    unit: str,
    reference_name: str,
    reference: float | None,
    target: float,
    limit: float | None = None,
) -> Row:
    """Return a row whose cost must be at least ``target`` times lower than the reference."""
    ratio = None if reference is None else reference / cost
    return Row(part, case, cost, unit, reference_name, reference, ratio, ">=", target, limit)


def median(work: Callable[[], Any], times: int, warm: int = 1) -> float:
    """Return the median processor time of ``work`` in milliseconds, without the first ``warm`` calls."""
    times_ms = []
    for k in range(times + warm):
        start = time.process_time()
        work()
        if k >= warm:
            times_ms.append((time.process_time() - start) * 1e3)
    return statistics.median(times_ms)


def noisy() -> Experiment:
    """Return the same runs on Rosenbrock with gradient noise as of small batches, without the noise modifier."""
    clean, generator = SURFACES["rosenbrock"], random.Random(1)

    def function(x: Any, y: Any) -> Any:
        height, (grad_x, grad_y) = clean(x, y)
        if type(x) is not float:
            return height, (grad_x, grad_y)
        return height, (grad_x + generator.gauss(0.0, 40.0), grad_y + generator.gauss(0.0, 40.0))

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
def _settings_folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder for settings that is removed at the end of the process."""
    return tempfile.TemporaryDirectory(prefix="thalweg-benchmark-")


@cache
def application() -> QApplication:
    """Return the one application, without a screen, with temporary settings."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PyQt6.QtCore import QSettings, qInstallMessageHandler
    from PyQt6.QtWidgets import QApplication

    qInstallMessageHandler(lambda kind, where, text: None)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, _settings_folder().name)
    app = QApplication([])
    app.setStyle("Fusion")
    return app


def process_events() -> None:
    """Process everything that is due, such as paints and deferred deletes."""
    from PyQt6.QtCore import QEvent

    app = application()
    for _ in range(6):
        app.processEvents()
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def open_window(experiment: Experiment) -> MainWindow:
    """Return a painted window of 1280 x 800 with three canvases."""
    application()
    from app.gui.window.main_window import MainWindow

    window = MainWindow(experiment)
    window.resize(1280, 800)
    window.show()
    process_events()
    return window


def close(window: MainWindow) -> None:
    window.documents.document_state.mark_discarded()
    window.close()
    window.deleteLater()
    process_events()
