"""Images of formulas, typeset by matplotlib for Qt."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from urllib.parse import quote, unquote

import numpy as np
from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QColor, QImage

URL_SCHEME = "formula"


def image_tag(tex: str, display: bool = False) -> str:
    """Return an HTML image tag for one line of mathtext; ``display``: as a displayed formula, not inline."""
    kind = "line" if display else "word"
    return f'<img src="{URL_SCHEME}:{kind}/{quote(tex, safe="")}" alt="{escape(tex)}" style="vertical-align: middle">'


def parse_image_url(url: QUrl) -> tuple[str, bool] | None:
    """Return the mathtext of an image URL and whether it is displayed; None for any other URL."""
    scheme, _, path = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(":")
    kind, _, tex = path.partition("/")
    return (unquote(tex), kind == "line") if scheme == URL_SCHEME else None


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
