"""A progress bar with a title, the remaining time and a Cancel button, for the status bar."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QStatusBar, QWidget

from app.utils.i18n import tr


class ProgressWidget(QWidget):
    """Shows the progress of a task in the status bar; ``cancel_requested`` is emitted by the Cancel button.

    ``name`` is the whole name of the task, where the title is a shortened one.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, title: str, name: str = "") -> None:
        super().__init__()
        self.progress_bar, self.time_left_label = (
            QProgressBar(maximum=1000, textVisible=False),
            QLabel("", objectName="quiet"),
        )
        self.progress_bar.setFixedWidth(120)
        self.progress_bar.setAccessibleName(name or title)
        cancel_button = QPushButton(tr("Cancel"))
        cancel_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space still starts and pauses playback
        cancel_button.clicked.connect(self.cancel_requested)
        title_label = QLabel(title, toolTip=name)
        title_label.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        for widget in (title_label, self.progress_bar, self.time_left_label, cancel_button):
            row.addWidget(widget)

    def remove_from(self, status_bar: QStatusBar) -> None:
        """Remove the widget from a status bar and delete it."""
        status_bar.removeWidget(self)
        # At once: if the widget is removed later, the status bar shows the others over a temporary message.
        self.setParent(None)
        self.deleteLater()


def format_time_left(seconds: float) -> str:
    """Return a remaining time as text, no more precise than the estimate."""
    if seconds < 1.5:
        return tr("almost done")
    if seconds < 90:
        return tr("about {seconds:.0f} s left", seconds=seconds)
    return tr("about {minutes:.0f} min left", minutes=seconds / 60)
