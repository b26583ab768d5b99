"""Random actions in the window never make display, stored experiment and computed data disagree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from PyQt6.QtWidgets import QApplication

from app.gui.widgets.switch_field import SwitchField
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load
from app.model.comparison import ComparisonMode
from app.model.run import Run
from app.utils.validation import ExperimentError
from optimizers import MODIFIERS, OPTIMIZERS
from surfaces import SURFACES
from tests.gui.agreement import assert_window_consistent
from tests.qt_fixtures import process_events


class Driver(RuleBasedStateMachine):
    """Random playing, stepping, editing, dragging, resizing, opening of invalid files and undoing."""

    @initialize()
    def open(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.application = application
        self.window = MainWindow()
        self.failures: list[BaseException] = []
        self.window.error_reporter.handle_exception = self.failures.append  # type: ignore[method-assign]
        self.window.resize(900, 600)
        self.window.show()
        process_events(application)

    @property
    def session(self):  # type: ignore[no-untyped-def]
        return self.window.session

    @rule(count=st.integers(0, 400))
    def play(self, count: int) -> None:
        self.session.advance(count)

    @rule(step=st.integers(-5, 500))
    def go_to(self, step: int) -> None:
        self.session.show_step(step)

    @rule(
        name=st.sampled_from(
            ["start", "end", "step", "back", "ten_steps", "ten_back", "restart", "turn_now", "turn_start"]
        )
    )
    def transport(self, name: str) -> None:
        self.window.action_registry[name].trigger()

    @rule(position=st.floats(0, 1))
    def scrub(self, position: float) -> None:
        line = self.window.timeline_bar.timeline
        line.drag_changed.emit(True)
        for share in (position, 1 - position, position):
            line.setValue(round(share * line.maximum()))
        line.drag_changed.emit(False)
        assert self.session.race.step == min(round(position * line.maximum()), line.last_computed_step)

    @rule(which=st.integers(0, 10), stop=st.integers(1, 1000), back=st.integers(1, 60))
    def go_back_and_edit(self, which: int, stop: int, back: int) -> None:
        """Edit at an earlier step and check that the past before it is unchanged in the race and in the branch."""
        session = self.session
        session.show_step(session.race.step - back)
        step, past = (
            session.race.step,
            {
                run.slot: np.stack(trajectory.values_between(0, session.race.step)).tobytes()
                for run, trajectory in zip(session.experiment.runs, session.race.trajectories, strict=True)
            },
        )
        self.change_hyperparameter(which, stop)
        if not session.edit_from_start:
            for run, trajectory in zip(session.experiment.runs, session.race.trajectories, strict=True):
                assert np.stack(trajectory.values_between(0, step)).tobytes() == past[run.slot]

    @rule()
    def keep_a_branch(self) -> None:
        self.window.action_registry["keep_branch"].trigger()

    @rule(which=st.integers(0, 5), deed=st.sampled_from(["take", "drop", "hide", "name", "drop and undo"]))
    def branch(self, which: int, deed: str) -> None:
        before = self.session.experiment
        if not before.branches:
            return
        which %= len(before.branches)
        if deed == "take":
            self.session.switch_branch(which)
        elif deed == "hide":
            self.session.change_branch(which, visible=not before.branches[which].visible)
        elif deed == "name":
            self.session.change_branch(which, name="mine")
        else:
            self.session.remove_branch(which)
            assert len(self.session.experiment.branches) == len(before.branches) - 1
            if deed == "drop and undo":
                self.session.store.undo()
                assert self.session.experiment == before

    @rule(mode=st.sampled_from(["", "rate", "evaluations"]), budget=st.integers(1, 300))
    def race_fairly(self, mode: str, budget: int) -> None:
        rates = (
            {run.slot: 0.01 for run in self.session.displayed_experiment.runs if run.method.has_learning_rate}
            if mode == "rate"
            else {}
        )
        self.session.set_comparison(ComparisonMode(mode, budget), rates)

    @rule(which=st.integers(0, 10), stop=st.integers(0, 1000))
    def change_hyperparameter(self, which: int, stop: int) -> None:
        slider_fields = list(self.window.side_panel.editor.fields.values())
        if self.window.side_panel.run_list.selected_row >= 0 and slider_fields:
            slider_field = slider_fields[which % len(slider_fields)]
            if isinstance(slider_field, SwitchField):
                slider_field.check_box.click()
            else:
                slider_field.slider.setValue(stop * slider_field.slider_steps // 1000)

    @rule(row=st.integers(0, 6), modifier=st.sampled_from(sorted(MODIFIERS)), position=st.floats(0, 1))
    def combine(self, row: int, modifier: str, position: float) -> None:
        runs = self.session.experiment.runs
        if row < len(runs) and modifier in runs[row].method.modifiers:
            value = MODIFIERS[modifier].hyperparameters[modifier].from_slider(position)
            self.session.change(lambda e: e.with_run(row, e.runs[row].with_hyperparameter(modifier, value)))

    @rule()
    def separate(self) -> None:
        for cross in list(self.window.side_panel.editor.form.remove_buttons.values())[:1]:
            cross.click()

    @rule(name=st.sampled_from(sorted(OPTIMIZERS)))
    def race_another(self, name: str) -> None:
        if self.window.side_panel.editor.selected_run is not None:
            row = self.window.side_panel.run_list.selected_row
            self.session.change(lambda e: e.with_run(row, e.runs[row].with_optimizer(name)))

    @rule(x=st.floats(-1e6, 1e6), y=st.floats(-50, 50))
    def start(self, x: float, y: float) -> None:
        self.session.set_start(x, y)

    @rule(name=st.sampled_from(sorted(SURFACES)))
    def surface(self, name: str) -> None:
        self.session.change(lambda e: e.with_surface(name))

    @rule(name=st.sampled_from(sorted(OPTIMIZERS)), rate=st.floats(0, 1e3))
    def add(self, name: str, rate: float) -> None:
        if len(self.session.experiment.runs) < 6:
            self.session.change(
                lambda e: e.with_added_run(Run(name, {"lr": rate} if "lr" in OPTIMIZERS[name].hyperparameters else {}))
            )

    @rule()
    def remove(self) -> None:
        self.window.action_registry["remove"].trigger()

    @rule(row=st.integers(0, 6))
    def choose(self, row: int) -> None:
        self.window.side_panel.run_list.list.setCurrentRow(min(row, self.window.side_panel.run_list.list.count() - 1))

    @rule(
        name=st.sampled_from(
            [
                "undo",
                "redo",
                "theme_dark",
                "theme_light",
                "equal",
                "log_x",
                "log_y",
                "curve_distance",
                "curve_gradient",
                "view_contour",
                "view_relief",
                "side",
            ]
        )
    )
    def command(self, name: str) -> None:
        self.window.action_registry[name].trigger()

    @rule(width=st.integers(1, 1600), height=st.integers(1, 1000))
    def resize(self, width: int, height: int) -> None:
        self.window.resize(width, height)

    @rule(name=st.sampled_from(["nothing", "elongated_bowl", "saddle"]))
    def open_file(self, name: str) -> None:
        try:
            self.session.load_experiment(load(name))
        except ExperimentError:
            assert name == "nothing"

    @rule()
    def process_pending_events(self) -> None:
        process_events(self.application, 3)

    @invariant()
    def all_agree(self) -> None:
        if not hasattr(self, "window"):
            return
        assert_window_consistent(self.window)
        assert not self.failures

    def teardown(self) -> None:
        if hasattr(self, "window"):
            process_events(self.application)
            assert not self.failures
            self.window.close()
            self.window.deleteLater()
            process_events(self.application)


@pytest.mark.slow
def test_random_actions_keep_the_window_consistent(application: QApplication) -> None:
    run_state_machine_as_test(
        Driver,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
