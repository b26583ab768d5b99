"""Invariants of a window: what is displayed, stored and computed agrees, whatever was done before."""

from __future__ import annotations

import numpy as np

from app.gui.widgets.number_field import NumberField
from app.gui.widgets.switch_field import SwitchField
from app.gui.window.main_window import MainWindow


def run_pending_timers(window: MainWindow) -> None:
    """Run now what timers would do soon: ends of bursts of keys, pending runs, redraws and texts."""
    session = window.session
    for field in window.findChildren(NumberField):
        field.end_interaction()
    for canvas in window.canvases.values():
        if canvas.idle_timer.isActive():
            canvas.idle_timer.stop()
            canvas.idle_timer.timeout.emit()
    while session.pending_timer.isActive():
        session.pending_timer.timeout.emit()
    if window.text_update_timer.isActive():
        window.text_update_timer.stop()
        window.update_texts()


def assert_window_consistent(window: MainWindow) -> None:
    run_pending_timers(window)
    race, experiment = window.session.race, window.session.experiment
    assert race.experiment == experiment
    assert race.step <= race.last_step
    assert len(race.branch_trajectories) == len(experiment.branches) == _listed_branches(window)
    for branch, branched in zip(experiment.branches, race.branch_trajectories, strict=True):
        assert all(trajectory.last_step >= branch.steps or trajectory.finished for trajectory in branched)
    assert len(race.trajectories) == len(experiment.runs) == window.side_panel.run_list.list.count()
    if window.readout_table.isVisible():  # a hidden one is updated when it is shown
        assert window.readout_table.runs.rowCount() == len(race.trajectories)
    for trajectory in race.trajectories:
        assert len(trajectory.xs) == len(trajectory.ys) == len(trajectory.losses) == trajectory.last_step + 1
        assert trajectory.last_step >= race.step or trajectory.finished
        if experiment.comparison.evaluation_budget:
            assert sum(trajectory.evaluation_counts(trajectory.last_step)) <= experiment.comparison.evaluation_budget
        if trajectory.diverged_at != 0:
            assert np.isfinite(np.stack(trajectory.values_between(0, 10**9))).all()
    _assert_fields_consistent(window)


def _listed_branches(window: MainWindow) -> int:
    window.results_tabs.branch_list.refresh()
    return window.results_tabs.branch_list.list.count()


def _assert_fields_consistent(window: MainWindow) -> None:
    """Check that slider, number field and model hold the same value."""
    editor, row = window.side_panel.editor, window.side_panel.run_list.selected_row
    run = editor.selected_run
    if run is None:
        return
    assert run == window.session.experiment.runs[row].as_of_step(window.session.race.step)
    for name, slider_field in editor.fields.items():
        value = run.hyperparameters[name]
        if isinstance(slider_field, SwitchField):
            assert slider_field.check_box.isChecked() == bool(value)
        else:
            assert slider_field.number_field.value == value
            assert (
                slider_field.number_field.text() == slider_field.number_field.format_value(value)
                or slider_field.number_field.edited
            )
            assert (
                abs(slider_field.slider.value() - slider_field.slider_steps * slider_field.spec.to_slider(value)) <= 6
            )
