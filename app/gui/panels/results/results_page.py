"""Page with the results table: sorting, selecting a run, and copying as text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.results import (
    COLUMNS,
    ESTIMATED_TEXT,
    NO_MINIMUM_TEXT,
    PROBLEM_TEXT,
    TOLERANCE_TEXT,
    result_columns,
    run_results,
)
from app.analysis.run_column import Column
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
        self.table = table = ResultsTable(session, theme)
        table.setWhatsThis(
            tr(
                "One row per run. Click a column heading to sort, use the arrow keys to select a run, and press "
                "Ctrl+C to copy the table."
            )
        )
        selection = table.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(self._on_selection_changed)
        table.copy_requested.connect(lambda: self.copy("tsv"))
        session.clock.playing_changed.connect(self.refresh)
        self.criterion_label = QLabel(objectName="quiet", wordWrap=True)
        self.criterion_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.copy_button = QPushButton(tr("Copy"), toolTip=tr("Copy the table as text"))
        for widget in (self.copy_button, self.table):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space and arrow keys still control playback
        self.copy_menu, self.sort_menu = QMenu(tr("Copy"), self.copy_button), QMenu(tr("Sort by"), table)
        for format_id in ("csv", "markdown", "latex"):
            form = tr(COPY_FORMATS[format_id][0])
            self.copy_menu.addAction(tr("As {form}", form=form), partial(self.copy, format_id))
        self._update_sort_menu(COLUMNS)
        self.copy_button.setMenu(self.copy_menu)
        for menu in (self.sort_menu, self.copy_menu):
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

    def _update_table(self) -> None:
        """Update the cells that have changed; the order of the rows is fixed during playback and edits."""
        results = run_results(self.session.race, measure_update_time=measure_update_time)
        columns = result_columns(results)
        same_runs = self.table.show_rows(columns, results)
        self._update_sort_menu(columns)
        if not (same_runs and (self.session.clock.running or self.session.store.interaction_active)):
            self.table.sorted_runs.sort_again()
        self.table.select_slot(self.selected_slot)

    def _update_sort_menu(self, columns: Sequence[Column]) -> None:
        names = [tr(column.name.capitalize()) for column in columns]
        if names != [action.text() for action in self.sort_menu.actions()]:
            self.sort_menu.clear()
            for k, name in enumerate(names):
                self.sort_menu.addAction(name, partial(self.table.sort_by, k))

    def refresh(self) -> None:
        """Update the table and the note, if the page is visible."""
        if not self.isVisible():
            return
        self._update_table()
        surface = self.session.race.surface
        text = ESTIMATED_TEXT if surface.minima_estimated else TOLERANCE_TEXT
        text = NO_MINIMUM_TEXT if surface.minimum_loss is None else text
        self.criterion_label.setText(tr(PROBLEM_TEXT if surface.projected_problem is not None else text))

    def height_within(self, maximum: int) -> int:
        """Return the height at which all runs are visible, or as many whole rows as fit into a maximum."""
        other_height = self.minimumSizeHint().height() - self.table.minimumSizeHint().height()
        return other_height + self.table.height_of_rows(self.table.fontMetrics(), maximum - other_height)

    # Selecting a run

    def select_run(self, index: int) -> None:
        """Select the row of a run of the experiment without emitting a signal; -1 for none."""
        runs = self.session.race.experiment.runs
        self.selected_slot = runs[index].slot if 0 <= index < len(runs) else None
        self.table.select_slot(self.selected_slot)

    def _on_selection_changed(self) -> None:
        """Emit ``run_selected`` if the user has selected another run."""
        slot = self.table.selected_slot
        if slot is not None and slot != self.selected_slot:
            self.selected_slot = slot
            self.run_selected.emit([run.slot for run in self.session.race.experiment.runs].index(slot))

    # Copying

    def table_text(self, format_id: str) -> str:
        """Return the sorted table in English, in a format of COPY_FORMATS."""
        self._update_table()
        with in_english():
            results = run_results(self.session.race, measure_update_time=measure_update_time)
            return COPY_FORMATS[format_id][1]([results[row] for row in self.table.sorted_runs.source_rows()])

    def copy(self, format_id: str) -> None:
        """Copy the table to the clipboard, in a format of COPY_FORMATS."""
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.table_text(format_id))
            self.copied.emit(tr("Results table copied as {form}.", form=tr(COPY_FORMATS[format_id][0])))
