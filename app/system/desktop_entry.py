"""Entry in the desktop menu on Linux: a .desktop file, icons and a MIME type, in the user's data folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from app.system import platform_support
from app.system.package_versions import NOT_INSTALLED, version
from app.utils.atomic_write import atomic_write
from app.utils.resources import ASSETS
from app.utils.validation import ExperimentError, make_printable

# path in the user's data folder -> name in assets/
INSTALLED_FILES = {
    "applications/thalweg.desktop": "thalweg.desktop",
    "icons/hicolor/scalable/apps/thalweg.svg": "thalweg.svg",
    "icons/hicolor/256x256/apps/thalweg.png": "thalweg.png",
    "mime/packages/thalweg.xml": "thalweg.xml",
}
REFRESH_TIMEOUT = 60.0  # seconds


def install() -> str:
    """Install the menu entry and return a sentence that describes the result."""
    root = data_home()
    for relative_path, asset_name in INSTALLED_FILES.items():
        content = (ASSETS / asset_name).read_bytes()
        if asset_name.endswith(".desktop"):
            content = render_entry(content.decode("utf-8"), launch_command()).encode("utf-8")
        path = root / relative_path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ExperimentError(f"cannot create the folder {make_printable(str(path.parent))}: {reason}") from None
        with atomic_write(path, "wb") as file:
            file.write(content)
    _refresh_databases(root)
    entry = make_printable(str(root / next(iter(INSTALLED_FILES))))
    return f"Added Thalweg to the application menu ({entry}). To remove it, run: thalweg --uninstall-desktop"


def uninstall() -> str:
    """Remove the files that ``install`` creates and return a sentence that describes the result."""
    root = data_home()
    installed_paths = [
        root / relative_path for relative_path in INSTALLED_FILES if os.path.lexists(root / relative_path)
    ]
    for path in installed_paths:
        try:
            path.unlink()
        except OSError as error:
            raise ExperimentError(
                f"cannot remove {make_printable(str(path))}: {(error.strerror or str(error)).lower()}"
            ) from None
    _refresh_databases(root)
    return (
        "Removed Thalweg from the application menu." if installed_paths else "Thalweg was not in the application menu."
    )


def data_home() -> Path:
    """Return the user's data folder (XDG Base Directory Specification: a relative path is ignored)."""
    if not platform_support.LINUX:
        alternatives = {
            "darwin": "keep it in the Dock while it is running",
            "win32": "pin it to the taskbar while it is running",
        }
        raise ExperimentError(
            "--install-desktop is only available on Linux; instead, "
            f"{alternatives.get(sys.platform, 'create a shortcut manually')}"
        )
    configured = Path(os.environ.get("XDG_DATA_HOME", ""))
    return configured if configured.is_absolute() else Path.home() / ".local" / "share"


def launch_command() -> list[str]:
    """Return the command that starts this program from any folder."""
    if platform_support.FROZEN:
        return [sys.executable]
    scripts = Path(os.path.abspath(sys.argv[0])), Path(sys.executable).with_name("thalweg")
    script = next((str(path) for path in scripts if path.name == "thalweg" and os.access(path, os.X_OK)), "")
    if not script and version() == NOT_INSTALLED:
        raise ExperimentError("Thalweg is not installed; install it with pip or pipx first")
    return [script] if script else [sys.executable, "-m", "app"]


def render_entry(text: str, command: list[str]) -> str:
    """Return the .desktop file with a command, quoted as the Desktop Entry Specification says.

    The specification requires two levels of escaping: of an argument of Exec, then of a string value.
    """

    def quote(argument: str) -> str:
        return '"' + re.sub(r'(["`$\\])', r"\\\1", argument).replace("\\", r"\\").replace("%", "%%") + '"'

    executable = command[0].replace("\\", r"\\")
    lines = f"TryExec={executable}\nExec={' '.join(map(quote, command))} %f"
    return re.sub(r"(?m)^Exec=.*$", lambda _: lines, text)


def _refresh_databases(root: Path) -> None:
    """Update the desktop and MIME databases if the programs for it exist; desktops also notice new files later."""
    for program, folder in (
        ("update-desktop-database", root / "applications"),
        ("update-mime-database", root / "mime"),
    ):
        if shutil.which(program) and folder.is_dir():
            try:
                subprocess.run([program, str(folder)], capture_output=True, timeout=REFRESH_TIMEOUT)
            except (OSError, subprocess.TimeoutExpired):
                return
