"""The pale path from the start under the pointer in a basin map."""

from __future__ import annotations

from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import QObject, QTimer

from app.engine.time_budget import advance_within, initial_chunk_size
from app.engine.trajectory import Trajectory
from app.gui.canvas.plot_canvas import PlotCanvas
from app.session.pending_work import SLICE_SECONDS
from app.views.basin_layer import BasinLayer


class BasinProbe(QObject):
    """Computes the run from a start of the map with the settings of the map, and shows its path on the canvas."""

    def __init__(self, canvas: PlotCanvas) -> None:
        super().__init__(canvas)
        self.canvas = canvas
        self.cell: tuple[int, int] | None = None
        self.result: object = None
        self.layer: BasinLayer | None = None
        self.timer = QTimer(self, interval=0)
        self.timer.timeout.connect(self._compute)

    def move(self, event: MouseEvent) -> list[tuple[str, str]]:
        """Show the path from the start under the pointer; return what becomes of it as a row of a table."""
        layer: BasinLayer | None = getattr(self.canvas.view, "basins", None)
        cell = None
        if layer is not None and event.inaxes is self.canvas.view.axes:
            assert event.xdata is not None
            assert event.ydata is not None
            cell = layer.cell_at(event.xdata, event.ydata)
        if layer is None or cell is None:
            self.clear()
            return []
        if cell != self.cell or layer.result is not self.result:
            self.layer, self.cell, self.result = layer, cell, layer.result
            self.canvas.probe = layer.trajectory_from(cell)
            self._compute()
        return [(layer.run.method.name, layer.outcome_text(cell))]

    def clear(self) -> None:
        """Remove the path."""
        self.timer.stop()
        self.cell = self.result = None
        if self.canvas.probe is not None:
            self.canvas.probe = None
            self._redraw()

    def _compute(self) -> None:
        """Extend the path for as long as a slice may take, until it has arrived or has made all steps."""
        probe = self.canvas.probe
        assert isinstance(probe, Trajectory)
        assert self.layer is not None
        assert self.cell is not None
        missing = self.layer.steps_to_show(self.cell) - probe.last_step
        is_complete = advance_within(probe.advance, missing, SLICE_SECONDS, initial_chunk_size(probe))
        if is_complete or probe.finished:
            self.timer.stop()
        else:
            self.timer.start()
        self._redraw()

    def _redraw(self) -> None:
        self.canvas.advance(self.canvas.displayed_step, self.canvas.displayed_step)
