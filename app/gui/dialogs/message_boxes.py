"""Message boxes for errors, unsaved changes and files that others have changed."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from app.gui.dialogs.modal import run_modal
from app.utils.i18n import tr


def show_error_message(parent: QWidget, message: str) -> None:
    """Show an error message as plain text, without blocking."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Thalweg", message, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask_about_unsaved(parent: QWidget, name: str) -> QMessageBox.StandardButton:
    """Ask whether to save the changes; return Save, Discard or Cancel (Cancel without a screen)."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(
        QMessageBox.Icon.Question,
        "Thalweg",
        tr("Save changes to {name}?", name=name),
        buttons.Save | buttons.Discard | buttons.Cancel,
        parent,
    )
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(tr("If you don’t save, your changes will be lost."))
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    answer = buttons(run_modal(box, buttons.Cancel.value))
    box.deleteLater()
    return answer


def ask_about_overwriting(parent: QWidget, name: str, exists: bool) -> bool:
    """Ask whether to save to a file that was changed or removed meanwhile (no without a screen)."""
    buttons = QMessageBox.StandardButton
    question = (
        tr("{name} was changed outside this window. Replace it?", name=name)
        if exists
        else tr("{name} no longer exists. Save it again?", name=name)
    )
    box = QMessageBox(QMessageBox.Icon.Warning, "Thalweg", question, buttons.Save | buttons.Cancel, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    if exists:
        box.setInformativeText(tr("To keep both versions, cancel and save under a different name."))
    box.setDefaultButton(buttons.Cancel)
    answer = buttons(run_modal(box, buttons.Cancel.value))
    box.deleteLater()
    return answer == buttons.Save
