"""Canvas: a view in a widget. Static parts are drawn once; a frame draws new segments and heads, and blits.

Four bitmaps: ``clean`` is the static part, ``ground`` has the faint paths of branches and replicas as well, ``trailed`` the
trails up to the last whole block of updates, and the screen the rest and the heads. A frame takes ``trailed``, adds the
blocks that are full by now and keeps that, then puts the rest and the heads on top. Its cost does not grow, and it leaves
the very pixels that a full draw would.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.figure import Figure
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QColor, QFocusEvent, QFontInfo, QHideEvent, QPainter, QPaintEvent, QPalette, QPen, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy

from app.engine.trajectory import Track
from app.plotting.path_renderer import Brush
from app.utils.i18n import tr
from app.views import Scene, View
from app.views.base_view import BLOCK

LEAP = 16 * BLOCK  # updates at once from which on all trails are drawn anew, thinned
REST = 180  # milliseconds without a move, after which what was drawn in haste is drawn in full
DPI, LETTERS = (
    100,
    12,
)  # of a figure, where the window's letters are so many pixels high; those of a figure grow with them
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
SPARING = 10  # how many times as long as it took to add to the ground it is then left alone


class Canvas(FigureCanvasQTAgg):
    """``draws`` counts the full draws: playing and turning a hyperparameter must not cause any.

    ``mark`` is a run and a step of it that is ringed, or None. ``settle`` is started with every move that is drawn in haste.
    """

    def __init__(self, view: type[View]) -> None:
        super().__init__(Figure())
        self.view = view(self.figure)
        self.view.hints = True
        self.ringed = False  # whether it has the focus and was given it by a key
        self.draws = 0
        self.larger = 1.0
        self.scene: Scene | None = None
        self.composed = False
        self.stale = True
        self.brush: Brush | None = None
        self.clean: Any = None
        self.ground: Any = None
        self.trailed: Any = None
        self.laid: dict[Track, int] = {}  # up to which step each faint path is on the ground
        self.kept = 0
        self.at = 0  # the step that is on the screen
        self.reached: list[int] = []  # and that of each run
        self.mark: tuple[int, int] | None = None
        self.spared = 0.0  # until when the ground is left as it is
        self.settle = QTimer(self, singleShot=True, interval=REST)
        self.setMinimumSize(80, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr(view.title))
        self.setObjectName(view.id)

    def show_scene(self, scene: Scene) -> None:
        """Show a scene; where only the race is another one, the static part stays."""
        old, self.scene = self.scene, scene
        if old is None or old.theme is not scene.theme:  # at 1.25 the picture may end a pixel before the widget does
            colors = self.palette()
            colors.setColor(QPalette.ColorRole.Window, QColor(scene.theme.face))
            self.setPalette(colors)
        if old is None or not scene.same_ground(old) or not self.composed:
            self.composed = False
            self.draw_idle()
        elif self.view.adopt(scene):
            self.draw_idle()
        elif not scene.same_faint(old):
            self.refresh_ground()
        elif old.race is not scene.race or old.styles != scene.styles or self._late(scene):
            self.retrace()
        elif self.at != scene.race.step or old.chosen != scene.chosen:  # the race has gone on without a word
            self.advance(self.at, scene.race.step)

    def _late(self, scene: Scene) -> bool:
        """Whether runs that were late have caught up."""
        return self.at == scene.race.step and self.reached != scene.reached

    def draw_idle(self) -> None:
        """Draw everything anew when the canvas is painted next: in its final size, once, and not at all while it is hidden."""
        self.stale = True
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.stale and self.scene is not None:
            self.draw()
        super().paintEvent(event)
        if self.ringed and self.scene is not None:
            theme, painter = self.scene.theme, QPainter(self)
            painter.setPen(QPen(QColor(theme.accent), 2 * theme.ring))  # half of it lies outside
            painter.drawRect(self.rect())
            painter.end()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.ringed = event is not None and event.reason() in BY_KEY
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self.ringed = False
        self.update()

    def draw(self) -> None:
        """A full draw: the static part, what is faint, all trails, the heads."""
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
        if not self.view.moving:
            self.view.arrange()
        super().draw()
        self.draws += 1
        self.stale = False
        if self.brush is None or self.brush.renderer is not self.renderer:
            self.brush = Brush(self.renderer)
        self.clean = self.copy_from_bbox(self.figure.bbox)
        self._lay(self.clean, {})
        self._trace()

    def finish(self) -> None:
        """After the first paint: what is slow to make."""
        if self.view.finish():
            self.draw_idle()

    def _lay(self, bare: Any, laid: dict[Track, int]) -> None:
        """Draw what is faint over a bitmap that has so much of it."""
        assert self.scene is not None
        self.ground, self.laid = bare, laid
        if self.scene.ghosts or self.scene.bundles:
            self.restore_region(bare)
            self.view.ground(self.brush, laid)
            self.ground = self.copy_from_bbox(self.figure.bbox)

    def _trace(self) -> None:
        assert self.scene is not None
        step, self.view.near = self.scene.race.step, None
        self.kept = step if self.view.hasty else step - step % BLOCK  # who is in haste will soon draw all anew
        self.view.paths(self.brush, self.kept)
        self.trailed = self.copy_from_bbox(self.figure.bbox)
        self._top(step)

    def _top(self, step: int) -> None:
        """What is drawn anew in every frame: the unfinished block, the heads and the mark."""
        assert self.scene is not None
        self.view.trails(self.brush, self.kept, step)
        self.view.heads(self.brush)
        if self.mark is not None:
            self.view.ring(self.brush, *self.mark)
        if step != self.at:
            self.view.near = None
        self.at, self.reached = step, self.scene.reached

    def retrace(self) -> None:
        """Draw all trails anew over the ground: the race has gone back, or is another one."""
        if self._waiting():
            return
        self.restore_region(self.ground)
        self._trace()
        self.blit(self.figure.bbox)

    def refresh_ground(self) -> None:
        """Draw what is faint anew, and all trails over it: there are other branches or replicas."""
        self.laid = {}
        self.grow_ground()

    def grow_ground(self, sparingly: bool = False) -> None:
        """Add what replicas have gone on; ``sparingly``: not when that has taken much of the time of late."""
        if self._waiting() or (sparingly and perf_counter() < self.spared):
            return
        if self.view.outgrown(self.scene.race, faint=True):
            self.draw_idle()
            return
        began = perf_counter()
        self._lay(self.ground if self.laid else self.clean, self.laid)
        self.retrace()
        self.spared = perf_counter() + SPARING * (perf_counter() - began)

    def advance(self, first: int, last: int) -> None:
        """One frame: the step that is shown has gone from ``first`` to ``last``."""
        if self._waiting():
            return
        if last < first or last - self.kept > LEAP:
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

    def mark_step(self, mark: tuple[int, int] | None) -> None:
        """Put a ring around a step of a run, or take it away."""
        if mark != self.mark:
            self.mark = mark
            self.advance(self.at, self.at)

    def _waiting(self) -> bool:
        """Whether a full draw is due, or becomes due now, that will show everything."""
        if not self.isVisible() or not self.composed or self.scene is None:
            self.stale = True
        elif not self.stale and self.view.outgrown(self.scene.race):
            self.draw_idle()
        return self.stale

    def hideEvent(self, event: QHideEvent | None) -> None:
        if self.settle.isActive():
            self.settle.stop()
            self.settle.timeout.emit()
        super().hideEvent(event)

    def write_anew(self) -> None:
        """The words are to be in another language, and perhaps in other letters."""
        self.setAccessibleName(tr(self.view.title))
        self.composed = False
        self.draw_idle()

    def enlarge(self, factor: float) -> None:
        """Draw letters and lines so many times as large as usual."""
        self.larger = factor
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        letters = (
            max(QFontInfo(self.font()).pixelSize() / LETTERS, 1.0) ** 0.5
        )  # lines and marks grow with them, and need room
        self.figure.set_dpi(
            DPI * letters * self.larger * self.device_pixel_ratio
        )  # another screen may have another ratio
        super().resizeEvent(event)
        self.draw_idle()
