"""The export dialog: options on the left, a preview on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QRect, QSize, Qt, QTimer
from PyQt6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPixmap
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.export.options import Options
from app.gui.dialogs.export_form import ExportForm
from app.gui.widgets.inline_message import InlineMessage
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError

PREVIEW_DELAY = 150  # milliseconds between the last change and the update of the preview
PREFERRED_SIZE, MIN_SIZE = QSize(560, 380), QSize(200, 150)  # pixels of the preview
SCREEN_MARGIN = QSize(20, 60)  # pixels of the screen that the dialog leaves free
PREVIEW_OVERSAMPLING = 2  # pixels of the preview image per pixel on the screen, for legible small text
CHECKER_SIZE = 8  # pixels of a square in the checkerboard behind transparent images


class PreviewWidget(QWidget):
    """Shows an image as large as possible, with a checkerboard behind transparent parts."""

    def __init__(self) -> None:
        super().__init__()
        self.pixmap = QPixmap()
        self.setMinimumSize(MIN_SIZE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Preview"))

    def sizeHint(self) -> QSize:
        """Return the preferred size."""
        return PREFERRED_SIZE

    def show_pixmap(self, pixmap: QPixmap) -> None:
        """Show an image."""
        self.pixmap = pixmap
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the image."""
        if self.pixmap.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        target_size = self.pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target_rect = QRect(
            (self.width() - target_size.width()) // 2,
            (self.height() - target_size.height()) // 2,
            target_size.width(),
            target_size.height(),
        )
        painter.fillRect(target_rect, QColor("#ffffff"))
        if self.pixmap.hasAlphaChannel():
            painter.fillRect(target_rect, QBrush(_checkerboard()))
        painter.drawPixmap(target_rect, self.pixmap)
        painter.end()


def _checkerboard() -> QPixmap:
    pixmap = QPixmap(2 * CHECKER_SIZE, 2 * CHECKER_SIZE)
    pixmap.fill(QColor("#ffffff"))
    painter = QPainter(pixmap)
    for k in (0, 1):
        painter.fillRect(k * CHECKER_SIZE, k * CHECKER_SIZE, CHECKER_SIZE, CHECKER_SIZE, QColor("#d8d8d8"))
    painter.end()
    return pixmap


class ExportDialog(QDialog):
    """Asks for the options of a figure or an animation. ``render_png`` returns the bytes of the preview."""

    def __init__(self, parent: QWidget, title: str, form: ExportForm, render_png: Callable[[Options], bytes]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.form, self.render_png = form, render_png
        self.preview, self.error_label, self.remark_label = PreviewWidget(), InlineMessage(), InlineMessage("quiet")
        self.preview_timer = QTimer(self, singleShot=True, interval=PREVIEW_DELAY)
        self.preview_timer.timeout.connect(self.refresh_preview)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        save_button = buttons.button(QDialogButtonBox.StandardButton.Save)
        cancel_button = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        assert save_button is not None
        assert cancel_button is not None
        self.save_button = save_button
        cancel_button.setText(tr("&Cancel"))
        save_button.setText(tr("Save &As…"))
        save_button.setDefault(True)
        preview_column = QVBoxLayout()
        preview_column.addWidget(QLabel(tr("Preview"), objectName="heading"))
        preview_column.addWidget(self.preview, 1)
        content_row = QHBoxLayout()
        content_row.setSpacing(20)
        content_row.addWidget(form)
        content_row.addLayout(preview_column, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addLayout(content_row, 1)
        layout.addWidget(self.error_label)
        layout.addWidget(self.remark_label)
        layout.addWidget(buttons)
        form.changed.connect(self.preview_timer.start)
        save_button.setFocus()
        screen = parent.screen()
        assert screen is not None
        self.resize(self.sizeHint().boundedTo(screen.availableGeometry().size() - SCREEN_MARGIN))
        self.refresh_preview()

    def refresh_preview(self) -> None:
        """Draw the preview, or show why the options are invalid and keep the last preview."""
        try:
            options = self.form.options()
            preview_size = self.preview.size() * self.devicePixelRatioF()
            dpi = min(
                PREVIEW_OVERSAMPLING * preview_size.width() / options.size[0],
                PREVIEW_OVERSAMPLING * preview_size.height() / options.size[1],
                options.dpi,
            )
            pixmap = QPixmap()
            pixmap.loadFromData(self.render_png(replace(options, dpi=max(dpi, 10.0))))
            self.preview.show_pixmap(pixmap)
        except ExperimentError as error:
            self.error_label.show_message(to_sentence(str(error)))
            self.remark_label.show_message("")
            self.save_button.setEnabled(False)
        else:
            self.error_label.show_message("")
            self.remark_label.show_message(to_sentence(self.form.remark(options)))
            self.save_button.setEnabled(True)

    def accept(self) -> None:
        """Accept the dialog if the options are valid, including the last change."""
        if self.preview_timer.isActive():
            self.preview_timer.stop()
            self.refresh_preview()
        if self.save_button.isEnabled():
            self.form.save_settings()
            super().accept()
