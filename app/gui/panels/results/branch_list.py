"""List of branches: runs of the past that can be compared, renamed, hidden, and made current again."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.engine.trajectory import Trajectory
from app.gui.widgets import icons
from app.model.branch import Branch
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from app.utils.number_format import format_fixed_width

LIST_PADDING = 4  # pixels above and below the rows of the list
EMPTY_TEXT = gettext_noop(
    "No branches yet. Go back to an earlier step, change a hyperparameter, and press Play: the old path is "
    "kept as a branch, shown in a lighter color."
)


class BranchListWidget(QListWidget):
    """List that handles the Delete key while it has the focus; elsewhere that key removes the selected run."""

    delete_requested = pyqtSignal()

    def event(self, event: QEvent | None) -> bool:
        """Claim the Delete key before a shortcut of the window consumes it."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Delete
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Emit ``delete_requested`` on Delete."""
        if event is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)


class BranchList(QWidget):
    """All branches with their last step and loss; check boxes show or hide them, a double click or F2 renames one."""

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = session, theme
        self.list = BranchListWidget(accessibleName=tr("Branches"))
        self.list.setWhatsThis(
            tr(
                "Saved paths to compare with the current ones. Use the check box to show or hide a branch and F2 "
                "to rename it."
            )
        )
        self.list.delete_requested.connect(self.delete)
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.currentRowChanged.connect(lambda _: self._update_buttons())
        self.empty_label = QLabel(tr(EMPTY_TEXT), objectName="quiet", wordWrap=True)
        self.buttons: dict[str, QPushButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.empty_label)
        layout.addWidget(self.list, 1)
        layout.addLayout(self._create_buttons())
        self.refresh()

    def _create_buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        for name, handler, tooltip in (
            (
                gettext_noop("Save as Branch"),
                self.session.keep_branch,
                gettext_noop("Save the current paths so you can compare them with later ones"),
            ),
            (
                gettext_noop("Switch To"),
                self.make_current,
                gettext_noop("Switch to the selected branch; the current paths are saved as a branch"),
            ),
            (gettext_noop("Rename"), self.rename, gettext_noop("Rename the selected branch")),
            (gettext_noop("Delete"), self.delete, gettext_noop("Delete the selected branch (you can undo this)")),
        ):
            button = self.buttons[name] = QPushButton(tr(name), toolTip=tr(tooltip))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _, handler=handler: handler())
            row.addWidget(button)
        row.addStretch(1)
        return row

    @property
    def selected_row(self) -> int:
        """The row of the selected branch, or -1."""
        return self.list.currentRow()

    def refresh(self) -> None:
        """Show the current branches."""
        branches, race = self.session.experiment.branches, self.session.race
        self.list.blockSignals(True)
        row = max(self.selected_row, 0)
        while self.list.count() > len(branches):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(branches):
            new_item = QListWidgetItem()
            new_item.setFlags(new_item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(new_item)
        for i, (branch, trajectories) in enumerate(zip(branches, race.branch_trajectories, strict=True)):
            self._update_item(i, branch, trajectories)
        self.list.setCurrentRow(min(row, len(branches) - 1))
        self.list.blockSignals(False)
        self.empty_label.setVisible(not branches)
        self.list.setVisible(bool(branches))
        self._update_buttons()

    def height_within(self, maximum: int) -> int:
        """Return the height at which all branches are visible, or as many whole rows as fit into a maximum."""
        other_height = self.minimumSizeHint().height() - self.list.minimumSizeHint().height() * self.list.isVisible()
        if not self.list.count():
            return min(self.heightForWidth(self.width()), maximum)
        row_height, frame = self.list.sizeHintForRow(0), 2 * self.list.frameWidth() + LIST_PADDING
        rows = max(min(self.list.count(), (maximum - other_height - frame) // row_height), 1)
        return other_height + frame + rows * row_height

    def _update_item(self, row: int, branch: Branch, trajectories: Sequence[Trajectory]) -> None:
        item = self.list.item(row)
        assert item is not None
        losses = ", ".join(
            format_fixed_width(trajectory.losses[min(branch.steps, trajectory.last_step)])
            for trajectory in trajectories[:3]
        )
        text = tr("{steps:,} steps, loss {ends}", steps=branch.steps, ends=losses)
        if len(trajectories) > 3:
            text += " …"
        label = self._label(branch)
        item_data = branch, label, text, self.theme.name
        if item.data(Qt.ItemDataRole.UserRole) != item_data:
            item.setData(Qt.ItemDataRole.UserRole, item_data)
            item.setText(label)
            item.setToolTip(f"{label}: {text}")
            item.setIcon(icons.run_icon(self.theme.styles(branch.runs)[0], self.theme))
            item.setCheckState(Qt.CheckState.Checked if branch.visible else Qt.CheckState.Unchecked)

    def _label(self, branch: Branch) -> str:
        experiment = self.session.experiment
        return branch.label_beside(experiment.start, experiment.parameter_timeline, experiment.surface.dimension)

    def _update_buttons(self) -> None:
        for name in ("Switch To", "Rename", "Delete"):
            self.buttons[name].setEnabled(self.selected_row >= 0)
        self.buttons["Save as Branch"].setEnabled(
            bool(self.session.race.trajectories) and self.session.race.last_step > 0
        )

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        """Apply an edited name or a toggled check box to the branch."""
        row = self.list.row(item)
        branch = self.session.experiment.branches[row]
        visible, name = item.checkState() == Qt.CheckState.Checked, item.text().strip()[:80]
        item.setData(Qt.ItemDataRole.UserRole, None)
        self.session.change_branch(row, visible=visible, name=branch.name if name == self._label(branch) else name)
        self.refresh()

    def make_current(self) -> None:
        """Switch to the selected branch."""
        if self.selected_row >= 0:
            self.session.switch_branch(self.selected_row)

    def rename(self) -> None:
        """Edit the name of the selected branch in the list."""
        item = self.list.currentItem()
        if item is None:
            return
        open_editor = self.list.indexWidget(self.list.currentIndex())
        if open_editor is None:
            self.list.editItem(item)
        else:  # Qt fails to open a second editor
            open_editor.setFocus()

    def delete(self) -> None:
        """Delete the selected branch."""
        if self.selected_row >= 0:
            self.session.remove_branch(self.selected_row)
