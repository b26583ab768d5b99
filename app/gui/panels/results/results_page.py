"""The results table: every run in a row, to be sorted, chosen and copied."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QShowEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.analysis.results import COLUMNS, CRITERION, STEPS, UNKNOWN, Standing, cells, ordered, standings
from app.engine.update_timing import microseconds
from app.export.results_text import as_csv, as_latex, as_markdown
from app.gui.panels.results.results_table import Table
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import in_english, mark, tr

FORMS = {
    "csv": ("CSV", as_csv),
    "markdown": ("Markdown", as_markdown),
    "latex": ("LaTeX", as_latex),
    "tsv": (mark("tab-separated text"), lambda found: as_csv(found, "\t")),
}


class Standings(QWidget):
    """``chosen(index)``: a person selected the row of that run of the experiment. ``copied(words)``: what is on the clipboard."""

    chosen = pyqtSignal(int)
    copied = pyqtSignal(str)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.setObjectName("standings")
        self.slot: int | None = None  # of the chosen run, which stays with it wherever it stands
        self.order: list[int] = []  # the slots, from the first row on
        self.surface = session.race.surface
        self.table = table = Table(theme)
        table.columns.sortIndicatorChanged.connect(self._sort)
        table.itemSelectionChanged.connect(self._selected)
        table.copying.connect(lambda: self.copy("tsv"))
        session.clock.playing.connect(self.refresh)
        self.words = QLabel(objectName="quiet", wordWrap=True)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(tr("Copy"), toolTip=tr("Copy the whole table as text"))
        for widget in (self.button, self.table):
            widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space and the arrows to the race
        self.menu, sorting = QMenu(tr("Copy"), self.button), QMenu(tr("Sort by"), table)
        for kind in ("csv", "markdown", "latex"):
            self.menu.addAction(tr("As {form}", form=FORMS[kind][0]), partial(self.copy, kind))
        for k, column in enumerate(COLUMNS):
            sorting.addAction(tr(column.name.capitalize()), partial(table.sort_by, k))
        self.button.setMenu(self.menu)
        table.addActions([sorting.menuAction(), self.menu.menuAction()])
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 4)
        foot.addWidget(self.words, 1)
        foot.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(table, 1)
        layout.addLayout(foot)

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.refresh()

    # What is shown

    def _found(self) -> list[Standing]:
        """The standings in the order of the rows; while figures run, that order stands still."""
        found, running = (
            standings(self.session.race, pace=microseconds),
            self.session.clock.running or self.session.store.holding,
        )
        if running and {standing.slot for standing in found} == set(self.order):
            return sorted(found, key=lambda standing: self.order.index(standing.slot))
        column, descending = self.table.sorting
        return ordered(found, COLUMNS[column], descending)

    def _sort(self) -> None:
        self.order = []
        self.refresh()

    def refresh(self) -> None:
        """Write what has changed; nothing while nobody sees it."""
        if not self.isVisible():
            return
        race, table, found = self.session.race, self.table, self._found()
        styles = self.theme.styles(race.experiment.runs)
        afresh = table.rowCount() != len(found) or race.surface is not self.surface
        self.surface, self.order = race.surface, [standing.slot for standing in found]
        changed = afresh
        table.blockSignals(True)
        table.setRowCount(len(found))
        for row, standing in enumerate(found):
            for column, words in enumerate(cells(standing)):
                changed |= table.write(row, column, words, styles[standing.index] if column == 0 else None)
            table.tint(row, STEPS, self.theme.text if standing.diverged_at is None else self.theme.warning)
        table.blockSignals(False)
        self._mark()
        if changed:
            table.measure(afresh)
        words = tr(UNKNOWN) if race.surface.lowest is None else tr(CRITERION)
        if self.words.text() != words:
            self.words.setText(words)

    # Choosing a run

    def choose(self, index: int) -> None:
        """Select the row of a run of the experiment, without a signal; -1 for none."""
        runs = self.session.race.experiment.runs
        self.slot = runs[index].slot if 0 <= index < len(runs) else None
        self._mark()

    def _mark(self) -> None:
        """Select the row of the chosen run."""
        table = self.table
        row = self.order.index(self.slot) if self.slot in self.order else -1
        if row == table.currentRow() and (row < 0 or table.selectedItems()):
            return
        table.blockSignals(True)
        table.setCurrentCell(row, max(table.currentColumn(), 0) if row >= 0 else -1)
        if row < 0:
            table.clearSelection()
        else:
            table.selectRow(row)
        table.blockSignals(False)

    def _selected(self) -> None:
        """A person selected a row, or took the selection away, which is put back."""
        if not self.table.selectedItems():
            self._mark()
        elif self.order[self.table.currentRow()] != self.slot:
            self.slot = self.order[self.table.currentRow()]
            self.chosen.emit([run.slot for run in self.session.race.experiment.runs].index(self.slot))

    # Copying

    def table_text(self, kind: str) -> str:
        """The table as it is sorted now, in English: "csv", "markdown", "latex", or "tsv" for a spreadsheet."""
        with in_english():
            return FORMS[kind][1](self._found())

    def copy(self, kind: str) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.table_text(kind))
            self.copied.emit(tr("Copied the results table as {form}.", form=tr(FORMS[kind][0])))
