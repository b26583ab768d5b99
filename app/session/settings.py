"""What the program remembers between starts: layout, theme, speed, folders, favourites."""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

from app.model.catalog import DEFAULT_FAVORITES

MAX_RECENT_FILES = 8  # files that are remembered
REDUCED_MOTION_KEY = "reduce_motion"  # the key of a setting that the window and the export dialog read


class Settings:
    """A thin hold on QSettings, in an INI file of the user's; what cannot be read counts as not there."""

    def __init__(self) -> None:
        self.backend = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Thalweg", "Thalweg")

    def get_text(self, key: str, default: str = "") -> str:
        value = self.backend.value(key, default)
        return value if isinstance(value, str) else default

    def get_number(self, key: str, default: float) -> float:
        try:
            value = float(self.get_text(key, str(default)))
        except ValueError:
            return default
        return value if isfinite(value) else default

    def favorites(self, kind: str) -> list[str]:
        """The ids of the optimizers or surfaces that are marked; some may no longer exist."""
        return self.get_text(f"favourites/{kind}", " ".join(DEFAULT_FAVORITES[kind])).split()

    def set_favorites(self, kind: str, names: Iterable[str]) -> None:
        self.set_value(f"favourites/{kind}", " ".join(names))

    def get_bool(self, key: str, default: bool) -> bool:
        return self.get_text(key, str(default).lower()) == "true"

    def get_bytes(self, key: str) -> QByteArray | None:
        value = self.backend.value(key)
        return value if isinstance(value, QByteArray) else None

    def set_value(self, key: str, value: str | float | bool | QByteArray) -> None:
        stored = (
            str(value).lower() if isinstance(value, bool) else value if isinstance(value, QByteArray) else str(value)
        )
        self.backend.setValue(key, stored)

    def last_folder(self) -> Path:
        """The folder last used in a file dialog, or the home folder where that is gone."""
        folder = Path(self.get_text("folder", str(Path.home())))
        return folder if folder.is_dir() else Path.home()

    def recent_files(self) -> list[Path]:
        """The files that were opened or saved last, newest first."""
        try:
            names = json.loads(self.get_text("recent", "[]"))
        except (ValueError, RecursionError):
            return []
        return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def add_recent_file(self, path: Path) -> None:
        self._set_recent_files([path, *(other for other in self.recent_files() if other != path)])

    def remove_recent_files(self, path: Path | None = None) -> None:
        """Forget one file, or all."""
        self._set_recent_files(other for other in self.recent_files() if path is not None and other != path)

    def _set_recent_files(self, paths: Iterable[Path]) -> None:
        self.set_value("recent", json.dumps([str(path) for path in paths][:MAX_RECENT_FILES]))
