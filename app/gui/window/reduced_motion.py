"""Reduced motion: no animated transitions and a low frame rate during playback."""

from __future__ import annotations

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QApplication

from app.session.playback_clock import PlaybackClock
from app.session.settings import REDUCED_MOTION_KEY, Settings

UI_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


class ReducedMotion(QObject):
    """The setting that reduces motion.

    While ``active``, playback shows few frames per second at the same speed, menus and tool tips appear without a
    transition, the text cursor does not blink, and the export dialog does not suggest a rotating camera.
    """

    def __init__(self, parent: QObject, clock: PlaybackClock, settings: Settings) -> None:
        super().__init__(parent)
        self.clock, self.settings = clock, settings
        self.cursor_flash_time = QApplication.cursorFlashTime()
        self.system_effects = [effect for effect in UI_EFFECTS if QApplication.isEffectEnabled(effect)]
        self.active = settings.get_bool(REDUCED_MOTION_KEY, False)
        if self.active:
            self._apply()

    def toggle(self) -> None:
        """Switch reduced motion on or off and save the setting."""
        self.active = not self.active
        self.settings.set_value(REDUCED_MOTION_KEY, self.active)
        self._apply()

    def _apply(self) -> None:
        self.clock.set_reduced_motion(self.active)
        QApplication.setCursorFlashTime(0 if self.active else self.cursor_flash_time)
        for effect in self.system_effects:
            QApplication.setEffectEnabled(effect, not self.active)
