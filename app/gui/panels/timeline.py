"""Timeline: the displayed step, which can be dragged over all computed steps, and marks where something was changed."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PyQt6.QtWidgets import QSizePolicy, QSlider

from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr

INITIAL_RANGE = 100  # steps; the range then doubles, like the axis of the loss view
HANDLE_RADIUS, GROOVE_HEIGHT, MARK_HALF_WIDTH = 7.0, 4.0, 4.0  # pixels
GROOVE_MIDDLE = 12  # pixels from the top, with room for the marks above
NUMBER_MARGIN = 2  # pixels above and below the numbers
NUMBER_GAP = 28  # pixels between two numbers, at least
SMALLER_FONT = 2  # pixels by which the font of the numbers is smaller


class Timeline(QSlider):
    """Slider from step 0 to a round number of steps; the computed part is filled, and no step beyond it can be chosen.

    Numbers below it are round steps. ``scrubbed(step)`` is emitted for mouse and keys, ``drag_changed(active)`` when a
    drag starts and ends.
    """

    scrubbed = pyqtSignal(int)
    drag_changed = pyqtSignal(bool)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.session, self.theme = session, theme
        self.last_computed_step, self.stop_step = 0, 0
        self.change_colors: dict[int, str] = {}  # color of the mark at each step with a change
        self.branch_steps: list[int] = []  # steps at which branches split off
        self.setAccessibleName(tr("Timeline"))
        self.setWhatsThis(
            tr(
                "The current step. Click a step, drag the handle, or use the arrow keys. Marks show changes of "
                "hyperparameters and parameters; rings show where branches begin."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, INITIAL_RANGE)
        self.valueChanged.connect(self._on_value_changed)

    def sizeHint(self) -> QSize:
        """Return a size with room for the marks above the groove and the numbers below it."""
        digit_height = QFontMetrics(self.number_font).capHeight()  # lines of some fonts are much higher
        return QSize(200, GROOVE_MIDDLE + round(HANDLE_RADIUS) + 2 * NUMBER_MARGIN + digit_height)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

    @property
    def number_font(self) -> QFont:
        """The font of the numbers."""
        font = QFont(self.font())
        font.setPixelSize(max(QFontInfo(font).pixelSize() - SMALLER_FONT, 8))
        return font

    def refresh(self) -> None:
        """Update range, marks, and position; repaint only if something differs."""
        race, experiment = self.session.race, self.session.experiment
        styles = self.theme.styles(experiment.runs)
        change_colors = {
            entry.until: style.color
            for run, style in zip(experiment.runs, styles, strict=True)
            if style.visible
            for entry in run.history
        }
        change_colors |= {span.until: self.theme.text for span in experiment.parameter_history}
        branch_steps = sorted({branch.left_at_step for branch in experiment.branches if branch.visible})
        last_computed_step, stop_step = race.last_step, experiment.steps or 0
        doublings = math.ceil(math.log2(max(last_computed_step, stop_step, INITIAL_RANGE) / INITIAL_RANGE))
        maximum = INITIAL_RANGE * 2**doublings
        marks = last_computed_step, stop_step, change_colors, branch_steps
        old_marks = self.last_computed_step, self.stop_step, self.change_colors, self.branch_steps
        if (marks, maximum, race.step) != (old_marks, self.maximum(), self.value()):
            self.last_computed_step, self.stop_step, self.change_colors, self.branch_steps = marks
            self.blockSignals(True)
            self.setRange(0, maximum)
            self.setPageStep(max(maximum // 20, 1))
            self.setValue(race.step)
            self.blockSignals(False)
            self.update()

    def _on_value_changed(self, step: int) -> None:
        """Go to a step, or to the last computed one."""
        self.scrubbed.emit(min(step, self.last_computed_step))
        self.refresh()

    def x_of_step(self, step: float) -> float:
        """Return the position of a step in pixels from the left."""
        return HANDLE_RADIUS + (self.width() - 2 * HANDLE_RADIUS) * step / max(self.maximum(), 1)

    def step_at(self, x: float) -> int:
        """Return the step at a position in pixels from the left."""
        fraction = (x - HANDLE_RADIUS) / max(self.width() - 2 * HANDLE_RADIUS, 1)
        return round(min(max(fraction, 0.0), 1.0) * self.maximum())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Start a drag at the step under the pointer."""
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.drag_changed.emit(True)
            self.setValue(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag to the step under the pointer."""
        assert event is not None
        if self.isSliderDown():
            self.setValue(self.step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End the drag."""
        if self.isSliderDown():
            self.setSliderDown(False)
            self.drag_changed.emit(False)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """Scroll through the steps only with the focus."""
        if self.hasFocus():
            super().wheelEvent(event)
        elif event is not None:
            event.ignore()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint groove, numbers, marks, and handle."""
        theme, middle = self.theme, float(GROOVE_MIDDLE)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_groove(painter, middle)
        self._paint_numbers(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.stop_step:
            painter.setBrush(QColor(theme.text))
            painter.drawRect(QRectF(self.x_of_step(self.stop_step) - 1, middle - HANDLE_RADIUS, 2, 2 * HANDLE_RADIUS))
        self._paint_change_marks(painter, middle)
        painter.setPen(QPen(QColor(theme.muted_text), 1.5))
        painter.setBrush(QColor(theme.panel_background))
        for step in self.branch_steps:
            painter.drawEllipse(QPointF(self.x_of_step(step), middle), 3.0, 3.0)
        painter.setPen(QPen(QColor(theme.text if self.hasFocus() else theme.panel_background), 2))
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(QPointF(self.x_of_step(self.value()), middle), HANDLE_RADIUS - 1, HANDLE_RADIUS - 1)
        painter.end()

    def _paint_groove(self, painter: QPainter, middle: float) -> None:
        theme, top = self.theme, middle - GROOVE_HEIGHT / 2
        for step_limit, color in (
            (self.maximum(), theme.divider),
            (self.last_computed_step, theme.blend(theme.muted_text, 0.35, theme.panel_background)),
            (self.value(), theme.accent),
        ):
            painter.setBrush(QColor(color))
            width = max(self.x_of_step(step_limit) - HANDLE_RADIUS, 0.1)
            painter.drawRoundedRect(QRectF(HANDLE_RADIUS, top, width, GROOVE_HEIGHT), 2, 2)

    def _paint_numbers(self, painter: QPainter) -> None:
        """Paint round steps below the groove; those at the ends are moved inside."""
        painter.setPen(QColor(self.theme.muted_text))
        painter.setFont(self.number_font)
        metrics = painter.fontMetrics()
        widest = metrics.horizontalAdvance(f"{self.maximum():,}")
        for step in round_steps(self.maximum(), self.width() // (widest + NUMBER_GAP)):
            text = f"{step:,}"
            left = self.x_of_step(step) - metrics.horizontalAdvance(text) / 2
            right_limit = self.width() - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(min(max(left, 0.0), right_limit), self.height() - NUMBER_MARGIN), text)

    def _paint_change_marks(self, painter: QPainter, middle: float) -> None:
        """Paint a triangle above the groove for each step with a change."""
        for step, color in self.change_colors.items():
            x, tip_y = self.x_of_step(step), middle - GROOVE_HEIGHT / 2 - 1
            painter.setBrush(QColor(color))
            painter.drawPolygon(
                QPointF(x - MARK_HALF_WIDTH, tip_y - 2 * MARK_HALF_WIDTH),
                QPointF(x + MARK_HALF_WIDTH, tip_y - 2 * MARK_HALF_WIDTH),
                QPointF(x, tip_y),
            )


def round_steps(maximum: int, count: int) -> range:
    """Return at most ``count`` + 1 steps from 0 to ``maximum`` at distances of 1, 2 or 5 times a power of ten."""
    least = max(maximum / max(count, 1), 1.0)
    power = 10 ** math.floor(math.log10(least))
    distance = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least)
    return range(0, maximum + 1, distance)
