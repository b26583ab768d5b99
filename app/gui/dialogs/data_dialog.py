"""The dialog of a data file: which columns are x and y, what was found out about the file, and standardization."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.gui.widgets.inline_message import InlineMessage
from app.gui.widgets.wheel_guard import guard_wheel
from app.io.data_files import with_suggested_scale, with_table
from app.model.dataset import DataChoice, has_labels, translated_note
from app.model.experiment import Experiment
from app.utils.i18n import tr
from app.utils.sentences import to_sentence
from app.utils.validation import ExperimentError, make_printable
from surfaces.column_choice import choose_columns
from surfaces.data_error import DataError
from surfaces.data_file import TableData, is_simple
from surfaces.data_table import DataTable

PREVIEW_ROWS, PREVIEW_COLUMNS = 7, 30
MAX_COMBO_COLUMNS = 500
SIZE = QSize(600, 520)
MAX_CELL_LENGTH = 24


class DataDialog(QDialog):
    """Asks how the table in a file becomes the data of an experiment.

    ``experiment`` is the result of the current choice, based on ``current``, or None if ``error`` says why there is
    none. ``is_needed`` is false if there is nothing to ask.
    """

    def __init__(self, parent: QWidget, path: Path, table: DataTable, current: Experiment) -> None:
        super().__init__(parent)
        self.path, self.table, self.current = path, table, current
        self.experiment: Experiment | None = None
        self.error: ExperimentError | None = None
        self.is_simple = True
        self.setWindowTitle(tr("Open Data: {name}", name=make_printable(path.name)))
        self.preview = self._create_preview()
        y_label = tr("&Label (y)") if has_labels(current.data_surface_id) else tr("Column &y")
        self.x_combo, self.y_combo = self._create_combo(tr("Column x")), self._create_combo(tr("Column y"))
        for combo, column in zip((self.x_combo, self.y_combo), self._suggested_columns(), strict=True):
            combo.setCurrentIndex(column)
        self.standardize_box = QCheckBox(tr("&Standardize x and y"))
        self.standardize_box.setToolTip(
            tr("Subtract the mean and divide by the standard deviation. The fit is drawn in original units.")
        )
        self.skip_box = QCheckBox(tr("Leave out rows with &missing cells"), checked=True)
        self.notes_label = QLabel(objectName="quiet", wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.error_label = InlineMessage()
        self._build_layout(y_label)
        self.is_standardization_chosen = False  # by the user; until then it is suggested
        self.refresh()
        # Whether there is something to ask: not if the file is simply two columns, or has no two columns at all
        self.is_needed = self.standardize_box.isChecked() or not self.is_simple
        for combo in (self.x_combo, self.y_combo):
            combo.currentIndexChanged.connect(self.refresh)
        self.standardize_box.clicked.connect(self._choose_standardization)
        self.skip_box.toggled.connect(self.refresh)

    def _create_preview(self) -> QTableWidget:
        rows, columns = min(len(self.table.rows), PREVIEW_ROWS), min(self.table.columns, PREVIEW_COLUMNS)
        preview = QTableWidget(rows, columns)
        preview.setAccessibleName(tr("First rows"))
        preview.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        preview.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        preview.setVerticalHeaderLabels([str(line) for line in self.table.line_numbers[:rows]])
        header = preview.horizontalHeader()
        assert header is not None
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for k, row in enumerate(self.table.rows[:rows]):
            for j, cell in enumerate(row[:columns]):
                preview.setItem(k, j, QTableWidgetItem(make_printable(cell[:MAX_CELL_LENGTH])))
        return preview

    def _create_combo(self, name: str) -> QComboBox:
        combo = QComboBox(accessibleName=name)
        for j in range(min(self.table.columns, MAX_COMBO_COLUMNS)):
            title = make_printable(self.table.names[j])
            combo.addItem(f"{j + 1}: {title}" if title else tr("column {number}", number=j + 1), j + 1)
        guard_wheel(combo)
        return combo

    def _suggested_columns(self) -> tuple[int, int]:
        try:
            return choose_columns(self.table, None, None, has_labels(self.current.data_surface_id))[:2]
        except DataError:  # then ``refresh`` says why
            return 0, min(1, self.table.columns - 1)

    def _build_layout(self, y_label: str) -> None:
        form = QFormLayout()
        form.addRow(tr("Column &x"), self.x_combo)
        form.addRow(y_label, self.y_combo)
        form.addRow("", self.standardize_box)
        form.addRow("", self.skip_box)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Open | standard.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        open_button, cancel_button = buttons.button(standard.Open), buttons.button(standard.Cancel)
        assert open_button is not None
        assert cancel_button is not None
        open_button.setText(tr("&Open"))
        cancel_button.setText(tr("&Cancel"))
        open_button.setDefault(True)
        self.open_button = open_button
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.addWidget(QLabel(tr("First rows, with their line numbers"), objectName="heading"))
        layout.addWidget(self.preview, 1)
        layout.addLayout(form)
        layout.addWidget(self.notes_label)
        layout.addWidget(self.error_label)
        layout.addWidget(buttons)
        self.resize(SIZE)

    def _read(self) -> tuple[Experiment, TableData]:
        """Return the experiment of the current choice and its columns; ExperimentError if there is none.

        Until the user decides about standardization, it is as suggested.
        """
        standardize, skip_missing = self.standardize_box.isChecked(), self.skip_box.isChecked()
        choice = DataChoice(self.x_combo.currentData(), self.y_combo.currentData(), standardize, skip_missing)
        if self.is_standardization_chosen:
            return with_table(self.path, self.table, self.current, choice)
        self.standardize_box.setChecked(False)
        experiment, data, standardized = with_suggested_scale(self.path, self.table, self.current, choice)
        self.standardize_box.setChecked(standardized)
        return experiment, data

    def _choose_standardization(self) -> None:
        self.is_standardization_chosen = True
        self.refresh()

    def refresh(self) -> None:
        """Make the experiment of the current choice, or show why there is none."""
        try:
            experiment, data = self._read()
        except ExperimentError as error:
            self.experiment, self.error, self.is_simple = None, error, self.table.columns <= 2
            self.notes_label.setText("")
            self.error_label.show_message(to_sentence(str(error)))
        else:
            self.experiment, self.error, self.is_simple = experiment, None, is_simple(self.table, data)
            notes = data.notes[1:]  # the fields show the columns
            self.notes_label.setText("\n".join(f"• {make_printable(translated_note(note))}" for note in notes))
            self.error_label.show_message("")
        self.open_button.setEnabled(self.experiment is not None)
        self._label_preview()

    def _label_preview(self) -> None:
        """Show the names of the columns above the preview, and which of them are x and y."""
        roles = {self.x_combo.currentIndex(): "x: ", self.y_combo.currentIndex(): "y: "}
        names = [make_printable(name[:MAX_CELL_LENGTH]) or str(j + 1) for j, name in enumerate(self.table.names)]
        self.preview.setHorizontalHeaderLabels([roles.get(j, "") + name for j, name in enumerate(names)])
        self.preview.resizeColumnsToContents()
