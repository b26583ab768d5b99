"""Row below the learning rate: a button that sets a safe rate, and the stability limit."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.analysis.stability_limit import StabilityLimit
from app.gui.widgets.slider_field import SliderField
from app.utils.i18n import tr


class SafeRateRow(QWidget):
    """Button "Use a safe rate" and the stability limit, which is also marked on the slider of the learning rate."""

    def __init__(self, field: SliderField) -> None:
        super().__init__()
        self.field = field
        self.button = QPushButton(tr("Use a safe rate"))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip(
            tr(
                "Tries learning rates from the position where changes apply and sets one with which the loss "
                "decreases. If none is found, it sets the default."
            )
        )
        self.button.setWhatsThis(self.button.toolTip())
        self.limit_label = QLabel(objectName="quiet")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        layout.addStretch(1)
        layout.addWidget(self.limit_label)

    def show_limit(self, limit: StabilityLimit | None) -> None:
        """Show the stability limit at the displayed position; None if none is known."""
        text, explanation = "", ""
        if limit is not None:
            text = tr("stability limit {limit:.3g}", limit=limit.learning_rate)
            explanation = tr(
                "Stability limit {formula} = {limit:.3g}, from the curvature at the displayed position. "
                "A mark on the slider shows it.",
                formula=limit.formula,
                limit=limit.learning_rate,
            )
        if self.limit_label.text() != text:
            self.limit_label.setText(text)
            self.limit_label.setWhatsThis(explanation)
            self.field.show_mark(None if limit is None else limit.learning_rate)
