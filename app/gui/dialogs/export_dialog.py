"""The export dialog: what is wished on the left, what comes of it on the right, drawn anew with every change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QRect, QSize, Qt, QTimer
from PyQt6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.export.options import Options
from app.gui.dialogs.export_form import Form
from app.gui.widgets.inline_message import Words
from app.gui.widgets.mnemonics import underline_dialog
from app.utils.i18n import tr
from app.utils.validation import ExperimentError

PAUSE = 150  # milliseconds without a change, after which the preview is drawn
ROOM, LEAST = QSize(560, 380), QSize(200, 150)  # pixels of the preview: what it would like, and what it needs
MARGIN = QSize(20, 60)  # pixels of a screen that a dialog leaves free
SHARP = 2  # pixels of the preview's picture to one on the screen: small letters can be read so
CHECK = 8  # pixels of a square of the board that shows through what is transparent


class Preview(QWidget):
    """A picture as large as there is room for; a board of squares shows through what is transparent."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = QPixmap()
        self.setMinimumSize(LEAST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Preview"))

    def sizeHint(self) -> QSize:
        return ROOM

    def show_picture(self, picture: QPixmap) -> None:
        self.picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(
            (self.width() - room.width()) // 2, (self.height() - room.height()) // 2, room.width(), room.height()
        )
        painter.fillRect(place, QColor("#ffffff"))
        if self.picture.hasAlphaChannel():
            painter.fillRect(place, QBrush(_board()))
        painter.drawPixmap(place, self.picture)
        painter.end()


def _board() -> QPixmap:
    board = QPixmap(2 * CHECK, 2 * CHECK)
    board.fill(QColor("#ffffff"))
    painter = QPainter(board)
    for k in (0, 1):
        painter.fillRect(k * CHECK, k * CHECK, CHECK, CHECK, QColor("#d8d8d8"))
    painter.end()
    return board


class ExportDialog(QDialog):
    """Asks what to export; where to is asked afterwards, by the system's own dialog. ``draw`` makes the bytes of a PNG."""

    def __init__(self, parent: QWidget, title: str, form: Form, draw: Callable[[Options], bytes]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.form, self.draw = form, draw
        self.preview, self.words = Preview(), Words()
        self.timer = QTimer(self, singleShot=True, interval=PAUSE)
        self.timer.timeout.connect(self.refresh)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        save = buttons.button(QDialogButtonBox.StandardButton.Save)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert save is not None
        assert cancel is not None
        self.save = save
        cancel.setText(tr("Cancel"))
        save.setText(tr("Save As…"))
        save.setDefault(True)
        shown = QVBoxLayout()
        shown.addWidget(QLabel(tr("Preview"), objectName="heading"))
        shown.addWidget(self.preview, 1)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addWidget(form)
        both.addLayout(shown, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addLayout(both, 1)
        layout.addWidget(self.words)
        layout.addWidget(buttons)
        form.changed.connect(self.timer.start)
        underline_dialog(self)
        save.setFocus()
        screen = parent.screen()
        assert screen is not None
        self.resize(self.sizeHint().boundedTo(screen.availableGeometry().size() - MARGIN))
        self.refresh()

    def refresh(self) -> None:
        """Draw the preview, or say why there can be none; the last good one stays."""
        try:
            options = self.form.options()
            room = self.preview.size() * self.devicePixelRatioF()
            dpi = min(SHARP * room.width() / options.size[0], SHARP * room.height() / options.size[1], options.dpi)
            picture = QPixmap()
            picture.loadFromData(self.draw(replace(options, dpi=max(dpi, 10.0))))
            self.preview.show_picture(picture)
        except ExperimentError as error:
            words = str(error)
            self.words.say(words[0].upper() + words[1:] + ".")
            self.save.setEnabled(False)
        else:
            self.words.say("")
            self.save.setEnabled(True)

    def accept(self) -> None:
        """What was typed last counts, too."""
        if self.timer.isActive():
            self.timer.stop()
            self.refresh()
        if self.save.isEnabled():
            self.form.keep()
            super().accept()
