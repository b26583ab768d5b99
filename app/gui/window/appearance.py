"""Dress: in which colors and in which language the window appears; both change at once, everywhere."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from PyQt6.QtCore import QLibraryInfo, QObject, Qt, QTranslator
from PyQt6.QtGui import QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication

from app.gui.widgets.palette import create_palette
from app.theming.stylesheet import build_stylesheet
from app.theming.theme import THEMES, Theme
from app.utils.i18n import current_language, language_codes, load_language, set_language, system_language

if TYPE_CHECKING:
    from app.gui.window.main_window import MainWindow

ColorScheme = Qt.ColorScheme
DARK_PALETTE_PROPERTY = "born_dark"  # of the application: whether its palette was dark before any window of ours


class Appearance(QObject):
    """``theme_choice`` and ``language_choice`` are "system" or a name; ``theme`` is what comes of it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.settings = window, window.settings
        self.selected_theme = self._saved_choice("theme", THEMES)
        self.selected_language = self._saved_choice("language", language_codes())
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application = application
        if (
            application.property(DARK_PALETTE_PROPERTY) is None
        ):  # where no scheme is told, the palette tells: before it is ours
            application.setProperty(
                DARK_PALETTE_PROPERTY, application.palette().color(QPalette.ColorRole.Window).lightness() < 128
            )
        self.style_hints = QGuiApplication.styleHints()
        self.qt_translator = QTranslator(self)
        self._set_color_scheme()
        self.theme = self._resolve_theme()
        self._apply_language()
        if self.style_hints is not None:
            self.style_hints.colorSchemeChanged.connect(
                self._on_system_scheme_changed
            )  # a method: the hints outlive the window

    def _saved_choice(self, key: str, available: Collection[str]) -> str:
        """What was chosen last time; the system's where that is nothing that there is."""
        value = self.settings.get_text(key, "system")
        return value if value in available else "system"

    def _set_color_scheme(self) -> None:
        """Tell the system which scheme is wished, for what asks it for its colors, as title bars do; or let it choose again."""
        if self.style_hints is not None:
            self.style_hints.setColorScheme(
                ColorScheme.Unknown
                if self.selected_theme == "system"
                else ColorScheme.Light
                if self.selected_theme == "light"
                else ColorScheme.Dark
            )

    def _resolve_theme(self) -> Theme:
        if self.selected_theme in THEMES:
            return THEMES[self.selected_theme]
        scheme = self.style_hints.colorScheme() if self.style_hints is not None else ColorScheme.Unknown
        dark = scheme == ColorScheme.Dark or (
            scheme == ColorScheme.Unknown and bool(self.application.property(DARK_PALETTE_PROPERTY))
        )
        return THEMES["dark" if dark else "light"]

    def _apply_language(self) -> None:
        """Our own words, and those of Qt: the buttons of dialogs, the menu of a line to type in."""
        set_language(load_language(system_language() if self.selected_language == "system" else self.selected_language))
        self.application.removeTranslator(self.qt_translator)
        if self.qt_translator.load(
            f"qtbase_{current_language().code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        ):
            self.application.installTranslator(self.qt_translator)

    def apply_theme(self) -> None:
        """Colors for all of the program's windows."""
        self.application.setPalette(create_palette(self.theme))
        self.application.setStyleSheet(build_stylesheet(self.theme))

    def _on_system_scheme_changed(self) -> None:
        if self.selected_theme == "system":
            self.set_theme("system")

    def set_theme(self, theme_id: str) -> None:
        self.selected_theme = theme_id
        self.settings.set_value("theme", theme_id)
        self._set_color_scheme()  # first: else the system's scheme is the one that was asked of it last
        theme = self._resolve_theme()
        if theme is not self.theme:
            self.theme = theme
            self.window.rebuild_panels()

    def set_language(self, language_code: str) -> None:
        self.selected_language = language_code
        self.settings.set_value("language", language_code)
        self._apply_language()
        self.window.session.retranslate()
        self.window.rebuild_panels()
        self.window.view_area.retranslate()
