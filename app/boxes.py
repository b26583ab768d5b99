"""Boxes with words over the window: what went wrong, the shortcuts, what the program is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMessageBox, QWidget

from app import version

if TYPE_CHECKING:
    from app.window import MainWindow

MOUSE = ("<p>Click in the contour to set the start, or drag the start; drag beside it to move the picture, use the wheel to zoom, "
         "double-click to see all. Drag the relief to turn it, use the wheel to zoom, double-click to put it back.</p>")


def show_box(parent: QWidget, title: str, words: str) -> None:
    box = QMessageBox(QMessageBox.Icon.NoIcon, title, words, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def show_sentence(parent: QWidget, words: str) -> None:
    """Say what cannot be done; a file's name in it is no markup."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Thalweg", words, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask_about_unsaved(parent: QWidget, name: str) -> QMessageBox.StandardButton:
    """Whether to Save what was changed, to Discard it, or to Cancel what would lose it."""
    buttons = QMessageBox.StandardButton
    box = QMessageBox(QMessageBox.Icon.Question, "Thalweg", f"Save the changes to {name}?",
                      buttons.Save | buttons.Discard | buttons.Cancel, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText("Otherwise they are lost.")
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    answer = buttons(box.exec())
    box.deleteLater()
    return answer


def show_shortcuts(window: MainWindow) -> None:
    show_box(window, "Keyboard Shortcuts", f"<table>{window.commands.shortcut_table()}</table>{MOUSE}")


def show_about(window: MainWindow) -> None:
    show_box(window, "About Thalweg",
             f"<h3>Thalweg {version()}</h3><p>Gradient-descent optimizers race down a loss surface.</p>"
             "<p>Free software under the GNU General Public License, version 3 or later, without any warranty.</p>")
