"""A place for a panel that is built when it is first shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from PyQt6.QtGui import QShowEvent
from PyQt6.QtWidgets import QVBoxLayout, QWidget


class LatePanel(QWidget):
    """Calls ``build_panel`` when it is first shown, or asked for its ``panel``: a hidden panel costs no time."""

    def __init__(self, build_panel: Callable[[], QWidget]) -> None:
        super().__init__()
        self._build_panel = build_panel
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    @cached_property
    def panel(self) -> QWidget:
        """The panel."""
        panel, layout = self._build_panel(), self.layout()
        assert layout is not None
        layout.addWidget(panel)
        panel.show()
        return panel

    @property
    def is_built(self) -> bool:
        """Whether there is a panel."""
        return "panel" in self.__dict__

    def showEvent(self, event: QShowEvent | None) -> None:
        """Build the panel."""
        assert self.panel is not None
        super().showEvent(event)
