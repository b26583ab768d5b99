"""What this machine provides for a window: display, Qt platform plugins, system libraries and their packages."""

from __future__ import annotations

import ctypes
import os
import platform as system
import shlex
import socket
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

Packages = tuple[str, str, str]  # names in Debian and Ubuntu, Fedora, Arch
# Libraries that Qt needs on Linux and that its wheel does not contain
IMPORT_LIBRARIES: dict[str, Packages] = {
    "libGL.so.1": ("libgl1", "libglvnd-glx", "libglvnd"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl", "libglvnd"),
    "libglib-2.0.so.0": ("libglib2.0-0", "glib2", "glib2"),
    "libdbus-1.so.3": ("libdbus-1-3", "dbus-libs", "dbus"),
    "libfontconfig.so.1": ("libfontconfig1", "fontconfig", "fontconfig"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon", "libxkbcommon"),
}
PLATFORM_LIBRARIES: dict[str, dict[str, Packages]] = {
    "xcb": {
        "libxcb-cursor.so.0": ("libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
        "libxcb-icccm.so.4": ("libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
        "libxcb-keysyms.so.1": ("libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
        "libxcb-shape.so.0": ("libxcb-shape0", "libxcb", "libxcb"),
        "libxcb-xkb.so.1": ("libxcb-xkb1", "libxcb", "libxcb"),
        "libxkbcommon-x11.so.0": ("libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
    },
    "wayland": {
        "libwayland-client.so.0": ("libwayland-client0", "libwayland-client", "wayland"),
        "libwayland-cursor.so.0": ("libwayland-cursor0", "libwayland-cursor", "wayland"),
    },
}
PACKAGE_MANAGERS = {
    "debian": "apt-get update && apt-get install -y",
    "fedora": "dnf install -y",
    "arch": "pacman -S --needed",
}
MIN_DEPTH = 15  # bits per pixel of an X server, below which Qt paints nothing
LINUX = sys.platform.startswith("linux")
FROZEN = bool(getattr(sys, "frozen", False))  # in a bundle sys.executable is the program, not a Python


def distribution_family() -> str:
    """Return the key in PACKAGE_MANAGERS of this Linux distribution, or "" on any other system."""
    try:
        os_release = system.freedesktop_os_release() if LINUX else {}
    except OSError:
        return ""
    names = [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
    return next((name for name in names if name in PACKAGE_MANAGERS), "")


def install_command(packages: Iterable[Packages]) -> str:
    """Return the shell command that installs packages on this system, or "" if their names are unknown."""
    distribution = distribution_family()
    if not distribution:
        return ""
    column = list(PACKAGE_MANAGERS).index(distribution)
    package_names = [names[column] for names in packages if names[column]]  # a distribution may lack a package
    if not package_names:
        return ""
    sudo = "" if os.geteuid() == 0 else "sudo "
    command = " && ".join(sudo + subcommand for subcommand in PACKAGE_MANAGERS[distribution].split(" && "))
    return " ".join([command, *dict.fromkeys(package_names)])


def pip_command(*arguments: str) -> str:
    """Return the shell command for pip install with this Python; in a bundle, a sentence that replaces it."""
    if FROZEN:
        return "download Thalweg again and extract it to an empty folder"
    command = [sys.executable, "-m", "pip", "install", *arguments]
    return (
        shlex.join(command)
        if os.name == "posix"
        else " ".join(f'"{argument}"' if set(argument) & set(" <>!&") else argument for argument in command)
    )


def missing_libraries(libraries: Iterable[str]) -> list[str]:
    """Return those of the libraries that the dynamic loader does not find."""
    not_found = []
    for name in libraries:
        try:
            ctypes.CDLL(name)
        except OSError:
            not_found.append(name)
    return not_found


class _Screen(ctypes.Structure):
    """The beginning of ``xcb_screen_t``."""

    _fields_ = (("ids_and_sizes", ctypes.c_uint8 * 38), ("root_depth", ctypes.c_uint8))


class _ScreenIterator(ctypes.Structure):
    """``xcb_screen_iterator_t``."""

    _fields_ = (("screen", ctypes.POINTER(_Screen)), ("remaining", ctypes.c_int), ("index", ctypes.c_int))


def _x11_depth() -> int:
    """Return the bits per pixel of the first screen of the X server at DISPLAY, 0 if it does not answer.

    ``MIN_DEPTH`` if libxcb is missing: that is another error, which ``missing_libraries`` reports.
    """
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return MIN_DEPTH
    xcb.xcb_connect.restype = xcb.xcb_get_setup.restype = ctypes.c_void_p
    xcb.xcb_setup_roots_iterator.restype = _ScreenIterator
    for function in (xcb.xcb_connection_has_error, xcb.xcb_get_setup, xcb.xcb_setup_roots_iterator, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    depth = 0
    if not xcb.xcb_connection_has_error(connection):
        depth = int(xcb.xcb_setup_roots_iterator(xcb.xcb_get_setup(connection)).screen.contents.root_depth)
    xcb.xcb_disconnect(connection)
    return depth


def _wayland_responds() -> bool:
    """Return whether a compositor answers at WAYLAND_DISPLAY."""
    socket_path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("WAYLAND_DISPLAY") or "wayland-0")
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(socket_path))
        except OSError:
            return False
    return True


def _requested_platforms() -> list[str]:
    """Return the platforms that Qt tries, in order (QGuiApplicationPrivate::createPlatformIntegration)."""
    requested = os.environ.get("QT_QPA_PLATFORM", "")
    if requested:
        return [entry.partition(":")[0] for entry in requested.split(";")]
    has_wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    return ["wayland"] * bool(has_wayland) + ["xcb"] * bool(os.environ.get("DISPLAY"))


def qt_platform() -> str:
    """Return the platform on which Qt will show windows, or "" if no display answers."""
    if not LINUX:
        return os.environ.get("QT_QPA_PLATFORM", "") or {"darwin": "cocoa", "win32": "windows"}.get(sys.platform, "xcb")
    probes = {"xcb": _x11_depth, "wayland": _wayland_responds}
    return next(
        (
            name
            for name in _requested_platforms()
            if name.partition("-")[0] not in probes or probes[name.partition("-")[0]]()
        ),
        "",
    )


def display_error() -> str:
    """Return a sentence if there is no display or Qt has no plugin for it, otherwise ""."""
    name = qt_platform()
    if not name:
        addresses = [os.environ.get(each, "") for each in ("WAYLAND_DISPLAY", "DISPLAY")]
        unreachable = " and ".join(filter(None, addresses)) if _requested_platforms() else ""
        return (
            f"the display {unreachable} is not responding" if unreachable else "no display is available"
        ) + '; use "thalweg export" to work without a display'
    if name == "xcb" and LINUX and 0 < (depth := _x11_depth()) < MIN_DEPTH:
        display = os.environ.get("DISPLAY", "")
        few_colors = f"the display {display} has {depth} bits per pixel; Qt requires {MIN_DEPTH} or more"
        return f'{few_colors}; use "thalweg export" to work without a display'
    available = platform_plugins()
    if available and not any(each.startswith(name) for each in available):
        return f"Qt does not support the platform {name} (available: {', '.join(available)}); unset QT_QPA_PLATFORM"
    return ""


def platform_plugins() -> list[str]:
    """Return the platforms that the installed Qt has plugins for; empty if their folder is not found."""
    package_spec = find_spec("PyQt6")
    folders = [
        Path(root, "Qt6", "plugins", "platforms")
        for root in (package_spec.submodule_search_locations or () if package_spec else ())
    ]
    return sorted(
        path.stem.removeprefix("lib").removeprefix("q") for folder in folders for path in folder.glob("*q*.*")
    )


def missing_qt_libraries() -> list[str]:
    """Return the missing libraries that Qt needs on the platform it will select."""
    return (
        missing_libraries([*IMPORT_LIBRARIES, *PLATFORM_LIBRARIES.get(qt_platform().partition("-")[0], ())])
        if LINUX
        else []
    )


def library_error(missing: Iterable[str]) -> str:
    """Return a sentence that names missing libraries and the command that installs them."""
    packages = IMPORT_LIBRARIES | PLATFORM_LIBRARIES["xcb"] | PLATFORM_LIBRARIES["wayland"]
    command = install_command(packages[name] for name in missing)
    return "system libraries required by Qt are missing; install " + (
        f"them with: {command}" if command else f"the packages that provide {', '.join(missing)}"
    )


def qt_import_error(error: object) -> str:
    """Return a sentence for a PyQt6 that cannot be imported, with what helps on this system."""
    hints = {
        "win32": "; also install the Visual C++ runtime: https://aka.ms/vs/17/release/vc_redist.x64.exe",
        "darwin": f"; use a Python built for the processor of this Mac (the current one is for {system.machine()})",
    }
    reinstall_command = pip_command("--force-reinstall", "PyQt6", "PyQt6-Qt6", "PyQt6-sip")
    return f"PyQt6 could not be loaded ({error}); reinstall it with: {reinstall_command}{hints.get(sys.platform, '')}"
