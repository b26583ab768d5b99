"""Tool bar with the timeline, the displayed step, and the conditions at which playback stops."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QWidget

from app.gui.panels.timeline import Timeline
from app.gui.widgets.compact_toolbar import CompactToolBar
from app.gui.widgets.inline_message import FloatingMessage
from app.gui.widgets.number_field import NumberField
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from app.utils.validation import MAX_STEPS
from optimizers import Hyperparameter

DEFAULT_STOP_STEP = 1000
STOP_STEP_SPEC = Hyperparameter(1, MAX_STEPS, "whole", minimum=1, maximum=MAX_STEPS, label=gettext_noop("stop at step"))


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
        self.step_label.setText(tr("Step {step:,}", step=DEFAULT_STOP_STEP))  # room for four digits from the start
        self.step_label.setMinimumWidth(self.step_label.sizeHint().width())
        self.stop_checkbox = QCheckBox(tr("stop at step"), toolTip=tr("Pause at this step"))
        self.stop_checkbox.setWhatsThis(tr("Pauses the simulation at the step entered next to it."))
        self.stop_field = NumberField(STOP_STEP_SPEC)
        self.stop_field.setWhatsThis(tr("The step at which to pause. Type a number and press Enter."))
        self.stop_field.setFixedWidth(self.stop_field.fontMetrics().horizontalAdvance("10000000") + 32)
        self.error_label = FloatingMessage(self.stop_field)
        self.converged_checkbox = QCheckBox(tr("stop when converged"), toolTip=tr("Pause when all runs have converged"))
        for check_box in (self.stop_checkbox, self.converged_checkbox):
            check_box.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.container = QWidget()
        row = QHBoxLayout(self.container)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.timeline, 1)
        for widget in (self.step_label, self.stop_checkbox, self.stop_field, self.converged_checkbox):
            row.addWidget(widget)
        self.addWidget(self.container)
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
        # The style sheet sets the minimum height of all sliders, so that the timeline cannot ask for its own.
        self.container.setMinimumHeight(self.timeline.sizeHint().height())
        self.step_label.setText(tr("Step {step:,}", step=step))
        # The label never shrinks, so that the layout does not jitter.
        self.step_label.setMinimumWidth(max(self.step_label.minimumWidth(), self.step_label.sizeHint().width()))
        self.stop_checkbox.setChecked(bool(experiment.steps))
        self.stop_field.setEnabled(bool(experiment.steps))
        self.stop_field.show_value(float(experiment.steps or DEFAULT_STOP_STEP))
        self.converged_checkbox.setChecked(experiment.stop_when_converged)
