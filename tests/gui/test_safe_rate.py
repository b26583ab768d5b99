"""Safe learning rates in the window: set for new runs, surfaces and optimizers, and by a button."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.engine.learning_rate_grid import RATE_COUNT
from app.engine.safe_rate import safe_learning_rate
from app.gui.widgets.slider_field import SliderField
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.run import Run
from tests.gui.test_data_dialog import answer

Open = Callable[..., MainWindow]
BOWL = Experiment("elongated_bowl", (-7.0, 2.0), (Run("sgd", {"lr": 0.5}), Run("adam", {"lr": 0.1})))


def rates(window: MainWindow) -> list[float]:
    return [run.hyperparameters["lr"] for run in window.session.experiment.runs]


def rate_field(window: MainWindow) -> SliderField:
    field = window.side_panel.editor.fields["lr"]
    assert isinstance(field, SliderField)
    return field


def safe(window: MainWindow, optimizer: str, position: tuple[float, float] | None = None) -> float:
    experiment = window.session.experiment
    start = position or experiment.start
    assert start is not None
    return safe_learning_rate(Run(optimizer), experiment.surface, start)


def test_another_surface_adapts_the_rates_that_were_not_set(open_shell: Open) -> None:
    window = open_shell(BOWL)
    rate_field(window).number_field.value_committed.emit(0.25)
    window.side_panel.surface_selector.picker.selected.emit("rosenbrock")
    assert rates(window) == [0.25, safe(window, "adam")]
    window.session.store.undo()
    assert rates(window) == [0.25, 0.1]


def test_a_new_run_and_another_optimizer_get_a_safe_rate(open_shell: Open) -> None:
    window = open_shell(Experiment("goldstein_price", None, (Run("sgd"),)))
    window.side_panel.run_list.add()
    new_run = window.session.experiment.runs[1]
    assert rates(window)[1] == safe(window, new_run.optimizer) != new_run.method.spec("lr").default
    window.side_panel.editor.picker.selected.emit("nesterov")
    assert rates(window)[1] == safe(window, "nesterov")
    window.session.advance(100)
    trajectory = window.session.race.trajectories[1]
    assert trajectory.losses[100] < trajectory.losses[0]


@pytest.mark.parametrize("from_start", [True, False])
def test_the_button_sets_a_rate_for_the_position_where_it_applies(open_shell: Open, from_start: bool) -> None:
    window = open_shell(Experiment("rosenbrock", None, (Run("sgd", {"lr": 1e-5}),)))
    window.session.advance(40)
    trajectory = window.session.race.trajectories[0]
    position = (trajectory.xs[40], trajectory.ys[40])
    window.session.set_edit_from_start(from_start)
    row = window.side_panel.editor.form.safe_rate_row
    assert row is not None
    row.button.click()
    (run,) = window.session.experiment.runs
    assert run.hyperparameters["lr"] == safe(window, "sgd", None if from_start else position)
    assert bool(run.history) != from_start
    assert window.session.race.step == 40


def test_the_stability_limit_is_marked_on_the_slider(open_shell: Open) -> None:
    """The largest curvature of the bowl is 2 everywhere; no limit is known for Adam."""
    window = open_shell(BOWL)
    row, field = window.side_panel.editor.form.safe_rate_row, rate_field(window)
    assert row is not None
    assert row.limit_label.text() == "stability limit 1"
    assert field.slider.mark == pytest.approx(field.spec.to_slider(1.0))
    window.side_panel.run_list.list.setCurrentRow(1)
    row, field = window.side_panel.editor.form.safe_rate_row, rate_field(window)
    assert row is not None
    assert (row.limit_label.text(), field.slider.mark) == ("", None)


def test_the_slider_reaches_the_rates_that_unscaled_data_need(open_shell: Open) -> None:
    x = [1000.0 * k for k in range(1, 9)]
    window = open_shell(Experiment("linear_regression", None, (Run("sgd"),)).with_data(x, [3 * v for v in x]))
    row = window.side_panel.editor.form.safe_rate_row
    assert row is not None
    row.button.click()
    assert rates(window)[0] < 1e-6
    assert 0 < rate_field(window).slider.value() < rate_field(window).slider_steps


def test_tuning_without_an_improvement_is_refused_in_words(open_shell: Open) -> None:
    window = open_shell(Experiment("elongated_bowl", (0.0, 0.0), (Run.parse("sgd noise=1"),)))
    panel = window.side_panel.comparison_panel
    panel._select_mode("tuned")
    while panel.tuning_task.running:
        panel.tuning_task.timer.timeout.emit()
    expected = f"none of the {RATE_COUNT} learning rates tried ends below the loss at the start"
    assert expected in panel.error_label.text()
    assert window.session.experiment.comparison.mode == ""


def test_opened_data_get_rates_that_descend(open_shell: Open, tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("size,price\n" + "".join(f"{1000 * k},{3000 * k + 7}\n" for k in range(1, 30)))
    window = open_shell(Experiment("rosenbrock", None, (Run("sgd"), Run("adam"))))
    answer(lambda dialog: dialog.standardize_box.setChecked(False))
    window.documents.open_path(path)
    window.session.advance(100)
    for trajectory in window.session.race.trajectories:
        assert trajectory.diverged_at is None
        assert trajectory.losses[100] < trajectory.losses[0]


def test_no_limit_is_shown_for_a_run_that_has_diverged(open_shell: Open) -> None:
    """The curvature far away says nothing about the surface."""
    window = open_shell(Experiment("rosenbrock", None, (Run("sgd", {"lr": 1.0}),)))
    window.session.advance(60)
    window.update_texts()
    row = window.side_panel.editor.form.safe_rate_row
    assert row is not None
    assert window.session.race.trajectories[0].diverged_at is not None
    assert row.limit_label.text() == ""
