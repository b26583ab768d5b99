"""A text browser for help pages with formulas, in the colors of the window."""

from __future__ import annotations

import math

from PyQt6.QtCore import QEvent, QMimeData, QUrl, QVariant
from PyQt6.QtGui import (
    QFontInfo,
    QPalette,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextFormat,
)
from PyQt6.QtWidgets import QTextBrowser

from app.gui.help.formula_images import parse_image_url
from app.gui.widgets.math_image import math_image

DISPLAY_SCALE, INLINE_SCALE = 1.7, 1.3  # font sizes of displayed and inline formulas, relative to the text
MIN_SCALE = 0.65  # scale of a formula that is too long for the line; below it the page scrolls horizontally
MARGIN = 12  # pixels around the text
OBJECT_REPLACEMENT = "\ufffc"  # the character that stands for an image in plain text


class HelpBrowser(QTextBrowser):
    """Shows HTML pages; links open in the web browser, and copied text contains the formulas in TeX."""

    page_html, line_width = "", 0  # class attributes, because changeEvent is called by the constructor of Qt

    def __init__(self) -> None:
        super().__init__()
        self.setOpenExternalLinks(True)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)

    def show_page(self, page_html: str) -> None:
        """Show a page, keeping the scroll position; do nothing if it is shown already."""
        if page_html != self.page_html:
            self.page_html = page_html
            self._render_page()

    def _render_page(self) -> None:
        bar = self.verticalScrollBar()
        assert bar is not None
        scroll_position, palette, document = bar.value(), self.palette(), self.document()
        assert document is not None
        muted_color, rule_color = (
            palette.color(role).name() for role in (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Mid)
        )
        document.setDocumentMargin(MARGIN)
        document.setDefaultStyleSheet(
            "h2 { margin: 2px 0 6px 0; } h3 { margin: 14px 0 4px 0; } p { margin: 0 0 8px 0; }"
            f".quiet {{ color: {muted_color}; }}"
            f"th {{ color: {muted_color}; text-align: left; font-weight: normal; padding: 2px 16px 2px 0; }}"
            f"td {{ padding: 2px 16px 2px 0; vertical-align: middle; }} hr {{ background-color: {rule_color}; }}"
            ".facts { margin: 4px 0 8px 0; }"
        )
        self.line_width = self._available_width()
        self.setHtml(self.page_html)
        bar.setValue(scroll_position)
        self.setAccessibleDescription(self.to_plain_text())

    def _available_width(self) -> int:
        """Return the width of a line with a vertical scroll bar, whether or not it is visible.

        Otherwise, rendering a page could change the width and cause another rendering.
        """
        bar = self.verticalScrollBar()
        assert bar is not None
        return self.width() - bar.sizeHint().width() - 2 * MARGIN

    def loadResource(self, kind: int, name: QUrl) -> QVariant | object:
        """Return the image of a formula in the color of the text, smaller if it is too long for the line."""
        request = parse_image_url(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or request is None:
            resource: QVariant | object = super().loadResource(kind, name)
            return resource
        (tex, display), color, device_pixel_ratio = (
            request,
            self.palette().color(QPalette.ColorRole.Text).name(),
            self.devicePixelRatioF(),
        )
        font_size = QFontInfo(self.font()).pixelSize() * (DISPLAY_SCALE if display else INLINE_SCALE)
        image = math_image(tex, font_size, color, device_pixel_ratio)
        scale = self.line_width / max(image.deviceIndependentSize().width(), 1)
        if display and scale < 1:
            image = math_image(tex, max(math.floor(20 * scale) / 20, MIN_SCALE) * font_size, color, device_pixel_ratio)
        return image

    def to_plain_text(self, fragment: QTextDocumentFragment | None = None) -> str:
        """Return the page, or a fragment of it, as plain text with formulas in TeX."""
        document = self.document()
        if fragment is not None:
            document = QTextDocument()
            QTextCursor(document).insertFragment(fragment)
        assert document is not None
        formulas, block = [], document.begin()
        while block.isValid():
            iterator = block.begin()
            while not iterator.atEnd():
                text_fragment = iterator.fragment()
                formulas += text_fragment.text().count(OBJECT_REPLACEMENT) * [
                    str(text_fragment.charFormat().property(QTextFormat.Property.ImageAltText) or "")
                ]
                iterator += 1
            block = block.next()
        first, *others = document.toPlainText().split(OBJECT_REPLACEMENT)
        return first + "".join(tex + text for tex, text in zip(formulas, others, strict=True))

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selected text with its formulas, for the clipboard."""
        mime_data = QMimeData()
        mime_data.setText(self.to_plain_text(self.textCursor().selection()))
        return mime_data

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Fit the formulas to the new width."""
        super().resizeEvent(event)
        if self.page_html and self._available_width() != self.line_width:
            self._render_page()

    def changeEvent(self, event: QEvent | None) -> None:
        """Render the formulas again in other colors or another font."""
        super().changeEvent(event)
        if event is not None and self.page_html and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._render_page()
