"""Caption of the presentation mode: surface, step, and the status of the runs, in a large font."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.gui.widgets import icons
from app.model.run_labels import distinct_labels
from app.session.session import Session
from app.theming.theme import LIGHT, Style, Theme
from app.utils.i18n import tr

FONT_SCALE, SENTENCE_FONT_SCALE = 1.7, 1.3  # relative to the window font
SENTENCE_LINES = 2
MARGIN = 16  # pixels at both ends
RUN_SPACING = 28  # pixels between two runs
TEXT_LENGTHS = 4  # texts of a run, from long to short


class PresentationCaption(QWidget):
    """One line for the surface and the step, one for the runs, and two for the status of the selected run.

    ``selected_run()`` returns its index. Where space is short, runs of the same optimizer keep their hyperparameters
    and other runs their status. Runs that do not fit are counted.
    """

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.theme = session, LIGHT
        self.selected_run: Callable[[], int | None] = lambda: None
        self.heading, self.sentence = "", ""
        self.run_entries: list[tuple[Style, tuple[str, ...]]] = []  # style, and ``TEXT_LENGTHS`` texts
        font, self.sentence_font = self.font(), self.font()
        self.sentence_font.setPointSizeF(font.pointSizeF() * SENTENCE_FONT_SCALE)
        font.setPointSizeF(font.pointSizeF() * FONT_SCALE)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the size of all lines."""
        sentence_height = SENTENCE_LINES * QFontMetrics(self.sentence_font).lineSpacing()
        return QSize(400, 2 * self.fontMetrics().lineSpacing() + sentence_height + 16)

    def minimumSizeHint(self) -> QSize:
        """Return the height of all lines; runs that do not fit are counted."""
        return QSize(100, self.sizeHint().height())

    def refresh(self, theme: Theme) -> None:
        """Update the texts for the displayed step."""
        session, self.theme = self.session, theme
        texts = [
            tr(session.experiment.surface.name),
            tr("step {step:,}", step=session.race.step),
            tr("playing") if session.clock.running else tr("paused"),
        ]
        self.heading = "  ·  ".join(texts)
        self.run_entries = []
        runs = session.displayed_experiment.runs
        labels = distinct_labels(runs)
        for i, (run, style) in enumerate(zip(runs, theme.styles(runs), strict=True)):
            if run.visible:
                label, name, status = labels[i], run.method.name, session.run_status(i).short_text
                repeated = sum(other.optimizer == run.optimizer for other in runs if other.visible) > 1
                shorter_texts = (label, label) if repeated else (f"{name}: {status}", name)
                self.run_entries.append((style, (f"{label}: {status}", *shorter_texts, name)))
        index = self.selected_run()
        self.sentence = ""
        if index is not None and 0 <= index < len(runs):
            self.sentence = f"{runs[index].method.name}: {session.run_status(index).sentence}."
        self.setAccessibleName(". ".join([self.heading, *(texts[0] for _, texts in self.run_entries), self.sentence]))
        self.update()

    def _fitting_runs(self, metrics: QFontMetrics, marker_size: float) -> tuple[int, int]:
        """Return the index of the longest texts with which all runs fit, and how many runs are shown.

        If not even the shortest texts fit, the rest of the line says how many runs are left out.
        """
        available_width = self.width() - 2 * MARGIN
        widths: list[float] = []
        for k in range(TEXT_LENGTHS):
            widths = [
                metrics.horizontalAdvance(texts[k]) + 1.5 * marker_size + RUN_SPACING for _, texts in self.run_entries
            ]
            if sum(widths) - RUN_SPACING <= available_width:
                return k, len(widths)
        available_width -= metrics.horizontalAdvance(tr("+{count} more", count=len(widths)))
        count = sum(bool(total <= available_width) for total in accumulate(widths))
        return TEXT_LENGTHS - 1, max(count, 1)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint all lines."""
        painter, metrics = QPainter(self), QFontMetrics(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QPointF(MARGIN, 8 + metrics.ascent()), self.heading)
        self._paint_runs(painter, metrics)
        painter.setFont(self.sentence_font)
        top = 8 + 2 * metrics.lineSpacing()
        rect = QRectF(MARGIN, top, self.width() - 2 * MARGIN, self.height() - top)
        painter.drawText(rect, Qt.TextFlag.TextWordWrap, self.sentence)
        painter.end()

    def _paint_runs(self, painter: QPainter, metrics: QFontMetrics) -> None:
        line_height, marker_size = metrics.lineSpacing(), metrics.capHeight() * 1.3
        text_length, count = self._fitting_runs(metrics, marker_size)
        x, baseline = float(MARGIN), 8 + line_height + metrics.ascent()
        for style, texts in self.run_entries[:count]:
            painter.save()
            painter.translate(x + marker_size / 2, 8 + 1.5 * line_height)
            painter.setPen(QPen(QColor(self.theme.outline_color), 1))
            painter.setBrush(QColor(style.color))
            painter.drawPath(icons.marker_path(style.marker, marker_size))
            painter.restore()
            painter.drawText(QPointF(x + 1.5 * marker_size, baseline), texts[text_length])
            x += 1.5 * marker_size + metrics.horizontalAdvance(texts[text_length]) + RUN_SPACING
        if count < len(self.run_entries):
            painter.drawText(QPointF(x, baseline), tr("+{count} more", count=len(self.run_entries) - count))
