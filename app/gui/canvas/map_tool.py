"""Tool of the settings map and the rate curve: sets hyperparameters with the mouse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

from matplotlib.backend_bases import MouseEvent
from PyQt6.QtCore import Qt

from app.gui.canvas.plot_canvas import PlotCanvas
from app.model.run import Run
from app.session.session import Session
from app.views import MapView


class MapTool:
    """A click or a drag in a map sets the hyperparameters of a run, live, as one undo step.

    ``select_run`` selects the run with an index.
    """

    def __init__(self, canvas: PlotCanvas, session: Session, select_run: Callable[[int], object]) -> None:
        self.canvas, self.session, self.select_run = canvas, session, select_run
        self.dragged_run: int | None = None  # its index while the button is down
        canvas.mpl_connect("button_press_event", self.press)
        canvas.mpl_connect("motion_notify_event", self.move)
        canvas.mpl_connect("button_release_event", self.release)

    @property
    def view(self) -> MapView:
        """The view of the canvas."""
        assert isinstance(self.canvas.view, MapView)
        return self.canvas.view

    def press(self, event: MouseEvent) -> None:
        """Start a drag, and set what is at the pointer."""
        self.end_drag()  # a dialog that opened during a drag received the release
        if event.button != 1 or event.inaxes is not self.view.axes:
            return
        index = self.view.run_at((event.x, event.y))
        if index is not None:
            self.dragged_run = index
            self.session.store.begin_interaction()
            self.select_run(index)
            self.set_run(event)

    def move(self, event: MouseEvent) -> None:
        """Set what is at the pointer during a drag; else show by the cursor where a click sets something."""
        if self.dragged_run is not None:
            self.set_run(event)
            return
        settable = event.inaxes is self.view.axes and self.view.run_at((event.x, event.y)) is not None
        self.canvas.idle_cursor = Qt.CursorShape.CrossCursor if settable else Qt.CursorShape.ArrowCursor

    def set_run(self, event: MouseEvent) -> None:
        """Set the hyperparameters at the pointer; while the map is computed, nothing."""
        index = self.dragged_run
        assert index is not None
        setting = self.view.setting_at((event.x, event.y), index)
        if setting and index < len(self.session.experiment.runs):
            self.session.change(lambda e: e.with_run(index, with_setting(e.runs[index], setting)), f"{index} map")

    def release(self, event: MouseEvent) -> None:
        """Finish a click or a drag."""
        if event.button == 1:
            self.end_drag()

    def end_drag(self) -> None:
        """End the drag, if any."""
        if self.dragged_run is not None:
            self.dragged_run = None
            self.session.store.end_interaction()


def with_setting(run: Run, setting: Mapping[str, float]) -> Run:
    """Return a run with hyperparameters changed by the user; unchanged if they have these values."""
    changes = {name: value for name, value in setting.items() if run.hyperparameters.get(name) != value}
    return reduce(lambda changed, name: changed.with_hyperparameter(name, changes[name]), changes, run)
