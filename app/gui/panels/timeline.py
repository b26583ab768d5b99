"""Timeline: the displayed step, which can be dragged over all computed steps, and marks where something was changed."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QWidget

from app.gui.widgets.compact_toolbar import CompactToolBar
from app.gui.widgets.inline_message import FloatingMessage
from app.gui.widgets.number_field import NumberField
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import MAX_STEPS
from optimizers import Hyperparameter

INITIAL_RANGE = 100  # steps; the range then doubles, like the axis of the loss view
HANDLE_RADIUS, GROOVE_HEIGHT, MARK_HALF_WIDTH = 7.0, 4.0, 4.0  # pixels
DEFAULT_STOP_STEP = 1000
STOP_STEP_SPEC = Hyperparameter(1, MAX_STEPS, "whole", minimum=1, maximum=MAX_STEPS, label=gettext_noop("stop at step"))


class Timeline(QSlider):
    """Slider from step 0 to a round number of steps; the computed part is filled, and no step beyond it can be chosen.

    ``scrubbed(step)`` is emitted for mouse and keys, ``drag_changed(active)`` when a drag starts and ends.
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
                "The current step. Drag the handle or use the arrow keys. Marks show hyperparameter changes; "
                "rings show where branches begin."
            )
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, INITIAL_RANGE)
        self.valueChanged.connect(self._on_value_changed)

    def sizeHint(self) -> QSize:
        """Return a size with room for the marks above the groove."""
        return QSize(200, 26)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint."""
        return self.sizeHint()

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
        """Paint groove, marks, and handle."""
        theme, middle = self.theme, self.height() / 2 + 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._paint_groove(painter, middle)
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


class TimelineBar(CompactToolBar):
    """Tool bar with the timeline, the step as a number, and the conditions at which playback stops."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(tr("Timeline"))
        self.setObjectName("time")
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.session = session
        self.timeline = Timeline(session, theme)
        self.timeline.scrubbed.connect(session.show_step)
        self.step_label = QLabel(
            objectName="step", alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.stop_checkbox = QCheckBox(tr("stop at step"), toolTip=tr("Pause at this step"))
        self.stop_checkbox.setWhatsThis(tr("Pauses the simulation at the step entered next to it."))
        self.stop_field = NumberField(STOP_STEP_SPEC)
        self.stop_field.setWhatsThis(tr("The step at which to pause. Type a number and press Enter."))
        self.stop_field.setFixedWidth(self.stop_field.fontMetrics().horizontalAdvance("10000000") + 32)
        self.error_label = FloatingMessage(self.stop_field)
        self.converged_checkbox = QCheckBox(tr("stop when converged"), toolTip=tr("Pause when all runs have converged"))
        for check_box in (self.stop_checkbox, self.converged_checkbox):
            check_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        container = QWidget()
        row = QHBoxLayout(container)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.timeline, 1)
        for widget in (self.step_label, self.stop_checkbox, self.stop_field, self.converged_checkbox):
            row.addWidget(widget)
        self.addWidget(container)
        self.stop_checkbox.clicked.connect(
            lambda checked: self._set_stop_step(self._suggested_stop_step if checked else None)
        )
        self.stop_field.value_committed.connect(self._set_stop_step)
        self.stop_field.value_changing.connect(lambda step: self._set_stop_step(step, "stop"))
        self.stop_field.interaction_started.connect(session.store.begin_interaction)
        self.stop_field.interaction_finished.connect(session.store.end_interaction)
        self.stop_field.message_changed.connect(self.error_label.show_message)
        self.converged_checkbox.clicked.connect(lambda checked: session.set_stop(stop_when_converged=checked))
        self.refresh()

    @property
    def _suggested_stop_step(self) -> int:
        """A step to stop at that lies ahead."""
        return max(DEFAULT_STOP_STEP, 2 * self.session.race.step)

    def _set_stop_step(self, step: float | None, merge: str | None = None) -> None:
        self.session.set_stop(merge, steps=None if step is None else int(step))

    def refresh(self) -> None:
        """Show the displayed step and the stop conditions."""
        experiment, step = self.session.experiment, self.session.race.step
        self.timeline.refresh()
        self.step_label.setText(tr("Step {step:,}", step=step))
        # The label never shrinks, so that the layout does not jitter.
        self.step_label.setMinimumWidth(max(self.step_label.minimumWidth(), self.step_label.sizeHint().width()))
        self.stop_checkbox.setChecked(bool(experiment.steps))
        self.stop_field.setEnabled(bool(experiment.steps))
        self.stop_field.show_value(float(experiment.steps or DEFAULT_STOP_STEP))
        self.converged_checkbox.setChecked(experiment.stop_when_converged)
