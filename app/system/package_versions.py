"""Versions of the program and of the packages it uses, looked up without importing them."""

from __future__ import annotations

import platform

from app.utils.i18n import gettext_noop

PACKAGES = {
    "Thalweg": "thalweg",
    "Python": "",
    "Qt": "PyQt6-Qt6",
    "PyQt6": "PyQt6",
    "matplotlib": "matplotlib",
    "numpy": "numpy",
}
NOT_INSTALLED = gettext_noop("not installed with pip")


def versions() -> list[tuple[str, str]]:
    """Return names and versions for a bug report, with the platform last.

    A package without installed metadata, as for Qt in some distributions, is listed as NOT_INSTALLED.
    """
    return [
        *((name, version(package) if package else platform.python_version()) for name, package in PACKAGES.items()),
        (gettext_noop("Platform"), platform.platform()),
    ]


def version(package: str = "thalweg") -> str:
    """Return the installed version of a package; the lookup takes some 30 ms, too long for the start."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed_version

    try:
        return installed_version(package)
    except PackageNotFoundError:
        return NOT_INSTALLED
