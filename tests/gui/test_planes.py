"""The submenu of planes, and the dialog that asks for three steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtWidgets import QApplication

from app.engine.problem_experiment import with_problem
from app.gui.dialogs.plane_steps import PlaneStepsDialog
from app.gui.window.main_window import MainWindow
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
PLANE_IDS = "plane_through_runs", "plane_pca", "plane_ends", "plane_steps", "plane_random"


def test_planes_need_a_problem_and_runs_that_have_moved(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    assert not any(window.action_registry[id].isEnabled() for id in PLANE_IDS)
    window.session.change(lambda e: with_problem(e, "linear", {"size": 12}))
    process_events(application)
    assert [id for id in PLANE_IDS if window.action_registry[id].isEnabled()] == ["plane_random"]
    window.session.advance(10)
    window.update_texts()
    assert all(window.action_registry[id].isEnabled() for id in PLANE_IDS)


@pytest.mark.slow
def test_the_commands_show_other_planes_at_the_same_step(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    window.session.change(lambda e: with_problem(e, "moons", {"points": 20}))
    window.session.advance(10)
    window.update_texts()
    losses = [list(each.losses) for each in window.session.race.trajectories]
    for id, kind in zip(PLANE_IDS, ("joint", "pca", "ends", "", "random"), strict=True):
        if kind:
            window.action_registry[id].trigger()
            window.update_texts()
            assert window.session.experiment.landscape is not None
            assert window.session.experiment.landscape.kind == kind
            assert window.session.race.step == 10
            window.session.race.compute_pending()
            assert [list(each.losses) for each in window.session.race.trajectories] == losses


def test_the_dialog_says_which_steps_are_possible(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    window.session.change(lambda e: with_problem(e, "linear", {"size": 12}))
    window.session.advance(10)
    window.update_texts()
    window.action_registry["plane_steps"].trigger()
    dialog = window.findChild(PlaneStepsDialog)
    assert dialog is not None
    assert dialog.field.text() == "0, 5, 10"
    for text in ("", "1, 2", "1, 2, x", "1, 1, 2", "0, 5, 11"):
        dialog.field.setText(text)
        dialog.accept()
        assert dialog.isVisible()
        assert "from 0 to 10" in dialog.error_label.text()
    dialog.field.setText("0; 4, 10")
    dialog.accept()
    assert not dialog.isVisible()
    assert window.session.experiment.landscape is not None
    assert window.session.experiment.landscape.kind == "snapshots"


def test_adding_runs_skips_optimizers_that_take_too_long(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    window.session.change(lambda e: with_problem(e, "moons", {"points": 20}))
    window.settings.set_favorite("optimizer", "newton", True)
    before = {run.optimizer for run in window.session.experiment.runs}
    for _ in range(10):
        window.side_panel.run_list.add()
    added = {run.optimizer for run in window.session.experiment.runs} - before
    assert len(added) == 10
    assert "newton" not in added
