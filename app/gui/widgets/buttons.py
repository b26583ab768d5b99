"""Help button ("?") and a push button with a menu."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMenu, QPushButton, QToolButton


def create_help_button(tooltip: str) -> QToolButton:
    """Return a "?" button; the window connects it, because ``app.gui.help`` is imported after the panels."""
    button = QToolButton(objectName="reset", text="?", toolTip=tooltip)
    button.setAccessibleName(tooltip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class MenuButton(QPushButton):
    """A button that opens a menu; ``populate(menu)`` fills the menu each time it opens."""

    def __init__(self, text: str, tooltip: str, populate: Callable[[QMenu], None]) -> None:
        super().__init__(text, toolTip=tooltip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self, toolTipsVisible=True)

        def refill() -> None:
            menu.clear()
            populate(menu)

        menu.aboutToShow.connect(refill)
        self.setMenu(menu)
