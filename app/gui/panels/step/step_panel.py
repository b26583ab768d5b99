"""The step panel: the displayed step of the selected run taken apart, beside what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QFontInfo, QGuiApplication, QHideEvent, QIcon, QResizeEvent, QShowEvent
from PyQt6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSplitter, QToolButton, QVBoxLayout, QWidget

from app.analysis.step_explanation import StepExplanation
from app.analysis.step_text.curvature_rows import curvature_section
from app.analysis.step_text.explanation_text import explanation_text
from app.analysis.step_text.latex_text import latex_text
from app.analysis.step_text.problem_step import problem_step_sections
from app.analysis.step_text.rows import STEEPEST_KEY, StepRow, StepSection, step_sections
from app.gui.panels.setup.run_list import RunList
from app.gui.panels.step.comparison_bar import CHANGE, ComparisonBar
from app.gui.panels.step.step_column import StepColumn
from app.gui.panels.step.step_subject import StepSubject, displayed_subject, problem_subject
from app.gui.widgets import icons
from app.gui.widgets.buttons import MenuButton
from app.gui.widgets.step_slider import StepSlider
from app.session.session import Session
from app.theming.theme import Theme
from app.utils.i18n import tr

MIN_WIDTH = 300  # pixels
COLUMN_WIDTH = 290  # pixels; narrower columns are below each other


class StepPanel(QWidget):
    """The stages of a step with their numbers; its texts are updated about ten times per second, while it is visible.

    ``arrow_highlighted(key)`` is emitted with the key of the row under the mouse, or of the selected one: see
    ``StepRow``; "" for none. ``preview_changed`` is emitted when ``previewed_after`` changes: where the step would end
    with a changed hyperparameter, None without one. ``message(text)`` is a message for the status bar.
    """

    arrow_highlighted = pyqtSignal(str)
    preview_changed = pyqtSignal()
    message = pyqtSignal(str)

    def __init__(self, session: Session, run_list: RunList, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("step_panel")
        self.session, self.run_list, self.theme = session, run_list, theme
        self.previewed_after: tuple[float, float] | None = None
        self.explanation: StepExplanation | None = None  # of the first column
        self.subject: StepSubject | None = None
        self.shown_keys: list[object] = [None, None]  # of the columns
        self.setMinimumWidth(MIN_WIDTH)
        self.back_button, self.step_button = QToolButton(), QToolButton()
        self.slider = StepSlider()
        self.slider.setAccessibleName(tr("Displayed step"))
        self.slider.setWhatsThis(tr("The displayed step. Drag it, or use the arrow keys."))
        self.comparison = ComparisonBar(theme)
        self.columns = [StepColumn(theme), StepColumn(theme)]
        self.splitter = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self.copy_button = MenuButton(tr("Copy"), tr("Copy the formulas with their numbers"), self._fill_copy_menu)
        self._build_layout()
        self._connect_signals()

    def _build_layout(self) -> None:
        row, layout = QHBoxLayout(), QVBoxLayout(self)
        for widget in (self.back_button, self.slider, self.step_button, self.copy_button):
            row.addWidget(widget, int(widget is self.slider))
        for column in self.columns:
            self.splitter.addWidget(column)
            column.list.setWhatsThis(
                tr(
                    "What the code of the optimizer computed in this step: each formula and, below it, the same with "
                    "the numbers of both coordinates. Use the arrow keys to walk over the rows, and PgUp and PgDn to "
                    "go to other steps."
                )
            )
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.comparison)
        layout.addWidget(self.splitter, 1)

    def _connect_signals(self) -> None:
        self.slider.sliderMoved.connect(self.session.show_step)
        self.slider.stepped.connect(self._go)
        self.comparison.changed.connect(self.refresh)
        self.comparison.apply_requested.connect(self._apply)
        self.run_list.selection_changed.connect(self.refresh)
        for column, other in (self.columns, self.columns[::-1]):
            column.list.step_requested.connect(self._go)
            column.list.row_entered.connect(self._highlight)
            column.list.row_selected.connect(other.list.select_like)
            column.list.scroll_with(other.list)

    def set_step_actions(self, back: QAction, step: QAction) -> None:
        """Let the buttons run the commands that go to the previous and the next step."""
        for button, action in ((self.back_button, back), (self.step_button, step)):
            button.setDefaultAction(action)
            button.setAutoRepeat(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _go(self, offset: int) -> None:
        """Go to another step; a new one is computed."""
        target = self.session.race.step + offset
        if offset == 1 and target > self.session.race.last_step:
            self.session.advance(1)
        else:
            self.session.show_step(target)
        self.refresh()

    def _highlight(self, row: StepRow | None) -> None:
        self.arrow_highlighted.emit(row.key if row is not None else "")

    def _apply(self, name: str, value: float) -> None:
        row = self.run_list.selected_row
        self.session.change(lambda e: e.with_run(row, e.runs[row].with_hyperparameter(name, value)))

    def show_curvature(self) -> None:
        """Show the rows about the curvature and the stability limit, and focus them."""
        self.refresh()
        self.columns[0].list.select_key(STEEPEST_KEY)
        self.columns[0].list.setFocus()

    # What is shown

    def showEvent(self, event: QShowEvent | None) -> None:
        """Show the displayed step."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent | None) -> None:
        """Remove what is highlighted and previewed in the plots."""
        super().hideEvent(event)
        self.arrow_highlighted.emit("")
        self._set_previewed_after(None)

    def refresh(self) -> None:
        """Show the displayed step of the selected run, if the panel is visible."""
        if not self.isVisible():
            return
        runs, row = self.session.displayed_experiment.runs, self.run_list.selected_row
        self._refresh_slider()
        has_run = 0 <= row < len(runs)
        self.comparison.setVisible(has_run and self.session.experiment.problem is None)
        if has_run:
            self.comparison.refresh(runs, row)
        is_dragging = self.session.store.interaction_active and not self.session.clock.running
        previous, current = self.subject, displayed_subject(self.session, row)
        if not (is_dragging and previous is not None and current is not None and previous.row == row):
            self.subject = current  # else a slider of this run is being dragged: its step stays
        self._show_first(row)
        self._show_second(row, is_dragging)

    def _refresh_slider(self) -> None:
        race = self.session.race
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(race.last_step, 1))
        self.slider.setValue(race.step)
        self.slider.blockSignals(False)

    def _show_first(self, row: int) -> None:
        column, subject = self.columns[0], self.subject
        self.copy_button.setEnabled(subject is not None)
        if subject is None:
            self.explanation, self.shown_keys[0] = None, None
            subject = problem_subject(self.session, row)
            if subject is not None:
                self._show_rows(0, subject, problem_step_sections(subject.trajectory, subject.step))
                return
            has_run = 0 <= row < len(self.session.race.trajectories)
            text = tr("No step has been made yet. Press PgDn or the button for the next step.")
            column.show_message("", QIcon(), text if has_run else tr("Select a run to see its steps."))
        elif self.shown_keys[0] != subject.key:
            self.shown_keys[0] = subject.key
            self.explanation = subject.explain()
            curvature = curvature_section(subject.trajectory, subject.step)
            self._show_rows(0, subject, [*step_sections(self.explanation), *([curvature] if curvature else [])])

    def _show_second(self, row: int, is_dragging: bool) -> None:
        subject = None if self.subject is None else self._compared_subject(self.subject, row, is_dragging)
        self.columns[1].setVisible(subject is not None)
        is_preview, previewed_after = subject is not None and subject.hyperparameters is not None, None
        if subject is None:
            self.shown_keys[1] = None
        elif self.shown_keys[1] != subject.key:
            self.shown_keys[1] = subject.key
            try:
                explanation = subject.explain()
                previewed_after = explanation.after.position
                self._show_rows(1, subject, step_sections(explanation))
            except ArithmeticError:
                message = tr("With this value, the step overflows.")
                self.columns[1].show_message(subject.title, self._icon(subject.row), message)
        else:
            previewed_after = self.previewed_after
        self._set_previewed_after(previewed_after if is_preview else None)
        self._arrange_columns()

    def _compared_subject(self, subject: StepSubject, row: int, is_dragging: bool) -> StepSubject | None:
        """Return what the second column shows: what is being dragged, or else what the combo box selects."""
        present = subject.trajectory.hyperparameters_at(subject.step)
        if is_dragging:
            run = self.session.displayed_experiment.runs[row]
            if run.method is subject.trajectory.method and dict(run.hyperparameters) != dict(present):
                return StepSubject(row, subject.trajectory, subject.step, run.hyperparameters)
        choice = self.comparison.choice
        if choice == CHANGE:
            changed = {**present, self.comparison.name: self.comparison.value}
            return StepSubject(row, subject.trajectory, subject.step, changed)
        return displayed_subject(self.session, choice) if isinstance(choice, int) and choice != row else None

    def _show_rows(self, column: int, subject: StepSubject, sections: Sequence[StepSection]) -> None:
        x, y = (axis.split()[0] for axis in self.session.experiment.surface.axis_labels)
        self.columns[column].show_step(subject.title, self._icon(subject.row), sections, (x, y))

    def _icon(self, row: int) -> QIcon:
        return icons.run_icon(self.theme.styles(self.session.experiment.runs)[row], self.theme)

    def _set_previewed_after(self, position: tuple[float, float] | None) -> None:
        if position != self.previewed_after:
            self.previewed_after = position
            self.preview_changed.emit()

    # Layout

    def _arrange_columns(self) -> None:
        """Place the columns side by side if they are wide enough then."""
        wide = self.width() >= 2 * COLUMN_WIDTH
        self.splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Place the columns for the new width."""
        super().resizeEvent(event)
        self._arrange_columns()

    def set_font_scale(self, scale: float) -> None:
        """Scale the text and the width by a factor."""
        size = QFontInfo(QApplication.font()).pixelSize() * scale
        self.setStyleSheet(f"QWidget {{ font-size: {round(size)}px; }}" if scale != 1.0 else "")
        self.setMinimumWidth(round(MIN_WIDTH * scale))

    # Copying

    def _fill_copy_menu(self, menu: QMenu) -> None:
        for text, copy in (
            (tr("Copy as &LaTeX"), self.copy_latex),
            (tr("Copy as &Text"), self.copy_text),
        ):
            action = menu.addAction(text)
            assert action is not None
            action.triggered.connect(copy)

    def copy_latex(self) -> None:
        """Copy the formulas and the numbers of the step as LaTeX."""
        if self.explanation is not None:
            self._copy(latex_text(self.explanation))

    def copy_text(self) -> None:
        """Copy the step as plain text."""
        if self.explanation is not None and self.subject is not None:
            self._copy("\n".join([self.subject.title, "", *explanation_text(self.explanation), ""]))

    def _copy(self, text: str) -> None:
        clipboard = QGuiApplication.clipboard()
        assert clipboard is not None
        clipboard.setText(text)
        self.message.emit(tr("Copied the step to the clipboard"))
