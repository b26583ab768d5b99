"""The appearance of the program: its theme and its language."""

from __future__ import annotations

from collections.abc import Collection

from PyQt6.QtCore import QLibraryInfo, QObject, Qt, QTranslator, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QPalette
from PyQt6.QtWidgets import QApplication

from app.gui.widgets.palette import create_palette
from app.session.settings import Settings
from app.theming.stylesheet import build_stylesheet
from app.theming.theme import THEMES, Theme
from app.utils.i18n import current_language, language_codes, load_language, set_language, system_language

ColorScheme = Qt.ColorScheme
DARK_PALETTE_PROPERTY = "born_dark"  # application property: whether the system's palette was dark


class Appearance(QObject):
    """Applies the selected theme and language and saves the selection.

    ``selected_theme`` and ``selected_language`` are "system" or an id; ``theme`` is the theme that results.
    The signals are emitted after a change.
    """

    theme_changed = pyqtSignal()
    language_changed = pyqtSignal()

    def __init__(self, parent: QObject, settings: Settings) -> None:
        super().__init__(parent)
        self.settings = settings
        self.selected_theme = self._saved_choice("theme", THEMES)
        self.selected_language = self._saved_choice("language", language_codes())
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application = application
        if application.property(DARK_PALETTE_PROPERTY) is None:  # before the program sets a palette of its own
            application.setProperty(
                DARK_PALETTE_PROPERTY, application.palette().color(QPalette.ColorRole.Window).lightness() < 128
            )
        self.style_hints = QGuiApplication.styleHints()
        self.qt_translator = QTranslator(self)
        self._set_color_scheme()
        self.theme = self._resolve_theme()
        self._apply_language()
        if self.style_hints is not None:
            # A method of a QObject, so that Qt disconnects it with the window; the hints live longer.
            self.style_hints.colorSchemeChanged.connect(self._on_system_scheme_changed)

    def _saved_choice(self, key: str, available: Collection[str]) -> str:
        """Return the saved id, or "system" if it is not available."""
        value = self.settings.get_text(key, "system")
        return value if value in available else "system"

    def _set_color_scheme(self) -> None:
        """Request the color scheme of the theme for what the system draws, such as title bars."""
        if self.style_hints is not None:
            schemes = {"system": ColorScheme.Unknown, "light": ColorScheme.Light}
            self.style_hints.setColorScheme(schemes.get(self.selected_theme, ColorScheme.Dark))

    def _resolve_theme(self) -> Theme:
        if self.selected_theme in THEMES:
            return THEMES[self.selected_theme]
        scheme = self.style_hints.colorScheme() if self.style_hints is not None else ColorScheme.Unknown
        dark = scheme == ColorScheme.Dark or (
            scheme == ColorScheme.Unknown and bool(self.application.property(DARK_PALETTE_PROPERTY))
        )
        return THEMES["dark" if dark else "light"]

    def _apply_language(self) -> None:
        """Set the language of the program and of Qt's own texts, such as dialog buttons."""
        set_language(load_language(system_language() if self.selected_language == "system" else self.selected_language))
        self.application.removeTranslator(self.qt_translator)
        if self.qt_translator.load(
            f"qtbase_{current_language().code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        ):
            self.application.installTranslator(self.qt_translator)

    def apply_theme(self) -> None:
        """Set the palette and the style sheet of all windows."""
        self.application.setPalette(create_palette(self.theme))
        self.application.setStyleSheet(build_stylesheet(self.theme))

    def _on_system_scheme_changed(self) -> None:
        if self.selected_theme == "system":
            self.set_theme("system")

    def set_theme(self, theme_id: str) -> None:
        """Select a theme by its id, or "system"."""
        self.selected_theme = theme_id
        self.settings.set_value("theme", theme_id)
        self._set_color_scheme()  # first: otherwise the scheme of the previous theme would count as the system's
        theme = self._resolve_theme()
        if theme is not self.theme:
            self.theme = theme
            self.theme_changed.emit()

    def set_language(self, language_code: str) -> None:
        """Select a language by its code, or "system"."""
        self.selected_language = language_code
        self.settings.set_value("language", language_code)
        self._apply_language()
        self.language_changed.emit()
