"""Editor of the selected run: optimizer, implementation, hyperparameters, and modifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QAction, QContextMenuEvent
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from app.engine.safe_rate import learning_rate_spec, safe_learning_rate, with_safe_rate
from app.gui.panels.setup.edit_scope import EditScopeToggle
from app.gui.panels.setup.hyperparameter_clipboard import copy_hyperparameters, paste_hyperparameters
from app.gui.panels.setup.hyperparameter_form import HyperparameterForm
from app.gui.panels.setup.implementation_row import ImplementationRow
from app.gui.panels.setup.replicas import ReplicaCountField
from app.gui.panels.setup.run_list import RunList
from app.gui.widgets import icons
from app.gui.widgets.buttons import MenuButton, create_help_button
from app.gui.widgets.picker import Picker
from app.gui.widgets.slider_field import SliderField
from app.gui.widgets.switch_field import SwitchField
from app.model.catalog import list_implementations, optimizer_entries
from app.model.hyperparameter_text import default_hyperparameters
from app.model.problem_data import is_fast_enough
from app.model.run import Run
from app.model.source_text import translate_source
from app.session.session import Session
from app.session.settings import Settings
from app.theming.theme import Theme
from app.utils.i18n import gettext_noop, tr
from optimizers import OPTIMIZERS, Modifier, Optimizer
from optimizers.frameworks import presets


class RunEditor(QWidget):
    """Editor built from the declaration of the optimizer; its form is rebuilt for another run, optimizer, or modifier.

    ``modifier_added`` is emitted after adding a modifier, whose fields may be below the visible area.
    ``context_actions()`` returns the actions of the context menu.
    """

    modifier_added = pyqtSignal()

    def __init__(self, session: Session, run_list: RunList, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.session, self.run_list, self.theme = session, run_list, theme
        self.picker = Picker("optimizer", optimizer_entries(), settings, theme)
        self.picker.setWhatsThis(
            tr("The optimizer of the selected run. Opens a list that you can search by name, author, or description.")
        )
        self.preset_button = MenuButton(
            tr("Preset"), tr("Use the default hyperparameters of a framework"), self._fill_preset_menu
        )
        self.help_button = create_help_button(tr("About this optimizer"))
        self.note_label, self.source_label = (QLabel(objectName="quiet", wordWrap=True) for _ in range(2))
        self.implementation_row = ImplementationRow()
        self.form = HyperparameterForm(Run("sgd"), theme)
        self.add_button = MenuButton(
            tr("Add modifier"),
            tr("Add weight decay, gradient clipping, noise, a schedule, …"),
            self._fill_modifier_menu,
        )
        self.edit_scope = EditScopeToggle(session)
        self.reset_button = QPushButton(
            tr("Reset all"),
            toolTip=tr("Reset all hyperparameters to their defaults"),
            icon=icons.load_icon("reset", theme.muted_text),
        )
        self.reset_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.context_actions: Callable[[], list[QAction]] = list
        self.replica_field = ReplicaCountField(theme)
        self.form_key = ""  # identifies run, optimizer, and modifiers of the form
        self._build_layout()
        self._connect_signals()
        self.refresh()

    def _build_layout(self) -> None:
        top, footer = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.picker, 1)
        top.addWidget(self.preset_button)
        top.addWidget(self.help_button)
        footer.addWidget(self.add_button)
        footer.addStretch(1)
        footer.addWidget(self.reset_button)
        self.column_layout = QVBoxLayout(self)
        self.column_layout.setContentsMargins(0, 0, 0, 0)
        self.column_layout.addLayout(top)
        self.column_layout.addWidget(self.edit_scope)
        self.column_layout.addWidget(self.form)
        self.column_layout.addWidget(self.replica_field)
        self.column_layout.addLayout(footer)
        self.column_layout.addWidget(self.note_label)
        self.column_layout.addWidget(self.implementation_row)
        self.column_layout.addWidget(self.source_label)

    def _connect_signals(self) -> None:
        store = self.session.store
        self.reset_button.clicked.connect(self.reset_all)
        self.replica_field.count_changed.connect(self._set_replicas)
        self.replica_field.slider_field.interaction_started.connect(store.begin_interaction)
        self.replica_field.slider_field.interaction_finished.connect(store.end_interaction)
        self.picker.selected.connect(self._select_optimizer)
        self.implementation_row.selected.connect(self._change_optimizer)
        self.run_list.selection_changed.connect(self.refresh)

    @property
    def selected_run(self) -> Run | None:
        """The selected run at the displayed step."""
        row, runs = self.run_list.selected_row, self.session.displayed_experiment.runs
        return runs[row] if 0 <= row < len(runs) else None

    @property
    def fields(self) -> dict[str, SliderField | SwitchField]:
        """The fields of the form by hyperparameter name."""
        return self.form.fields

    @property
    def is_modified(self) -> bool:
        """Whether any hyperparameter of the selected run differs from its default."""
        return self.selected_run is not None and self.selected_run.hyperparameters != default_hyperparameters(
            self.selected_run
        )

    def reset_all(self) -> None:
        """Reset all hyperparameters of the selected run to their defaults."""
        if self.selected_run is not None:
            self._edit_run(
                lambda run: replace(run, hyperparameters=default_hyperparameters(run), rate_edited=False),
                name=gettext_noop("Reset All Hyperparameters"),
            )

    def copy(self) -> str:
        """Copy the hyperparameters of the selected run to the clipboard; return a message for the status bar."""
        assert self.selected_run is not None
        return copy_hyperparameters(self.selected_run)

    def paste(self) -> str:
        """Set the hyperparameters in the clipboard; return a message for the status bar.

        Raises ExperimentError if the text cannot be parsed.
        """
        assert self.selected_run is not None
        pasted_run, message = paste_hyperparameters(self.selected_run)
        self._edit_run(lambda run: pasted_run, name=gettext_noop("Paste Hyperparameters"))
        return message

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """Open a menu with the context actions."""
        actions = self.context_actions()
        if event is not None and actions:
            QMenu.exec(actions, event.globalPos(), None, self)

    def refresh(self) -> None:
        """Show the selected run."""
        run = self.selected_run
        self.setVisible(run is not None)
        if run is None:
            return
        form_key = " ".join(
            [
                run.optimizer,
                str(self.run_list.selected_row),
                self.session.experiment.formula or str(id(self.session.experiment.surface)),
                *(modifier.id for modifier in run.modifiers),
            ]
        )
        if form_key != self.form_key:
            self.form_key = form_key
            self._show_optimizer(run.method)
            self._rebuild_form(run)
        self.form.show_values(run)
        if self.form.safe_rate_row is not None:
            stability = self.session.local_stability(self.run_list.selected_row)
            known = None if stability is None or self.session.locked else stability.limit  # not before an answer
            self.form.safe_rate_row.show_limit(known)
            self.form.safe_rate_row.button.setEnabled(self.session.experiment.problem is None)
        self.edit_scope.refresh()
        self.replica_field.show_run(run)
        self.reset_button.setEnabled(self.is_modified)

    def _show_optimizer(self, optimizer: Optimizer) -> None:
        implementations = list_implementations(optimizer.id)
        self.picker.show_entry(implementations[0].id)
        self._offer_optimizers()
        self.note_label.setText(tr(optimizer.summary) if optimizer.summary else "")
        self.source_label.setText(translate_source(optimizer.source))
        self.preset_button.setEnabled(any(implementation.implementation for implementation in implementations))
        self.implementation_row.show_optimizer(optimizer)

    def _offer_optimizers(self) -> None:
        """List the optimizers that are fast enough for the problem of the experiment."""
        problem = self.session.experiment.problem
        count = 0 if problem is None else problem.parameter_count
        ids = [id for id in self.picker.entries if is_fast_enough(OPTIMIZERS[id], count)]
        hidden, note = len(self.picker.entries) - len(ids), ""
        if hidden:
            note = tr(
                "{hidden} optimizers are not listed: a step takes too long with {count:,} parameters.",
                hidden=hidden,
                count=count,
            )
        self.picker.offer(ids, note)

    def _rebuild_form(self, run: Run) -> None:
        experiment = self.session.experiment
        assert experiment.start is not None
        form = HyperparameterForm(run, self.theme, learning_rate_spec(run, experiment.surface, experiment.start))
        form.safe_rate_requested.connect(self._use_safe_rate)
        form.value_changing.connect(
            lambda name, value: self._set_hyperparameter(name, value, f"{self.run_list.selected_row} {name}")
        )
        form.value_committed.connect(self._set_hyperparameter)
        form.interaction_started.connect(self.session.store.begin_interaction)
        form.interaction_finished.connect(self.session.store.end_interaction)
        form.remove_requested.connect(lambda modifier: self._edit_run(lambda run: run.without_modifier(modifier)))
        form.apply_to_all_runs.connect(self._apply_to_all_runs)
        self.column_layout.replaceWidget(self.form, form)
        self.form.hide()
        self.form.deleteLater()
        self.form = form
        previous: QWidget = self.edit_scope.buttons[True]
        for widget in form.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                self.setTabOrder(previous, widget)
                previous = widget
        self.add_button.setVisible(bool(self._available_modifiers(run)))
        if self.session.store.interaction_active:  # a slider that is deleted while dragged emits no sliderReleased
            self.session.store.end_interaction()

    def _edit_run(self, edit: Callable[[Run], Run], merge: str | None = None, name: str = "") -> None:
        row = self.run_list.selected_row
        self.session.change(lambda e: e.with_run(row, edit(e.runs[row])), merge, name)

    def _set_hyperparameter(self, name: str, value: float, merge: str | None = None) -> None:
        self._edit_run(lambda run: run.with_hyperparameter(name, value), merge)

    def _set_replicas(self, count: int) -> None:
        self._edit_run(lambda run: replace(run, replicas=count), f"{self.run_list.selected_row} replicas")

    def _select_optimizer(self, optimizer_id: str) -> None:
        """Change the optimizer, unless the run already uses any implementation of it."""
        run = self.selected_run
        if run is not None and optimizer_id != list_implementations(run.optimizer)[0].id:
            self._change_optimizer(optimizer_id)

    def _change_optimizer(self, optimizer_id: str) -> None:
        if self.selected_run is not None and optimizer_id != self.selected_run.optimizer:
            self._edit_run(lambda run: self._with_untouched_rate_adapted(run.with_optimizer(optimizer_id)))

    def _with_untouched_rate_adapted(self, run: Run) -> Run:
        return run if run.rate_edited else with_safe_rate(run, self.session.experiment)

    def _use_safe_rate(self) -> None:
        """Set a rate that descends from where the edit applies: the start, or the displayed position."""
        session, row = self.session, self.run_list.selected_row
        trajectory = session.race.trajectories[row]
        step = 0 if session.edit_from_start else min(session.race.step, trajectory.last_step)
        position = (trajectory.xs[step], trajectory.ys[step])
        surface = session.experiment.surface
        self._edit_run(
            lambda run: replace(run.with_learning_rate(safe_learning_rate(run, surface, position)), rate_edited=False),
            name=gettext_noop("Use Safe Rate"),
        )

    def _add_modifier(self, modifier: Modifier) -> None:
        self._set_hyperparameter(modifier.id, modifier.default_strength)
        self.modifier_added.emit()

    def _apply_to_all_runs(self, modifier: Modifier) -> None:
        """Give every run that supports a modifier the same settings of it."""
        assert self.selected_run is not None
        values = {name: self.selected_run.hyperparameters[name] for name in modifier.hyperparameters}
        self.session.change(
            lambda e: replace(
                e,
                runs=tuple(
                    replace(run, hyperparameters={**run.hyperparameters, **values})
                    if modifier.id in run.method.modifiers
                    else run
                    for run in e.runs
                ),
            )
        )

    def _fill_preset_menu(self, menu: QMenu) -> None:
        assert self.selected_run is not None
        for preset in presets(list_implementations(self.selected_run.optimizer)[0].id):
            action = menu.addAction(f"{preset.framework}:  {preset.call}")
            assert action is not None
            action.triggered.connect(
                lambda _, preset=preset: self._edit_run(
                    lambda run: replace(
                        run, optimizer=preset.id, hyperparameters=preset.hyperparameters, history=(), rate_edited=True
                    ),
                    name=gettext_noop("Apply Preset"),
                )
            )

    def _fill_modifier_menu(self, menu: QMenu) -> None:
        assert self.selected_run is not None
        for modifier in self._available_modifiers(self.selected_run):
            action = menu.addAction(tr(modifier.name))
            assert action is not None
            action.setToolTip(tr(modifier.summary))
            action.triggered.connect(lambda _, modifier=modifier: self._add_modifier(modifier))

    def _available_modifiers(self, run: Run) -> list[Modifier]:
        """Return the modifiers that can still be added; minibatches need a surface made from data."""
        return [
            modifier
            for modifier in run.method.modifiers.values()
            if modifier not in run.modifiers
            and (modifier.id != "minibatch" or self.session.experiment.surface.minibatch_gradient is not None)
        ]
