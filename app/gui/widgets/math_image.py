"""Images of formulas, typeset by matplotlib for Qt."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PyQt6.QtGui import QColor, QImage


@lru_cache(512)
def math_image(tex: str, font_size: float, color: str, device_pixel_ratio: float) -> QImage:
    """Return an image of one line of mathtext. ``font_size`` is in device-independent pixels."""
    from app.plotting.math_text import math_coverage

    coverage = math_coverage(tex, font_size, 72 * device_pixel_ratio)
    text_color = QColor(color)
    rgba = np.empty((*coverage.shape, 4), np.uint8)  # red, green, blue, opacity
    rgba[..., :3] = text_color.red(), text_color.green(), text_color.blue()
    rgba[..., 3] = coverage
    height, width = coverage.shape
    qimage = QImage(rgba.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888)
    qimage = qimage.copy()  # the first image does not own its bytes
    qimage.setDevicePixelRatio(device_pixel_ratio)
    return qimage
