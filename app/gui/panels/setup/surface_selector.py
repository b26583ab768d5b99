"""The surface of the experiment: a picker and a short description."""

from __future__ import annotations

from PyQt6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.gui.widgets.help_button import help_button
from app.gui.widgets.picker import Picker
from app.model.catalog import surface_entries
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import tr
from app.utils.validation import ExperimentError
from surfaces import SURFACES


class Ground(QWidget):
    """The surface: a picker, and what it teaches."""

    def __init__(self, session: Session, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session = session
        self.picker = Picker("surface", surface_entries(), settings, theme)
        self.picker.chosen.connect(self._choose)
        self.help = help_button(tr("What this surface is"))
        self.note = QLabel(objectName="quiet", wordWrap=True)
        self.wrong = QLabel(objectName="wrong", wordWrap=True)
        self.refused: Experiment | None = None  # the experiment that ``wrong`` was said of
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        top = QHBoxLayout()
        top.addWidget(self.picker, 1)
        top.addWidget(self.help)
        layout.addLayout(top)
        layout.addWidget(self.note)
        layout.addWidget(self.wrong)
        self.refresh()

    def refresh(self) -> None:
        land = self.session.experiment.land
        self.picker.show_choice(land.id)
        words = " ".join(tr(said) for said in (land.note, land.kinks) if said)
        if self.note.text() != words:
            self.note.setText(words)
            self.note.setVisible(bool(words))
        self.wrong.setVisible(self.refused is self.session.experiment)

    def _choose(self, chosen: str) -> None:
        self.refused = None
        if chosen != self.session.experiment.surface:
            try:
                self.session.change(lambda e: e.on(chosen))
            except ExperimentError as error:  # it cannot be made from the data there are
                self.wrong.setText(f"{SURFACES[chosen].name}: {error}.")
                self.refused = self.session.experiment
        self.refresh()
