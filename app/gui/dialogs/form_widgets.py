"""Widgets for forms: number fields, combo boxes and rows."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from app.gui.widgets.wheel_guard import guard_wheel
from app.utils.i18n import tr


def make_spin_box(
    minimum: float, maximum: float, value: float, decimals: int, name: str, suffix: str = ""
) -> QDoubleSpinBox:
    """Return a spin box with an accessible name that ignores the mouse wheel unless it has the focus."""
    spin_box = QDoubleSpinBox(minimum=minimum, maximum=maximum, decimals=decimals, value=value, suffix=suffix)
    spin_box.setAccessibleName(name)
    spin_box.setKeyboardTracking(False)
    guard_wheel(spin_box)
    return spin_box


def make_combo_box(labels: Mapping[str, str], name: str) -> QComboBox:
    """Return a combo box with translated labels; the keys are its data."""
    combo_box = QComboBox(accessibleName=name)
    for key, label in labels.items():
        combo_box.addItem(tr(label), key)
    guard_wheel(combo_box)
    return combo_box


def make_label(text: str, field: QWidget) -> QLabel:
    """Return a label whose mnemonic gives the focus to a field."""
    label = QLabel(text)
    label.setBuddy(field)
    return label


def make_row(*widgets: QWidget) -> QHBoxLayout:
    """Return a row of widgets, aligned to the left."""
    layout = QHBoxLayout()
    layout.setSpacing(6)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return layout
