"""What the program remembers between starts: layout, theme, speed, folders, favourites."""

from __future__ import annotations

import json
from collections.abc import Iterable
from math import isfinite
from pathlib import Path

from PyQt6.QtCore import QByteArray, QSettings

from app.model.catalog import FAVOURITES

RECENT = 8  # files that are remembered
MOTION = "reduce_motion"  # the key of a setting that the window and the export dialog read


class Settings:
    """A thin hold on QSettings, in an INI file of the user's; what cannot be read counts as not there."""

    def __init__(self) -> None:
        self.store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Thalweg", "Thalweg")

    def text(self, key: str, default: str = "") -> str:
        value = self.store.value(key, default)
        return value if isinstance(value, str) else default

    def number(self, key: str, default: float) -> float:
        try:
            value = float(self.text(key, str(default)))
        except ValueError:
            return default
        return value if isfinite(value) else default

    def favourites(self, kind: str) -> list[str]:
        """The ids of the optimizers or surfaces that are marked; some may no longer exist."""
        return self.text(f"favourites/{kind}", " ".join(FAVOURITES[kind])).split()

    def keep_favourites(self, kind: str, names: Iterable[str]) -> None:
        self.keep(f"favourites/{kind}", " ".join(names))

    def flag(self, key: str, default: bool) -> bool:
        return self.text(key, str(default).lower()) == "true"

    def state(self, key: str) -> QByteArray | None:
        value = self.store.value(key)
        return value if isinstance(value, QByteArray) else None

    def keep(self, key: str, value: str | float | bool | QByteArray) -> None:
        words = (
            str(value).lower() if isinstance(value, bool) else value if isinstance(value, QByteArray) else str(value)
        )
        self.store.setValue(key, words)

    def folder(self) -> Path:
        """The folder last used in a file dialog, or the home folder where that is gone."""
        folder = Path(self.text("folder", str(Path.home())))
        return folder if folder.is_dir() else Path.home()

    def recent(self) -> list[Path]:
        """The files that were opened or saved last, newest first."""
        try:
            names = json.loads(self.text("recent", "[]"))
        except (ValueError, RecursionError):
            return []
        return [Path(name) for name in names if isinstance(name, str)] if isinstance(names, list) else []

    def keep_recent(self, path: Path) -> None:
        self._keep_files([path, *(other for other in self.recent() if other != path)])

    def forget_recent(self, path: Path | None = None) -> None:
        """Forget one file, or all."""
        self._keep_files(other for other in self.recent() if path is not None and other != path)

    def _keep_files(self, paths: Iterable[Path]) -> None:
        self.keep("recent", json.dumps([str(path) for path in paths][:RECENT]))
