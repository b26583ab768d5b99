"""Formulas typeset by matplotlib."""

from __future__ import annotations

import numpy as np
from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

MATH_FONT = "stix"  # included in matplotlib


def math_font_file() -> str:
    """Return the path of the font with the upright letters and the digits of formulas."""
    return f"{get_data_path()}/fonts/ttf/STIXGeneral.ttf"


def is_typesettable(tex: str) -> bool:
    """Return whether a text is one line of valid mathtext."""
    try:
        MathTextParser("path").parse(f"${tex}$")
    except ValueError:
        return False
    return bool(tex.strip()) and "$" not in tex and "\n" not in tex


def math_coverage(tex: str, font_size: float, dpi: float) -> np.ndarray:
    """Return one line of mathtext as the coverage of each pixel (0 to 255). ``font_size`` is in points."""
    font = FontProperties(size=font_size, math_fontfamily=MATH_FONT)
    return np.asarray(MathTextParser("agg").parse(f"${tex}$", dpi, font).image)
