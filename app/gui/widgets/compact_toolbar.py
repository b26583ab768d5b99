"""Tool bar that is as high as its controls."""

from __future__ import annotations

from PyQt6.QtCore import QEvent
from PyQt6.QtWidgets import QToolBar, QWidget

MARGIN = 2  # pixels around the controls; Qt needs the same on all sides


class CompactToolBar(QToolBar):
    """A tool bar without the margins of the style, which would take room from the plots. It cannot be moved."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.setMovable(False)
        self._set_margins()
        spacer = QWidget()
        spacer.setFixedWidth(2 * MARGIN)
        self.addWidget(spacer)

    def _set_margins(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)

    def changeEvent(self, event: QEvent | None) -> None:
        """Set the margins again after a change of the style."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.StyleChange:
            self._set_margins()
