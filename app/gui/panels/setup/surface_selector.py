"""The surface: a formula or an entry of the catalog, with a short description."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.analysis.landscape_text import landscape_sentences
from app.engine.safe_rate import with_safe_rates
from app.gui.panels.setup.domain_fields import DomainFields
from app.gui.panels.setup.formula_editor import FormulaEditor
from app.gui.panels.setup.formula_parameters import FormulaParameters
from app.gui.widgets import icons
from app.gui.widgets.buttons import create_help_button
from app.gui.widgets.elided_text import ElidedText
from app.gui.widgets.picker import Picker
from app.gui.widgets.wait_cursor import wait_cursor
from app.model.catalog import surface_entries
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from surfaces import SURFACES
from surfaces.problems.names import PROBLEM_NAMES

DESCRIPTION_LINES = 4  # few surfaces have a longer description


class SurfaceSelector(QWidget):
    """Formula with its parameters and domain, picker, and description.

    An error message replaces the description if a surface cannot be made from the current data.
    """

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.picker = Picker("surface", surface_entries(), settings, theme)
        self.picker.setWhatsThis(
            tr("The loss surface. Opens a list that you can search by name, author, or description.")
        )
        self.picker.selected.connect(self._select_surface)
        self.formula_editor = FormulaEditor(session, theme)
        self.parameters = FormulaParameters(session, theme)
        self.domain_fields = DomainFields(session)
        edit_text = tr("Edit as formula")
        self.edit_button = QToolButton(objectName="reset", toolTip=edit_text)
        self.edit_button.setAccessibleName(edit_text)
        self.edit_button.setWhatsThis(tr("Copies the formula of this surface into the field, where you can change it."))
        self.edit_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.edit_button.setIcon(icons.load_icon("pencil", theme.muted_text))
        self.edit_button.clicked.connect(self._edit_as_formula)
        self.help_button = create_help_button(tr("About this surface"))
        self.note_label = ElidedText(DESCRIPTION_LINES)  # the rows below keep their place for every surface
        self.error_label = QLabel(objectName="wrong", wordWrap=True, alignment=Qt.AlignmentFlag.AlignTop)
        self.error_experiment: Experiment | None = None  # the experiment that error_label refers to
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self.picker, 1)
        top.addWidget(self.edit_button)
        top.addWidget(self.help_button)
        layout.addWidget(self.formula_editor)
        layout.addWidget(self.parameters)
        layout.addWidget(self.domain_fields)
        layout.addLayout(top)
        layout.addWidget(self.note_label)
        layout.addWidget(self.error_label)
        self.refresh()

    def refresh(self) -> None:
        """Show the surface of the experiment."""
        surface = self.session.experiment.surface
        self.formula_editor.refresh()
        self.parameters.refresh()
        self.domain_fields.refresh()
        problem = self.session.experiment.problem
        shown_id = surface.id if problem is None else problem.id
        if shown_id in self.picker.entries:
            self.picker.show_entry(shown_id)
        else:
            self.picker.show_other(tr("Built-in surfaces"))
        self.edit_button.setVisible(surface.id in SURFACES and surface.with_data is None)
        text = " ".join(tr(sentence) for sentence in (surface.summary, surface.nonsmooth_note) if sentence)
        landscape = self.session.experiment.landscape
        if landscape is not None:
            sentences = landscape_sentences(landscape.landscape)
            text = " ".join([text, *(sentences[:1] if problem is None else sentences)])
        self.note_label.show_text(text)
        has_error = self.error_experiment is self.session.experiment
        self.error_label.setMinimumHeight(self.note_label.sizeHint().height())  # it takes the place of the description
        self.error_label.setVisible(has_error)
        self.note_label.setVisible(bool(text) and not has_error)

    def _select_problem(self, problem_id: str) -> None:
        """Compute the losses on a plane, which takes about a second, and show the problem there."""
        from app.engine.problem_experiment import with_problem  # only for a problem

        with wait_cursor():
            self.session.change(lambda e: with_problem(e, problem_id))

    def _edit_as_formula(self) -> None:
        self.session.store.set(self.session.experiment.with_surface_as_formula())
        self.formula_editor.field.setFocus()

    def _select_surface(self, surface_id: str) -> None:
        self.error_experiment = None
        if surface_id != self.session.experiment.surface_id:
            try:
                if surface_id in PROBLEM_NAMES:
                    self._select_problem(surface_id)
                else:
                    self.session.change(lambda e: with_safe_rates(e.with_surface(surface_id)))
            except ExperimentError as error:
                self.error_label.setText(f"{self.picker.entries[surface_id].name}: {error}.")
                self.error_experiment = self.session.experiment
        self.refresh()
