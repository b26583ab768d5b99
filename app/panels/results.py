"""The read-out: where every run stands, in figures that can be read from three metres."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app import look
from app.race import Race, Track
from app.session import Session
from app.theme import Theme

COLUMNS = 6
SIZE, SMALLEST, LARGEST = 15, 10, 20  # points
GAP = 7  # pixels between two lines


def figure(value: float) -> str:
    """Six significant digits, or four and an exponent, in a form that keeps its width while it changes."""
    if not math.isfinite(value):
        return "–"
    if 1e-3 <= abs(value) < 1e4 or value == 0:
        return f"{value:.5f}"
    return f"{value:.3e}" if 1e-99 < abs(value) < 1e10 else f"{value:.2e}"


def alignment(column: int) -> Qt.AlignmentFlag:
    """Names to the left, figures to the right, so that their digits stand under each other."""
    return (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def state(race: Race, track: Track) -> tuple[int, float, float, float, float]:
    """Step, x, y, loss and gradient norm of a run at the race's step, or where it last was before it diverged."""
    step = min(race.step, track.extent)
    x, y, loss = (float(part[0]) for part in track.part(step, step))
    with np.errstate(all="ignore"):
        slope = race.surface(np.array([x]), np.array([y]))[1]
        return step, x, y, loss, float(np.hypot(*slope)[0])


class Results(QTableWidget):
    """One row for each run; rewritten some ten times a second, not with every frame."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(0, COLUMNS)
        self.session, self.theme = session, theme
        self.setObjectName("results")
        self.setAccessibleName("Results")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert columns is not None
        rows.hide()
        self._scale(SIZE)
        small = QFont(self.font())
        small.setPointSize(10)
        columns.setFont(small)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        columns.setMinimumSectionSize(56)
        for column in (0, 1):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        self.setMinimumHeight(60)
        self.refresh()

    def _head(self, race: Race) -> None:
        """Name the columns; the coordinates by the surface's own names."""
        x, y = (axis.split()[0] for axis in race.surface.axes)
        for column, words in enumerate(("Run", "Step", x, y, "Loss", "Gradient norm")):
            heading = self.horizontalHeaderItem(column)
            if heading is None or heading.text() != words:
                heading = QTableWidgetItem(words)
                heading.setTextAlignment(alignment(column))
                self.setHorizontalHeaderItem(column, heading)

    def _scale(self, points: int) -> None:
        font = QFont(self.font())
        font.setPointSize(points)
        self.setFont(font)
        self._space()

    def _space(self) -> None:
        """Give the rows the height that the font of now needs: the style sheet, too, may have set it."""
        rows, height = self.verticalHeader(), QFontMetrics(self.font()).height() + GAP
        assert rows is not None
        if rows.defaultSectionSize() != height:
            rows.setDefaultSectionSize(height)
            for row in range(self.rowCount()):
                self.setRowHeight(row, height)
            self._widen()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Figures as large as the columns are wide and the rows find room."""
        view = self.viewport()
        assert view is not None
        line = QFontMetrics(self.font()).height() / self.font().pointSize()
        points = min(self.width() // 56, int((view.height() / max(self.rowCount(), 1) - GAP) / line))
        points = min(LARGEST, max(SMALLEST, points))
        if points != self.font().pointSize():
            self._scale(points)
        self._space()

    def fitting(self) -> int:
        """The height that shows every run, up to six, in the size for three metres."""
        columns, font = self.horizontalHeader(), QFont(self.font())
        assert columns is not None
        font.setPointSize(SIZE)
        line = QFontMetrics(font).height() + GAP
        return columns.sizeHint().height() + line * max(1, min(self.rowCount(), 6)) + 6

    def refresh(self) -> None:
        """Write what has changed."""
        race = self.session.race
        self._head(race)
        styles, moved = self.theme.styles(race.experiment.runs), False
        if len(race.tracks) != self.rowCount():
            self.setRowCount(len(race.tracks))
            self._fit()
        for row, (track, style, run) in enumerate(zip(race.tracks, styles, race.experiment.runs, strict=True)):
            step, x, y, loss, norm = state(race, track)
            gone = track.diverged_at is not None and track.diverged_at <= race.step
            when = f"diverged at {track.diverged_at:,}" if gone else f"{step:,}"
            for column, words in enumerate((run.rule.name, when, *map(figure, (x, y, loss, norm)))):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    item.setTextAlignment(alignment(column))
                    self.setItem(row, column, item)
                if item.text() != words:
                    moved |= column < 2 and len(item.text()) != len(words)
                    item.setText(words)
                if column == 0 and item.data(Qt.ItemDataRole.UserRole) != style:
                    item.setData(Qt.ItemDataRole.UserRole, style)
                    item.setIcon(look.run_icon(style, self.theme))
                if column == 1:
                    item.setForeground(QColor(self.theme.warning if gone else self.theme.text))
        if moved:
            self._widen()

    def _widen(self) -> None:
        """Names and steps get the room they need, the figures share the rest."""
        for column in (0, 1):
            self.resizeColumnToContents(column)
