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

from app.engine.trajectory import Trajectory
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.views import Scene, View
from app.views.base_view import PATH_BLOCK

MAX_INCREMENTAL_STEPS = 16 * PATH_BLOCK  # updates at once from which on all trails are drawn anew, thinned
IDLE_TIMEOUT = 180  # milliseconds without a move, after which what was drawn in haste is drawn in full
BASE_DPI, BASE_FONT_PIXELS = (
    100,
    12,
)  # of a figure, where the window's letters are so many pixels high; those of a figure grow with them
KEYBOARD_FOCUS_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)
BACKGROUND_PAUSE_FACTOR = 10  # how many times as long as it took to add to the ground it is then left alone


class PlotCanvas(FigureCanvasQTAgg):
    """``draws`` counts the full draws: playing and turning a hyperparameter must not cause any.

    ``mark`` is a run and a step of it that is ringed, or None. ``settle`` is started with every move that is drawn in haste.
    """

    def __init__(self, view: type[View]) -> None:
        super().__init__(Figure())
        self.view = view(self.figure)
        self.view.shows_hints = True
        self.shows_focus_ring = False  # whether it has the focus and was given it by a key
        self.full_draw_count = 0
        self.font_scale = 1.0
        self.scene: Scene | None = None
        self.static_artists_built = False
        self.needs_full_draw = True
        self.path_renderer: PathRenderer | None = None
        self.static_bitmap: Any = None
        self.background: Any = None
        self.trajectory_bitmap: Any = None
        self.drawn_steps: dict[Trajectory, int] = {}  # up to which step each faint path is on the ground
        self.drawn_until_step = 0
        self.displayed_step = 0  # the step that is on the screen
        self.displayed_steps: list[int] = []  # and that of each run
        self.highlighted: tuple[int, int] | None = None
        self.next_background_draw = 0.0  # until when the ground is left as it is
        self.idle_timer = QTimer(self, singleShot=True, interval=IDLE_TIMEOUT)
        self.setMinimumSize(80, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr(view.title))
        self.setObjectName(view.id)

    def show_scene(self, scene: Scene) -> None:
        """Show a scene; where only the race is another one, the static part stays."""
        old, self.scene = self.scene, scene
        if old is None or old.theme is not scene.theme:  # at 1.25 the picture may end a pixel before the widget does
            colors = self.palette()
            colors.setColor(QPalette.ColorRole.Window, QColor(scene.theme.figure_background))
            self.setPalette(colors)
        if old is None or not scene.same_static_artists(old) or not self.static_artists_built:
            self.static_artists_built = False
            self.draw_idle()
        elif self.view.update_scene(scene):
            self.draw_idle()
        elif not scene.same_background_paths(old):
            self.redraw_background()
        elif old.race is not scene.race or old.styles != scene.styles or self._has_caught_up(scene):
            self.redraw_trajectories()
        elif (
            self.displayed_step != scene.race.step or old.selected_run != scene.selected_run
        ):  # the race has gone on without a word
            self.advance(self.displayed_step, scene.race.step)

    def _has_caught_up(self, scene: Scene) -> bool:
        """Whether runs that were late have caught up."""
        return self.displayed_step == scene.race.step and self.displayed_steps != scene.displayed_steps

    def draw_idle(self) -> None:
        """Draw everything anew when the canvas is painted next: in its final size, once, and not at all while it is hidden."""
        self.needs_full_draw = True
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.needs_full_draw and self.scene is not None:
            self.draw()
        super().paintEvent(event)
        if self.shows_focus_ring and self.scene is not None:
            theme, painter = self.scene.theme, QPainter(self)
            painter.setPen(QPen(QColor(theme.accent), 2 * theme.focus_ring_width))  # half of it lies outside
            painter.drawRect(self.rect())
            painter.end()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.shows_focus_ring = event is not None and event.reason() in KEYBOARD_FOCUS_REASONS
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self.shows_focus_ring = False
        self.update()

    def draw(self) -> None:
        """A full draw: the static part, what is faint, all trails, the heads."""
        if self.scene is None:
            return
        if not self.static_artists_built:
            self.view.show_scene(self.scene)
            self.static_artists_built = True
            if self.full_draw_count:
                self.view.add_deferred_artists()
            else:
                QTimer.singleShot(0, self.finish)
        self.view.expand_limits_if_needed(self.scene.race)
        if not self.view.interacting:
            self.view.fit_labels()
        super().draw()
        self.full_draw_count += 1
        self.needs_full_draw = False
        if self.path_renderer is None or self.path_renderer.backend_renderer is not self.renderer:
            self.path_renderer = PathRenderer(self.renderer)
        self.static_bitmap = self.copy_from_bbox(self.figure.bbox)
        self._draw_background(self.static_bitmap, {})
        self._draw_trajectories()

    def finish(self) -> None:
        """After the first paint: what is slow to make."""
        if self.view.add_deferred_artists():
            self.draw_idle()

    def _draw_background(self, bitmap: Any, drawn_steps: dict[Trajectory, int]) -> None:
        """Draw what is faint over a bitmap that has so much of it."""
        assert self.scene is not None
        self.background, self.drawn_steps = bitmap, drawn_steps
        if self.scene.branch_trajectories or self.scene.replica_trajectories:
            self.restore_region(bitmap)
            self.view.draw_background_paths(self.path_renderer, drawn_steps)
            self.background = self.copy_from_bbox(self.figure.bbox)

    def _draw_trajectories(self) -> None:
        assert self.scene is not None
        step, self.view.hit_tester = self.scene.race.step, None
        self.drawn_until_step = (
            step if self.view.low_quality else step - step % PATH_BLOCK
        )  # who is in haste will soon draw all anew
        self.view.draw_paths(self.path_renderer, self.drawn_until_step)
        self.trajectory_bitmap = self.copy_from_bbox(self.figure.bbox)
        self._draw_foreground(step)

    def _draw_foreground(self, step: int) -> None:
        """What is drawn anew in every frame: the unfinished block, the heads and the mark."""
        assert self.scene is not None
        self.view.draw_path_segments(self.path_renderer, self.drawn_until_step, step)
        self.view.draw_current_markers(self.path_renderer)
        if self.highlighted is not None:
            self.view.draw_step_ring(self.path_renderer, *self.highlighted)
        if step != self.displayed_step:
            self.view.hit_tester = None
        self.displayed_step, self.displayed_steps = step, self.scene.displayed_steps

    def redraw_trajectories(self) -> None:
        """Draw all trails anew over the ground: the race has gone back, or is another one."""
        if self._awaits_full_draw():
            return
        self.restore_region(self.background)
        self._draw_trajectories()
        self.blit(self.figure.bbox)

    def redraw_background(self) -> None:
        """Draw what is faint anew, and all trails over it: there are other branches or replicas."""
        self.drawn_steps = {}
        self.extend_background()

    def extend_background(self, throttled: bool = False) -> None:
        """Add what replicas have gone on; ``sparingly``: not when that has taken much of the time of late."""
        if self._awaits_full_draw() or (throttled and perf_counter() < self.next_background_draw):
            return
        if self.view.expand_limits_if_needed(self.scene.race, include_background=True):
            self.draw_idle()
            return
        start_time = perf_counter()
        self._draw_background(self.background if self.drawn_steps else self.static_bitmap, self.drawn_steps)
        self.redraw_trajectories()
        self.next_background_draw = perf_counter() + BACKGROUND_PAUSE_FACTOR * (perf_counter() - start_time)

    def advance(self, first: int, last: int) -> None:
        """One frame: the step that is shown has gone from ``first`` to ``last``."""
        if self._awaits_full_draw():
            return
        if last < first or last - self.drawn_until_step > MAX_INCREMENTAL_STEPS:
            self.redraw_trajectories()
            return
        self.restore_region(self.trajectory_bitmap)
        last_block_step = last - last % PATH_BLOCK
        if last_block_step > self.drawn_until_step:
            self.view.draw_path_segments(self.path_renderer, self.drawn_until_step, last_block_step)
            self.trajectory_bitmap = self.copy_from_bbox(self.figure.bbox)
            self.drawn_until_step = last_block_step
        self._draw_foreground(last)
        self.blit(self.figure.bbox)

    def highlight_step(self, highlighted: tuple[int, int] | None) -> None:
        """Put a ring around a step of a run, or take it away."""
        if highlighted != self.highlighted:
            self.highlighted = highlighted
            self.advance(self.displayed_step, self.displayed_step)

    def _awaits_full_draw(self) -> bool:
        """Whether a full draw is due, or becomes due now, that will show everything."""
        if not self.isVisible() or not self.static_artists_built or self.scene is None:
            self.needs_full_draw = True
        elif not self.needs_full_draw and self.view.expand_limits_if_needed(self.scene.race):
            self.draw_idle()
        return self.needs_full_draw

    def hideEvent(self, event: QHideEvent | None) -> None:
        if self.idle_timer.isActive():
            self.idle_timer.stop()
            self.idle_timer.timeout.emit()
        super().hideEvent(event)

    def retranslate(self) -> None:
        """The words are to be in another language, and perhaps in other letters."""
        self.setAccessibleName(tr(self.view.title))
        self.static_artists_built = False
        self.draw_idle()

    def set_font_scale(self, scale: float) -> None:
        """Draw letters and lines so many times as large as usual."""
        self.font_scale = scale
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        font_factor = (
            max(QFontInfo(self.font()).pixelSize() / BASE_FONT_PIXELS, 1.0) ** 0.5
        )  # lines and marks grow with them, and need room
        self.figure.set_dpi(
            BASE_DPI * font_factor * self.font_scale * self.device_pixel_ratio
        )  # another screen may have another ratio
        super().resizeEvent(event)
        self.draw_idle()
