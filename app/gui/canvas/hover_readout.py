"""Hover: what lies under the pointer, in words in a corner of a view; the step that is near is ringed in all of them."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from textwrap import shorten
from typing import Any

import numpy as np
from matplotlib.transforms import BboxBase
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import QLabel, QWidget

from app.gui.canvas.plot_canvas import PlotCanvas
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.number_format import format_tick, format_value, format_with_resolution
from app.views.contour_view import ContourView

HIT_RADIUS = 8  # pixels from a trail
LABEL_INSET, POINTER_CLEARANCE = 6, 14  # pixels from the label to the axes, and to the pointer
MAX_NAME_LENGTH = 40  # of a run's name, at most


class HoverLabel(QLabel):
    """A label over a view that lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, objectName="hover", textFormat=Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def apply_theme(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QLabel#hover {{ color: {theme.text}; background: {theme.input_background}; border: 1px solid {theme.divider};"
            "border-radius: 4px; padding: 3px 6px; font-size: 12px; }"
        )


class HoverReadout:
    """``busy`` says whether the mouse is at work, as when it drags something: then it is not asked what it points at."""

    def __init__(self, session: Session, canvases: Mapping[str, PlotCanvas], is_busy: Callable[[], bool]) -> None:
        self.session, self.canvases, self.is_busy = session, canvases, is_busy
        self.hover_label = HoverLabel(canvases["contour"])
        self.highlighted: tuple[int, int] | None = None
        for canvas in canvases.values():
            canvas.mpl_connect("motion_notify_event", self.move)
            canvas.mpl_connect("figure_leave_event", self.leave)
            canvas.mpl_connect("button_press_event", self.leave)
            canvas.mpl_connect("scroll_event", self.leave)

    def move(self, event: Any) -> None:
        canvas = event.canvas
        if self.is_busy() or canvas.scene is None or canvas.needs_full_draw or canvas.view.low_quality:
            self.clear()
            return
        nearest = None
        if not self.session.clock.running:  # while it plays there is no time to look for it, and it would be gone
            nearest = canvas.view.nearest_step((event.x, event.y), HIT_RADIUS * canvas.device_pixel_ratio)
        self.highlight_step(nearest)
        text = self.step_text(canvas, *nearest) if nearest else self.surface_text(canvas, event)
        self.show_message(
            text,
            canvas,
            QPoint(
                round(event.x / canvas.device_pixel_ratio), round(canvas.height() - event.y / canvas.device_pixel_ratio)
            ),
        )

    def leave(self, event: Any) -> None:
        self.clear()

    def clear(self) -> None:
        self.hover_label.hide()
        self.highlight_step(None)

    def highlight_step(self, highlighted: tuple[int, int] | None) -> None:
        """Mark a step of a run in all views."""
        if highlighted != self.highlighted:
            self.highlighted = highlighted
            for canvas in self.canvases.values():
                canvas.highlight_step(highlighted)

    # Words

    def surface_text(self, canvas: PlotCanvas, event: Any) -> str:
        """The surface under the pointer."""
        if not isinstance(canvas.view, ContourView) or event.inaxes is not canvas.view.axes:
            return ""
        with np.errstate(all="ignore"):
            loss, gradient = self.session.race.surface(np.array([event.xdata]), np.array([event.ydata]))
        return html_table(self.position_rows(canvas, event.xdata, event.ydata, loss, gradient))

    def step_text(self, canvas: PlotCanvas, index: int, step: int) -> str:
        """A run after a step, with what its rule keeps."""
        trajectory, scene = self.session.race.trajectories[index], canvas.scene
        assert scene is not None
        point, label = (
            trajectory.point_at(step),
            shorten(self.session.experiment.as_of_step(step).labels[index], MAX_NAME_LENGTH, placeholder="…"),
        )
        state_values = list(zip(point.x[1:], point.y[1:], strict=True)) if point.y else point.x[1:]
        states = [
            (name, format_value(value)) for name, value in zip(trajectory.method.state, state_values, strict=True)
        ]
        step_label = tr("step {step:,}", step=step).replace(" ", "&nbsp;")
        title = f"<b style='color: {scene.styles[index].color}'>{html.escape(label)}</b> &nbsp;{step_label}"
        return title + html_table([*self.position_rows(canvas, *point.position, point.loss, point.gradient), *states])

    def position_rows(self, canvas: PlotCanvas, x: float, y: float, loss: Any, gradient: Any) -> list[tuple[str, str]]:
        """A place in the digits that a pixel of the contour tells apart, with its loss and gradient."""
        contour, scene = self.canvases["contour"].view, canvas.scene
        assert isinstance(contour, ContourView)
        assert scene is not None
        bounds = contour.viewport or scene.height_map.bounds
        axis_names = ", ".join(axis.split()[0] for axis in self.session.race.surface.axis_labels)
        pixel_sizes = [
            (high - low) / pixels for (low, high), pixels in zip(bounds, contour.axes.bbox.size, strict=True)
        ]
        return [
            (axis_names, f"{format_with_resolution(x, pixel_sizes[0])}, {format_with_resolution(y, pixel_sizes[1])}"),
            (tr("loss"), format_tick(float(np.ravel(loss)[0]))),
            (tr("gradient"), format_value(np.ravel(gradient))),
        ]

    # The label

    def show_message(self, text: str, canvas: PlotCanvas, pointer: QPoint) -> None:
        """Write words where they cover neither the pointer nor what is written at the axes: in this view, or in the largest."""
        if not text:
            self.hover_label.hide()
            return
        assert canvas.scene is not None
        self.hover_label.apply_theme(canvas.scene.theme)
        self.hover_label.setText(text)
        self.hover_label.adjustSize()
        largest = max((c for c in self.canvases.values() if c.isVisible()), key=lambda c: c.width() * c.height())
        for target in dict.fromkeys((canvas, largest)):
            free_corners = [
                corner
                for corner in corner_rects(target, self.hover_label.rect())
                if target is not canvas
                or not corner.adjusted(
                    -POINTER_CLEARANCE, -POINTER_CLEARANCE, POINTER_CLEARANCE, POINTER_CLEARANCE
                ).contains(pointer)
            ]
            if free_corners:
                if self.hover_label.parent() is not target:
                    self.hover_label.setParent(target)
                self.hover_label.move(
                    min(free_corners, key=lambda corner: count_covered_points(target, corner)).topLeft()
                )
                self.hover_label.show()
                return
        self.hover_label.hide()


def corner_rects(canvas: PlotCanvas, label_rect: QRect) -> list[QRect]:
    """Where a label has room in the corners of a view's axes, best first; none where it is too small."""
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
        if not any(rect.intersects(to_widget_rect(canvas, bounds)) for bounds in canvas.view.text_bounds)
    ]


def to_widget_rect(canvas: PlotCanvas, bbox: BboxBase) -> QRect:
    """Pixels of the figure as the widget counts them: from above, and not those of a fine screen."""
    left, top, width, height = (
        length / canvas.device_pixel_ratio for length in (bbox.x0, bbox.y1, bbox.width, bbox.height)
    )
    return QRect(round(left), round(canvas.height() - top), round(width), round(height))


def count_covered_points(canvas: PlotCanvas, rect: QRect) -> int:
    """How many points of the trails a label would cover; not asked while it plays."""
    if canvas.view.hit_tester is None:
        return 0
    scale = canvas.device_pixel_ratio
    x, y = canvas.view.hit_tester.segment_starts.T / scale
    y = canvas.height() - y
    return int(((x > rect.left()) & (x < rect.right()) & (y > rect.top()) & (y < rect.bottom())).sum())


def html_table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><td style='padding-right: 8px'>{html.escape(name)}</td><td>{html.escape(text)}</td></tr>"
        for name, text in rows
    )
    return f"<table cellspacing='0' cellpadding='0'>{cells}</table>"
