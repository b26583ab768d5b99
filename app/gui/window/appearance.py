"""Dress: in which colors and in which language the window appears; both change at once, everywhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLibraryInfo, QObject, Qt, QTranslator
from PyQt6.QtGui import QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication

from app.gui.widgets.palette import palette
from app.theming.stylesheet import sheet
from app.theming.theme import THEMES, Theme
from app.utils.i18n import codes, language, of_the_system, speak, spoken

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

SCHEME = Qt.ColorScheme
BORN_DARK = "born_dark"  # of the application: whether its palette was dark before any window of ours


class Dress(QObject):
    """``theme_choice`` and ``language_choice`` are "system" or a name; ``theme`` is what comes of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.settings = window, window.settings
        self.theme_choice = self._kept("theme", THEMES)
        self.language_choice = self._kept("language", codes())
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application = application
        if application.property(BORN_DARK) is None:  # where no scheme is told, the palette tells: before it is ours
            application.setProperty(BORN_DARK, application.palette().color(QPalette.ColorRole.Window).lightness() < 128)
        self.hints = QGuiApplication.styleHints()
        self.qt = QTranslator(self)
        self._tell()
        self.theme = self._theme()
        self._speak()
        if self.hints is not None:
            self.hints.colorSchemeChanged.connect(self._system_changed)  # a method: the hints outlive the window

    def _kept(self, key: str, known: Collection[str]) -> str:
        """What was chosen last time; the system's where that is nothing that there is."""
        choice = self.settings.text(key, "system")
        return choice if choice in known else "system"

    def _tell(self) -> None:
        """Tell the system which scheme is wished, for what asks it for its colors, as title bars do; or let it choose again."""
        if self.hints is not None:
            self.hints.setColorScheme(
                SCHEME.Unknown
                if self.theme_choice == "system"
                else SCHEME.Light
                if self.theme_choice == "light"
                else SCHEME.Dark
            )

    def _theme(self) -> Theme:
        if self.theme_choice in THEMES:
            return THEMES[self.theme_choice]
        scheme = self.hints.colorScheme() if self.hints is not None else SCHEME.Unknown
        dark = scheme == SCHEME.Dark or (scheme == SCHEME.Unknown and bool(self.application.property(BORN_DARK)))
        return THEMES["dark" if dark else "light"]

    def _speak(self) -> None:
        """Our own words, and those of Qt: the buttons of dialogs, the menu of a line to type in."""
        speak(language(of_the_system() if self.language_choice == "system" else self.language_choice))
        self.application.removeTranslator(self.qt)
        if self.qt.load(f"qtbase_{spoken().code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            self.application.installTranslator(self.qt)

    def put_on(self) -> None:
        """Colors for all of the program's windows."""
        self.application.setPalette(palette(self.theme))
        self.application.setStyleSheet(sheet(self.theme))

    def _system_changed(self) -> None:
        if self.theme_choice == "system":
            self.set_theme("system")

    def set_theme(self, choice: str) -> None:
        self.theme_choice = choice
        self.settings.keep("theme", choice)
        self._tell()  # first: else the system's scheme is the one that was asked of it last
        theme = self._theme()
        if theme is not self.theme:
            self.theme = theme
            self.window.refurnish()

    def set_language(self, choice: str) -> None:
        self.language_choice = choice
        self.settings.keep("language", choice)
        self._speak()
        self.window.session.judge_anew()
        self.window.refurnish()
        self.window.stage.write_anew()
