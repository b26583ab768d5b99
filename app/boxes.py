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


def show_box(parent: QWidget, title: str, words: str, icon: QMessageBox.Icon = QMessageBox.Icon.NoIcon) -> None:
    box = QMessageBox(icon, title, words, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def show_shortcuts(window: MainWindow) -> None:
    show_box(window, "Keyboard Shortcuts", f"<table>{window.commands.shortcut_table()}</table>{MOUSE}")


def show_about(window: MainWindow) -> None:
    show_box(window, "About Thalweg",
             f"<h3>Thalweg {version()}</h3><p>Gradient-descent optimizers race down a loss surface.</p>"
             "<p>Free software under the GNU General Public License, version 3 or later, without any warranty.</p>")
