"""A page of help: text to read, select and follow links from, with formulas as pictures, in the colors of the window."""

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

from app.gui.help.formula_images import asked_for, picture

ALONE, WITHIN = 1.7, 1.3  # times the letters of the text, for a formula on a line of its own and for a symbol
SMALLEST = 0.65  # times its size that a long formula is drawn smaller, before the page scrolls sideways
MARGIN = 12  # pixels around the text
OBJECT = "\ufffc"  # stands in a text where a picture is


class Browser(QTextBrowser):
    """``show_page`` keeps the place that is read where a page changes a little, and does nothing where it does not change."""

    page, wide = "", 0  # on the class: Qt tells of colors before there is an instance's own

    def __init__(self) -> None:
        super().__init__()
        self.setOpenExternalLinks(True)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)

    def show_page(self, page: str) -> None:
        if page != self.page:
            self.page = page
            self._write()

    def _write(self) -> None:
        bar = self.verticalScrollBar()
        assert bar is not None
        place, colors, document = bar.value(), self.palette(), self.document()
        assert document is not None
        muted, line = (
            colors.color(role).name() for role in (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Mid)
        )
        document.setDocumentMargin(MARGIN)
        document.setDefaultStyleSheet(
            f"h2 {{ margin: 2px 0 6px 0; }} h3 {{ margin: 14px 0 4px 0; }} p {{ margin: 0 0 8px 0; }} .quiet {{ color: {muted}; }}"
            f"th {{ color: {muted}; text-align: left; font-weight: normal; padding: 2px 16px 2px 0; }}"
            f"td {{ padding: 2px 16px 2px 0; vertical-align: middle; }} hr {{ background-color: {line}; }}"
            ".facts { margin: 4px 0 8px 0; }"
        )
        self.wide = self._room()
        self.setHtml(self.page)
        bar.setValue(place)
        self.setAccessibleDescription(self.in_words())

    def _room(self) -> int:
        """The width of a line, whether the page scrolls or not: else it would be written anew because it was written."""
        bar = self.verticalScrollBar()
        assert bar is not None
        return self.width() - bar.sizeHint().width() - 2 * MARGIN

    def loadResource(self, kind: int, name: QUrl) -> QVariant | object:
        """A formula in the letters and the color of the page; a long one smaller, so that it fits."""
        asked = asked_for(name)
        if kind != QTextDocument.ResourceType.ImageResource.value or asked is None:
            return super().loadResource(kind, name)
        (tex, alone), color, ratio = (
            asked,
            self.palette().color(QPalette.ColorRole.Text).name(),
            self.devicePixelRatioF(),
        )
        pixels = QFontInfo(self.font()).pixelSize() * (ALONE if alone else WITHIN)
        drawn = picture(tex, pixels, color, ratio)
        share = self.wide / max(drawn.deviceIndependentSize().width(), 1)
        if alone and share < 1:
            drawn = picture(tex, max(math.floor(20 * share) / 20, SMALLEST) * pixels, color, ratio)
        return drawn

    def in_words(self, fragment: QTextDocumentFragment | None = None) -> str:
        """The page, or what is selected of it, as plain text: formulas as they are written in TeX."""
        document = self.document()
        if fragment is not None:
            document = QTextDocument()
            QTextCursor(document).insertFragment(fragment)
        assert document is not None
        formulas, block = [], document.begin()
        while block.isValid():
            each = block.begin()
            while not each.atEnd():
                piece = each.fragment()
                formulas += piece.text().count(OBJECT) * [
                    str(piece.charFormat().property(QTextFormat.Property.ImageAltText) or "")
                ]
                each += 1
            block = block.next()
        first, *others = document.toPlainText().split(OBJECT)
        return first + "".join(tex + words for tex, words in zip(formulas, others, strict=True))

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied has the formulas in it."""
        copied = QMimeData()
        copied.setText(self.in_words(self.textCursor().selection()))
        return copied

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Formulas are as wide as there is room."""
        super().resizeEvent(event)
        if self.page and self._room() != self.wide:
            self._write()

    def changeEvent(self, event: QEvent | None) -> None:
        """Other colors or other letters: all pictures are others, too."""
        super().changeEvent(event)
        if event is not None and self.page and event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self._write()
