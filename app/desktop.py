"""Opens the window, after looking whether this system can show one: Qt would end the process without a useful word."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import signal
import sys
from pathlib import Path

from app.checks import ExperimentError
from app.experiment import Experiment

# What Qt needs on Linux beyond its own wheel: library -> its package on Debian and Ubuntu, on Fedora, on Arch.
IMPORTED = {
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"), "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"), "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon")}
SHOWN = {
    "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"), "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
    "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11")}
INSTALLERS = (("/usr/bin/apt-get", "sudo apt-get update && sudo apt-get install -y"), ("/usr/bin/dnf", "sudo dnf install -y"),
              ("/usr/bin/pacman", "sudo pacman -S --needed"))


def missing(libraries: dict[str, tuple[str, str, str]]) -> list[str]:
    """Those of the libraries that the system's loader does not find."""
    lost = []
    for name in libraries:
        try:
            ctypes.CDLL(name)
        except OSError:
            lost.append(name)
    return lost


def install_line(lost: list[str]) -> str:
    """The sentence that names what is missing, with the very line that installs it here."""
    for column, (program, line) in enumerate(INSTALLERS):
        if Path(program).exists():
            packages = dict.fromkeys({**IMPORTED, **SHOWN}[name][column] for name in lost)
            return f"Qt needs system libraries that are missing here; install them with: {line} {' '.join(packages)}"
    return f"Qt needs system libraries that are missing here; install the packages that hold {', '.join(lost)}"


def reachable_display() -> bool:
    """Whether an X server answers at DISPLAY."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    broken = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not broken


def look_first() -> None:
    """ExperimentError, in one sentence, where no window can be shown."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if sys.platform.startswith("linux"):
        windowed = platform.split(":")[0] not in ("offscreen", "minimal", "vnc", "eglfs", "linuxfb")
        wayland = bool(os.environ.get("WAYLAND_DISPLAY")) and platform != "xcb"
        if windowed and not wayland and not os.environ.get("DISPLAY"):
            raise ExperimentError("there is no display to open a window on; \"thalweg export\" works without one")
        lost = missing(IMPORTED) + (missing(SHOWN) if windowed and not wayland else [])
        if lost:
            raise ExperimentError(install_line(lost))
        if windowed and not wayland and not reachable_display():
            raise ExperimentError(f"the display {os.environ['DISPLAY']} does not answer; \"thalweg export\" works without one")
    try:
        import PyQt6.QtWidgets  # noqa: F401
    except ImportError as error:
        again = f"{sys.executable} -m pip install --force-reinstall PyQt6"
        raise ExperimentError(f"PyQt6 cannot be loaded ({error}); install it again with: {again}") from None


def open_window(experiment: Experiment | None, source: Path | None = None) -> int:
    """Open the window, with an experiment and the file it came from, and stay until it is closed; the exit status."""
    look_first()
    from PyQt6.QtCore import QTimer
    from PyQt6.QtGui import QIcon
    from PyQt6.QtWidgets import QApplication

    from app import ASSETS
    from app.window import MainWindow

    application = QApplication(sys.argv[:1])
    application.setApplicationName("Thalweg")
    application.setDesktopFileName("thalweg")
    application.setStyle("Fusion")
    application.setWindowIcon(QIcon(str(ASSETS / "thalweg.png")))
    window = MainWindow(experiment, source)
    window.reporter.install()

    def leave(*_: object) -> None:
        window.files.origins.waive()  # whoever ends it from outside cannot be asked
        QTimer.singleShot(0, application.closeAllWindows)  # not in the midst of what is being done

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)
    awake = QTimer(application, interval=250)  # lets Python see Ctrl+C while Qt waits for events
    awake.timeout.connect(lambda: None)
    awake.start()
    window.show()
    return application.exec()
