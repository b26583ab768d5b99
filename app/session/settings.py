"""Settings that persist between starts: layout, theme, speed, folders, favorites."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from math import isfinite
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

from app.model.catalog import DEFAULT_FAVORITES
from app.system.settings_file import set_unsafe_settings_aside, settings_file

MAX_BYTES = 1 << 16  # of a stored byte array; window layouts have some hundreds
MAX_RECENT_FILES = 8  # files in the list of recent files
REDUCED_MOTION_KEY = "reduce_motion"  # read by the window and by the export dialog


class Settings:
    """Typed access to QSettings in an INI file of the user; a value that cannot be read counts as missing.

    Several instances of the program use one file: each writes only the values that it has changed itself.
    ``set_aside`` is the new path of a settings file that was not safe to read.
    """

    def __init__(self) -> None:
        self.set_aside = set_unsafe_settings_aside()
        # With a path, because QSettings otherwise reads the files of the organization and of the system, too
        self.backend = QSettings(str(settings_file()), QSettings.Format.IniFormat)
        self.known_values: dict[str, object] = {}  # by key: the value that was read or written here last

    def _get_value(self, key: str, default: str | None = None) -> object:
        value = self.known_values[key] = self.backend.value(key, default)
        return value

    def get_text(self, key: str, default: str = "") -> str:
        """Return a stored text."""
        value = self._get_value(key, default)
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

    def set_favorite(self, kind: str, name: str, favorite: bool) -> None:
        """Add an optimizer or a surface to the favorites, or remove it."""
        self.backend.sync()
        others = [other for other in self.favorites(kind) if other != name]
        self.set_value(f"favourites/{kind}", " ".join([*others, name] if favorite else others))
        self.backend.sync()

    def get_bool(self, key: str, default: bool) -> bool:
        """Return a stored truth value."""
        return self.get_text(key, str(default).lower()) == "true"

    def get_bytes(self, key: str) -> QByteArray | None:
        """Return stored bytes, such as a window layout, or None."""
        value = self._get_value(key)
        return value if isinstance(value, QByteArray) and value.size() <= MAX_BYTES else None

    def set_value(self, key: str, value: str | float | bool | QByteArray) -> None:
        """Store a value that differs from the one read last: bytes as they are, anything else as text."""
        stored = (
            str(value).lower() if isinstance(value, bool) else value if isinstance(value, QByteArray) else str(value)
        )
        if self.known_values.get(key) != stored:
            self.known_values[key] = stored
            self.backend.setValue(key, stored)

    def remove_group(self, group: str) -> bool:
        """Remove all values of a group; return whether there were any."""
        self.backend.beginGroup(group)
        keys = self.backend.allKeys()
        self.backend.endGroup()
        self.backend.remove(group)
        for key in keys:
            self.known_values.pop(f"{group}/{key}", None)
        return bool(keys)

    def last_folder(self) -> Path:
        """Return the folder last used in a file dialog, or the home folder if it does not exist."""
        folder = self.get_text("folder")
        return Path(folder) if os.path.isdir(folder) else Path.home()

    def recent_files(self) -> list[Path]:
        """Return the files that were opened or saved last, newest first."""
        try:
            names = json.loads(self.get_text("recent", "[]"))
        except (ValueError, RecursionError):
            return []
        paths = [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []
        return paths[:MAX_RECENT_FILES]

    def add_recent_file(self, path: Path) -> None:
        """Move a file to the top of the recent files, or add it there."""
        self.backend.sync()
        self._set_recent_files([path, *(other for other in self.recent_files() if other != path)])

    def remove_recent_files(self, path: Path | None = None) -> None:
        """Remove one file from the recent files, or all of them."""
        self.backend.sync()
        self._set_recent_files(other for other in self.recent_files() if path is not None and other != path)

    def _set_recent_files(self, paths: Iterable[Path]) -> None:
        self.set_value("recent", json.dumps([str(path) for path in paths][:MAX_RECENT_FILES]))
        self.backend.sync()
