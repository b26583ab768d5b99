"""The list of runs."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.gui.widgets import icons
from app.model.experiment import MOST_RUNS, Run
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import mark, tr
from optimizers import OPTIMIZERS


class RunList(QWidget):
    """Every run with its mark; the check box shows or hides it. ``chosen`` follows the selection."""

    chosen = pyqtSignal()

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session, self.settings, self.theme = session, settings, theme
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Runs"))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._checked)
        self.list.currentRowChanged.connect(lambda _: self.chosen.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        buttons = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for name, what, tip in (
            (mark("Add"), self.add, mark("Add a run with another optimizer")),
            (mark("Duplicate"), self.duplicate, mark("Add a run like the chosen one")),
            (mark("Remove"), self.remove, mark("Remove the chosen run")),
            (mark("Color…"), self.pick_color, mark("Choose the color of the chosen run")),
        ):
            button = self.buttons[name] = QPushButton(tr(name), toolTip=tr(tip))
            button.clicked.connect(what)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMinimumWidth(30)
            buttons.addWidget(button)
        buttons.setSpacing(4)
        layout.addLayout(buttons)
        self.refresh()
        self.list.setCurrentRow(0)

    @property
    def row(self) -> int:
        """The chosen run's place in the list, -1 for none."""
        return self.list.currentRow()

    def refresh(self) -> None:
        """Show the runs as they are at the step that is shown, and what each is doing."""
        experiment, race = self.session.seen, self.session.race
        styles = self.theme.styles(experiment.runs)
        before, row = self.row, max(self.row, 0)
        self.list.blockSignals(True)
        while self.list.count() > len(experiment.runs):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(experiment.runs):
            self.list.addItem(QListWidgetItem())
        for i, (run, style) in enumerate(zip(experiment.runs, styles, strict=True)):
            item = self.list.item(i)
            assert item is not None
            words = f"{run.heading} · {self.session.verdict(i).short}" if race.step else run.heading
            if item.text() != words:
                item.setText(words)
                item.setToolTip(words)
            if item.data(Qt.ItemDataRole.UserRole) != (style, self.theme.name):
                item.setData(Qt.ItemDataRole.UserRole, (style, self.theme.name))
                item.setIcon(icons.run_icon(style, self.theme))
            item.setCheckState(Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(min(row, len(experiment.runs) - 1))
        self.list.blockSignals(False)
        self.list.setFixedHeight(self.list.sizeHintForRow(0) * min(max(len(experiment.runs), 2), 6) + 4)
        for name in ("Duplicate", "Remove", "Color…"):
            self.buttons[name].setEnabled(self.row >= 0)
        for name in ("Add", "Duplicate"):
            self.buttons[name].setEnabled(len(experiment.runs) < MOST_RUNS and (name == "Add" or self.row >= 0))
        if self.row != before:  # the run that was chosen is gone
            self.chosen.emit()

    def _checked(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        shown = item.checkState() == Qt.CheckState.Checked
        self.session.change(lambda e: e.with_run(row, replace(e.runs[row], visible=shown)))

    def add(self) -> None:
        """Add the first optimizer that is not raced yet, a favourite if there is one, with its default learning rate."""
        experiment = self.session.experiment
        if len(experiment.runs) >= MOST_RUNS:
            return
        raced = {run.optimizer for run in experiment.runs}
        wanted = [name for name in self.settings.favourites("optimizer") if name in OPTIMIZERS]
        fresh = next((name for name in (*wanted, *OPTIMIZERS) if name not in raced), "sgd")
        self._append(Run(fresh))

    def duplicate(self) -> None:
        if self.row >= 0 and len(self.session.experiment.runs) < MOST_RUNS:
            self._append(replace(self.session.seen.runs[self.row], color=None, slot=None))

    def _append(self, run: Run) -> None:
        self.session.change(lambda e: e.added(run))
        self.list.setCurrentRow(self.list.count() - 1)

    def remove(self) -> None:
        row = self.row
        if row >= 0:
            self.session.change(lambda e: e.removed(row))
            self.chosen.emit()

    def choose(self, steps: int) -> None:
        """Another run is the chosen one, so many rows below; after the last comes the first."""
        if self.list.count():
            self.list.setCurrentRow((self.row + steps) % self.list.count())

    def toggle(self) -> None:
        """Hide the chosen run, or show it again."""
        item = self.list.currentItem()
        if item is not None:
            shown = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if shown else Qt.CheckState.Checked)

    def pick_color(self) -> None:
        row = self.row
        if row < 0:
            return
        now = self.theme.styles(self.session.experiment.runs)[row].color
        dialog = QColorDialog(QColor(now), self)
        dialog.setWindowTitle(tr("Color of the run"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda color: self.session.change(lambda e: e.with_run(row, replace(e.runs[row], color=color.name())))
        )
        dialog.open()
