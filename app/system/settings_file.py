"""The settings file: where it is, whether it is safe to read, and backing it up."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from app.utils.validation import ExperimentError, make_printable

MAX_SIZE = 1 << 20  # bytes; the program writes some thousands
# As QSettings reads them: numbers have any length, their last 16 bits count, and other characters are dropped
ESCAPE_SEQUENCE = re.compile(r"\\(?:x([0-9a-fA-F]+)|([0-7]+)|.|$)", re.DOTALL)


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
    if not os.path.lexists(path):
        return "There are no settings to reset."
    return f"All settings were reset. The old settings were saved to {make_printable(str(rename_to_backup(path)))}"


def set_unsafe_settings_aside() -> Path | None:
    """Rename the settings file if QSettings must not read it; return its new path, or None if it stays.

    Raises ExperimentError if it cannot be renamed.
    """
    path = settings_file()
    return rename_to_backup(path) if os.path.lexists(path) and not _is_safe(path) else None


def _is_safe(path: Path) -> bool:
    """Return whether QSettings can read a file without running code from it and without blocking."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_SIZE:
            return not path.exists()  # a broken link can be written
        return not has_variants(path.read_bytes())
    except OSError:  # QSettings cannot read it either
        return True


def has_variants(content: bytes) -> bool:
    """Return whether a settings file has values of type QVariant, however they are escaped.

    QSettings deserializes them, and PyQt unpickles those that hold Python objects, which runs code. This program
    writes only texts and byte arrays.
    """
    text = ESCAPE_SEQUENCE.sub(_decode_escape, content.decode("latin-1"))
    return "@Variant" in re.sub(r'["\s]', "", text)


def _decode_escape(match: re.Match[str]) -> str:
    hexadecimal, octal = match.groups()
    if not hexadecimal and not octal:
        return ""
    return chr((int(hexadecimal, 16) if hexadecimal else int(octal, 8)) & 0xFFFF)


def rename_to_backup(path: Path) -> Path:
    """Rename a file to a free name that ends in .bak or .bak and a number, and return it."""
    backups = (path.with_name(f"{path.name}{suffix}") for suffix in (".bak", *(f".bak{k}" for k in range(2, 1000))))
    try:
        backup = next(candidate for candidate in backups if not os.path.lexists(candidate))
        return path.rename(backup)
    except OSError as error:
        raise ExperimentError(
            f"cannot rename {make_printable(str(path))}: {(error.strerror or str(error)).lower()}"
        ) from None
