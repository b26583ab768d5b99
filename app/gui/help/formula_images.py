"""Formulas as pictures: matplotlib sets the mathematics, Qt shows it."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from urllib.parse import quote, unquote

import numpy as np
from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QColor, QImage

URL_SCHEME = "formula"
MATH_FONT = "stix"  # a serif, as formulas have in books; matplotlib brings it


def image_tag(tex: str, display: bool = False) -> str:
    """An image in HTML of one line of mathtext; ``alone``: it stands on a line of its own, and so may be larger."""
    kind = "line" if display else "word"
    return f'<img src="{URL_SCHEME}:{kind}/{quote(tex, safe="")}" alt="{escape(tex)}" style="vertical-align: middle">'


def parse_image_url(url: QUrl) -> tuple[str, bool] | None:
    """The mathtext that an image's address asks for, and whether it stands alone; None for any other address."""
    scheme, _, path = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(":")
    kind, _, tex = path.partition("/")
    return (unquote(tex), kind == "line") if scheme == URL_SCHEME else None


@lru_cache(512)
def math_image(tex: str, font_size: float, color: str, device_pixel_ratio: float) -> QImage:
    """One line of mathtext in letters of so many pixels, sharp on a screen of this device pixel ratio."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    font = FontProperties(size=font_size, math_fontfamily=MATH_FONT)
    coverage = np.asarray(MathTextParser("agg").parse(f"${tex}$", 72 * device_pixel_ratio, font).image)
    text_color = QColor(color)
    rgba = np.empty((*coverage.shape, 4), np.uint8)  # red, green, blue, opacity
    rgba[..., :3] = text_color.red(), text_color.green(), text_color.blue()
    rgba[..., 3] = coverage
    height, width = coverage.shape
    qimage = QImage(
        rgba.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888
    ).copy()  # Qt does not own the bytes
    qimage.setDevicePixelRatio(device_pixel_ratio)
    return qimage
