"""Boxes with words over the window: what went wrong, and what would be lost."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from app.utils.i18n import tr


def show_error_message(parent: QWidget, message: str) -> None:
    """Say what cannot be done; a file's name in it is no markup."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Thalweg", message, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask_about_unsaved(parent: QWidget, name: str) -> QMessageBox.StandardButton:
    """Whether to Save what was changed, to Discard it, or to Cancel what would lose it."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "Thalweg",
        tr("Save the changes to {name}?", name=name),
        buttons.Save | buttons.Discard | buttons.Cancel,
        parent,
    )
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(tr("Otherwise they are lost."))
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    answer = buttons(box.exec())
    box.deleteLater()
    return answer
