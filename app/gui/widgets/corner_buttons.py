"""Small buttons in the title bar of a dock."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QIcon
from PyQt6.QtWidgets import QMenu, QToolButton

from app.theming.theme import Theme
from app.utils.i18n import tr

ICON_SIZE = QSize(12, 12)  # pixels


class CornerButton(QToolButton):
    """A small button; ``load_icon(theme)`` returns its icon in the colors of a theme."""

    def __init__(self, load_icon: Callable[[Theme], QIcon]) -> None:
        super().__init__(objectName="reset", iconSize=ICON_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.load_icon = load_icon

    def apply_theme(self, theme: Theme) -> None:
        """Set the icon for a theme."""
        self.setIcon(self.load_icon(theme))

    def set_name(self, name: str) -> None:
        """Set the tool tip and the name for screen readers."""
        self.setToolTip(name)
        self.setAccessibleName(name)


class ActionButton(CornerButton):
    """A button that triggers an action and shows whether it is enabled and checked."""

    def __init__(self, action: QAction, load_icon: Callable[[Theme], QIcon]) -> None:
        super().__init__(load_icon)
        self.action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the state and the text of the action."""
        self.setEnabled(self.action.isEnabled())
        self.setCheckable(self.action.isCheckable())
        self.setChecked(self.action.isChecked())
        self.set_name(self.action.toolTip())


class CornerMenuButton(CornerButton):
    """A button that opens a menu; ``name`` is translated whenever the theme is applied."""

    def __init__(self, menu: QMenu, name: str, load_icon: Callable[[Theme], QIcon]) -> None:
        super().__init__(load_icon)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.name = name

    def apply_theme(self, theme: Theme) -> None:
        """Set the icon for a theme, and the name in the current language."""
        super().apply_theme(theme)
        self.set_name(tr(self.name))
