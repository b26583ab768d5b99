"""The caption of a presentation: what is raced, how far it has come, and what each run is doing, in letters for the last row."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.gui.widgets import icons
from app.session.session import Session
from app.theming.theme import LIGHT, Style, Theme
from app.utils.i18n import tr

FONT_SCALE = 1.7  # times those of the window
MARGIN, RUN_SPACING = 16, 28  # pixels at the ends, and between two runs


class PresentationCaption(QWidget):
    """One line for the surface and the step, one for the runs; of many runs, those that there is room for."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.theme = session, LIGHT
        self.heading = ""
        self.run_entries: list[
            tuple[Style, tuple[str, ...]]
        ] = []  # how a run looks, and what is said of it: at length, and shorter
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * FONT_SCALE)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, 2 * self.fontMetrics().lineSpacing() + 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def refresh(self, theme: Theme) -> None:
        """Say what is shown now."""
        session, self.theme = self.session, theme
        parts = [
            session.experiment.surface.name,
            tr("step {step:,}", step=session.race.step),
            *([] if session.clock.running else [tr("paused")]),
        ]
        self.heading = "  ·  ".join(parts)
        self.run_entries = []
        for i, (run, style) in enumerate(
            zip(session.displayed_experiment.runs, theme.styles(session.displayed_experiment.runs), strict=True)
        ):
            if run.visible:
                status = session.run_status(i).short_text
                self.run_entries.append(
                    (style, (f"{run.short_label}: {status}", f"{run.method.name}: {status}", run.method.name))
                )
        self.setAccessibleName(". ".join([self.heading, *(texts[0] for _, texts in self.run_entries)]))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, metrics = QPainter(self), QFontMetrics(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line_height, marker_size = metrics.lineSpacing(), metrics.capHeight() * 1.3
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QPointF(MARGIN, 8 + metrics.ascent()), self.heading)
        fitting_lengths = [
            k
            for k in range(2)
            if sum(
                metrics.horizontalAdvance(words[k]) + 1.5 * marker_size + RUN_SPACING for _, words in self.run_entries
            )
            <= self.width() - 2 * MARGIN
        ]
        x = float(MARGIN)
        for style, texts in self.run_entries:
            text = texts[min(fitting_lengths, default=2)]
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
