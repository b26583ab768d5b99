"""Formulas as pictures: matplotlib sets the mathematics, Qt shows it."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from urllib.parse import quote, unquote

import numpy as np
from PyQt6.QtCore import QUrl
from PyQt6.QtGui import QColor, QImage

SCHEME = "formula"
LETTERS = "stix"  # a serif, as formulas have in books; matplotlib brings it


def image(tex: str, alone: bool = False) -> str:
    """An image in HTML of one line of mathtext; ``alone``: it stands on a line of its own, and so may be larger."""
    kind = "line" if alone else "word"
    return f'<img src="{SCHEME}:{kind}/{quote(tex, safe="")}" alt="{escape(tex)}" style="vertical-align: middle">'


def asked_for(url: QUrl) -> tuple[str, bool] | None:
    """The mathtext that an image's address asks for, and whether it stands alone; None for any other address."""
    scheme, _, rest = url.toString(QUrl.ComponentFormattingOption.FullyEncoded).partition(":")
    kind, _, tex = rest.partition("/")
    return (unquote(tex), kind == "line") if scheme == SCHEME else None


@lru_cache(512)
def picture(tex: str, pixels: float, color: str, ratio: float) -> QImage:
    """One line of mathtext in letters of so many pixels, sharp on a screen of this device pixel ratio."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import MathTextParser

    letters = FontProperties(size=pixels, math_fontfamily=LETTERS)
    ink = np.asarray(MathTextParser("agg").parse(f"${tex}$", 72 * ratio, letters).image)
    shade = QColor(color)
    layers = np.empty((*ink.shape, 4), np.uint8)  # red, green, blue, opacity
    layers[..., :3] = shade.red(), shade.green(), shade.blue()
    layers[..., 3] = ink
    height, width = ink.shape
    drawn = QImage(
        layers.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888
    ).copy()  # Qt does not own the bytes
    drawn.setDevicePixelRatio(ratio)
    return drawn
