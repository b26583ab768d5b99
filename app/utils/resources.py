"""Paths of the files that come with the program."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"  # next to the packages, in a checkout and in an installation
ICONS = ASSETS / "icons"
