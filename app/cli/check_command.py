"""``thalweg check``: whether this machine can show the window, one line per check, and how to fix what is missing."""

from __future__ import annotations

import argparse
import json
import os
import platform as system
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.cli.argument_parser import Subparsers
from app.cli.figure_checks import check_figure_fonts, check_matplotlib_settings
from app.cli.finding import ERROR, HINT, OK, Finding
from app.system import platform_support
from app.system.font_packages import CJK_PACKAGES
from app.system.settings_file import settings_file
from app.utils.resources import ASSETS

FONT_PACKAGES = ("fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu")
WINDOW_TIMEOUT = 60.0  # seconds until a window must be painted


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "check",
        help="check whether the window can be opened",
        description="Check whether the window can be opened on this computer, and show how to fix problems. Hints "
        "do not prevent the window from opening.",
        epilog="exit status:\n  0    the window can be opened\n  1    the window cannot be opened",
    )
    parser.add_argument("--window", action="store_true", help="open an empty window and print what Qt finds as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the results of all checks; return 0 if the window can be shown, else 1."""
    if args.window:
        from app.gui.window.application import probe_window

        return probe_window()
    passed = True
    for finding in run_checks():
        print(finding, flush=True)
        passed = passed and finding.status != ERROR
    print(
        "All checks passed. The window can be opened."
        if passed
        else "The window cannot be opened. Fix the items marked “missing”."
    )
    return 0 if passed else 1


def run_checks() -> Iterator[Finding]:
    """Run all checks, the slowest last, and yield their results."""
    yield check_packages()
    required = [check_display(), *([check_libraries()] if platform_support.LINUX else [])]
    yield from required
    yield check_writable("settings", settings_file(), "settings will not be saved")
    yield check_writable("Matplotlib cache", _matplotlib_cache(), "starting will be slower")
    yield check_matplotlib_settings()
    yield from check_figure_fonts()
    qt_info: dict[str, Any] = {}
    if all(finding.status != ERROR for finding in required):
        qt_info = probe_qt()
        yield check_window(qt_info)
    if "fonts" not in qt_info:
        qt_info = probe_qt("offscreen")  # fonts can be listed without a display
    if "fonts" in qt_info:
        yield check_fonts(qt_info["fonts"], qt_info["Korean"])
    if find_spec("imageio_ffmpeg") is None:
        yield Finding(
            HINT,
            "animations",
            "MP4 export requires the imageio-ffmpeg package (GIF does not)",
            "" if platform_support.FROZEN else platform_support.pip_command("imageio-ffmpeg"),
        )


def is_version_unmet(requirement: str, installed: str) -> bool:
    """Return whether a version does not satisfy a requirement such as "numpy!=2.0.1,>=1.26".

    A release candidate counts as the release.
    """
    from packaging.requirements import Requirement
    from packaging.version import Version

    return Version(installed).base_version not in Requirement(requirement).specifier


def check_packages() -> Finding:
    """Check the versions of Python and of the dependencies, as recorded by pip."""
    try:
        package_metadata = metadata.metadata("thalweg")
    except metadata.PackageNotFoundError:
        return Finding(
            HINT,
            "packages",
            "Thalweg is not installed with pip, so package versions cannot be checked",
            "" if platform_support.FROZEN else platform_support.pip_command("-e", str(ASSETS.parent)),
        )
    requirements = [each for each in package_metadata.get_all("Requires-Dist") or () if "extra ==" not in each]
    if find_spec("packaging") is None:
        message, fix = (
            "the package packaging, which Matplotlib requires, is missing",
            platform_support.pip_command(*requirements),
        )
        return Finding(ERROR, "packages", message, fix)
    installed, missing = [f"Python {system.python_version()} ({system.machine()})"], []
    if is_version_unmet(f"Python{package_metadata['Requires-Python'] or ''}", ".".join(map(str, sys.version_info[:3]))):
        missing.append(f"Python{package_metadata['Requires-Python']}")
    for requirement in requirements:
        name = re.split(r"[^\w.-]", requirement)[0]
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            installed.append(f"no {name}")
            missing.append(requirement)
        else:
            installed.append(f"{name} {version}")
            if is_version_unmet(requirement, version):
                missing.append(requirement)
    if not missing:
        return Finding(OK, "packages", ", ".join(installed))
    message = f"{', '.join(installed)}; required: {', '.join(missing)}"
    return Finding(ERROR, "packages", message, platform_support.pip_command("--upgrade", *missing))


def check_display() -> Finding:
    """Check that there is a display, or that Qt uses a platform without one."""
    problem = platform_support.display_error()
    if problem:
        return Finding(ERROR, "display", problem)
    if platform_support.qt_platform() in ("offscreen", "minimal"):
        return Finding(
            HINT, "display", f"{platform_support.qt_platform()} (set by QT_QPA_PLATFORM); the window will be invisible"
        )
    return Finding(OK, "display", platform_support.qt_platform())


def check_libraries() -> Finding:
    """Check that the system libraries of Qt can be loaded."""
    missing = platform_support.missing_qt_libraries()
    if not missing:
        return Finding(OK, "libraries", "all required system libraries found")
    return Finding(ERROR, "libraries", platform_support.library_error(missing))


def check_writable(subject: str, path: Path, consequence: str) -> Finding:
    """Check that a file or folder can be read and written, or created."""
    try:
        exists = path.exists()
        nearest = next(each for each in (path, *path.parents) if each.exists())
        is_expected_kind = nearest.is_file() == (exists and subject == "settings")
        is_writable = is_expected_kind and os.access(nearest, os.R_OK | os.W_OK)
    except OSError:
        is_writable = False
    if is_writable:
        return Finding(OK, subject, f"{path}" if exists else f"{path} (will be created)")
    return Finding(
        HINT,
        subject,
        f"no read/write access to {path}; {consequence}",
        "to rename it and start with default settings, run: thalweg --reset" if subject == "settings" else "",
    )


def _matplotlib_cache() -> Path:
    """Return the folder that matplotlib will choose, without importing it."""
    if os.environ.get("MPLCONFIGDIR"):
        return Path(os.environ["MPLCONFIGDIR"])
    if platform_support.LINUX:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "matplotlib")
    return Path.home() / ".matplotlib"


def probe_qt(platform: str = "") -> dict[str, Any]:
    """Open a window in a separate process, which Qt may abort, and return what Qt finds.

    Returns {"fault": reason} if the window cannot be opened.
    """
    command = [sys.executable] if platform_support.FROZEN else [sys.executable, "-m", "app"]
    environment = {**os.environ, **({"QT_QPA_PLATFORM": platform} if platform else {})}
    try:
        result = subprocess.run(
            [*command, "check", "--window"],
            capture_output=True,
            text=True,
            errors="replace",
            env=environment,
            cwd=ASSETS.parent,
            timeout=WINDOW_TIMEOUT,
        )
    except OSError as error:
        return {"fault": str(error)}
    except subprocess.TimeoutExpired:
        return {"fault": f"the window did not appear within {WINDOW_TIMEOUT:.0f} s"}
    if result.returncode == 0:
        return dict(json.loads(result.stdout.splitlines()[-1]))
    error_lines = [line for line in result.stderr.splitlines() if line.strip()] or [
        f"the process exited with status {result.returncode}"
    ]
    return {"fault": error_lines[0].removeprefix("thalweg: ")}


def check_window(qt_info: dict[str, Any]) -> Finding:
    """Check the result of ``probe_qt``: whether a window was opened."""
    if "fault" not in qt_info:
        return Finding(OK, "window", f"opened successfully ({qt_info['platform']})")
    fix = ""
    # The message of Qt does not name the missing library
    if qt_info["fault"].startswith("qt.") and platform_support.qt_platform() == "xcb":
        fix = platform_support.install_command(
            [*platform_support.IMPORT_LIBRARIES.values(), *platform_support.PLATFORM_LIBRARIES["xcb"].values()]
        )
    return Finding(ERROR, "window", qt_info["fault"], fix)


def check_fonts(family_count: int, korean_families: list[str]) -> Finding:
    """Check that there are fonts, and that one of them has Korean characters."""
    if not family_count:
        return Finding(
            ERROR,
            "fonts",
            "no fonts found; text cannot be displayed",
            platform_support.install_command([FONT_PACKAGES]),
        )
    if not korean_families:
        return Finding(
            HINT,
            "fonts",
            f"{family_count} families, but none supports Korean",
            platform_support.install_command([CJK_PACKAGES]),
        )
    return Finding(OK, "fonts", f"{family_count} families; Korean: {korean_families[0]}")
