"""The time line: the step that is shown, to be dragged over all that is known, with marks where something was turned."""

from __future__ import annotations

import math

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QToolBar, QWidget

from app.gui.widgets.inline_message import Slip
from app.gui.widgets.number_field import NumberField
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS
from optimizers import Hyperparameter

FIRST_STEPS = 100  # of the line; then it doubles, as the loss view's axis does
HANDLE, GROOVE, MARK = 7.0, 4.0, 4.0  # pixels: half the handle, the groove's height, half a mark
USUAL = 1000  # steps that are offered to stop at
STOP = Hyperparameter(1, MOST_STEPS, "whole", least=1, most=MOST_STEPS, label=mark("stop at step"))


class TimeLine(QSlider):
    """From the start to a round number of steps; what is known of it is filled. Nothing can be chosen beyond.

    ``scrubbed(step)`` follows the mouse and the keys; ``held(on)`` is said when a drag begins and when it ends.
    """

    scrubbed = pyqtSignal(int)
    held = pyqtSignal(bool)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.session, self.theme = session, theme
        self.known, self.stop = 0, 0
        self.marks: dict[int, str] = {}  # a color by the step at which something was turned
        self.forks: list[int] = []  # the steps at which branches were left
        self.setAccessibleName(tr("Time line"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, FIRST_STEPS)
        self.valueChanged.connect(self._change)

    def sizeHint(self) -> QSize:
        return QSize(200, 26)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def refresh(self) -> None:
        """Show the race as it is."""
        race, experiment = self.session.race, self.session.experiment
        styles = self.theme.styles(experiment.runs)
        marks = {
            entry.until: style.color
            for run, style in zip(experiment.runs, styles, strict=True)
            if style.visible
            for entry in run.earlier
        }
        forks = sorted({branch.since for branch in experiment.branches if branch.visible})
        known, stop = race.extent, experiment.steps or 0
        most = FIRST_STEPS * 2 ** math.ceil(math.log2(max(known, stop, FIRST_STEPS) / FIRST_STEPS))
        now = known, stop, marks, forks, most, race.step
        if now != (self.known, self.stop, self.marks, self.forks, self.maximum(), self.value()):
            self.known, self.stop, self.marks, self.forks = known, stop, marks, forks
            self.blockSignals(True)
            self.setRange(0, most)
            self.setPageStep(max(most // 20, 1))
            self.setValue(race.step)
            self.blockSignals(False)
            self.update()

    def _change(self, step: int) -> None:
        """Go where the handle was put, or as near as is known."""
        self.scrubbed.emit(min(step, self.known))
        self.refresh()

    def place(self, step: float) -> float:
        """Where a step is, in pixels from the left."""
        return HANDLE + (self.width() - 2 * HANDLE) * step / max(self.maximum(), 1)

    def step_at(self, x: float) -> int:
        share = (x - HANDLE) / max(self.width() - 2 * HANDLE, 1)
        return round(min(max(share, 0.0), 1.0) * self.maximum())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.held.emit(True)
            self.setValue(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self.isSliderDown():
            self.setValue(self.step_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self.isSliderDown():
            self.setSliderDown(False)
            self.held.emit(False)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        elif event is not None:
            event.ignore()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme, middle = self.theme, self.height() / 2 + 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for until, color in (
            (self.maximum(), theme.line),
            (self.known, theme.blend(theme.muted, 0.35, theme.panel)),
            (self.value(), theme.accent),
        ):
            painter.setBrush(QColor(color))
            painter.drawRoundedRect(
                QRectF(HANDLE, middle - GROOVE / 2, max(self.place(until) - HANDLE, 0.1), GROOVE), 2, 2
            )
        if self.stop:
            painter.setBrush(QColor(theme.text))
            painter.drawRect(QRectF(self.place(self.stop) - 1, middle - HANDLE, 2, 2 * HANDLE))
        for step, color in self.marks.items():  # above the line
            at, foot = self.place(step), middle - GROOVE / 2 - 1
            painter.setBrush(QColor(color))
            painter.drawPolygon(
                QPointF(at - MARK, foot - 2 * MARK), QPointF(at + MARK, foot - 2 * MARK), QPointF(at, foot)
            )
        painter.setPen(QPen(QColor(theme.muted), 1.5))
        painter.setBrush(QColor(theme.panel))
        for step in self.forks:
            painter.drawEllipse(QPointF(self.place(step), middle), 3.0, 3.0)
        painter.setPen(QPen(QColor(theme.text if self.hasFocus() else theme.panel), 2))
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(QPointF(self.place(self.value()), middle), HANDLE - 1, HANDLE - 1)
        painter.end()


class TimeBar(QToolBar):
    """The time line with the step in figures, and where playing stops by itself."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(tr("Time"))
        self.setObjectName("time")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.session = session
        self.line = TimeLine(session, theme)
        self.line.scrubbed.connect(session.show_step)
        self.step = QLabel(objectName="step", alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.at = QCheckBox(tr("stop at"), toolTip=tr("Pause when this step is reached"))
        self.field = NumberField(STOP)
        self.field.setFixedWidth(self.field.fontMetrics().horizontalAdvance("10000000") + 16)
        self.wrong = Slip(self.field)
        self.settled = QCheckBox(tr("when converged"), toolTip=tr("Pause when every run has converged"))
        for box in (self.at, self.settled):
            box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        for widget in (self.step, self.at, self.field, self.settled):
            row.addWidget(widget)
        self.addWidget(holder)
        self.at.clicked.connect(lambda on: self._stop_at(self._offered if on else None))
        self.field.committed.connect(self._stop_at)
        self.field.turned.connect(lambda step: self._stop_at(step, "stop"))
        self.field.seized.connect(session.store.hold)
        self.field.let_go.connect(session.store.release)
        self.field.refused.connect(self.wrong.say)
        self.settled.clicked.connect(lambda on: session.stop_at(settled=on))
        self.refresh()

    @property
    def _offered(self) -> int:
        """A step to stop at that is still to come."""
        return max(USUAL, 2 * self.session.race.step)

    def _stop_at(self, step: float | None, merge: str | None = None) -> None:
        self.session.stop_at(merge, steps=None if step is None else int(step))

    def refresh(self) -> None:
        """Show where the race stands."""
        experiment, step = self.session.experiment, self.session.race.step
        self.line.refresh()
        self.step.setText(tr("Step {step:,}", step=step))
        self.step.setMinimumWidth(
            max(self.step.minimumWidth(), self.step.sizeHint().width())
        )  # it only grows, so nothing jitters
        self.at.setChecked(bool(experiment.steps))
        self.field.setEnabled(bool(experiment.steps))
        self.field.show_value(float(experiment.steps or USUAL))
        self.settled.setChecked(experiment.settled)
