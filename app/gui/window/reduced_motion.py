"""Calm: nothing moves by itself, for those whom motion on a screen makes ill or distracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QApplication

from app.session.settings import MOTION

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


class Calm(QObject):
    """While ``on``, playing shows a new picture at a slow beat, as far on as it would be anyhow; menus and tool tips come and
    go without a transition, as docks always do, the caret does not blink, and no film is offered with a camera that turns."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.blinking = QApplication.cursorFlashTime()
        self.effects = [effect for effect in EFFECTS if QApplication.isEffectEnabled(effect)]
        self.on = window.settings.flag(MOTION, False)
        if self.on:
            self._apply()

    def toggle(self) -> None:
        self.on = not self.on
        self.window.settings.keep(MOTION, self.on)
        self._apply()

    def _apply(self) -> None:
        self.window.session.clock.set_calm(self.on)
        QApplication.setCursorFlashTime(0 if self.on else self.blinking)
        for effect in self.effects:
            QApplication.setEffectEnabled(effect, not self.on)
