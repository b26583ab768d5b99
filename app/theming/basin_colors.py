"""Colors of basins: four hues that stay apart for color-blind viewers at every lightness.

The hues maximize the smallest distance in OKLab between two of them at the same lightness, over normal sight and the
three dichromacies of Machado, Oliveira & Fernandes 2009, among hues in steps of 15 degrees with full or half chroma.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

HUES = ((180.0, 1.0), (315.0, 1.0), (75.0, 1.0), (120.0, 0.5))  # OKLCH hue in degrees, fraction of the chroma
LIGHTEST, DARKEST = 0.88, 0.5  # OKLab lightness of the runs that take the fewest and the most steps
MAX_CHROMA = 0.12
LEVELS = 64  # lightness levels of the table


def basin_colors(hue: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Return the sRGB colors (..., 3) of cells with the index of a hue, and the rank of their steps from 0 to 1."""
    level = np.clip(np.round(rank * (LEVELS - 1)), 0, LEVELS - 1).astype(np.intp)
    colors: np.ndarray = _table()[hue, level]
    return colors


@cache
def _table() -> np.ndarray:
    lightness = np.linspace(LIGHTEST, DARKEST, LEVELS)
    return np.array(
        [[_to_srgb(value, math.radians(hue), fraction) for value in lightness.tolist()] for hue, fraction in HUES]
    )


def _to_srgb(lightness: float, hue: float, fraction: float) -> np.ndarray:
    """Return the color with a fraction of the largest chroma that sRGB has for a lightness and a hue."""
    low, high = 0.0, MAX_CHROMA
    for _ in range(20):
        middle = (low + high) / 2
        linear = _linear_rgb(lightness, middle, hue)
        low, high = (middle, high) if ((linear >= 0) & (linear <= 1)).all() else (low, middle)
    linear = np.clip(_linear_rgb(lightness, low * fraction, hue), 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _linear_rgb(lightness: float, chroma: float, hue: float) -> np.ndarray:
    """Convert OKLCH to linear sRGB (Ottosson 2020)."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    cones = np.array(
        [
            lightness + 0.3963377774 * a + 0.2158037573 * b,
            lightness - 0.1055613458 * a - 0.0638541728 * b,
            lightness - 0.0894841775 * a - 1.2914855480 * b,
        ]
    )
    matrix = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    return matrix @ cones**3
