"""Table of the current values of every run, in a font that can be read from three meters away."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontMetrics, QResizeEvent
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.gui.widgets import icons
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.number_format import format_fixed_width

COLUMN_COUNT = 6
PREFERRED_FONT_SIZE, MIN_FONT_SIZE, MAX_FONT_SIZE, HEADING_FONT_SIZE = 15, 10, 20, 9  # points
FALLBACK_FONT_SIZE = 7  # points, if the window is too narrow for MIN_FONT_SIZE
ROW_SPACING = 7  # pixels between two lines
CELL_PADDING = 20  # pixels of a cell in addition to its text
# A long name may be cut off to this width in order to keep the numbers large.
NAME_WIDTH_FRACTION = 0.24  # of the table, down to MIN_FONT_SIZE
MIN_NAME_WIDTH = 90  # pixels, at MIN_FONT_SIZE and below
SAMPLE_TEXTS = ("000,000", "-00.00000", "-00.00000", "000.00000", "000.00000")  # typical texts of the number columns
DIGITS_TO_ZERO = str.maketrans("123456789", "000000000")


def alignment(column: int) -> Qt.AlignmentFlag:
    """Return the alignment of a column: names left, numbers right."""
    return (Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter


def displayed_values(race: Race, trajectory: Trajectory) -> tuple[int, float, float, float, float]:
    """Return step, x, y, loss, and gradient norm of a run at the displayed step, or at its last step if it diverged."""
    step = min(race.step, trajectory.last_step)
    x, y, loss = (float(column[0]) for column in trajectory.values_between(step, step))
    with np.errstate(all="ignore"):
        gradient = race.surface(np.array([x]), np.array([y]))[1]
        return step, x, y, loss, float(np.hypot(*gradient)[0])


class ReadoutTable(QTableWidget):
    """One row for each run; updated about ten times per second instead of in every frame."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(0, COLUMN_COUNT)
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
        # The texts shown so far with these runs, with 0 for every digit; they determine the column widths.
        self.digit_patterns = [{pattern} for pattern in SAMPLE_TEXTS]
        row_header, column_header = self.verticalHeader(), self.horizontalHeader()
        assert row_header is not None
        assert column_header is not None
        row_header.hide()
        heading_font = QFont(self.font())
        heading_font.setPointSize(HEADING_FONT_SIZE)
        column_header.setFont(heading_font)
        column_header.setMinimumSectionSize(1)
        column_header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumHeight(60)
        self.refresh()

    def _update_headings(self, race: Race) -> None:
        """Set the column headings; coordinates have the names that the surface gives them."""
        x, y = (axis.split()[0] for axis in race.surface.axis_labels)
        self.headings = (tr("Run"), tr("Step"), x, y, tr("Loss"), tr("Gradient norm"))
        for column, text in enumerate(self.headings):
            heading = self.horizontalHeaderItem(column)
            if heading is None or heading.text() != text:
                heading = QTableWidgetItem(text)
                heading.setTextAlignment(alignment(column))
                self.setHorizontalHeaderItem(column, heading)

    def _metrics(self, font_size: int) -> QFontMetrics:
        font = QFont(self.font())
        font.setPointSize(font_size)
        return QFontMetrics(font)

    def _column_widths(self, font_size: int) -> list[int]:
        """Return the widths of the number columns, for the widest text shown so far and the heading."""
        metrics, heading = self._metrics(font_size), self._metrics(HEADING_FONT_SIZE)
        digit = max("0123456789", key=metrics.horizontalAdvance)
        widths = [
            max(metrics.horizontalAdvance(pattern.replace("0", digit)) for pattern in patterns) + CELL_PADDING
            for patterns in self.digit_patterns
        ]
        headings = [heading.horizontalAdvance(text) + CELL_PADDING for text in self.headings[1:]]
        return list(map(max, widths, headings))

    def _name_width(self, font_size: int) -> int:
        """Return the width of the longest name."""
        metrics, style = self._metrics(font_size), self.style()
        assert style is not None
        icon = style.pixelMetric(style.PixelMetric.PM_SmallIconSize) + 8
        names = {run.method.name for run in self.session.experiment.runs}
        return max((metrics.horizontalAdvance(name) for name in names), default=0) + icon + CELL_PADDING

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Adapt the font to the new size."""
        super().resizeEvent(event)
        self._adapt_font_size()

    def _fits_width(self, font_size: int, width: int) -> bool:
        """Return whether numbers and names fit; the smaller the font, the more the names may be cut off."""
        if font_size > PREFERRED_FONT_SIZE:
            name_limit = width
        elif font_size > MIN_FONT_SIZE:
            name_limit = int(NAME_WIDTH_FRACTION * width)
        else:
            name_limit = MIN_NAME_WIDTH
        return sum(self._column_widths(font_size)) + min(self._name_width(font_size), name_limit) <= width

    def _largest_fitting_size(self, width: int, max_font_size: int) -> int:
        sizes = range(max_font_size, FALLBACK_FONT_SIZE, -1)
        return next((size for size in sizes if self._fits_width(size, width)), FALLBACK_FONT_SIZE)

    def _adapt_font_size(self) -> None:
        """Use the largest font that fits the width and the height; names get the remaining width and may be cut off."""
        view, row_header = self.viewport(), self.verticalHeader()
        assert view is not None
        assert row_header is not None
        available_height = view.height() // max(self.rowCount(), 1) - ROW_SPACING
        sizes = range(MAX_FONT_SIZE, MIN_FONT_SIZE, -1)
        fitting_sizes = (size for size in sizes if self._metrics(size).height() <= available_height)
        max_font_size = next(fitting_sizes, MIN_FONT_SIZE)
        font_size = self._largest_fitting_size(view.width(), max_font_size)
        if font_size != self.font().pointSize():
            font = QFont(self.font())
            font.setPointSize(font_size)
            self.setFont(font)
        height = self._metrics(font_size).height() + ROW_SPACING
        if row_header.defaultSectionSize() != height:
            row_header.setDefaultSectionSize(height)
            for row in range(self.rowCount()):
                self.setRowHeight(row, height)
        self._set_column_widths(font_size, view.width())

    def _set_column_widths(self, font_size: int, width: int) -> None:
        """Set the column widths; the columns of x, y, loss, and gradient norm share what the longest name leaves."""
        min_widths = self._column_widths(font_size)
        remaining = width - sum(min_widths)
        spare = max(remaining - self._name_width(font_size), 0)
        widths = [remaining - spare, min_widths[0], *(min_width + spare // 4 for min_width in min_widths[1:])]
        for column, column_width in enumerate(widths):
            if self.columnWidth(column) != column_width:
                self.setColumnWidth(column, max(column_width, 1))

    def preferred_height(self) -> int:
        """Return the height that shows every run in the preferred font size, or in the largest that fits the width."""
        column_header = self.horizontalHeader()
        assert column_header is not None
        font_size = (
            self._largest_fitting_size(self.width(), PREFERRED_FONT_SIZE) if self.isVisible() else PREFERRED_FONT_SIZE
        )
        line_height = self._metrics(font_size).height() + ROW_SPACING
        return column_header.sizeHint().height() + line_height * max(1, self.rowCount()) + 6

    def refresh(self) -> None:
        """Update the cells that have changed."""
        race = self.session.race
        self._update_headings(race)
        styles, labels = self.theme.styles(race.experiment.runs), race.experiment.as_of_step(race.step).labels
        changed = len(race.trajectories) != self.rowCount()
        if changed or (race is not self.race and not self.session.store.interaction_active):
            self.digit_patterns, changed = [{pattern} for pattern in SAMPLE_TEXTS], True
        self.race = race
        self.setRowCount(len(race.trajectories))
        for row, (trajectory, style, run) in enumerate(
            zip(race.trajectories, styles, race.experiment.runs, strict=True)
        ):
            diverged = trajectory.diverged_at is not None and trajectory.diverged_at <= race.step
            step, *values = displayed_values(race, trajectory)
            step_text = (
                tr("diverged at {diverged_at:,}", diverged_at=trajectory.diverged_at) if diverged else f"{step:,}"
            )
            changed |= self._set_cell(row, 0, run.method.name)
            for column, text in enumerate((step_text, *map(format_fixed_width, values)), 1):
                self._set_cell(row, column, text)
                pattern = text.translate(DIGITS_TO_ZERO)
                if pattern not in self.digit_patterns[column - 1]:
                    self.digit_patterns[column - 1].add(pattern)
                    changed = True
            name_item, step_item = self.item(row, 0), self.item(row, 1)
            assert name_item is not None
            assert step_item is not None
            name_item.setToolTip(labels[row])
            if name_item.data(Qt.ItemDataRole.UserRole) != style:
                name_item.setData(Qt.ItemDataRole.UserRole, style)
                name_item.setIcon(icons.run_icon(style, self.theme))
            step_item.setForeground(QColor(self.theme.warning if diverged else self.theme.text))
        if changed:
            self._adapt_font_size()

    def _set_cell(self, row: int, column: int, text: str) -> bool:
        """Set the text of a cell; return whether it has changed."""
        item = self.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            item.setTextAlignment(alignment(column))
            self.setItem(row, column, item)
        if item.text() == text:
            return False
        item.setText(text)
        return True
