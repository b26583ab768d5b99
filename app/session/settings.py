"""Settings that persist between starts: layout, theme, speed, folders, favorites."""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

from app.model.catalog import DEFAULT_FAVORITES

MAX_RECENT_FILES = 8  # files in the list of recent files
REDUCED_MOTION_KEY = "reduce_motion"  # read by the window and by the export dialog


class Settings:
    """Typed access to QSettings in an INI file of the user; a value that cannot be read counts as missing."""

    def __init__(self) -> None:
        self.backend = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Thalweg", "Thalweg")

    def get_text(self, key: str, default: str = "") -> str:
        """Return a stored text."""
        value = self.backend.value(key, default)
        return value if isinstance(value, str) else default

    def get_number(self, key: str, default: float) -> float:
        """Return a stored finite number."""
        try:
            value = float(self.get_text(key, str(default)))
        except ValueError:
            return default
        return value if isfinite(value) else default

    def favorites(self, kind: str) -> list[str]:
        """Return the ids of the favorite optimizers or surfaces; some may not exist anymore."""
        return self.get_text(f"favourites/{kind}", " ".join(DEFAULT_FAVORITES[kind])).split()

    def set_favorites(self, kind: str, names: Iterable[str]) -> None:
        """Store the ids of the favorite optimizers or surfaces."""
        self.set_value(f"favourites/{kind}", " ".join(names))

    def get_bool(self, key: str, default: bool) -> bool:
        """Return a stored truth value."""
        return self.get_text(key, str(default).lower()) == "true"

    def get_bytes(self, key: str) -> QByteArray | None:
        """Return stored bytes, such as a window layout, or None."""
        value = self.backend.value(key)
        return value if isinstance(value, QByteArray) else None

    def set_value(self, key: str, value: str | float | bool | QByteArray) -> None:
        """Store a value: bytes as they are, anything else as text."""
        stored = (
            str(value).lower() if isinstance(value, bool) else value if isinstance(value, QByteArray) else str(value)
        )
        self.backend.setValue(key, stored)

    def last_folder(self) -> Path:
        """Return the folder last used in a file dialog, or the home folder if it does not exist."""
        folder = Path(self.get_text("folder", str(Path.home())))
        return folder if folder.is_dir() else Path.home()

    def recent_files(self) -> list[Path]:
        """Return the files that were opened or saved last, newest first."""
        try:
            names = json.loads(self.get_text("recent", "[]"))
        except (ValueError, RecursionError):
            return []
        return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def add_recent_file(self, path: Path) -> None:
        """Move a file to the top of the recent files, or add it there."""
        self._set_recent_files([path, *(other for other in self.recent_files() if other != path)])

    def remove_recent_files(self, path: Path | None = None) -> None:
        """Remove one file from the recent files, or all of them."""
        self._set_recent_files(other for other in self.recent_files() if path is not None and other != path)

    def _set_recent_files(self, paths: Iterable[Path]) -> None:
        self.set_value("recent", json.dumps([str(path) for path in paths][:MAX_RECENT_FILES]))
