"""What makes the race a fair one: one learning rate for all, each tuned, or the same budget of evaluations."""

from __future__ import annotations

from PyQt6.QtWidgets import QComboBox, QGridLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.gui.panels.setup.run_list import RunList
from app.gui.widgets.inline_message import Words
from app.gui.widgets.number_field import NumberField
from app.gui.widgets.wheel_guard import quiet_wheel
from app.model.comparison import MODES, Fair
from app.model.edits import one_rate
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.tuning_task import Tuner
from app.utils.i18n import mark, tr
from app.utils.validation import MOST_STEPS
from optimizers import Hyperparameter

LONGEST = 100_000  # steps that a rate is tuned for
BUDGETS = {
    "tuned": Hyperparameter(1, LONGEST, "whole", least=1, most=LONGEST, label=mark("steps"), default=500),
    "evaluations": Hyperparameter(
        1, MOST_STEPS, "whole", least=1, most=MOST_STEPS, label=mark("evaluations"), default=1000
    ),
}
RATES = mark("Up to 60 learning rates are tried for each run, from this start; the lowest loss after these steps wins.")


class FairRace(QWidget):
    """A list of the modes; where one needs a budget, a field for it; where something is searched, a bar and a way to cancel."""

    def __init__(self, session: Session, runs: RunList) -> None:
        super().__init__()
        self.session, self.runs = session, runs
        self.tuner = Tuner(self)
        self.modes = QComboBox(accessibleName=tr("Fair race"))
        for mode, words in MODES.items():
            said = tr(words)
            self.modes.addItem(said[0].upper() + said[1:], mode)
        quiet_wheel(self.modes)
        self.unit = QLabel()
        self.budget = NumberField(BUDGETS["tuned"])
        self.budget.show_value(BUDGETS["tuned"].default)
        self.bar = QProgressBar(accessibleName=tr("Tuning"))
        self.go, self.cancel = QPushButton(tr("Tune")), QPushButton(tr("Cancel"))
        self.words, self.wrong = QLabel(objectName="quiet", wordWrap=True), Words()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        grid.addWidget(QLabel(tr("Race"), objectName="quiet"), 0, 0)
        grid.addWidget(self.modes, 0, 1, 1, 3)
        for column, widget in enumerate((self.unit, self.budget, self.bar, self.go)):
            grid.addWidget(widget, 1, column)
        grid.addWidget(self.cancel, 1, 3)
        grid.addWidget(self.words, 2, 0, 1, 4)
        grid.addWidget(self.wrong, 3, 0, 1, 4)
        self.modes.activated.connect(lambda _: self._choose(self.modes.currentData()))
        self.budget.committed.connect(self._set_budget)
        self.budget.turned.connect(lambda value: self._set_budget(value, "budget"))
        self.budget.seized.connect(session.store.hold)
        self.budget.let_go.connect(session.store.release)
        self.budget.refused.connect(self.wrong.say)
        self.go.clicked.connect(self._tune)
        self.cancel.clicked.connect(self._cancel)
        self.tuner.progress.connect(lambda share: self.bar.setValue(round(100 * share)))
        self.tuner.done.connect(self._tuned)
        self.tuner.failed.connect(self._fail)
        self.wanted = ""  # the mode that the list shows: one that is to be tuned is not yet the experiment's
        self.known: Fair | None = None
        self.refresh()

    def refresh(self) -> None:
        """Show the experiment's mode, unless another is being prepared."""
        fair = self.session.experiment.fair
        if self.tuner.running and not self._still(self.tuner.experiment):
            self._cancel()
        if fair != self.known:
            self.known, self.wanted = fair, fair.mode
            self._show()

    def _still(self, experiment: Experiment) -> bool:
        """Whether what is tuned is still what is raced, but for the learning rates."""

        def tuned(e: Experiment) -> list[tuple[object, ...]]:
            return [(run.slot, run.optimizer, {**run.hyperparameters, "lr": 0.0}) for run in e.runs]

        return experiment.same_ground(self.session.experiment) and tuned(experiment) == tuned(self.session.seen)

    def _show(self) -> None:
        fair, running = self.session.experiment.fair, self.tuner.running
        self.modes.setCurrentIndex(self.modes.findData(self.wanted))
        declared = BUDGETS.get(self.wanted)
        for widget in (self.unit, self.budget):
            widget.setVisible(declared is not None)
            widget.setEnabled(not running)
        if declared is not None:
            self.unit.setText(tr(declared.label))
            if fair.mode == self.wanted:
                self.budget.show_value(float(fair.budget))
            elif declared is not self.budget.declared:
                self.budget.show_value(declared.default)
            self.budget.declare(declared)
        self.budget.restore()
        self.go.setVisible(self.wanted == "tuned" and not running)
        self.go.setText(tr("Tune again") if fair.mode == "tuned" else tr("Tune"))
        self.cancel.setVisible(running)
        self.bar.setVisible(running)
        self.words.setText(tr(RATES))
        self.words.setVisible(self.wanted == "tuned")
        self.wrong.say("")

    def _choose(self, mode: str) -> None:
        if mode != self.wanted:
            self._cancel()
            self.wanted = mode
            if mode == "rate":
                self.session.race_fairly(Fair(mode), one_rate(self.session.seen, self.runs.row))
            elif mode != "tuned":
                self.session.race_fairly(Fair(mode, int(BUDGETS[mode].default) if mode in BUDGETS else 0), {})
        self._show()

    def _set_budget(self, value: float, merge: str | None = None) -> None:
        if self.wanted == "evaluations":
            self.session.race_fairly(Fair("evaluations", int(value)), {}, merge)

    def _tune(self) -> None:
        self.bar.setValue(0)
        self.tuner.start(self.session.seen, int(self.budget.value))
        self._show()

    def _tuned(self, experiment: Experiment, rates: dict[int, float], steps: int) -> None:
        self.known = None
        self.session.race_fairly(Fair("tuned", steps), rates)
        self.refresh()

    def _fail(self, words: str) -> None:
        self._show()
        self.wrong.say(words[0].upper() + words[1:] + ".")

    def _cancel(self) -> None:
        self.tuner.cancel()
        self.wanted = self.session.experiment.fair.mode
        self._show()
