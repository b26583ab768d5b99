"""Canvas: a view in a widget. Static parts are drawn once; a frame draws new segments and heads, and blits.

Three bitmaps: ``clean`` is the static part, ``trailed`` has the trails up to the last whole block of updates, and the
screen has the rest and the heads as well. A frame takes ``trailed``, adds the blocks that are full by now and keeps that,
then puts the rest and the heads on top. Its cost does not grow, and it leaves the very pixels that a full draw would.
"""

from __future__ import annotations

from typing import Any

from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy

from app.views import Scene, View
from app.views.strokes import Brush
from app.views.view import BLOCK


class Canvas(FigureCanvasQTAgg):
    """``draws`` counts the full draws: playing and turning a hyperparameter must not cause any."""

    def __init__(self, view: type[View]) -> None:
        super().__init__(Figure())
        self.view = view(self.figure)
        self.draws = 0
        self.scene: Scene | None = None
        self.composed = False
        self.stale = True
        self.brush: Brush | None = None
        self.clean: Any = None
        self.trailed: Any = None
        self.kept = 0
        self.at = 0  # the step that is on the screen
        self.setMinimumSize(80, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(view.title)
        self.setObjectName(view.id)

    def show_scene(self, scene: Scene) -> None:
        """Show a scene; where only the race is another one, the static part stays."""
        old, self.scene = self.scene, scene
        if old is None or not scene.same_ground(old) or not self.composed:
            self.composed = False
            self.draw_idle()
            return
        if self.view.adopt(scene):
            self.draw_idle()
        elif old.race is not scene.race or old.styles != scene.styles:
            self.retrace()
        elif self.at != scene.race.step:  # the race has gone on without a word
            self.advance(self.at, scene.race.step)

    def draw_idle(self) -> None:
        """Draw everything anew when the canvas is painted next: in its final size, once, and not at all while it is hidden."""
        self.stale = True
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.stale and self.scene is not None:
            self.draw()
        super().paintEvent(event)

    def draw(self) -> None:
        """A full draw: the static part, then all trails, then the heads."""
        if self.scene is None:
            return
        if not self.composed:
            self.view.show(self.scene)
            self.composed = True
            if self.draws:
                self.view.finish()
            else:
                QTimer.singleShot(0, self.finish)
        self.view.outgrown(self.scene.race)
        self.view.arrange()
        super().draw()
        self.draws += 1
        self.stale = False
        if self.brush is None or self.brush.renderer is not self.renderer:
            self.brush = Brush(self.renderer)
        self.clean = self.copy_from_bbox(self.figure.bbox)
        self._trace()

    def finish(self) -> None:
        """After the first paint: what is slow to make."""
        if self.view.finish():
            self.draw_idle()

    def _trace(self) -> None:
        assert self.scene is not None
        step = self.scene.race.step
        # A view that draws in longer pieces is about to be drawn anew: it need not stop at a whole block.
        self.kept = step if self.view.block > BLOCK else step - step % BLOCK
        self.view.redraw(self.brush, self.kept)
        self.trailed = self.copy_from_bbox(self.figure.bbox)
        self._top(step)

    def _top(self, step: int) -> None:
        """What is drawn anew in every frame: the unfinished block and the heads."""
        self.view.trails(self.brush, self.kept, step)
        self.view.heads(self.brush)
        self.at = step

    def retrace(self) -> None:
        """Draw all trails anew over the static part: the race has gone back, or is another one."""
        if self._waiting():
            return
        self.restore_region(self.clean)
        self._trace()
        self.blit(self.figure.bbox)

    def advance(self, first: int, last: int) -> None:
        """One frame: the step that is shown has gone from ``first`` to ``last``."""
        if self._waiting():
            return
        if last < first:
            self.retrace()
            return
        self.restore_region(self.trailed)
        full = last - last % BLOCK
        if full > self.kept:
            self.view.trails(self.brush, self.kept, full)
            self.trailed = self.copy_from_bbox(self.figure.bbox)
            self.kept = full
        self._top(last)
        self.blit(self.figure.bbox)

    def _waiting(self) -> bool:
        """Whether a full draw is due, or becomes due now, that will show everything."""
        assert self.scene is not None
        if self.isHidden() or not self.composed:
            self.stale = True
        elif not self.stale and self.view.outgrown(self.scene.race):
            self.draw_idle()
        return self.stale

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.draw_idle()
