"""Model of a table with one row per run, and its sorting."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, QSortFilterProxyModel, Qt
from PyQt6.QtGui import QColor, QIcon

from app.analysis.results import RunResult
from app.analysis.run_column import Column
from app.engine.race import Race
from app.gui.widgets import icons
from app.theming.theme import Style, Theme
from app.utils.i18n import tr

Role = Qt.ItemDataRole
HORIZONTAL, DESCENDING = Qt.Orientation.Horizontal, Qt.SortOrder.DescendingOrder
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
NO_PARENT = QModelIndex()


class RunTableModel(QAbstractTableModel):
    """One row per run in the order of the experiment; the first column has the run markers.

    ``Role.UserRole`` is what to sort by, None for a missing value.
    """

    def __init__(self, theme: Theme, parent: QObject | None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.columns: Sequence[Column] = ()
        self.slots: list[int | None] = []  # of the runs, by row
        self.cells: list[list[dict[int, Any]]] = []  # the data of each cell, by role
        self.text_color, self.warning_color = QColor(theme.text), QColor(theme.warning)
        self.icons: dict[Style, QIcon] = {}  # cached: QIcon cannot be compared

    def show_rows(self, columns: Sequence[Column], rows: Sequence[RunResult], race: Race) -> bool:
        """Show one row for each run of a race; return whether these are the same runs and columns as before.

        If they are, only the cells that have changed are updated.
        """
        runs, labels = race.experiment.runs, race.experiment.as_of_step(race.step).labels
        styles = self.theme.styles(runs)
        self.icons |= {style: icons.run_icon(style, self.theme) for style in styles if style not in self.icons}
        cells = [
            [self._cell(column, row, label, style if k == 0 else None) for k, column in enumerate(columns)]
            for row, label, style in zip(rows, labels, styles, strict=True)
        ]
        slots, headings = [run.slot for run in runs], [column.heading for column in columns]
        if slots != self.slots or headings != [column.heading for column in self.columns]:
            self.beginResetModel()
            self.columns, self.slots, self.cells = columns, slots, cells
            self.endResetModel()
            return False
        previous_cells, self.cells = self.cells, cells
        for i, (before, after) in enumerate(zip(previous_cells, cells, strict=True)):
            for k in range(len(columns)):
                if before[k] != after[k]:
                    index = self.createIndex(i, k)
                    self.dataChanged.emit(index, index)
        return True

    def _cell(self, column: Column, row: RunResult, label: str, style: Style | None) -> dict[int, Any]:
        diverged = column.shows_divergence and row.diverged_at is not None
        return {
            Role.DisplayRole: column.text(row),
            Role.UserRole: column.sort_key(row),
            Role.TextAlignmentRole: alignment(column, first=style is not None),
            Role.ForegroundRole: self.warning_color if diverged else self.text_color,
            Role.ToolTipRole: label if column.is_text else None,
            Role.DecorationRole: self.icons[style] if style is not None else None,
        }

    def rowCount(self, parent: QModelIndex = NO_PARENT) -> int:
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self.cells)

    def columnCount(self, parent: QModelIndex = NO_PARENT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: QModelIndex, role: int = Role.DisplayRole) -> Any:
        """Return the value of a cell for a role."""
        return self.cells[index.row()][index.column()].get(role) if index.isValid() else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Return the heading of a column, its alignment, or its tool tip."""
        if orientation != HORIZONTAL or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return tr(column.heading)
        if role == Role.ToolTipRole:
            tooltip = column.tooltip or column.name.capitalize()
            return None if tooltip.casefold() == column.heading.casefold() else tr(tooltip)
        return alignment(column, first=section == 0) if role == Role.TextAlignmentRole else None


def alignment(column: Column, first: bool) -> Qt.AlignmentFlag:
    """Return the alignment of a column: texts and run markers left, numbers right."""
    return LEFT if first or column.is_text else RIGHT


class RunSortProxy(QSortFilterProxyModel):
    """Sorts runs when ``sort`` is called and not when values change.

    In both directions missing values come last, and runs with the same value keep the order of the experiment.
    """

    def __init__(self, source: RunTableModel, parent: QObject) -> None:
        super().__init__(parent)
        self.setDynamicSortFilter(False)
        self.setSourceModel(source)

    def lessThan(self, left: QModelIndex, right: QModelIndex) -> bool:
        """Compare two cells of the source model."""
        a, b = left.data(Role.UserRole), right.data(Role.UserRole)
        ascending = self.sortOrder() != DESCENDING
        if (a is None) != (b is None):
            return (b is None) == ascending
        if a == b:
            return left.row() < right.row() if ascending else left.row() > right.row()
        return bool(a < b)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        """Return the data of a heading; the column that the rows are sorted by has an arrow in its shortest line."""
        value = super().headerData(section, orientation, role)
        if role != Role.DisplayRole or orientation != HORIZONTAL or section != self.sortColumn():
            return value
        arrow, lines = "▼" if self.sortOrder() == DESCENDING else "▲", value.split("\n")
        k = min(range(len(lines)), key=lambda line: len(lines[line]))
        left = super().headerData(section, orientation, Role.TextAlignmentRole) == LEFT
        lines[k] = (f"{lines[k]} {arrow}" if left else f"{arrow} {lines[k]}").strip()
        return "\n".join(lines)

    def sort_again(self) -> None:
        """Sort by the current values, unless they are in order: after sorting, the table paints everything."""
        column, descending = self.sortColumn(), self.sortOrder() == DESCENDING
        cells = [self.mapToSource(self.index(row, column)) for row in range(self.rowCount())]
        pairs = pairwise(reversed(cells) if descending else cells)
        if not all(self.lessThan(first, second) for first, second in pairs):
            self.sort(column, self.sortOrder())

    def source_rows(self) -> list[int]:
        """Return the index of the run in each row."""
        return [self.mapToSource(self.index(row, 0)).row() for row in range(self.rowCount())]
