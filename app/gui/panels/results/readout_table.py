"""The read-out: where every run stands, in figures that can be read from three metres."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.engine.race import Race
from app.engine.trajectory import Track
from app.gui.widgets import icons
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.number_format import figure

COLUMNS = 6
SIZE, SMALLEST, LARGEST, HEADING = 15, 10, 20, 9  # points
LAST_RESORT = 7  # points: where the window is narrower than figures of SMALLEST need
GAP = 7  # pixels between two lines
PAD = 20  # pixels of a cell beside its text
NAMED, STUB = 0.24, 90  # of the width, and in pixels: what a long name is left before the figures are made larger
TYPICAL = (
    "000,000",
    "-00.00000",
    "-00.00000",
    "000.00000",
    "000.00000",
)  # what the columns beside the name have room for
DIGITS = str.maketrans("123456789", "000000000")


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
        self.setAccessibleName(tr("Read-out"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.race = session.race
        self.shapes = [{shape} for shape in TYPICAL]  # what has been written in this race, with 0 for every digit
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert columns is not None
        rows.hide()
        small = QFont(self.font())
        small.setPointSize(HEADING)
        columns.setFont(small)
        columns.setMinimumSectionSize(1)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumHeight(60)
        self.refresh()

    def _head(self, race: Race) -> None:
        """Name the columns; the coordinates by the surface's own names."""
        x, y = (axis.split()[0] for axis in race.surface.axes)
        self.headings = (tr("Run"), tr("Step"), x, y, tr("Loss"), tr("Gradient norm"))
        for column, words in enumerate(self.headings):
            heading = self.horizontalHeaderItem(column)
            if heading is None or heading.text() != words:
                heading = QTableWidgetItem(words)
                heading.setTextAlignment(alignment(column))
                self.setHorizontalHeaderItem(column, heading)

    def _metrics(self, points: int) -> QFontMetrics:
        font = QFont(self.font())
        font.setPointSize(points)
        return QFontMetrics(font)

    def _needed(self, points: int) -> list[int]:
        """The widths of the columns beside the name: of the widest that was written in this race, and of the heading."""
        metrics, heading = self._metrics(points), self._metrics(HEADING)
        digit = max("0123456789", key=metrics.horizontalAdvance)
        widths = [
            max(metrics.horizontalAdvance(shape.replace("0", digit)) for shape in shapes) + PAD
            for shapes in self.shapes
        ]
        headings = [heading.horizontalAdvance(words) + PAD for words in self.headings[1:]]
        return list(map(max, widths, headings))

    def _name(self, points: int) -> int:
        """The width that the longest name needs."""
        metrics, style = self._metrics(points), self.style()
        assert style is not None
        icon = style.pixelMetric(style.PixelMetric.PM_SmallIconSize) + 8
        names = {run.rule.name for run in self.session.experiment.runs}
        return max((metrics.horizontalAdvance(name) for name in names), default=0) + icon + PAD

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fits_across(self, points: int, width: int) -> bool:
        """Whether the figures fit beside the names: whole in large letters, else with a share of the width, else with a stub."""
        least = width if points > SIZE else int(NAMED * width) if points > SMALLEST else STUB
        return sum(self._needed(points)) + min(self._name(points), least) <= width

    def _points_across(self, width: int, most: int) -> int:
        return next(
            (points for points in range(most, LAST_RESORT, -1) if self._fits_across(points, width)), LAST_RESORT
        )

    def _fit(self) -> None:
        """Figures as large as the columns and the rows find room; names get what is left, and are cut where that is too little."""
        view, rows = self.viewport(), self.verticalHeader()
        assert view is not None
        assert rows is not None
        room = view.height() // max(self.rowCount(), 1) - GAP
        most = next(
            (points for points in range(LARGEST, SMALLEST, -1) if self._metrics(points).height() <= room), SMALLEST
        )
        points = self._points_across(view.width(), most)
        if points != self.font().pointSize():
            font = QFont(self.font())
            font.setPointSize(points)
            self.setFont(font)
        height = self._metrics(points).height() + GAP  # of the font of now: the style sheet, too, may have set it
        if rows.defaultSectionSize() != height:
            rows.setDefaultSectionSize(height)
            for row in range(self.rowCount()):
                self.setRowHeight(row, height)
        self._widen(points, view.width())

    def _widen(self, points: int, width: int) -> None:
        """What is left beside the longest name is shared by the columns of x, y, loss and gradient."""
        needed = self._needed(points)
        left = width - sum(needed)
        spare = max(left - self._name(points), 0)
        widths = [left - spare, needed[0], *(each + spare // 4 for each in needed[1:])]
        for column, each in enumerate(widths):
            if self.columnWidth(column) != each:
                self.setColumnWidth(column, max(each, 1))

    def fitting(self) -> int:
        """The height that shows every run in the size for three metres, or in the largest for which the window is wide enough."""
        columns = self.horizontalHeader()
        assert columns is not None
        points = self._points_across(self.width(), SIZE) if self.isVisible() else SIZE
        line = self._metrics(points).height() + GAP
        return columns.sizeHint().height() + line * max(1, self.rowCount()) + 6

    def refresh(self) -> None:
        """Write what has changed."""
        race = self.session.race
        self._head(race)
        styles, labels = self.theme.styles(race.experiment.runs), race.experiment.at(race.step).labels
        grown = len(race.tracks) != self.rowCount()
        if grown or (race is not self.race and not self.session.store.holding):
            self.shapes, grown = [{shape} for shape in TYPICAL], True
        self.race = race
        self.setRowCount(len(race.tracks))
        for row, (track, style, run) in enumerate(zip(race.tracks, styles, race.experiment.runs, strict=True)):
            gone = track.diverged_at is not None and track.diverged_at <= race.step
            step, *figures = state(race, track)
            words = tr("diverged at {diverged_at:,}", diverged_at=track.diverged_at) if gone else f"{step:,}"
            grown |= self._write(row, 0, run.rule.name)
            for column, text in enumerate((words, *map(figure, figures)), 1):
                self._write(row, column, text)
                shape = text.translate(DIGITS)
                if shape not in self.shapes[column - 1]:
                    self.shapes[column - 1].add(shape)
                    grown = True
            name, when = self.item(row, 0), self.item(row, 1)
            assert name is not None
            assert when is not None
            name.setToolTip(labels[row])
            if name.data(Qt.ItemDataRole.UserRole) != style:
                name.setData(Qt.ItemDataRole.UserRole, style)
                name.setIcon(icons.run_icon(style, self.theme))
            when.setForeground(QColor(self.theme.warning if gone else self.theme.text))
        if grown:
            self._fit()

    def _write(self, row: int, column: int, words: str) -> bool:
        """Write a cell; whether there was something else in it."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(alignment(column))
            self.setItem(row, column, item)
        if item.text() == words:
            return False
        item.setText(words)
        return True
