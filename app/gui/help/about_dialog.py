"""The About dialog, with the versions that a bug report should contain."""

from __future__ import annotations

from html import escape

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication, QIcon
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.system.package_versions import versions
from app.utils.i18n import tr
from app.utils.resources import ASSETS

ICON_SIZE = 72  # pixels


class AboutDialog(QDialog):
    """Shows the name, the license and the versions of the program and its libraries, which can be copied."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("About Thalweg"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.text_label = QLabel(_about_html(), wordWrap=True)
        flags = Qt.TextInteractionFlag
        self.text_label.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.text_label.setAccessibleName(tr("About Thalweg"))
        self.text_label.setWhatsThis(tr("Version and system information. You can select and copy the text."))
        self.text_label.setMinimumWidth(380)
        icon_label = QLabel(alignment=Qt.AlignmentFlag.AlignTop)
        icon_label.setPixmap(QIcon(str(ASSETS / "thalweg.svg")).pixmap(ICON_SIZE, ICON_SIZE))
        content_row = QHBoxLayout()
        content_row.setSpacing(16)
        content_row.addWidget(icon_label)
        content_row.addWidget(self.text_label, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        assert copy is not None
        copy.setAutoDefault(False)
        self.copy_button = copy
        copy.setToolTip(tr("Copy the version information as text, for example for a bug report"))
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.addLayout(content_row)
        column.addWidget(buttons)

    def copy(self) -> None:
        """Copy the versions to the clipboard as text."""
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText("\n".join(f"{name}: {number}" for name, number in versions()))
        self.copy_button.setText(tr("Copied"))


def _about_html() -> str:
    packages = versions()
    rows = "".join(
        f"<tr><td style='padding-right: 16px'>{escape(tr(name))}</td><td>{escape(tr(number))}</td></tr>"
        for name, number in packages[1:]
    )
    description = tr(
        "Compare gradient-descent optimizers on a loss surface, step by step, and change their "
        "hyperparameters while they run."
    )
    license_notice = tr(
        "Free software under the GNU General Public License, version 3 or later. It comes with no warranty."
    )
    return (
        f"<h2>{escape(' '.join(packages[0]))}</h2><p>{escape(description)}</p><p>{escape(license_notice)}</p>"
        f"<table cellspacing='0' style='margin-top: 10px'>{rows}</table>"
    )
