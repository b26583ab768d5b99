"""A column of the step panel: a title and the rows of one step."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QIcon
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.analysis.step_text.rows import StepSection
from app.gui.panels.step.step_list import StepList
from app.theming.theme import Theme

ICON_SIZE = 16  # pixels


class StepColumn(QWidget):
    """The title of a step, with the marker of its run, above its rows; or a message if there is no step."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.icon_label = QLabel()
        self.icon_label.setFixedWidth(ICON_SIZE)
        self.title_label = QLabel(objectName="heading", wordWrap=True)
        self.message_label = QLabel(objectName="quiet", wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.message_label.setContentsMargins(8, 8, 8, 8)
        self.list = StepList(theme)
        title = QHBoxLayout()
        title.addWidget(self.icon_label)
        title.addWidget(self.title_label, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(title)
        layout.addWidget(self.message_label, 1)
        layout.addWidget(self.list, 1)
        self.setMinimumHeight(120)

    def show_step(self, title: str, icon: QIcon, sections: Sequence[StepSection], axes: tuple[str, str]) -> None:
        """Show the rows of a step."""
        self._show_title(title, icon)
        self.list.setAccessibleDescription(title)
        self.list.show_sections(sections, axes)
        self.list.show()
        self.message_label.hide()

    def show_message(self, title: str, icon: QIcon, message: str) -> None:
        """Show a message in place of the rows."""
        self._show_title(title, icon)
        self.message_label.setText(message)
        self.message_label.show()
        self.list.hide()

    def _show_title(self, title: str, icon: QIcon) -> None:
        if self.title_label.text() != title:
            self.title_label.setText(title)
        self.icon_label.setPixmap(icon.pixmap(ICON_SIZE, ICON_SIZE))
