"""What this program runs on, in names and versions: looked up, not loaded."""

from __future__ import annotations

import platform

PACKAGES = {
    "Thalweg": "thalweg",
    "Python": "",
    "Qt": "PyQt6-Qt6",
    "PyQt6": "PyQt6",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
}


NOT_INSTALLED = "not installed as a package"


def versions() -> list[tuple[str, str]]:
    """What a report of a fault begins with: names with versions, and the system at the end.

    A package that its installer has not written down, as some distributions' Qt, says so.
    """
    return [
        *((name, version(package) if package else platform.python_version()) for name, package in PACKAGES.items()),
        ("Platform", platform.platform()),
    ]


def version(package: str = "thalweg") -> str:
    """Return the installed version of a package. The lookup takes some 30 ms: never do it at start."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    try:
        return installed_version(package)
    except PackageNotFoundError:
        return NOT_INSTALLED
