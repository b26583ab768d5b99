"""Canvas widget that shows a view. Static artists are drawn once; a frame draws only new path segments and markers.

Five bitmaps are layered: ``static_bitmap`` has the static artists, ``background`` also the pale paths of branches and
replicas, ``ghost_bitmap`` also the ghosts, ``trajectory_bitmap`` also the paths up to the last complete block of steps,
and the screen also the rest of the paths and the current markers. A frame restores ``trajectory_bitmap``, adds the
blocks completed since and stores the result, then draws the rest on top and blits. Its cost does not grow with the
number of steps, and its pixels equal those of a full draw.
"""

# mypy: disable-error-code="no-untyped-call"
# (matplotlib's Qt backend has no annotations)

from __future__ import annotations

from time import perf_counter

from matplotlib.figure import Figure
from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QColor, QFontInfo, QHideEvent, QPaintEvent, QPalette, QResizeEvent
from PyQt6.QtWidgets import QSizePolicy

from app.engine.trajectory import Trajectory
from app.gui.canvas.focus_ring_canvas import FocusRingCanvas
from app.plotting.path_renderer import PathRenderer
from app.utils.i18n import tr
from app.views import Scene, View
from app.views.base_view import PATH_BLOCK
from app.views.scene import BranchTrajectory

MAX_INCREMENTAL_STEPS = 16 * PATH_BLOCK  # for more steps at once, all paths are redrawn, decimated
IDLE_TIMEOUT = 180  # milliseconds without interaction after which a low-quality drawing is redrawn in full
BASE_FONT_PIXELS = 12  # height of the window font at which figures have BASE_DPI; larger fonts increase it
BASE_DPI = 100
BACKGROUND_SECONDS = 0.03  # time for pale paths at once; ``background_timer`` draws the others afterwards
BACKGROUND_PAUSE_FACTOR = 10  # pause between throttled background draws, in multiples of the time of one draw


class PlotCanvas(FocusRingCanvas):
    """Canvas of one view.

    ``full_draw_count`` counts full draws: playback and changing a hyperparameter must not cause any. ``idle_timer`` is
    restarted by every interaction that draws in low quality; the full draw follows its timeout.
    """

    def __init__(self, view: type[View]) -> None:
        super().__init__(Figure())
        self.view = view(self.figure)
        self.view.shows_hints = self.view.truncates_replicas = True
        self.full_draw_count = 0
        self.font_scale = 1.0
        self.scene: Scene | None = None
        self.static_artists_built = False
        self.needs_full_draw = True
        self.rebuild_postponed = False
        self.path_renderer: PathRenderer | None = None
        self.static_bitmap: object = None
        self.background: object = None
        self.trajectory_bitmap: object = None
        self.drawn_steps: dict[Trajectory, int] = {}  # last step of each pale path in the background
        self.background_step = 0  # the displayed step when the background was drawn
        self.ghost_bitmap: object = None
        self.drawn_ghosts: tuple[bool, list[BranchTrajectory]] | None = None  # in ghost_bitmap, and in which quality
        self.drawn_until_step = 0  # last step in trajectory_bitmap
        self.displayed_step = 0
        self.displayed_steps: list[int] = []  # last displayed step of each run
        self.highlighted: tuple[int, int] | None = None  # run index and step that are ringed
        self.probe: Trajectory | None = None  # a run that is shown while the pointer is at its start
        self.idle_cursor = Qt.CursorShape.ArrowCursor  # where nothing can be clicked
        self.next_background_draw = 0.0  # time before which throttled background draws are skipped
        self.idle_timer = QTimer(self, singleShot=True, interval=IDLE_TIMEOUT)
        self.background_timer = QTimer(self, singleShot=True, interval=0)
        self.background_timer.timeout.connect(self.extend_background)
        self.setMinimumSize(80, 60)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr(view.title))
        self.setObjectName(view.id)

    def show_scene(self, scene: Scene, dragging: bool = False) -> None:
        """Show a scene; redraw only the layers that differ from the previous scene.

        While a value is ``dragging``, another surface is shown in low quality or not at all until ``rebuild_postponed``
        artists are built by ``finish_rebuild``.
        """
        old, self.scene = self.scene, scene
        if old is None or old.theme is not scene.theme:  # the figure may be a pixel smaller at a pixel ratio of 1.25
            colors = self.palette()
            colors.setColor(QPalette.ColorRole.Window, QColor(scene.theme.figure_background))
            self.setPalette(colors)
        if old is None or not scene.same_static_artists(old) or not self.static_artists_built:
            if dragging and self.full_draw_count:
                self._show_quickly(scene)
            else:
                self._rebuild()
        elif self.view.update_scene(scene):
            self.draw_idle()
        elif self.view.has_changed_artists:
            self.redraw_static()
        elif not scene.same_background_paths(old) or self._shows_later_replicas(scene):
            self.redraw_background()
        elif old.race is not scene.race or old.styles != scene.styles or self._has_caught_up(scene):
            self.redraw_trajectories()
        elif old.selected_run != scene.selected_run:
            self.raise_selected_run()
        elif self.displayed_step != scene.race.step:
            self.advance(self.displayed_step, scene.race.step)

    def _show_quickly(self, scene: Scene) -> None:
        if self.static_artists_built and self.view.show_surface_quickly(scene):
            self.draw_idle()
        else:
            self.static_artists_built = False
            self.needs_full_draw = True
        self.rebuild_postponed = True

    def finish_rebuild(self) -> None:
        """Show the current surface in full quality if that was postponed."""
        if self.rebuild_postponed:
            self._rebuild()

    def _rebuild(self) -> None:
        """Build the static artists anew with the next full draw."""
        self.static_artists_built = self.rebuild_postponed = False
        self.draw_idle()

    def _has_caught_up(self, scene: Scene) -> bool:
        """Return whether delayed runs have caught up with the displayed step."""
        return self.displayed_step == scene.race.step and self.displayed_steps != scene.displayed_steps

    def draw_idle(self) -> None:
        """Schedule a full draw for the next paint event: once, in the final size, and never while hidden."""
        self.needs_full_draw = True
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Draw in full if necessary, and paint the canvas and its focus ring."""
        if self.needs_full_draw and self.scene is not None:
            self.draw()
        super().paintEvent(event)
        if self.shows_focus_ring and self.scene is not None:
            self.paint_focus_ring(self.scene.theme)

    def draw(self) -> None:
        """Draw everything: static artists, pale paths, paths, and current markers."""
        if self.scene is None:
            return
        if not self.static_artists_built:
            self.view.show_scene(self.scene)
            self.static_artists_built = True
            if self.full_draw_count:
                self.view.add_deferred_artists()
            else:
                QTimer.singleShot(0, self._add_deferred_artists)
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
        self._restore_ghosts()
        self._draw_trajectories()

    def _add_deferred_artists(self) -> None:
        """Add the artists that are slow to build, after the first paint."""
        if self.view.add_deferred_artists():
            self.draw_idle()

    def _draw_background(self, bitmap: object, drawn_steps: dict[Trajectory, int]) -> None:
        """Draw pale paths over a bitmap that already has them up to ``drawn_steps``."""
        assert self.scene is not None
        assert self.path_renderer is not None
        self.background, self.drawn_steps, self.drawn_ghosts = bitmap, drawn_steps, None
        self.background_step = self.scene.race.step
        if self.scene.branch_trajectories or self.scene.replica_trajectories:
            self.restore_region(bitmap)
            if not self.view.draw_background_paths(
                self.path_renderer, drawn_steps, perf_counter() + BACKGROUND_SECONDS
            ):
                self.background_timer.start()
            self.background = self.copy_from_bbox(self.figure.bbox)

    def _restore_ghosts(self) -> None:
        """Restore the background with the ghosts of the current step over it, which are drawn only if they changed."""
        assert self.scene is not None
        assert self.path_renderer is not None
        ghosts = self.view.low_quality, self.scene.ghosts
        if ghosts == self.drawn_ghosts:
            self.restore_region(self.ghost_bitmap)
            return
        self.restore_region(self.background)
        self.ghost_bitmap, self.drawn_ghosts = self.background, ghosts
        if self.scene.ghosts:
            self.view.draw_ghosts(self.path_renderer)
            self.ghost_bitmap = self.copy_from_bbox(self.figure.bbox)

    def _draw_trajectories(self) -> None:
        assert self.scene is not None
        assert self.path_renderer is not None
        step, self.view.hit_tester = self.scene.race.step, None
        # A low-quality drawing is replaced soon, so that it need not end at a whole block.
        self.drawn_until_step = step if self.view.low_quality else step - step % PATH_BLOCK
        self.view.draw_paths(self.path_renderer, self.drawn_until_step)
        self.trajectory_bitmap = self.copy_from_bbox(self.figure.bbox)
        self._draw_foreground(step)

    def _draw_foreground(self, step: int) -> None:
        """Draw what is redrawn in every frame: the incomplete block, the current markers, and the step ring."""
        assert self.scene is not None
        assert self.path_renderer is not None
        if self.probe is not None:
            self.view.draw_probe(self.path_renderer, self.probe)
        self.view.draw_path_segments(self.path_renderer, self.drawn_until_step, step)
        self.view.draw_current_markers(self.path_renderer)
        if self.highlighted is not None:
            self.view.draw_step_ring(self.path_renderer, *self.highlighted)
        if step != self.displayed_step:
            self.view.hit_tester = None
        self.displayed_step, self.displayed_steps = step, self.scene.displayed_steps

    def redraw_trajectories(self) -> None:
        """Redraw all paths over the background, after going back or after a change of the runs."""
        if self._awaits_full_draw():
            return
        self._restore_ghosts()
        self._draw_trajectories()
        self.blit(self.figure.bbox)

    def raise_selected_run(self) -> None:
        """Draw the selected run over what frames have drawn of the other runs."""
        self.view.selected_on_top = True
        self.redraw_trajectories()

    def _shows_later_replicas(self, scene: Scene) -> bool:
        """Return whether replicas may have been drawn beyond the displayed step."""
        return scene.race.step < self.background_step and bool(scene.replica_trajectories)

    def redraw_static(self) -> None:
        """Draw static artists that have changed over the old ones, and all paths, without a full draw."""
        if self._awaits_full_draw():
            return
        assert self.path_renderer is not None
        self.restore_region(self.static_bitmap)
        self.view.draw_changed_artists(self.path_renderer)
        self.static_bitmap = self.copy_from_bbox(self.figure.bbox)
        self.redraw_background()

    def redraw_background(self) -> None:
        """Redraw pale paths and all paths over them, after a change of branches or replicas."""
        self.drawn_steps = {}
        self.extend_background()

    def extend_background(self, throttled: bool = False) -> None:
        """Draw the new steps of replicas; ``throttled`` limits the fraction of time spent on this."""
        if self._awaits_full_draw() or (throttled and perf_counter() < self.next_background_draw):
            return
        assert self.scene is not None
        if self.view.expand_limits_if_needed(self.scene.race, include_background=True):
            self.draw_idle()
            return
        start_time = perf_counter()
        self._draw_background(self.background if self.drawn_steps else self.static_bitmap, self.drawn_steps)
        self.redraw_trajectories()
        self.next_background_draw = perf_counter() + BACKGROUND_PAUSE_FACTOR * (perf_counter() - start_time)

    def advance(self, first: int, last: int) -> None:
        """Draw one frame, in which the displayed step goes from ``first`` to ``last``."""
        if self._awaits_full_draw():
            return
        assert self.scene is not None
        ghosts_changed = self.drawn_ghosts is None or self.drawn_ghosts[1] != self.scene.ghosts
        if self._shows_later_replicas(self.scene):
            self.redraw_background()
            return
        if last < first or last - self.drawn_until_step > MAX_INCREMENTAL_STEPS or ghosts_changed:
            self.redraw_trajectories()
            return
        assert self.path_renderer is not None
        if last > first:
            self.view.selected_on_top = False
        self.restore_region(self.trajectory_bitmap)
        last_block_step = last - last % PATH_BLOCK
        if last_block_step > self.drawn_until_step:
            self.view.draw_path_segments(self.path_renderer, self.drawn_until_step, last_block_step)
            self.trajectory_bitmap = self.copy_from_bbox(self.figure.bbox)
            self.drawn_until_step = last_block_step
        self._draw_foreground(last)
        self.blit(self.figure.bbox)

    def highlight_step(self, highlighted: tuple[int, int] | None) -> None:
        """Draw a ring around a step of a run, or remove it."""
        if highlighted != self.highlighted:
            self.highlighted = highlighted
            self.advance(self.displayed_step, self.displayed_step)

    def _awaits_full_draw(self) -> bool:
        """Return whether a full draw is pending, scheduling it if limits or visibility require one."""
        if not self.isVisible() or not self.static_artists_built or self.scene is None:
            self.needs_full_draw = True
        elif not self.needs_full_draw and self.view.expand_limits_if_needed(self.scene.race):
            self.draw_idle()
        return self.needs_full_draw

    def hideEvent(self, event: QHideEvent | None) -> None:
        """End the current interaction."""
        if self.idle_timer.isActive():
            self.idle_timer.stop()
            self.idle_timer.timeout.emit()
        super().hideEvent(event)

    def retranslate(self) -> None:
        """Redraw all texts in the current language and font."""
        self.setAccessibleName(tr(self.view.title))
        self.static_artists_built = False
        self.draw_idle()

    def set_font_scale(self, scale: float) -> None:
        """Scale fonts and lines by a factor."""
        self.font_scale = scale
        self.resizeEvent(QResizeEvent(self.size(), self.size()))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Set the resolution for the font and the current screen, and schedule a full draw."""
        # The square root, because lines and markers grow as well and need space.
        font_factor = max(QFontInfo(self.font()).pixelSize() / BASE_FONT_PIXELS, 1.0) ** 0.5
        self.figure.set_dpi(BASE_DPI * font_factor * self.font_scale * self.device_pixel_ratio)
        super().resizeEvent(event)
        self.draw_idle()
