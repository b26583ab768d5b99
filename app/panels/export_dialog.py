"""What to put on the exported picture, and how fine."""

from __future__ import annotations

from PyQt6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget


class ExportDialog(QDialog):
    """Asks for the views and the resolution; the file is asked for afterwards, by the system's own dialog."""

    def __init__(self, parent: QWidget, views: dict[str, str], dpi: int, inches: tuple[float, float]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export Picture")
        self.views = QComboBox()
        self.views.addItem("The whole figure: all views, title and legend", "all")
        for name, title in views.items():
            self.views.addItem(f"{title} only", name)
        self.dpi = QSpinBox(minimum=50, maximum=600, singleStep=50, value=dpi, suffix=" dpi")
        self.inches = inches
        self.size = QLabel(objectName="quiet")
        form = QFormLayout()
        form.addRow("Picture", self.views)
        form.addRow("Resolution", self.dpi)
        form.addRow("", self.size)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        save = buttons.button(QDialogButtonBox.StandardButton.Save)
        assert save is not None
        save.setText("Save As…")
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.dpi.valueChanged.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        dpi = self.dpi.value()
        width, height = self.inches
        self.size.setText(f"{width * dpi:.0f} × {height * dpi:.0f} pixels")
