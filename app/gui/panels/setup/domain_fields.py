"""Domain of a formula: fields for its bounds and a button that fits it to the minima."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtWidgets import QAbstractSpinBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.engine.safe_rate import with_safe_rates
from app.gui.widgets.inline_message import InlineMessage
from app.gui.widgets.number_field import NumberField
from app.model.experiment import Experiment
from app.session.session import Session
from app.utils.i18n import tr
from app.utils.validation import MAX_COORDINATE, ExperimentError
from optimizers import Hyperparameter
from surfaces import Surface
from surfaces.formula.typed_surface import MAX_SEARCH_LEVEL, refined_grid_size

AXES = ("x", "y")


class DomainFields(QWidget):
    """Four number fields, two on a line, and the button "Fit domain"."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        self.fields: list[list[NumberField]] = []
        self.rows: list[list[QWidget]] = []
        self.error_label = InlineMessage()
        for row, axis in enumerate(AXES):
            labels = (tr("lower end of {axis}", axis=axis), tr("upper end of {axis}", axis=axis))
            self.fields.append([self._create_field(label) for label in labels])
            one, other = self.fields[row]
            texts = (QLabel(tr("{axis} from", axis=axis), objectName="quiet"), QLabel(tr("to"), objectName="quiet"))
            self.rows.append([texts[0], one, texts[1], other])
            for column, widget in enumerate(self.rows[row]):
                grid.addWidget(widget, row, column)
        self.fit_button = QPushButton(tr("Fit domain"))
        self.fit_button.setToolTip(tr("Search for minima and show them all"))
        self.fit_button.setWhatsThis(self.fit_button.toolTip())
        self.fit_button.clicked.connect(lambda: self._change(self.session.experiment.with_fitted_domain))
        grid.addWidget(self.fit_button, 0, 4, 2, 1)
        self.minima_label = QLabel(objectName="quiet")
        self.minima_label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.search_button = QPushButton(tr("Finer search"))
        self.search_button.setToolTip(tr("Search for minima again, on a grid with twice as many points per axis"))
        self.search_button.setWhatsThis(self.search_button.toolTip())
        self.search_button.clicked.connect(self._search_finer)
        minima_row = QHBoxLayout()
        minima_row.addWidget(self.minima_label, 1)
        minima_row.addWidget(self.search_button)
        grid.addLayout(minima_row, 2, 0, 1, 5)
        grid.addWidget(self.error_label, 3, 0, 1, 5)
        self.refresh()

    def _create_field(self, label: str) -> NumberField:
        store = self.session.store
        field = NumberField(Hyperparameter(-10, 10, minimum=-MAX_COORDINATE, maximum=MAX_COORDINATE, label=label))
        field.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)  # all digits need the space
        field.setWhatsThis(tr("An end of the domain: the part that is plotted and searched for minima."))
        field.value_committed.connect(lambda _: self._use_fields(None))
        field.value_changing.connect(lambda _: self._use_fields("domain"))
        field.interaction_started.connect(store.begin_interaction)
        field.interaction_finished.connect(store.end_interaction)
        field.message_changed.connect(self._show_errors)
        return field

    def refresh(self) -> None:
        """Show the domain of the formula; hidden for other surfaces."""
        experiment = self.session.experiment
        self.setVisible(bool(experiment.formula))
        for fields, bounds in zip(self.fields, experiment.surface.bounds, strict=True):
            for field, value in zip(fields, bounds, strict=True):
                field.show_value(value)
        for widget in self.rows[1]:
            widget.setVisible(experiment.surface.dimension == 2)
        if experiment.formula:
            self._show_minima(self.session.race.surface, experiment.search_level)

    def _show_minima(self, surface: Surface, search_level: int) -> None:
        """Show the lowest minima found, and offer a finer grid as long as there is one."""
        count, size = len(surface.minima), refined_grid_size(search_level)
        values = {"count": count, "loss": surface.minimum_loss, "size": size}
        if count == 1:
            text = tr("Lowest found: loss {loss:.6g}", **values)
        else:
            text = tr("Lowest found: {count} minima, loss {loss:.6g}", **values) if count else tr("No minimum found")
        self.minima_label.setText(text)
        grid_text = tr("Searched on a grid of {size} × {size} points", **values)
        self.minima_label.setToolTip(grid_text if surface.dimension == 2 else "")
        self.search_button.setEnabled(search_level < MAX_SEARCH_LEVEL)
        self.search_button.setVisible(surface.dimension == 2)  # a line is searched on a fine grid at once

    def _search_finer(self) -> None:
        self._change(lambda: replace(self.session.experiment, search_level=self.session.experiment.search_level + 1))

    def _use_fields(self, merge_key: str | None) -> None:
        (left, right), (bottom, top) = [[field.value for field in fields] for fields in self.fields]
        domain = ((left, right), (bottom, top))
        self._change(lambda: replace(self.session.experiment, domain=domain), merge_key)

    def _change(self, edit: Callable[[], Experiment], merge_key: str | None = None) -> None:
        try:
            changed = edit()
        except ExperimentError as error:
            self._show_errors(str(error))
            return
        moved = changed.start != self.session.experiment.start
        self.session.store.set(with_safe_rates(changed) if moved else changed, merge_key)
        self._show_errors()

    def _show_errors(self, message: str = "") -> None:
        messages = [field.message for fields in self.fields for field in fields if field.message]
        self.error_label.show_message("\n".join([message] if message else messages))
