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

from app.gui.canvas.plot_canvas import Canvas
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.number_format import short, told, written
from app.views.contour_view import Contour

NEAR = 8  # pixels from a trail
INSET, CLEAR = 6, 14  # pixels from the label to the axes, and to the pointer
LETTERS = 40  # of a run's name, at most


class Slip(QLabel):
    """A label over a view that lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, objectName="hover", textFormat=Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def dress(self, theme: Theme) -> None:
        self.setStyleSheet(
            f"QLabel#hover {{ color: {theme.text}; background: {theme.field}; border: 1px solid {theme.line};"
            "border-radius: 4px; padding: 3px 6px; font-size: 12px; }"
        )


class Hover:
    """``busy`` says whether the mouse is at work, as when it drags something: then it is not asked what it points at."""

    def __init__(self, session: Session, canvases: Mapping[str, Canvas], busy: Callable[[], bool]) -> None:
        self.session, self.canvases, self.busy = session, canvases, busy
        self.slip = Slip(canvases["contour"])
        self.mark: tuple[int, int] | None = None
        for canvas in canvases.values():
            canvas.mpl_connect("motion_notify_event", self.move)
            canvas.mpl_connect("figure_leave_event", self.leave)
            canvas.mpl_connect("button_press_event", self.leave)
            canvas.mpl_connect("scroll_event", self.leave)

    def move(self, event: Any) -> None:
        canvas = event.canvas
        if self.busy() or canvas.scene is None or canvas.stale or canvas.view.hasty:
            self.clear()
            return
        near = None
        if not self.session.clock.running:  # while it plays there is no time to look for it, and it would be gone
            near = canvas.view.nearest((event.x, event.y), NEAR * canvas.device_pixel_ratio)
        self.ring(near)
        words = self.words_of_step(canvas, *near) if near else self.words_of_place(canvas, event)
        self.say(
            words,
            canvas,
            QPoint(
                round(event.x / canvas.device_pixel_ratio), round(canvas.height() - event.y / canvas.device_pixel_ratio)
            ),
        )

    def leave(self, event: Any) -> None:
        self.clear()

    def clear(self) -> None:
        self.slip.hide()
        self.ring(None)

    def ring(self, mark: tuple[int, int] | None) -> None:
        """Mark a step of a run in all views."""
        if mark != self.mark:
            self.mark = mark
            for canvas in self.canvases.values():
                canvas.mark_step(mark)

    # Words

    def words_of_place(self, canvas: Canvas, event: Any) -> str:
        """The surface under the pointer."""
        if not isinstance(canvas.view, Contour) or event.inaxes is not canvas.view.axes:
            return ""
        with np.errstate(all="ignore"):
            loss, slope = self.session.race.surface(np.array([event.xdata]), np.array([event.ydata]))
        return table(self.rows(canvas, event.xdata, event.ydata, loss, slope))

    def words_of_step(self, canvas: Canvas, index: int, step: int) -> str:
        """A run after a step, with what its rule keeps."""
        track, scene = self.session.race.tracks[index], canvas.scene
        assert scene is not None
        point, label = (
            track.point_at(step),
            shorten(self.session.experiment.at(step).labels[index], LETTERS, placeholder="…"),
        )
        kept = list(zip(point.x[1:], point.y[1:], strict=True)) if point.y else point.x[1:]
        states = [(name, written(value)) for name, value in zip(track.rule.state, kept, strict=True)]
        when = tr("step {step:,}", step=step).replace(" ", "&nbsp;")
        title = f"<b style='color: {scene.styles[index].color}'>{html.escape(label)}</b> &nbsp;{when}"
        return title + table([*self.rows(canvas, *point.position, point.loss, point.slope), *states])

    def rows(self, canvas: Canvas, x: float, y: float, loss: Any, slope: Any) -> list[tuple[str, str]]:
        """A place in the digits that a pixel of the contour tells apart, with its loss and gradient."""
        contour, scene = self.canvases["contour"].view, canvas.scene
        assert isinstance(contour, Contour)
        assert scene is not None
        box = contour.window or scene.scenery.box
        names = ", ".join(axis.split()[0] for axis in self.session.race.surface.axes)
        steps = [(high - low) / pixels for (low, high), pixels in zip(box, contour.axes.bbox.size, strict=True)]
        return [
            (names, f"{told(x, steps[0])}, {told(y, steps[1])}"),
            (tr("loss"), short(float(np.ravel(loss)[0]))),
            (tr("gradient"), written(np.ravel(slope))),
        ]

    # The label

    def say(self, words: str, canvas: Canvas, pointer: QPoint) -> None:
        """Write words where they cover neither the pointer nor what is written at the axes: in this view, or in the largest."""
        if not words:
            self.slip.hide()
            return
        assert canvas.scene is not None
        self.slip.dress(canvas.scene.theme)
        self.slip.setText(words)
        self.slip.adjustSize()
        largest = max((c for c in self.canvases.values() if c.isVisible()), key=lambda c: c.width() * c.height())
        for host in dict.fromkeys((canvas, largest)):
            free = [
                corner
                for corner in corners(host, self.slip.rect())
                if host is not canvas or not corner.adjusted(-CLEAR, -CLEAR, CLEAR, CLEAR).contains(pointer)
            ]
            if free:
                if self.slip.parent() is not host:
                    self.slip.setParent(host)
                self.slip.move(min(free, key=lambda corner: covered(host, corner)).topLeft())
                self.slip.show()
                return
        self.slip.hide()


def corners(canvas: Canvas, label: QRect) -> list[QRect]:
    """Where a label has room in the corners of a view's axes, best first; none where it is too small."""
    room = on_widget(canvas, canvas.view.axes.bbox).adjusted(INSET, INSET, -INSET, -INSET)
    if label.width() > room.width() or label.height() > room.height():
        return []
    right, low = room.right() - label.width(), room.bottom() - label.height()
    places = [
        QRect(QPoint(x, y), label.size())
        for x, y in ((room.left(), room.top()), (right, room.top()), (right, low), (room.left(), low))
    ]
    return [
        place
        for place in places
        if not any(place.intersects(on_widget(canvas, words)) for words in canvas.view.written)
    ]


def on_widget(canvas: Canvas, box: BboxBase) -> QRect:
    """Pixels of the figure as the widget counts them: from above, and not those of a fine screen."""
    left, low, width, height = (part / canvas.device_pixel_ratio for part in (box.x0, box.y1, box.width, box.height))
    return QRect(round(left), round(canvas.height() - low), round(width), round(height))


def covered(canvas: Canvas, place: QRect) -> int:
    """How many points of the trails a label would cover; not asked while it plays."""
    if canvas.view.near is None:
        return 0
    scale = canvas.device_pixel_ratio
    x, y = canvas.view.near.a.T / scale
    y = canvas.height() - y
    return int(((x > place.left()) & (x < place.right()) & (y > place.top()) & (y < place.bottom())).sum())


def table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(
        f"<tr><td style='padding-right: 8px'>{html.escape(name)}</td><td>{html.escape(words)}</td></tr>"
        for name, words in rows
    )
    return f"<table cellspacing='0' cellpadding='0'>{cells}</table>"
