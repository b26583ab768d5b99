"""Calm: nothing moves by itself, for those whom motion on a screen makes ill or distracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QApplication

from app.session.settings import REDUCED_MOTION_KEY

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

UI_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


class ReducedMotion(QObject):
    """While ``on``, playing shows a new picture at a slow beat, as far on as it would be anyhow; menus and tool tips come and
    go without a transition, as docks always do, the caret does not blink, and no film is offered with a camera that turns."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window = window
        self.cursor_flash_time = QApplication.cursorFlashTime()
        self.system_effects = [effect for effect in UI_EFFECTS if QApplication.isEffectEnabled(effect)]
        self.active = window.settings.get_bool(REDUCED_MOTION_KEY, False)
        if self.active:
            self._apply()

    def toggle(self) -> None:
        self.active = not self.active
        self.window.settings.set_value(REDUCED_MOTION_KEY, self.active)
        self._apply()

    def _apply(self) -> None:
        self.window.session.clock.set_reduced_motion(self.active)
        QApplication.setCursorFlashTime(0 if self.active else self.cursor_flash_time)
        for effect in self.system_effects:
            QApplication.setEffectEnabled(effect, not self.active)
