"""List of runs."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.engine.safe_rate import with_safe_rate
from app.gui.widgets import icons
from app.model.branch import MAX_RUNS
from app.model.problem_data import is_fast_enough
from app.model.run import Run
from app.model.run_labels import distinct_labels
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Style, Theme
from app.utils.i18n import gettext_noop, tr
from optimizers import OPTIMIZERS

VISIBLE_ROWS = 4  # of the list, whatever the number of runs, so that nothing below it moves when one is added
TEXT_MARGIN = 4  # pixels of the style at both sides of the text of a row
STATUS_SEPARATOR = " · "
MIN_LABEL_WIDTH = 60  # pixels that a long status leaves for the label of its run


class RunItemDelegate(QStyledItemDelegate):
    """Cuts off the label of a run before its status."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        """Shorten the label if the text is too wide for the row."""
        super().initStyleOption(option, index)
        if option is None or option.widget is None or (style := option.widget.style()) is None:
            return
        label, _, status = (option.text or "").rpartition(STATUS_SEPARATOR)
        rect = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget)
        metrics, width = option.fontMetrics, rect.width() - 2 * TEXT_MARGIN
        label_width = width - metrics.horizontalAdvance(STATUS_SEPARATOR + status)
        if label and metrics.horizontalAdvance(option.text) > width and label_width >= MIN_LABEL_WIDTH:
            label = metrics.elidedText(label, Qt.TextElideMode.ElideRight, label_width)
            option.text = label + STATUS_SEPARATOR + status


class RunList(QWidget):
    """List of all runs with their markers; check boxes show or hide them."""

    selection_changed = pyqtSignal()

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session, self.settings, self.theme = session, settings, theme
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Runs"))
        self.list.setWhatsThis(
            tr(
                "The runs in this experiment, with their plot markers and current status. Select a run to edit "
                "it below. Use the check box to show or hide its path."
            )
        )
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setItemDelegate(RunItemDelegate(self.list))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.currentRowChanged.connect(lambda _: self.selection_changed.emit())
        self.buttons: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)
        layout.addLayout(self._create_buttons())
        self.refresh()
        self.list.setCurrentRow(0)

    def _create_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for name, handler, tooltip in (
            (gettext_noop("Add"), self.add, gettext_noop("Add a run")),
            (gettext_noop("Duplicate"), self.duplicate, gettext_noop("Duplicate the selected run")),
            (gettext_noop("Remove"), self.remove, gettext_noop("Remove the selected run")),
            (gettext_noop("Color…"), self.pick_color, gettext_noop("Change the color of the selected run")),
        ):
            button = self.buttons[name] = QPushButton(tr(name), toolTip=tr(tooltip))
            button.clicked.connect(handler)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setMinimumWidth(30)
            row.addWidget(button)
        return row

    @property
    def selected_row(self) -> int:
        """The row of the selected run, or -1."""
        return self.list.currentRow()

    def refresh(self) -> None:
        """Show the runs and their status at the displayed step."""
        experiment = self.session.displayed_experiment
        styles = self.theme.styles(experiment.runs)
        previous_row, row = self.selected_row, max(self.selected_row, 0)
        self.list.blockSignals(True)
        while self.list.count() > len(experiment.runs):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(experiment.runs):
            self.list.addItem(QListWidgetItem())
        labels = distinct_labels(experiment.runs)
        for i, (run, label, style) in enumerate(zip(experiment.runs, labels, styles, strict=True)):
            self._update_item(i, run, label, style)
        self.list.setCurrentRow(min(row, len(experiment.runs) - 1))
        self.list.blockSignals(False)
        if experiment.runs:  # without any, there is no row to measure
            self.list.setFixedHeight(self.list.sizeHintForRow(0) * VISIBLE_ROWS + 2 * self.list.frameWidth())
        for name in ("Duplicate", "Remove", "Color…"):
            self.buttons[name].setEnabled(self.selected_row >= 0)
        for name in ("Add", "Duplicate"):
            self.buttons[name].setEnabled(len(experiment.runs) < MAX_RUNS and (name == "Add" or self.selected_row >= 0))
        if self.selected_row != previous_row:  # the selected run was removed
            self.selection_changed.emit()

    def _update_item(self, row: int, run: Run, label: str, style: Style) -> None:
        item = self.list.item(row)
        assert item is not None
        text = label
        if self.session.race.step:
            text += STATUS_SEPARATOR + self.session.run_status(row).short_text
        if item.text() != text:
            item.setText(text)
            item.setToolTip(text)
        if item.data(Qt.ItemDataRole.UserRole) != (style, self.theme.name):
            item.setData(Qt.ItemDataRole.UserRole, (style, self.theme.name))
            item.setIcon(icons.run_icon(style, self.theme))
        item.setCheckState(Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked)

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        visible = item.checkState() == Qt.CheckState.Checked
        self.session.change(lambda e: e.with_run(row, replace(e.runs[row], visible=visible)))

    def add(self) -> None:
        """Add a run with the first optimizer that is not in use, preferably a favorite, with a safe learning rate.

        Optimizers whose steps take too long on the problem of the experiment are skipped.
        """
        experiment = self.session.experiment
        if len(experiment.runs) >= MAX_RUNS:
            return
        used = {run.optimizer for run in experiment.runs}
        count = 0 if experiment.problem is None else experiment.problem.parameter_count
        possible = [name for name, method in OPTIMIZERS.items() if is_fast_enough(method, count)]
        favorites = [name for name in self.settings.favorites("optimizer") if name in possible]
        optimizer_id = next((name for name in (*favorites, *possible) if name not in used), "sgd")
        self._append(with_safe_rate(Run(optimizer_id), experiment), gettext_noop("Add Run"))

    def duplicate(self) -> None:
        """Add a copy of the selected run."""
        if self.selected_row >= 0 and len(self.session.experiment.runs) < MAX_RUNS:
            run = self.session.displayed_experiment.runs[self.selected_row]
            self._append(replace(run, color=None, slot=None), gettext_noop("Duplicate Run"))

    def _append(self, run: Run, edit_name: str) -> None:
        self.session.change(lambda e: e.with_added_run(run), name=edit_name)
        self.list.setCurrentRow(self.list.count() - 1)

    def remove(self) -> None:
        """Remove the selected run."""
        row = self.selected_row
        if row >= 0:
            self.session.change(lambda e: e.without_run(row))
            self.selection_changed.emit()

    def move_selection(self, offset: int) -> None:
        """Move the selection down by some rows, continuing at the first row after the last."""
        if self.list.count():
            self.list.setCurrentRow((self.selected_row + offset) % self.list.count())

    def toggle_visibility(self) -> None:
        """Hide the selected run, or show it again."""
        item = self.list.currentItem()
        if item is not None:
            visible = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if visible else Qt.CheckState.Checked)

    def pick_color(self) -> None:
        """Open a color dialog for the selected run."""
        row = self.selected_row
        if row < 0:
            return
        current_color = self.theme.styles(self.session.experiment.runs)[row].color
        dialog = QColorDialog(QColor(current_color), self)
        dialog.setWindowTitle(tr("Run color"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda color: self.session.change(lambda e: e.with_run(row, replace(e.runs[row], color=color.name())))
        )
        dialog.open()
