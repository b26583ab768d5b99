"""What makes the race a fair one: one learning rate for all, each tuned, or the same budget of evaluations."""

from __future__ import annotations

from PyQt6.QtWidgets import QComboBox, QGridLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.branch import MODES, Fair
from app.checks import MOST_STEPS, whole
from app.editing import one_rate
from app.experiment import Experiment
from app.panels.fields import NumberField, quiet_wheel
from app.panels.runs import RunList
from app.panels.words import Words
from app.session import Session
from app.tuner import Tuner

BUDGETS = {"tuned": ("steps", 500), "evaluations": ("evaluations", 1000)}
LONGEST = 100_000  # steps that a rate is tuned for
RATES = "Up to 60 learning rates are tried for each run, from this start; the lowest loss after these steps wins."


class FairRace(QWidget):
    """A list of the modes; where one needs a budget, a field for it; where something is searched, a bar and a way to cancel."""

    def __init__(self, session: Session, runs: RunList) -> None:
        super().__init__()
        self.session, self.runs = session, runs
        self.tuner = Tuner(self)
        self.modes = QComboBox(accessibleName="Fair race")
        for mode, words in MODES.items():
            self.modes.addItem(words[0].upper() + words[1:], mode)
        quiet_wheel(self.modes)
        self.unit = QLabel()
        self.budget = NumberField("budget", self._check)
        self.go, self.bar, self.cancel = QPushButton("Tune"), QProgressBar(accessibleName="Tuning"), QPushButton("Cancel")
        self.words, self.wrong = QLabel(objectName="quiet", wordWrap=True), Words()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        grid.addWidget(QLabel("Race", objectName="quiet"), 0, 0)
        grid.addWidget(self.modes, 0, 1, 1, 3)
        for column, widget in enumerate((self.unit, self.budget, self.bar, self.go)):
            grid.addWidget(widget, 1, column)
        grid.addWidget(self.cancel, 1, 3)
        grid.addWidget(self.words, 2, 0, 1, 4)
        grid.addWidget(self.wrong, 3, 0, 1, 4)
        self.modes.activated.connect(lambda _: self._choose(self.modes.currentData()))
        self.budget.committed.connect(self._set_budget)
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
        unit, usual = BUDGETS.get(self.wanted, ("", 0))
        for widget in (self.unit, self.budget):
            widget.setVisible(bool(unit))
            widget.setEnabled(not running)
        self.unit.setText(unit)
        self.budget.show_value(float((fair.budget if fair.mode == self.wanted else 0) or usual))
        self.go.setVisible(self.wanted == "tuned" and not running)
        self.go.setText("Tune again" if fair.mode == "tuned" else "Tune")
        self.cancel.setVisible(running)
        self.bar.setVisible(running)
        self.words.setText(RATES)
        self.words.setVisible(self.wanted == "tuned")
        self.wrong.say("")

    def _check(self, value: float) -> None:
        most = LONGEST if self.wanted == "tuned" else MOST_STEPS
        whole(self.unit.text(), int(value) if value == round(value) else value, 1, most)

    def _choose(self, mode: str) -> None:
        if mode != self.wanted:
            self._cancel()
            self.wanted = mode
            if mode == "rate":
                self.session.race_fairly(Fair(mode), one_rate(self.session.seen, self.runs.row))
            elif mode != "tuned":
                self.session.race_fairly(Fair(mode, BUDGETS.get(mode, ("", 0))[1]), {})
        self._show()

    def _set_budget(self, value: float) -> None:
        if self.wanted == "evaluations":
            self.session.race_fairly(Fair("evaluations", int(value)), {})

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
