"""Panel for the comparison mode: one learning rate for all runs, tuned rates, or a budget of evaluations."""

from __future__ import annotations

from PyQt6.QtWidgets import QComboBox, QGridLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.gui.panels.setup.run_list import RunList
from app.gui.widgets.inline_message import FloatingMessage
from app.gui.widgets.number_field import NumberField
from app.gui.widgets.wheel_guard import guard_wheel
from app.model.comparison import COMPARISON_MODES, ComparisonMode
from app.model.edits import shared_learning_rates
from app.model.experiment import Experiment
from app.session.session import Session
from app.session.tuning_task import TuningTask
from app.utils.i18n import gettext_noop, tr
from app.utils.sentences import to_sentence
from app.utils.validation import MAX_STEPS
from optimizers import Hyperparameter

MAX_TUNING_STEPS = 100_000  # of a run whose learning rate is tuned
BUDGET_SPECS = {
    "tuned": Hyperparameter(
        1, MAX_TUNING_STEPS, "whole", minimum=1, maximum=MAX_TUNING_STEPS, label=gettext_noop("steps"), default=500
    ),
    "evaluations": Hyperparameter(
        1, MAX_STEPS, "whole", minimum=1, maximum=MAX_STEPS, label=gettext_noop("evaluations"), default=1000
    ),
}
TUNING_TEXT = gettext_noop(
    "Tries up to 121 learning rates for each run from this starting point and keeps the one with the lowest "
    "loss after this many steps."
)


class ComparisonPanel(QWidget):
    """Mode selector, with a field for the budget and a progress bar with Cancel for modes that need them."""

    def __init__(self, session: Session, run_list: RunList) -> None:
        super().__init__()
        self.session, self.run_list = session, run_list
        self.tuning_task = TuningTask(self)
        self.mode_combo = QComboBox(accessibleName=tr("Comparison mode"))
        for mode, mode_text in COMPARISON_MODES.items():
            label = tr(mode_text)
            self.mode_combo.addItem(label[0].upper() + label[1:], mode)
        guard_wheel(self.mode_combo)
        self.unit_label = QLabel()
        self.budget_field = NumberField(BUDGET_SPECS["tuned"])
        self.budget_field.show_value(BUDGET_SPECS["tuned"].default)
        self.progress_bar = QProgressBar(accessibleName=tr("Tuning progress"))
        self.tune_button, self.cancel_button = QPushButton(tr("Tune")), QPushButton(tr("Cancel"))
        self.error_label = FloatingMessage(self.mode_combo)
        self._set_help()
        self._build_layout()
        self._connect_signals()
        self.selected_mode = ""  # the mode in the selector; one that needs tuning is not yet that of the experiment
        self.displayed_comparison: ComparisonMode | None = None
        self.refresh()

    def _set_help(self) -> None:
        self.mode_combo.setWhatsThis(
            tr(
                "How runs are compared: with individual learning rates, the same learning rate, a tuned "
                "learning rate for each run, or the same number of evaluations."
            )
        )
        self.budget_field.setWhatsThis(tr("Number of steps used for tuning, or number of evaluations allowed per run."))
        self.tune_button.setWhatsThis(
            tr(
                "Tries up to 121 learning rates for each run from this starting point and keeps the one with the "
                "lowest loss."
            )
        )
        for widget in (self.tune_button, self.unit_label, self.budget_field):
            widget.setToolTip(tr(TUNING_TEXT))
        self.cancel_button.setWhatsThis(tr("Stops the learning-rate search without changing the learning rates."))

    def _build_layout(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        grid.addWidget(QLabel(tr("Compare"), objectName="quiet"), 0, 0)
        grid.addWidget(self.mode_combo, 0, 1, 1, 3)
        for column, widget in enumerate((self.unit_label, self.budget_field, self.progress_bar, self.tune_button)):
            grid.addWidget(widget, 1, column)
        grid.addWidget(self.cancel_button, 1, 3)
        for widget in (self.budget_field, self.tune_button):  # nothing below moves with the mode
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)

    def _connect_signals(self) -> None:
        session = self.session
        self.mode_combo.activated.connect(lambda _: self._select_mode(self.mode_combo.currentData()))
        self.budget_field.value_committed.connect(self._set_budget)
        self.budget_field.value_changing.connect(lambda value: self._set_budget(value, "budget"))
        self.budget_field.interaction_started.connect(session.store.begin_interaction)
        self.budget_field.interaction_finished.connect(session.store.end_interaction)
        self.budget_field.message_changed.connect(self.error_label.show_message)
        self.tune_button.clicked.connect(self._start_tuning)
        self.cancel_button.clicked.connect(self._cancel_tuning)
        self.tuning_task.progress.connect(lambda fraction: self.progress_bar.setValue(round(100 * fraction)))
        self.tuning_task.done.connect(self._on_tuned)
        self.tuning_task.failed.connect(self._on_tuning_failed)

    def refresh(self) -> None:
        """Show the mode of the experiment, and cancel tuning for an experiment that has changed."""
        comparison = self.session.experiment.comparison
        if self.tuning_task.running and not self._tunes_same_experiment(self.tuning_task.experiment):
            self._cancel_tuning()
        if comparison != self.displayed_comparison:
            self.displayed_comparison, self.selected_mode = comparison, comparison.mode
            self._update_widgets()

    def _tunes_same_experiment(self, experiment: Experiment) -> bool:
        """Return whether the experiment being tuned equals the current one, except for learning rates."""

        def tuned_settings(experiment: Experiment) -> list[tuple[object, ...]]:
            return [(run.slot, run.optimizer, {**run.hyperparameters, "lr": 0.0}) for run in experiment.runs]

        return experiment.same_surface_and_start(self.session.experiment) and tuned_settings(
            experiment
        ) == tuned_settings(self.session.displayed_experiment)

    def _update_widgets(self) -> None:
        comparison, running = self.session.experiment.comparison, self.tuning_task.running
        self.mode_combo.setCurrentIndex(self.mode_combo.findData(self.selected_mode))
        spec = BUDGET_SPECS.get(self.selected_mode)
        for widget in (self.unit_label, self.budget_field):
            widget.setVisible(spec is not None)
            widget.setEnabled(not running)
        if spec is not None:
            self.unit_label.setText(tr(spec.label))
            if comparison.mode == self.selected_mode:
                self.budget_field.show_value(float(comparison.budget))
            elif spec is not self.budget_field.spec:
                self.budget_field.show_value(spec.default)
            self.budget_field.set_spec(spec)
        self.budget_field.restore()
        self.tune_button.setVisible(self.selected_mode == "tuned" and not running)
        self.tune_button.setText(tr("Tune again") if comparison.mode == "tuned" else tr("Tune"))
        self.cancel_button.setVisible(running)
        self.progress_bar.setVisible(running)
        self.error_label.show_message("")

    def _select_mode(self, mode: str) -> None:
        if mode != self.selected_mode:
            self._cancel_tuning()
            self.selected_mode = mode
            if mode == "rate":
                self.session.set_comparison(
                    ComparisonMode(mode),
                    shared_learning_rates(self.session.displayed_experiment, self.run_list.selected_row),
                )
            elif mode != "tuned":
                budget = int(BUDGET_SPECS[mode].default) if mode in BUDGET_SPECS else 0
                self.session.set_comparison(ComparisonMode(mode, budget), {})
            else:
                self.budget_field.set_spec(BUDGET_SPECS["tuned"])
                self.budget_field.show_value(float(self._default_tuning_steps))
                self._start_tuning()
        self._update_widgets()

    @property
    def _default_tuning_steps(self) -> int:
        """The step at which playback stops, or the displayed one; 500 at the start of a run without a stop."""
        steps = self.session.experiment.steps or self.session.race.step or int(BUDGET_SPECS["tuned"].default)
        return min(steps, MAX_TUNING_STEPS)

    def _set_budget(self, value: float, merge: str | None = None) -> None:
        if self.selected_mode == "evaluations":
            self.session.set_comparison(ComparisonMode("evaluations", int(value)), {}, merge)

    def _start_tuning(self) -> None:
        self.progress_bar.setValue(0)
        self.tuning_task.start(self.session.displayed_experiment, int(self.budget_field.value))
        self._update_widgets()

    def _on_tuned(self, experiment: Experiment, learning_rates: dict[int | None, float], steps: int) -> None:
        self.displayed_comparison = None
        self.session.set_comparison(ComparisonMode("tuned", steps), learning_rates)
        self.refresh()

    def _on_tuning_failed(self, message: str) -> None:
        self._update_widgets()
        self.error_label.show_message(to_sentence(message))

    def _cancel_tuning(self) -> None:
        self.tuning_task.cancel()
        self.selected_mode = self.session.experiment.comparison.mode
        self._update_widgets()
