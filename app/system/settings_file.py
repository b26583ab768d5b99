"""The settings file, and backing it up to reset the settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.utils.validation import ExperimentError, make_printable


def settings_file() -> Path:
    """Return the path of the file that QSettings uses, computed without Qt, which may be unusable."""
    if sys.platform == "win32":
        folder = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        folder = Path.home() / (os.environ.get("XDG_CONFIG_HOME") or ".config")
    return folder / "Thalweg" / "Thalweg.ini"


def back_up_settings() -> str:
    """Rename the settings file to a free backup name and return a sentence that describes the result."""
    path = settings_file()
    backups = (path.with_name(f"{path.name}{suffix}") for suffix in (".bak", *(f".bak{k}" for k in range(2, 1000))))
    try:
        if not os.path.lexists(path):
            return "there are no settings to forget"
        backup = next(candidate for candidate in backups if not os.path.lexists(candidate))
        path.rename(backup)
    except OSError as error:
        raise ExperimentError(
            f"cannot put {make_printable(str(path))} aside: {(error.strerror or str(error)).lower()}"
        ) from None
    return f"all settings are as new; the old ones are kept in {make_printable(str(backup))}"
