"""Page with the results table: sorting, selecting a run, and copying as text."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.results import (
    COLUMNS,
    NO_MINIMUM_TEXT,
    STEPS_COLUMN,
    TOLERANCE_TEXT,
    RunResult,
    format_cells,
    run_results,
    sort_results,
)
from app.engine.update_timing import measure_update_time
from app.export.results_text import as_csv, as_latex, as_markdown
from app.gui.panels.results.results_table import ResultsTable
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, in_english, tr

COPY_FORMATS = {
    "csv": ("CSV", as_csv),
    "markdown": ("Markdown", as_markdown),
    "latex": ("LaTeX", as_latex),
    "tsv": (gettext_noop("tab-separated text"), lambda results: as_csv(results, "\t")),
}


class ResultsPage(QWidget):
    """Results table with a note on the convergence criterion and a copy button.

    ``run_selected(index)`` is emitted when the user selects a row, with the index of the run in the experiment;
    ``copied(message)`` after copying to the clipboard.
    """

    run_selected = pyqtSignal(int)
    copied = pyqtSignal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.setObjectName("standings")
        self.selected_slot: int | None = None  # of the selected run, whichever row it is in
        self.row_slots: list[int] = []  # slots of the runs by row
        self.surface = session.race.surface
        self.table = table = ResultsTable(theme)
        table.setWhatsThis(
            tr("Every run in a row. A click on a heading sorts; the arrow keys choose a run; Ctrl+C copies all.")
        )
        table.column_header.sortIndicatorChanged.connect(self._on_sort_changed)
        table.itemSelectionChanged.connect(self._on_selection_changed)
        table.copy_requested.connect(lambda: self.copy("tsv"))
        session.clock.playing_changed.connect(self.refresh)
        self.criterion_label = QLabel(objectName="quiet", wordWrap=True)
        self.criterion_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.copy_button = QPushButton(tr("Copy"), toolTip=tr("Copy the whole table as text"))
        for widget in (self.copy_button, self.table):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space and arrow keys still control playback
        self.copy_menu, sort_menu = QMenu(tr("Copy"), self.copy_button), QMenu(tr("Sort by"), table)
        for format_id in ("csv", "markdown", "latex"):
            self.copy_menu.addAction(tr("As {form}", form=COPY_FORMATS[format_id][0]), partial(self.copy, format_id))
        for k, column in enumerate(COLUMNS):
            sort_menu.addAction(tr(column.name.capitalize()), partial(table.sort_by, k))
        self.copy_button.setMenu(self.copy_menu)
        for menu in (sort_menu, self.copy_menu):
            table.addAction(menu.menuAction())
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        footer = QHBoxLayout()
        footer.setContentsMargins(8, 0, 8, 4)
        footer.addWidget(self.criterion_label, 1)
        footer.addWidget(self.copy_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(table, 1)
        layout.addLayout(footer)

    def showEvent(self, event: QShowEvent | None) -> None:
        """Update the table, which is not updated while hidden."""
        super().showEvent(event)
        self.refresh()

    # Displaying

    def _results(self) -> list[RunResult]:
        """Return the results in the order of the rows, which is fixed during playback and edits."""
        results = run_results(self.session.race, measure_update_time=measure_update_time)
        running = self.session.clock.running or self.session.store.interaction_active
        if running and {result.slot for result in results} == set(self.row_slots):
            return sorted(results, key=lambda result: self.row_slots.index(result.slot))
        column, descending = self.table.sort_state
        return sort_results(results, COLUMNS[column], descending)

    def _on_sort_changed(self) -> None:
        self.row_slots = []
        self.refresh()

    def refresh(self) -> None:
        """Update the cells that have changed, if the page is visible."""
        if not self.isVisible():
            return
        race, table, results = self.session.race, self.table, self._results()
        styles = self.theme.styles(race.experiment.runs)
        rows_changed = table.rowCount() != len(results) or race.surface is not self.surface
        self.surface, self.row_slots = race.surface, [result.slot for result in results]
        changed = rows_changed
        table.blockSignals(True)
        table.setRowCount(len(results))
        for row, result in enumerate(results):
            for column, text in enumerate(format_cells(result)):
                changed |= table.set_cell(row, column, text, styles[result.index] if column == 0 else None)
            steps_color = self.theme.text if result.diverged_at is None else self.theme.warning
            table.set_text_color(row, STEPS_COLUMN, steps_color)
        table.blockSignals(False)
        self._select_current_row()
        if changed:
            table.measure_columns(rows_changed)
        text = tr(NO_MINIMUM_TEXT) if race.surface.minimum_loss is None else tr(TOLERANCE_TEXT)
        if self.criterion_label.text() != text:
            self.criterion_label.setText(text)

    # Selecting a run

    def select_run(self, index: int) -> None:
        """Select the row of a run of the experiment without emitting a signal; -1 for none."""
        runs = self.session.race.experiment.runs
        self.selected_slot = runs[index].slot if 0 <= index < len(runs) else None
        self._select_current_row()

    def _select_current_row(self) -> None:
        table = self.table
        row = self.row_slots.index(self.selected_slot) if self.selected_slot in self.row_slots else -1
        if row == table.currentRow() and (row < 0 or table.selectedItems()):
            return
        table.blockSignals(True)
        table.setCurrentCell(row, max(table.currentColumn(), 0) if row >= 0 else -1)
        if row < 0:
            table.clearSelection()
        else:
            table.selectRow(row)
        table.blockSignals(False)

    def _on_selection_changed(self) -> None:
        """Emit ``run_selected``; a selection that was cleared is restored."""
        if not self.table.selectedItems():
            self._select_current_row()
        elif self.row_slots[self.table.currentRow()] != self.selected_slot:
            self.selected_slot = self.row_slots[self.table.currentRow()]
            self.run_selected.emit([run.slot for run in self.session.race.experiment.runs].index(self.selected_slot))

    # Copying

    def table_text(self, format_id: str) -> str:
        """Return the sorted table in English, in a format of COPY_FORMATS."""
        with in_english():
            return COPY_FORMATS[format_id][1](self._results())

    def copy(self, format_id: str) -> None:
        """Copy the table to the clipboard, in a format of COPY_FORMATS."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.table_text(format_id))
            self.copied.emit(tr("Copied the results table as {form}.", form=tr(COPY_FORMATS[format_id][0])))
