"""Start point: number fields for its coordinates."""

from __future__ import annotations

from PyQt6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from app.gui.widgets import icons
from app.gui.widgets.inline_message import FloatingMessage
from app.gui.widgets.number_field import NumberField
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.validation import MAX_COORDINATE
from optimizers import Hyperparameter
from surfaces.surface import Surface


def coordinate_specs(surface: Surface) -> list[Hyperparameter]:
    """Return the allowed start coordinates; their range determines the size of a step by key."""
    return [
        Hyperparameter(
            low, high, minimum=-MAX_COORDINATE, maximum=MAX_COORDINATE, label=tr("start {axis}", axis=axis.split()[0])
        )
        for axis, (low, high) in zip(surface.axis_labels, surface.bounds, strict=True)
    ]


class StartPoint(QWidget):
    """Fields for both coordinates, and a button that resets them to the default start of the surface."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session = session
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        self.axis_labels = [QLabel(), QLabel()]
        self.surface = session.experiment.surface
        self.fields = [NumberField(spec) for spec in coordinate_specs(self.surface)]
        self.error_label = FloatingMessage(self.fields[0])
        for i, (label, field) in enumerate(zip(self.axis_labels, self.fields, strict=True)):
            grid.addWidget(label, 0, 2 * i)
            grid.addWidget(field, 0, 2 * i + 1)
            for signal in (field.value_committed, field.value_changing):
                signal.connect(self._set_start)
            field.setWhatsThis(
                tr(
                    "The starting point of all runs. Type a number and press Enter, or double-click in the contour "
                    "plot or the curve."
                )
            )
            field.message_changed.connect(self._show_errors)
            field.interaction_started.connect(session.store.begin_interaction)
            field.interaction_finished.connect(session.store.end_interaction)
        self.reset_button = QToolButton(objectName="reset", toolTip=tr("Reset to the default starting point"))
        self.reset_button.setAccessibleName(tr("Reset starting point"))
        self.reset_button.setIcon(icons.load_icon("reset", theme.muted_text))
        self.reset_button.clicked.connect(lambda: session.set_start(*session.experiment.surface.start))
        grid.addWidget(self.reset_button, 0, 4)
        self.refresh()

    def refresh(self) -> None:
        """Show the start point of the experiment."""
        experiment = self.session.experiment
        assert experiment.start is not None
        if self.surface is not experiment.surface:
            self.surface = experiment.surface
            for field, spec in zip(self.fields, coordinate_specs(self.surface), strict=True):
                field.set_spec(spec)
                field.restore()  # an invalid entry referred to the previous surface
        for label, field, axis, value in zip(
            self.axis_labels, self.fields, experiment.surface.axis_labels, experiment.start, strict=True
        ):
            label.setText(axis.split()[0])
            field.show_value(value)
        for widget in (self.axis_labels[1], self.fields[1]):
            widget.setVisible(self.surface.dimension == 2)
        self.reset_button.setEnabled(experiment.start != experiment.surface.start)

    def _set_start(self) -> None:
        self.session.set_start(self.fields[0].value, self.fields[1].value)

    def _show_errors(self) -> None:
        self.error_label.show_message("\n".join(field.message for field in self.fields if field.message))
