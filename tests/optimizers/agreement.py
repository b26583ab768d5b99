"""What must be true of a window whatever was done to it: what is shown, what is kept and what is computed agree."""

from __future__ import annotations

import numpy as np

from app.gui.widgets.switch_field import Switch
from app.gui.window.main_window import MainWindow


def catch_up(window: MainWindow) -> None:
    """Do at once what timers would do in the next moments: late runs, and figures that are to be written."""
    session = window.session
    for canvas in window.canvases.values():
        if canvas.settle.isActive():
            canvas.settle.stop()
            canvas.settle.timeout.emit()
    while session.work.isActive():
        session.work.timeout.emit()
    if window.writing.isActive():
        window.writing.stop()
        window._write()


def agree(window: MainWindow) -> None:
    catch_up(window)
    race, experiment = window.session.race, window.session.experiment
    assert race.experiment == experiment
    assert race.step <= race.extent
    assert len(race.branches) == len(experiment.branches) == _branches_listed(window)
    for branch, branched in zip(experiment.branches, race.branches, strict=True):
        assert all(track.extent >= branch.steps or track.finished for track in branched)
    assert len(race.tracks) == len(experiment.runs) == window.side.runs.list.count() == window.results.rowCount()
    for track in race.tracks:
        assert len(track.xs) == len(track.ys) == len(track.losses) == track.extent + 1
        assert track.extent >= race.step or track.finished
        if experiment.fair.evaluations:
            assert sum(track.spent(track.extent)) <= experiment.fair.evaluations
        if track.diverged_at != 0:
            assert np.isfinite(np.stack(track.part(0, 10**9))).all()
    _knobs_agree(window)


def _branches_listed(window: MainWindow) -> int:
    window.foot.branches.refresh()
    return window.foot.branches.list.count()


def _knobs_agree(window: MainWindow) -> None:
    """Slider, field and model say the same."""
    editor, row = window.side.editor, window.side.runs.row
    run = editor.run
    if run is None:
        return
    assert run == window.session.experiment.runs[row].at(window.session.race.step)
    for name, knob in editor.knobs.items():
        value = run.hyperparameters[name]
        if isinstance(knob, Switch):
            assert knob.box.isChecked() == bool(value)
        else:
            assert knob.field.value == value
            assert knob.field.text() == knob.field.written(value) or knob.field.isModified()
            assert abs(knob.slider.value() - knob.stops * knob.declared.position(value)) <= 6
