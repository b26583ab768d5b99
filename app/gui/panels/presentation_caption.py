"""Caption of the presentation mode: surface, step, and the status of each run, in a large font."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.gui.widgets import icons
from app.session.session import Session
from app.theming.theme import LIGHT, Style, Theme
from app.utils.i18n import tr

FONT_SCALE = 1.7  # relative to the window font
MARGIN = 16  # pixels at both ends
RUN_SPACING = 28  # pixels between two runs


class PresentationCaption(QWidget):
    """One line for the surface and the step, and one for as many runs as fit."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.theme = session, LIGHT
        self.heading = ""
        self.run_entries: list[tuple[Style, tuple[str, ...]]] = []  # style, and texts from long to short
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * FONT_SCALE)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of two lines."""
        return QSize(400, 2 * self.fontMetrics().lineSpacing() + 16)

    def minimumSizeHint(self) -> QSize:
        """Return the height of two lines; runs that do not fit are left out."""
        return QSize(100, self.sizeHint().height())

    def refresh(self, theme: Theme) -> None:
        """Update the texts for the displayed step."""
        session, self.theme = self.session, theme
        texts = [
            tr(session.experiment.surface.name),
            tr("step {step:,}", step=session.race.step),
            *([] if session.clock.running else [tr("paused")]),
        ]
        self.heading = "  ·  ".join(texts)
        self.run_entries = []
        runs = session.displayed_experiment.runs
        for i, (run, style) in enumerate(zip(runs, theme.styles(runs), strict=True)):
            if run.visible:
                status = session.run_status(i).short_text
                self.run_entries.append(
                    (style, (f"{run.short_label}: {status}", f"{run.method.name}: {status}", run.method.name))
                )
        self.setAccessibleName(". ".join([self.heading, *(texts[0] for _, texts in self.run_entries)]))
        self.update()

    def _text_length(self, metrics: QFontMetrics, marker_size: float) -> int:
        """Return the index of the longest texts with which all runs fit; the shortest if none do."""
        for k in range(2):
            widths = (metrics.horizontalAdvance(texts[k]) for _, texts in self.run_entries)
            if sum(width + 1.5 * marker_size + RUN_SPACING for width in widths) <= self.width() - 2 * MARGIN:
                return k
        return 2

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint both lines."""
        painter, metrics = QPainter(self), QFontMetrics(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line_height, marker_size = metrics.lineSpacing(), metrics.capHeight() * 1.3
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QPointF(MARGIN, 8 + metrics.ascent()), self.heading)
        text_length = self._text_length(metrics, marker_size)
        x = float(MARGIN)
        for style, texts in self.run_entries:
            text = texts[text_length]
            available_width = self.width() - MARGIN - x - 1.5 * marker_size
            if available_width < 4 * marker_size:
                break
            painter.save()
            painter.translate(x + marker_size / 2, 8 + 1.5 * line_height)
            painter.setPen(QPen(QColor(self.theme.outline_color), 1))
            painter.setBrush(QColor(style.color))
            painter.drawPath(icons.marker_path(style.marker, marker_size))
            painter.restore()
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(available_width))
            painter.drawText(
                QRectF(x + 1.5 * marker_size, 8 + line_height, available_width, line_height),
                Qt.AlignmentFlag.AlignVCenter,
                text,
            )
            x += 1.5 * marker_size + metrics.horizontalAdvance(text) + RUN_SPACING
        painter.end()
