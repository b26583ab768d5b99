"""The list of runs, and the chosen run's optimizer with a knob for each of its hyperparameters."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import look
from app.experiment import MOST_RUNS, Run
from app.panels.fields import Knob, quiet_wheel
from app.session import Session
from app.theme import Theme
from optimizers import OPTIMIZERS


class RunList(QWidget):
    """Every run with its mark; the check box shows or hides it. ``chosen`` follows the selection."""

    chosen = pyqtSignal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.list = QListWidget()
        self.list.setAccessibleName("Runs")
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setMinimumHeight(92)
        self.list.setMaximumHeight(170)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._checked)
        self.list.currentRowChanged.connect(lambda _: self.chosen.emit())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        buttons = QHBoxLayout()
        self.buttons: dict[str, QPushButton] = {}
        for name, what, tip in (("Add", self.add, "Add a run with another optimizer"),
                                ("Duplicate", self.duplicate, "Add a run like the chosen one"),
                                ("Remove", self.remove, "Remove the chosen run"),
                                ("Color…", self.pick_color, "Choose the color of the chosen run")):
            button = self.buttons[name] = QPushButton(name, toolTip=tip)
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
        """Show the runs as they are, and which of them have diverged."""
        experiment, race = self.session.experiment, self.session.race
        styles = self.theme.styles(experiment.runs)
        row = max(self.row, 0)
        self.list.blockSignals(True)
        while self.list.count() > len(experiment.runs):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(experiment.runs):
            self.list.addItem(QListWidgetItem())
        for i, (run, style, label) in enumerate(zip(experiment.runs, styles, experiment.labels, strict=True)):
            item = self.list.item(i)
            assert item is not None
            gone = race.tracks[i].diverged_at
            words = f"{label} · diverged at step {gone}" if gone is not None and gone <= race.step else label
            if item.text() != words:
                item.setText(words)
                item.setToolTip(words)
            if item.data(Qt.ItemDataRole.UserRole) != (style, self.theme.name):
                item.setData(Qt.ItemDataRole.UserRole, (style, self.theme.name))
                item.setIcon(look.run_icon(style, self.theme))
            item.setCheckState(Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked)
        self.list.setCurrentRow(min(row, len(experiment.runs) - 1))
        self.list.blockSignals(False)
        for name in ("Duplicate", "Remove", "Color…"):
            self.buttons[name].setEnabled(self.row >= 0)
        for name in ("Add", "Duplicate"):
            if len(experiment.runs) >= MOST_RUNS:
                self.buttons[name].setEnabled(False)

    def _checked(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        shown = item.checkState() == Qt.CheckState.Checked
        self.session.change(lambda e: e.with_run(row, replace(e.runs[row], visible=shown)))

    def add(self) -> None:
        """Add the first optimizer that is not raced yet, with its default learning rate."""
        experiment = self.session.experiment
        if len(experiment.runs) >= MOST_RUNS:
            return
        raced = {run.optimizer for run in experiment.runs}
        fresh = next((name for name in OPTIMIZERS if name not in raced), "sgd")
        self._append(Run(fresh))

    def duplicate(self) -> None:
        if self.row >= 0 and len(self.session.experiment.runs) < MOST_RUNS:
            self._append(replace(self.session.experiment.runs[self.row], color=None, slot=None))

    def _append(self, run: Run) -> None:
        self.session.change(lambda e: e.added(run))
        self.list.setCurrentRow(self.list.count() - 1)

    def remove(self) -> None:
        row = self.row
        if row >= 0:
            self.session.change(lambda e: e.removed(row))
            self.chosen.emit()

    def pick_color(self) -> None:
        row = self.row
        if row < 0:
            return
        now = self.theme.styles(self.session.experiment.runs)[row].color
        color = QColorDialog.getColor(QColor(now), self, "Color of the run")
        if color.isValid():
            self.session.change(lambda e: e.with_run(row, replace(e.runs[row], color=color.name())))


class RunEditor(QWidget):
    """The chosen run's optimizer and, built from its declaration, a knob for every hyperparameter."""

    def __init__(self, session: Session, runs: RunList, theme: Theme) -> None:
        super().__init__()
        self.session, self.runs, self.theme = session, runs, theme
        self.optimizer = QComboBox(accessibleName="Optimizer")
        for rule in OPTIMIZERS.values():
            self.optimizer.addItem(rule.name, rule.id)
            self.optimizer.setItemData(self.optimizer.count() - 1, rule.source, Qt.ItemDataRole.ToolTipRole)
        self.optimizer.setMaxVisibleItems(20)
        quiet_wheel(self.optimizer)
        self.optimizer.activated.connect(self._choose)
        self.knobs: dict[str, Knob] = {}
        self.built = ""
        self.body = QWidget()
        self.source = QLabel(objectName="quiet", wordWrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.optimizer)
        layout.addWidget(self.body)
        layout.addWidget(self.source)
        runs.chosen.connect(self.refresh)
        self.refresh()

    @property
    def run(self) -> Run | None:
        row = self.runs.row
        return self.session.experiment.runs[row] if 0 <= row < len(self.session.experiment.runs) else None

    def refresh(self) -> None:
        """Show the chosen run; the knobs are made anew only for another optimizer."""
        run = self.run
        self.setVisible(run is not None)
        if run is None:
            return
        self.optimizer.setCurrentIndex(self.optimizer.findData(run.optimizer))
        if f"{run.optimizer} {self.runs.row}" != self.built:
            self._build(run)
        for name, knob in self.knobs.items():
            knob.show_value(run.hyperparameters[name])

    def _build(self, run: Run) -> None:
        if self.session.store.holding:  # a slider that goes away under the hand is never let go
            self.session.store.release()
        layout = self.layout()
        fresh = QWidget()
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 2, 0, 2)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        self.knobs = {}
        for i, (name, declared) in enumerate(run.rule.hyperparameters.items()):
            knob = self.knobs[name] = Knob(grid, 2 * i, declared, name, self.theme, fresh)
            quiet_wheel(knob.slider)
            knob.turned.connect(lambda value, name=name: self._turn(name, value, f"{self.runs.row} {name}"))
            knob.typed.connect(lambda value, name=name: self._turn(name, value))
            knob.seized.connect(self.session.store.hold)
            knob.let_go.connect(self.session.store.release)
        grid.setColumnStretch(1, 1)
        if layout is not None:
            layout.replaceWidget(self.body, fresh)
        self.body.deleteLater()
        self.body = fresh
        self.source.setText(run.rule.source)
        self.built = f"{run.optimizer} {self.runs.row}"

    def _turn(self, name: str, value: float, merge: str | None = None) -> None:
        row = self.runs.row
        self.session.change(lambda e: e.with_run(row, e.runs[row].turned(name, value)), merge)

    def _choose(self) -> None:
        """Race another optimizer instead; what was turned and is known to both stays, but for the learning rate."""
        run, row, chosen = self.run, self.runs.row, self.optimizer.currentData()
        if run is not None and chosen != run.optimizer:
            kept = {name: value for name, value in run.hyperparameters.items()
                    if name in OPTIMIZERS[chosen].hyperparameters and name != "lr" and value != run.rule.defaults[name]}
            self.session.change(lambda e: e.with_run(row, replace(run, optimizer=chosen, hyperparameters=kept)))
