"""Row that names the implementation that a run follows, or offers those of its optimizer."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from app.gui.widgets.wheel_guard import guard_wheel
from app.model.catalog import list_implementations
from app.model.source_text import translate_source
from app.utils.i18n import tr
from optimizers import Optimizer


def implementation_name(optimizer: Optimizer) -> str:
    """Return the name of the implementation that an optimizer follows."""
    return tr(optimizer.implementation) if optimizer.implementation else tr("As published")


class ImplementationRow(QWidget):
    """A label, and a list where an optimizer has several implementations; ``selected(optimizer_id)`` is a choice."""

    selected = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.label = QLabel(objectName="quiet", wordWrap=True)
        self.combo = QComboBox(accessibleName=tr("Implementation"))
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(8)
        self.combo.setWhatsThis(
            tr("Frameworks implement this method with small differences. Each option matches one of them exactly.")
        )
        guard_wheel(self.combo)
        self.combo.activated.connect(lambda _: self.selected.emit(self.combo.currentData()))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.combo, 3)

    def show_optimizer(self, optimizer: Optimizer) -> None:
        """Show the implementations of an optimizer; nothing for one that follows none."""
        implementations = list_implementations(optimizer.id)
        has_several = len(implementations) > 1
        self.setVisible(has_several or bool(optimizer.implementation))
        self.label.setText(
            tr("Implementation") if has_several else tr("Implementation: {name}", name=tr(optimizer.implementation))
        )
        self.combo.setVisible(has_several)
        self.combo.clear()
        for row, implementation in enumerate(implementations):
            self.combo.addItem(implementation_name(implementation), implementation.id)
            self.combo.setItemData(row, translate_source(implementation.source), Qt.ItemDataRole.ToolTipRole)
        self.combo.setCurrentIndex(self.combo.findData(optimizer.id))
