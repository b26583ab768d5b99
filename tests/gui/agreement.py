"""Invariants of a window: what is displayed, stored and computed agrees, whatever was done before."""

from __future__ import annotations

import numpy as np

from app.gui.widgets.switch_field import SwitchField
from app.gui.window.main_window import MainWindow


def run_pending_timers(window: MainWindow) -> None:
    """Run now what timers would do soon: pending runs, redraws and texts."""
    session = window.session
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
        assert all(track.last_step >= branch.steps or track.finished for track in branched)
    assert (
        len(race.trajectories)
        == len(experiment.runs)
        == window.side_panel.run_list.list.count()
        == window.readout_table.rowCount()
    )
    for track in race.trajectories:
        assert len(track.xs) == len(track.ys) == len(track.losses) == track.last_step + 1
        assert track.last_step >= race.step or track.finished
        if experiment.comparison.evaluation_budget:
            assert sum(track.evaluation_counts(track.last_step)) <= experiment.comparison.evaluation_budget
        if track.diverged_at != 0:
            assert np.isfinite(np.stack(track.values_between(0, 10**9))).all()
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
    for name, knob in editor.fields.items():
        value = run.hyperparameters[name]
        if isinstance(knob, SwitchField):
            assert knob.check_box.isChecked() == bool(value)
        else:
            assert knob.number_field.value == value
            assert knob.number_field.text() == knob.number_field.format_value(value) or knob.number_field.isModified()
            assert abs(knob.slider.value() - knob.slider_steps * knob.spec.to_slider(value)) <= 6
