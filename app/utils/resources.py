"""Paths of the files that the program brings with it."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"  # next to the packages, in a checkout and when installed
ICONS = ASSETS / "icons"
