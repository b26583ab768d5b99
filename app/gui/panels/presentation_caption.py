"""The caption of a presentation: what is raced, how far it has come, and what each run is doing, in letters for the last row."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QWidget

from app.gui.widgets import icons
from app.session.session import Session
from app.theming.theme import LIGHT, Style, Theme
from app.utils.i18n import tr

LETTERS = 1.7  # times those of the window
EDGE, GAP = 16, 28  # pixels at the ends, and between two runs


class Caption(QWidget):
    """One line for the surface and the step, one for the runs; of many runs, those that there is room for."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session, self.theme = session, LIGHT
        self.heading = ""
        self.runs: list[
            tuple[Style, tuple[str, ...]]
        ] = []  # how a run looks, and what is said of it: at length, and shorter
        letters = self.font()
        letters.setPointSizeF(letters.pointSizeF() * LETTERS)
        self.setFont(letters)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, 2 * self.fontMetrics().lineSpacing() + 16)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def refresh(self, theme: Theme) -> None:
        """Say what is shown now."""
        session, self.theme = self.session, theme
        parts = [
            session.experiment.land.name,
            tr("step {step:,}", step=session.race.step),
            *([] if session.clock.running else [tr("paused")]),
        ]
        self.heading = "  ·  ".join(parts)
        self.runs = []
        for i, (run, style) in enumerate(zip(session.seen.runs, theme.styles(session.seen.runs), strict=True)):
            if run.visible:
                verdict = session.verdict(i).short
                self.runs.append((style, (f"{run.heading}: {verdict}", f"{run.rule.name}: {verdict}", run.rule.name)))
        self.setAccessibleName(". ".join([self.heading, *(words[0] for _, words in self.runs)]))
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        painter, metrics = QPainter(self), QFontMetrics(self.font())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, mark = metrics.lineSpacing(), metrics.capHeight() * 1.3
        painter.setPen(QColor(self.theme.text))
        painter.drawText(QPointF(EDGE, 8 + metrics.ascent()), self.heading)
        fitting = [
            k
            for k in range(2)
            if sum(metrics.horizontalAdvance(words[k]) + 1.5 * mark + GAP for _, words in self.runs)
            <= self.width() - 2 * EDGE
        ]
        x = float(EDGE)
        for style, said in self.runs:
            words = said[min(fitting, default=2)]
            room = self.width() - EDGE - x - 1.5 * mark
            if room < 4 * mark:
                break
            painter.save()
            painter.translate(x + mark / 2, 8 + 1.5 * line)
            painter.setPen(QPen(QColor(self.theme.halo), 1))
            painter.setBrush(QColor(style.color))
            painter.drawPath(icons.mark_path(style.marker, mark))
            painter.restore()
            words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room))
            painter.drawText(QRectF(x + 1.5 * mark, 8 + line, room, line), Qt.AlignmentFlag.AlignVCenter, words)
            x += 1.5 * mark + metrics.horizontalAdvance(words) + GAP
        painter.end()
