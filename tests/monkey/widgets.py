"""The widgets that random input can use."""

from __future__ import annotations

from random import Random

from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDockWidget,
    QLineEdit,
    QTabBar,
    QWidget,
)

from app.gui.dialogs.export_form import ExportForm


def controls(root: QWidget) -> list[QWidget]:
    """Return the usable controls of a window in the order of their creation."""
    kinds = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QTabBar)
    return [
        w
        for w in root.findChildren(QWidget)
        if w.isVisible()
        and w.isEnabled()
        and w.width() > 0
        and w.height() > 0
        and (isinstance(w, kinds) or hasattr(w, "mpl_connect"))
        and (w.window() is root or isinstance(w.window(), QDockWidget))
    ]


def describe_widget(widget: QWidget) -> str:
    text = widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName() or widget.windowTitle()
    return f"{type(widget).__name__} {text!r}"


def is_gone(widget: QWidget) -> bool:
    """Return whether a widget is hidden or deleted."""
    try:
        return not widget.isVisible()
    except RuntimeError:
        return True


def set_small_size(form: ExportForm, random: Random) -> None:
    """Set options with which an image or animation is exported quickly."""
    form.unit_combo.setCurrentIndex(0)
    form.unit_combo.activated.emit(0)
    form.dpi_field.setValue(random.choice((30, 72)))
    form.width_field.setValue(random.randrange(200, 400))
    form.height_field.setValue(random.randrange(200, 400))
    form.duration_field.setValue(0.3)
