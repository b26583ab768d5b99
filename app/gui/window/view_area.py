"""Stage: the canvases of a window. Makes them after the shell stands, since they bring matplotlib, and shows them the race."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QFontInfo

from app.analysis.summary import describe
from app.gui.window.dock_layout import DockLayout
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr


class ViewArea:
    """``canvases`` by view id, empty until ``build``; ``options`` are what the View menu switches in the pictures."""

    def __init__(self, session: Session, dock_layout: DockLayout, view_options: dict[str, Any]) -> None:
        self.session, self.dock_layout, self.view_options = session, dock_layout, view_options
        self.selected_run: Callable[[], int | None] = lambda: None  # the run that stands out
        self.canvases: dict[str, Any] = {}

    def build_canvases(
        self,
        theme: Theme,
        exception_handler: Callable[[BaseException], None],
        show_loss_menu: Callable[[QPoint], Any],
        on_viewport_changed: Callable[[], Any] = lambda: None,
    ) -> None:
        """Make the canvases. ``caught`` takes what fails in matplotlib's callbacks; ``loss_menu`` opens at a place; ``zoomed`` is
        told when the contour shows another part of the plane."""
        from app.gui.canvas.camera_tool import CameraTool
        from app.gui.canvas.contour_tool import ContourTool
        from app.gui.canvas.contour_viewport import ContourViewport
        from app.gui.canvas.hover_readout import HoverReadout
        from app.gui.canvas.plot_canvas import PlotCanvas
        from app.views import VIEWS

        self._apply_font()
        for name, view in VIEWS.items():
            canvas = self.canvases[name] = PlotCanvas(view)
            canvas.callbacks.exception_handler = exception_handler
            canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dock_layout.add_canvases(self.canvases, {name: view.title for name, view in VIEWS.items()}, theme)
        contour, relief = self.canvases["contour"], self.canvases["relief"]
        self.viewport = ContourViewport(contour, relief, on_viewport_changed)
        self.contour_tool, self.camera_tool = ContourTool(contour, self.session, self.viewport), CameraTool(relief)
        self.hover_readout = HoverReadout(
            self.session,
            self.canvases,
            lambda: self.contour_tool.press_position is not None or self.camera_tool.last_position is not None,
        )
        loss = self.canvases["loss"]
        loss.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        loss.customContextMenuRequested.connect(lambda place: show_loss_menu(loss.mapToGlobal(place)))
        contour.setFocus()

    def current_scene(self, theme: Theme) -> Any:
        """What the views are to show now."""
        from app.views import Scene

        return Scene(self.session.race, theme, self.session.bounds, dict(self.view_options), self.selected_run())

    def show_scene(self, theme: Theme) -> None:
        """Show the race as it is now, in the views that are wanted and have something to show."""
        if not self.canvases:
            return
        from app.views import VIEWS

        scene = self.current_scene(theme)
        self.hover_readout.clear()
        for name, canvas in self.canvases.items():
            self.dock_layout.docks[name].setVisible(
                self.dock_layout.dock_enabled[name] and VIEWS[name].applies_to(scene)
            )
            canvas.show_scene(scene)
        self.dock_layout.show_placeholder(
            tr("Every view is hidden. The View menu brings them back."),
            all(self.dock_layout.docks[name].isHidden() for name in self.canvases),
        )

    def retranslate(self) -> None:
        """The words in the pictures are to be in another language."""
        self._apply_font()
        for canvas in self.canvases.values():
            canvas.retranslate()

    def _apply_font(self) -> None:
        """The pictures' letters are the window's, and such as the language needs."""
        from app.plotting import fonts

        fonts.set_font_family(QFontInfo(self.dock_layout.window.font()).family())

    def set_font_scale(self, scale: float) -> None:
        """Letters and lines of all pictures so many times as large as usual."""
        for canvas in self.canvases.values():
            canvas.set_font_scale(scale)

    def advance(self, first_step: int, last_step: int) -> None:
        """One frame: the step that is shown went from ``first`` to ``last``."""
        for canvas in self.canvases.values():
            canvas.advance(first_step, last_step)

    def set_scrubbing(self, active: bool) -> None:
        """The time line is dragged: draw in haste, and in full when it is let go."""
        for canvas in self.canvases.values():
            canvas.view.low_quality = active
            if not active:
                canvas.redraw_trajectories()

    def refresh_background(self, throttled: bool = False) -> None:
        """Replicas have come farther; ``sparingly``: draw that only where it does not take too much of the time."""
        for canvas in self.canvases.values():
            if canvas.scene is not None and canvas.scene.replica_trajectories:
                canvas.extend_background(throttled)

    # The window of the contour

    @property
    def is_zoomed(self) -> bool:
        """Whether the contour shows another part of the plane than all of the box."""
        return bool(self.canvases) and self.viewport.view.viewport is not None

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much of the plane, about the middle."""
        self.viewport.zoom(factor)

    def pan(self, dx: float, dy: float) -> None:
        """Move what is shown by shares of it, to the right and up."""
        self.viewport.pan(dx, dy)

    def reset_viewport(self) -> None:
        self.viewport.set_viewport(None)

    def set_camera(self, angles: tuple[float, float] | None) -> None:
        """Look at the relief from an azimuth and an elevation, or from where it stood first."""
        from app.views.camera import Camera

        self.camera_tool.set_camera(Camera(*angles) if angles else Camera())

    def update_descriptions(self) -> None:
        """What a screen reader says of the canvases."""
        description = describe(self.session.experiment, self.session.race, self.session.run_status, self.selected_run())
        for canvas in self.canvases.values():
            if canvas.accessibleDescription() != description:  # each new one is spoken
                canvas.setAccessibleDescription(description)
