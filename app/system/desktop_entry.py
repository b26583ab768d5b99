"""The entry in the desktop's menu, for Linux: a .desktop file, the icon and the kind of file, where the desktop looks for them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from app.system import platform_support
from app.system.package_versions import NOT_INSTALLED, version
from app.utils.atomic_write import replacing
from app.utils.resources import ASSETS
from app.utils.validation import ExperimentError, printable

# Where each goes below the user's folder of data, and what it is in assets/.
PLACES = {
    "applications/thalweg.desktop": "thalweg.desktop",
    "icons/hicolor/scalable/apps/thalweg.svg": "thalweg.svg",
    "icons/hicolor/256x256/apps/thalweg.png": "thalweg.png",
    "mime/packages/thalweg.xml": "thalweg.xml",
}
PATIENCE = 60.0  # seconds


def install() -> str:
    """Put the entry into the menu; what was done, in a sentence."""
    root = data_home()
    for place, name in PLACES.items():
        content = (ASSETS / name).read_bytes()
        if name.endswith(".desktop"):
            content = entry(content.decode("utf-8"), this_command()).encode("utf-8")
        path = root / place
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise ExperimentError(f"cannot make the folder {printable(str(path.parent))}: {why}") from None
        with replacing(path, "wb") as file:
            file.write(content)
    _refresh(root)
    return f"Thalweg is in the menu, by {printable(str(root / next(iter(PLACES))))}; --uninstall-desktop removes it"


def uninstall() -> str:
    """Remove all that ``install`` has put there; what was done, in a sentence."""
    root = data_home()
    there = [root / place for place in PLACES if os.path.lexists(root / place)]
    for path in there:
        try:
            path.unlink()
        except OSError as error:
            raise ExperimentError(
                f"cannot remove {printable(str(path))}: {(error.strerror or str(error)).lower()}"
            ) from None
    _refresh(root)
    return "Thalweg is no longer in the menu" if there else "Thalweg was not in the menu"


def data_home() -> Path:
    """The user's folder of data, by the XDG Base Directory Specification, in which a relative path counts as none."""
    if not platform_support.LINUX:
        where = {"darwin": "drag it into the Dock while it runs", "win32": "pin it to the task bar while it runs"}
        raise ExperimentError(
            f"the entry in the menu is for Linux; here, {where.get(sys.platform, 'make one by hand')}"
        )
    named = Path(os.environ.get("XDG_DATA_HOME", ""))
    return named if named.is_absolute() else Path.home() / ".local" / "share"


def this_command() -> list[str]:
    """The words that start this very program, from any folder."""
    if platform_support.FROZEN:
        return [sys.executable]
    scripts = Path(os.path.abspath(sys.argv[0])), Path(sys.executable).with_name("thalweg")
    found = next((str(path) for path in scripts if path.name == "thalweg" and os.access(path, os.X_OK)), "")
    if not found and version() == NOT_INSTALLED:
        raise ExperimentError(
            "Thalweg is not installed here, so a menu could not start it: install it first, with pip or pipx"
        )
    return [found] if found else [sys.executable, "-m", "app"]


def entry(text: str, command: list[str]) -> str:
    """The .desktop file with that command, quoted by the Desktop Entry Specification: first as an argument, then as a string."""

    def quoted(word: str) -> str:
        return '"' + re.sub(r'(["`$\\])', r"\\\1", word).replace("\\", r"\\").replace("%", "%%") + '"'

    tried = command[0].replace("\\", r"\\")
    lines = f"TryExec={tried}\nExec={' '.join(map(quoted, command))} %f"
    return re.sub(r"(?m)^Exec=.*$", lambda _: lines, text)


def _refresh(root: Path) -> None:
    """Tell the desktop, where it has the programs for that; without them it finds out by itself."""
    for program, folder in (
        ("update-desktop-database", root / "applications"),
        ("update-mime-database", root / "mime"),
    ):
        if shutil.which(program) and folder.is_dir():
            try:
                subprocess.run([program, str(folder)], capture_output=True, timeout=PATIENCE)
            except (OSError, subprocess.TimeoutExpired):
                return
