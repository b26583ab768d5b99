"""What this program runs on, in names and versions: looked up, not loaded."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

PACKAGES = {
    "Thalweg": "thalweg",
    "Python": "",
    "Qt": "PyQt6-Qt6",
    "PyQt6": "PyQt6",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
}


def versions() -> list[tuple[str, str]]:
    """What a report of a fault begins with: names with versions, and the system at the end.

    A package that its installer has not written down, as some distributions' Qt, says so.
    """
    return [
        *((name, _version(package) if package else platform.python_version()) for name, package in PACKAGES.items()),
        ("Platform", platform.platform()),
    ]


def _version(package: str) -> str:
    try:
        return installed(package)
    except PackageNotFoundError:
        return "not installed as a package"
