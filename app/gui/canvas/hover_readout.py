"""Label with the values under the pointer; the nearest step is ringed in all views."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import partial
from textwrap import shorten

import numpy as np
from matplotlib.backend_bases import LocationEvent, MouseEvent
from matplotlib.transforms import BboxBase
from numpy.typing import ArrayLike
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QLabel, QWidget

from app.analysis.status.network_status import gradient_norm_at
from app.gui.canvas.basin_probe import BasinProbe
from app.gui.canvas.plot_canvas import PlotCanvas
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.number_format import format_tick, format_value, format_with_resolution
from app.views import MAIN_VIEWS
from app.views.viewport_view import ViewportView

HIT_RADIUS = 8  # pixels between pointer and path
LABEL_INSET = 6  # pixels between label and axes
POINTER_CLEARANCE = 14  # pixels between label and pointer
MAX_NAME_LENGTH = 40  # characters of the name of a run


class HoverLabel(QLabel):
    """A label over a view that is transparent to mouse events."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, objectName="hover", textFormat=Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        """Set the colors of the label."""
        self.setStyleSheet(
            f"QLabel#hover {{ color: {theme.text}; background: {theme.input_background};"
            f"border: 1px solid {theme.divider}; border-radius: 4px; padding: 3px 6px; font-size: 12px; }}"
        )


class HoverReadout:
    """Label and step ring that follow the pointer; both are hidden while ``is_busy()`` is true, as during a drag."""

    def __init__(self, session: Session, canvases: Mapping[str, PlotCanvas], is_busy: Callable[[], bool]) -> None:
        self.session, self.canvases, self.is_busy = session, canvases, is_busy
        self.hover_label = HoverLabel(canvases["contour"])
        self.highlighted: tuple[int, int] | None = None
        self.basin_probe = BasinProbe(canvases["contour"])
        for canvas in canvases.values():
            canvas.mpl_connect("motion_notify_event", self.move)
            canvas.mpl_connect("figure_leave_event", self.leave)
            canvas.mpl_connect("button_press_event", self.leave)
            canvas.mpl_connect("scroll_event", self.leave)

    def move(self, event: MouseEvent) -> None:
        """Update the label and the ring for a new pointer position."""
        canvas = event.canvas
        assert isinstance(canvas, PlotCanvas)
        if self.is_busy() or canvas.scene is None or canvas.needs_full_draw or canvas.view.low_quality:
            self.clear()
            return
        nearest, basin_rows = None, []
        if not self.session.clock.running:  # the search is too slow during playback, and the paths move on
            nearest = canvas.view.nearest_step((event.x, event.y), HIT_RADIUS * canvas.device_pixel_ratio)
            basin_rows = self.basin_probe.move(event) if nearest is None and canvas is self.basin_probe.canvas else []
        if not basin_rows:
            self.basin_probe.clear()
        self.highlight_step(nearest)
        text = self.step_text(canvas, *nearest) if nearest else self.surface_text(canvas, event, basin_rows)
        scale = canvas.device_pixel_ratio
        pointer = QPoint(round(event.x / scale), round(canvas.height() - event.y / scale))
        self.show_message(text, canvas, pointer)

    def leave(self, event: LocationEvent) -> None:
        """Hide the label when the pointer leaves a canvas, presses a button, or scrolls."""
        self.clear()

    def clear(self) -> None:
        """Hide the label and the ring."""
        self.hover_label.hide()
        self.highlight_step(None)
        self.basin_probe.clear()

    def highlight_step(self, highlighted: tuple[int, int] | None) -> None:
        """Ring a step of a run, given as (run index, step), in all views."""
        if highlighted != self.highlighted:
            self.highlighted = highlighted
            for canvas in self.canvases.values():
                canvas.highlight_step(highlighted)

    # Texts

    def surface_text(self, canvas: PlotCanvas, event: LocationEvent, basin_rows: list[tuple[str, str]]) -> str:
        """Return position, loss, and gradient under the pointer, or what another view says about it.

        ``basin_rows`` follow, which say what becomes of a run from there.
        """
        if event.inaxes is not canvas.view.axes:
            return ""
        if not isinstance(canvas.view, ViewportView):
            rows = canvas.view.readout((event.x, event.y))
            return html_table(rows) if rows else ""
        assert event.xdata is not None
        assert event.ydata is not None
        with np.errstate(all="ignore"):
            loss, gradient = self.session.race.surface(np.array([event.xdata]), np.array([event.ydata]))
        return html_table([*self.position_rows(canvas, event.xdata, event.ydata, loss, gradient), *basin_rows])

    def step_text(self, canvas: PlotCanvas, index: int, step: int) -> str:
        """Return position, loss, gradient, and optimizer state of a run after a step."""
        trajectory, scene = self.session.race.trajectories[index], canvas.scene
        assert scene is not None
        point = trajectory.point_at(step)
        label = shorten(self.session.experiment.as_of_step(step).labels[index], MAX_NAME_LENGTH, placeholder="…")
        has_pairs = bool(point.y) and self.session.race.surface.dimension == 2
        state_values = list(zip(point.x[1:], point.y[1:], strict=True)) if has_pairs else point.x[1:]
        if trajectory.projected_problem is not None:
            return self._network_step_text(canvas, index, step)
        states = [
            (name, format_value(value)) for name, value in zip(trajectory.method.state, state_values, strict=True)
        ]
        step_label = tr("step {step:,}", step=step).replace(" ", "&nbsp;")
        title = f"<b style='color: {scene.styles[index].color}'>{html.escape(label)}</b> &nbsp;{step_label}"
        return title + html_table([*self.position_rows(canvas, *point.position, point.loss, point.gradient), *states])

    def _network_step_text(self, canvas: PlotCanvas, index: int, step: int) -> str:
        """Return loss and gradient of all parameters after a step, and the loss on the plane below."""
        trajectory, scene = self.session.race.trajectories[index], canvas.scene
        problem = trajectory.projected_problem
        assert scene is not None
        assert problem is not None
        point = trajectory.point_at(step)
        label = shorten(self.session.experiment.as_of_step(step).labels[index], MAX_NAME_LENGTH, placeholder="…")
        step_label = tr("step {step:,}", step=step).replace(" ", "&nbsp;")
        title = f"<b style='color: {scene.styles[index].color}'>{html.escape(label)}</b> &nbsp;{step_label}"
        rows = [
            (tr("loss"), f"{point.loss:.5g}"),
            (tr("loss on the plane"), f"{self.session.race.surface.loss_at(*point.position):.5g}"),
            (tr("distance from the plane"), f"{problem.project(point.x[0])[2]:.4g}"),
            (tr("gradient norm"), f"{gradient_norm_at(trajectory, step):.4g}"),
        ]
        return title + html_table(rows)

    def position_rows(
        self, canvas: PlotCanvas, x: float, y: float, loss: ArrayLike, gradient: ArrayLike
    ) -> list[tuple[str, str]]:
        """Return table rows with position, loss, and gradient; coordinates have the digits that a pixel resolves."""
        surface, scene = self.session.race.surface, canvas.scene
        assert scene is not None
        main = next(view for name in MAIN_VIEWS if (view := self.canvases[name].view).applies_to(scene))
        assert isinstance(main, ViewportView)
        bounds = main.viewport or scene.height_map.bounds
        pixel_sizes = [(high - low) / pixels for (low, high), pixels in zip(bounds, main.axes.bbox.size, strict=True)]
        # On a line, y is no coordinate
        numbers = [format_with_resolution(value, size) for value, size in zip((x, y), pixel_sizes, strict=True)]
        return [
            (", ".join(surface.axis_names), ", ".join(numbers[: surface.dimension])),
            (tr("loss"), format_tick(float(np.ravel(loss)[0]))),
            (tr("gradient"), format_value(np.ravel(gradient)[: surface.dimension])),
        ]

    # The label

    def show_message(self, text: str, canvas: PlotCanvas, pointer: QPoint) -> None:
        """Show the label in a corner of this canvas, or of a larger one, where it does not cover the pointer.

        It covers text only where no view has another free corner.
        """
        if not text:
            self.hover_label.hide()
            return
        assert canvas.scene is not None
        self.hover_label.apply_theme(canvas.scene.theme)
        self.hover_label.setText(text)
        self.hover_label.adjustSize()
        visible = sorted((c for c in self.canvases.values() if c.isVisible()), key=lambda c: -c.width() * c.height())
        targets = dict.fromkeys((canvas, *visible))
        for target, over_text in [(target, over_text) for over_text in (False, True) for target in targets]:
            free_corners = [
                corner
                for corner in corner_rects(target, self.hover_label.rect(), over_text)
                if target is not canvas or not is_near(corner, pointer)
            ]
            if free_corners:
                if self.hover_label.parent() is not target:
                    self.hover_label.setParent(target)
                best_corner = min(free_corners, key=partial(count_covered_points, target))
                self.hover_label.move(best_corner.topLeft())
                self.hover_label.show()
                return
        self.hover_label.hide()


def is_near(rect: QRect, pointer: QPoint) -> bool:
    """Return whether the pointer is closer to a rectangle than POINTER_CLEARANCE."""
    margin = POINTER_CLEARANCE
    return rect.adjusted(-margin, -margin, margin, margin).contains(pointer)


def corner_rects(canvas: PlotCanvas, label_rect: QRect, over_text: bool = False) -> list[QRect]:
    """Return the corners of the axes in which a label fits, best first; only ``over_text`` may it cover text."""
    axes_rect = to_widget_rect(canvas, canvas.view.axes.bbox).adjusted(
        LABEL_INSET, LABEL_INSET, -LABEL_INSET, -LABEL_INSET
    )
    if label_rect.width() > axes_rect.width() or label_rect.height() > axes_rect.height():
        return []
    right, bottom = axes_rect.right() - label_rect.width(), axes_rect.bottom() - label_rect.height()
    rects = [
        QRect(QPoint(x, y), label_rect.size())
        for x, y in (
            (axes_rect.left(), axes_rect.top()),
            (right, axes_rect.top()),
            (right, bottom),
            (axes_rect.left(), bottom),
        )
    ]
    return [
        rect
        for rect in rects
        if over_text or not any(rect.intersects(to_widget_rect(canvas, bounds)) for bounds in canvas.view.text_bounds)
    ]


def to_widget_rect(canvas: PlotCanvas, bbox: BboxBase) -> QRect:
    """Convert figure pixels (origin at the bottom, physical) to widget pixels (origin at the top, logical)."""
    left, top, width, height = (
        length / canvas.device_pixel_ratio for length in (bbox.x0, bbox.y1, bbox.width, bbox.height)
    )
    return QRect(round(left), round(canvas.height() - top), round(width), round(height))


def count_covered_points(canvas: PlotCanvas, rect: QRect) -> int:
    """Return how many path points a label would cover; 0 during playback, when no hit tester exists."""
    if canvas.view.hit_tester is None:
        return 0
    scale = canvas.device_pixel_ratio
    x, y = canvas.view.hit_tester.segment_starts.T / scale
    y = canvas.height() - y
    return int(((x > rect.left()) & (x < rect.right()) & (y > rect.top()) & (y < rect.bottom())).sum())


def html_table(rows: list[tuple[str, str]]) -> str:
    """Return an HTML table of names and values."""
    cells = "".join(
        f"<tr><td style='padding-right: 8px'>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>"
        for name, text in rows
    )
    return f"<table cellspacing='0' cellpadding='0'>{cells}</table>"
