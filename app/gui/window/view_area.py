"""Stage: the canvases of a window. Makes them after the shell stands, since they bring matplotlib, and shows them the race."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QFontInfo

from app.analysis.summary import describe
from app.gui.window.dock_layout import Layout
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr


class Stage:
    """``canvases`` by view id, empty until ``build``; ``options`` are what the View menu switches in the pictures."""

    def __init__(self, session: Session, layout: Layout, options: dict[str, Any]) -> None:
        self.session, self.layout, self.options = session, layout, options
        self.chosen: Callable[[], int | None] = lambda: None  # the run that stands out
        self.canvases: dict[str, Any] = {}

    def build(
        self,
        theme: Theme,
        caught: Callable[[BaseException], None],
        loss_menu: Callable[[QPoint], Any],
        zoomed: Callable[[], Any] = lambda: None,
    ) -> None:
        """Make the canvases. ``caught`` takes what fails in matplotlib's callbacks; ``loss_menu`` opens at a place; ``zoomed`` is
        told when the contour shows another part of the plane."""
        from app.gui.canvas.camera_tool import TurnGesture
        from app.gui.canvas.contour_tool import ContourGesture
        from app.gui.canvas.contour_viewport import Zoom
        from app.gui.canvas.hover_readout import Hover
        from app.gui.canvas.plot_canvas import Canvas
        from app.views import VIEWS

        self._wear_letters()
        for name, view in VIEWS.items():
            canvas = self.canvases[name] = Canvas(view)
            canvas.callbacks.exception_handler = caught
            canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.layout.place(self.canvases, {name: view.title for name, view in VIEWS.items()}, theme)
        contour, relief = self.canvases["contour"], self.canvases["relief"]
        self.zooming = Zoom(contour, relief, zoomed)
        self.start, self.turn = ContourGesture(contour, self.session, self.zooming), TurnGesture(relief)
        self.hover = Hover(
            self.session, self.canvases, lambda: self.start.pressed is not None or self.turn.last is not None
        )
        loss = self.canvases["loss"]
        loss.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        loss.customContextMenuRequested.connect(lambda place: loss_menu(loss.mapToGlobal(place)))
        contour.setFocus()

    def scene(self, theme: Theme) -> Any:
        """What the views are to show now."""
        from app.views import Scene

        return Scene(self.session.race, theme, self.session.box, dict(self.options), self.chosen())

    def show(self, theme: Theme) -> None:
        """Show the race as it is now, in the views that are wanted and have something to show."""
        if not self.canvases:
            return
        from app.views import VIEWS

        scene = self.scene(theme)
        self.hover.clear()
        for name, canvas in self.canvases.items():
            self.layout.docks[name].setVisible(self.layout.wanted[name] and VIEWS[name].applies(scene))
            canvas.show_scene(scene)
        self.layout.say_if_empty(
            tr("Every view is hidden. The View menu brings them back."),
            all(self.layout.docks[name].isHidden() for name in self.canvases),
        )

    def write_anew(self) -> None:
        """The words in the pictures are to be in another language."""
        self._wear_letters()
        for canvas in self.canvases.values():
            canvas.write_anew()

    def _wear_letters(self) -> None:
        """The pictures' letters are the window's, and such as the language needs."""
        from app.plotting import fonts

        fonts.wear(QFontInfo(self.layout.window.font()).family())

    def enlarge(self, factor: float) -> None:
        """Letters and lines of all pictures so many times as large as usual."""
        for canvas in self.canvases.values():
            canvas.enlarge(factor)

    def advance(self, first: int, last: int) -> None:
        """One frame: the step that is shown went from ``first`` to ``last``."""
        for canvas in self.canvases.values():
            canvas.advance(first, last)

    def scrub(self, on: bool) -> None:
        """The time line is dragged: draw in haste, and in full when it is let go."""
        for canvas in self.canvases.values():
            canvas.view.hasty = on
            if not on:
                canvas.retrace()

    def refresh_ground(self, sparingly: bool = False) -> None:
        """Replicas have come farther; ``sparingly``: draw that only where it does not take too much of the time."""
        for canvas in self.canvases.values():
            if canvas.scene is not None and canvas.scene.bundles:
                canvas.grow_ground(sparingly)

    # The window of the contour

    @property
    def zoomed(self) -> bool:
        """Whether the contour shows another part of the plane than all of the box."""
        return bool(self.canvases) and self.zooming.view.window is not None

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much of the plane, about the middle."""
        self.zooming.zoom(factor)

    def pan(self, across: float, up: float) -> None:
        """Move what is shown by shares of it, to the right and up."""
        self.zooming.pan(across, up)

    def show_all(self) -> None:
        self.zooming.look(None)

    def turn_relief(self, angles: tuple[float, float] | None) -> None:
        """Look at the relief from an azimuth and an elevation, or from where it stood first."""
        from app.views.camera import Camera

        self.turn.look_from(Camera(*angles) if angles else Camera())

    def describe(self) -> None:
        """What a screen reader says of the canvases."""
        words = describe(self.session.experiment, self.session.race, self.session.verdict, self.chosen())
        for canvas in self.canvases.values():
            if canvas.accessibleDescription() != words:  # each new one is spoken
                canvas.setAccessibleDescription(words)
