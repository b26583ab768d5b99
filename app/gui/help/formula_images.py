"""Formulas in help pages: HTML tags of their images."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, unquote

from PyQt6.QtCore import QUrl

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
