"""The step panel: rows, steps, comparison, previews, and what it leaves alone."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.analysis.step_explanation import explain
from app.analysis.step_text.rows import StepRow
from app.engine.trajectory import Trajectory
from app.gui.help.help_pages import optimizer_page
from app.gui.panels.step.comparison_bar import CHANGE
from app.gui.panels.step.number_formula import formula_boxes, wrapped_rows
from app.gui.panels.step.step_list import StepList
from app.gui.panels.step.step_panel import StepPanel
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import OPTIMIZERS
from surfaces import SURFACES
from tests.processes import ROOT
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
SAMPLE = ("sgd sam=0.1", "adam lookahead=3", "lion weight_decay=0.1", "lbfgs", "cma_es", "nelder_mead", "trust_region")
SAMPLE += ("steepest_descent_wolfe", "conjugate_gradient_pr", "schedule_free_adamw", "adafactor_optax", "rprop")


def experiment(*runs: str, step: int = 3) -> Experiment:
    return Experiment("himmelblau", start=(-2.0, 0.5), runs=tuple(map(Run.parse, runs)), displayed_step=step)


def open_panel(open_window: Open, application: QApplication, *runs: str, step: int = 3) -> tuple[MainWindow, StepPanel]:
    window = open_window(experiment(*runs, step=step))
    window.action_registry["step_panel"].trigger()
    process_events(application)
    return window, window.panels.step_panel


def texts(step_list: StepList) -> list[str]:
    return [item.text() for n in range(step_list.count()) if (item := step_list.item(n))]


def row_of(step_list: StepList, symbol: str) -> StepRow:
    return next(entry for entry in step_list.entries if isinstance(entry, StepRow) and entry.symbol == symbol)


@pytest.mark.slow
def test_bias_correction_of_the_first_five_steps_of_adam(open_window: Open, application: QApplication) -> None:
    window, panel = open_panel(open_window, application, "adam lr=0.3", step=0)
    step_list = panel.columns[0].list
    assert step_list.isHidden()
    for step in range(1, 6):
        panel.step_button.click()
        panel.refresh()
        assert panel.columns[0].title_label.text() == f"Step {step} of Adam"
        corrected = row_of(step_list, r"\hat{m}_t")
        assert corrected.line is not None
        assert corrected.line.substituted_x.endswith(f"0.9^{{{step}}}}}")
        before = window.session.race.trajectories[0].point_at(step).x
        assert corrected.value == pytest.approx((before[1] / (1 - 0.9**step), corrected.value[1]))
    assert window.session.race.step == 5


@pytest.mark.slow
@pytest.mark.parametrize("run", SAMPLE)
def test_the_panel_has_the_numbers_of_every_kind_of_optimizer(
    open_window: Open, application: QApplication, run: str
) -> None:
    window, panel = open_panel(open_window, application, run, step=4)
    step_list = panel.columns[0].list
    explanation = explain(window.session.race.trajectories[0], panel.subject.step)
    last = row_of(step_list, "x_t")
    assert last.value == explanation.after.position
    keys = [entry.key for entry in step_list.entries if isinstance(entry, StepRow)]
    assert {*explanation.parts, *explanation.points} <= set(keys)
    assert all(picture is None or picture.height > 5 for picture in step_list.pictures)
    pixels = step_list.grab().toImage()
    assert len({pixels.pixel(x, y) for x in range(20, 200, 2) for y in range(0, 200, 2)}) > 8


@pytest.mark.slow
def test_other_steps_cause_no_full_draw(open_window: Open, application: QApplication) -> None:
    window, panel = open_panel(open_window, application, "adam", "sgd", step=20)
    panel.comparison.combo.setCurrentIndex(2)
    panel.refresh()
    process_events(application)
    before = {name: canvas.full_draw_count for name, canvas in window.canvases.items()}
    step_list = panel.columns[0].list
    step_list.setFocus()
    for _ in range(6):
        QTest.keyClick(step_list, Qt.Key.Key_PageUp)
        QTest.keyClick(step_list, Qt.Key.Key_Down)
        process_events(application)
    QTest.keyClick(step_list, Qt.Key.Key_PageDown)
    process_events(application)
    assert window.session.race.step == 15
    assert panel.columns[0].title_label.text() == "Step 15 of Adam"
    assert panel.columns[1].title_label.text() == "Step 15 of SGD"
    assert {name: canvas.full_draw_count for name, canvas in window.canvases.items()} == before


@pytest.mark.slow
def test_the_current_row_stays_the_same_quantity(open_window: Open, application: QApplication) -> None:
    _, panel = open_panel(open_window, application, "adam", "adamw weight_decay=0.1", step=4)
    keys: list[str] = []
    panel.arrow_highlighted.connect(keys.append)
    step_list = panel.columns[0].list
    step_list.setCurrentRow(texts(step_list).index(next(t for t in texts(step_list) if t.startswith("memory"))))
    assert keys[-1] == "memory"
    panel.comparison.combo.setCurrentIndex(2)
    panel.refresh()
    step_list.setCurrentRow(step_list.entries.index(row_of(step_list, "v_t")))
    assert keys[-1] == ""
    other = panel.columns[1].list
    assert other.current_row is not None
    assert other.current_row.symbol == "v_t"
    QTest.keyClick(step_list, Qt.Key.Key_PageUp)
    assert step_list.current_row is not None
    assert step_list.current_row.symbol == "v_t"


@pytest.mark.slow
def test_a_changed_hyperparameter_is_previewed_and_then_applied(open_window: Open, application: QApplication) -> None:
    window, panel = open_panel(open_window, application, "sgd lr=0.01", step=4)
    assert panel.columns[1].isHidden()
    panel.comparison.combo.setCurrentIndex(panel.comparison.combo.findData(CHANGE))
    panel.comparison.changed.emit()
    assert not panel.comparison.apply_button.isEnabled()
    panel.comparison.field.number_field.change_value(0.02)
    before = window.session.experiment
    assert panel.columns[1].title_label.text() == "With lr = 0.02"
    step = panel.explanation
    expected = [b - 0.02 * g for b, g in zip(step.before.position, step.before.gradient, strict=True)]
    assert panel.previewed_after == pytest.approx(expected)
    assert window.session.experiment is before
    panel.comparison.apply_button.click()
    assert window.session.displayed_experiment.runs[0].hyperparameters["lr"] == 0.02
    panel.comparison.combo.setCurrentIndex(0)
    panel.comparison.changed.emit()
    assert panel.previewed_after is None
    assert panel.columns[1].isHidden()


@pytest.mark.slow
@pytest.mark.parametrize("from_start", [False, True])
def test_a_dragged_slider_is_previewed_beside_the_step(
    open_window: Open, application: QApplication, from_start: bool
) -> None:
    window, panel = open_panel(open_window, application, "momentum lr=0.001", step=4)
    window.session.set_edit_from_start(from_start)
    old = panel.explanation
    window.session.store.begin_interaction()
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("lr", 0.002)))
    panel.refresh()
    assert panel.explanation.after.position == old.after.position
    assert panel.columns[1].title_label.text() == "With lr = 0.002"
    change = [n - o for n, o in zip(panel.previewed_after, old.after.position, strict=True)]
    assert change == pytest.approx(old.parts["gradient"])
    window.session.store.end_interaction()
    panel.refresh()
    assert panel.previewed_after is None


@pytest.mark.slow
def test_a_run_that_diverged_shows_its_last_step(open_window: Open, application: QApplication) -> None:
    window, panel = open_panel(open_window, application, "sgd lr=5", "adam", step=300)
    last_step = window.session.race.trajectories[0].last_step
    assert panel.columns[0].title_label.text() == f"Step {last_step} of SGD, the last one"


@pytest.mark.slow
def test_the_step_is_copied(open_window: Open, application: QApplication) -> None:
    _, panel = open_panel(open_window, application, "adam", step=4)
    clipboard = application.clipboard()
    panel.copy_latex()
    assert clipboard.text().startswith(r"\begin{align*}")
    panel.copy_text()
    assert clipboard.text().startswith("Step 4 of Adam\n")
    assert "m_hat = m / (1 - bias_correction * beta1 ** t)" in clipboard.text()


@pytest.mark.slow
def test_the_stability_limit_in_the_status_opens_the_panel(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment("sphere", runs=(Run.parse("sgd lr=1.2"),), displayed_step=9))
    assert ">2/λmax</a>" in window.status_line.status_label.text()
    window.status_line.status_label.linkActivated.emit("curvature")
    process_events(application)
    panel = window.panels.step_panel
    assert panel.isVisible()
    current = panel.columns[0].list.current_row
    assert current is not None
    assert current.key == "steepest"
    assert any("exceeds the stability limit" in text for text in texts(panel.columns[0].list))
    window.status_line.status_label.linkActivated.emit("curvature")
    assert panel.isVisible()


@pytest.mark.slow
def test_the_panel_stays_in_presentation_mode(open_window: Open, application: QApplication) -> None:
    window, panel = open_panel(open_window, application, "adam")
    window.presentation_mode.enter()
    process_events(application)
    assert panel.isVisible()
    window.action_registry["step_panel"].trigger()
    assert not panel.isVisible()
    window.presentation_mode.leave()
    process_events(application)
    assert window.dock_layout.is_dock_enabled("step_panel")


@pytest.mark.slow
def test_a_panel_behind_a_tab_is_raised_before_it_is_hidden(open_window: Open, application: QApplication) -> None:
    window = open_window(experiment("adam"))
    window.resize(1024, 700)
    action, layout = window.action_registry["step_panel"], window.dock_layout
    assert not layout.is_dock_enabled("step_panel")
    action.trigger()
    process_events(application)
    assert layout.is_behind("side")
    window.action_registry["side"].trigger()
    process_events(application)
    assert layout.is_behind("step_panel")
    assert layout.is_dock_enabled("side")
    action.trigger()
    process_events(application)
    assert not layout.is_behind("step_panel")
    action.trigger()
    assert not layout.is_dock_enabled("step_panel")


@pytest.fixture
def readme_optimizer(tmp_path: Path) -> Iterator[str]:
    """Declare the optimizer of the README in a file with the names of the module it is pasted into; yield its id."""
    code = (ROOT / "README.md").read_text().split("```python\n@optimizer")[1].split("```")[0]
    path, known = tmp_path / "pasted_rule.py", set(OPTIMIZERS)
    path.write_text(f"from optimizers.rules.first_order import *\n\n\n@optimizer{code}")
    spec = importlib.util.spec_from_file_location("pasted_rule", path)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    (name,) = set(OPTIMIZERS) - known
    yield name
    del OPTIMIZERS[name]


@pytest.mark.slow
def test_the_optimizer_of_the_readme_has_its_panel(
    readme_optimizer: str, open_window: Open, application: QApplication
) -> None:
    _, panel = open_panel(open_window, application, readme_optimizer)
    assert panel.columns[0].title_label.text() == "Step 3 of Softsign momentum"
    assert row_of(panel.columns[0].list, "x_t").value == panel.explanation.after.position


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_line_with_numbers_is_typeset_without_mathtext(application: QApplication, optimizer: str) -> None:
    trajectory = Trajectory(Run(optimizer), SURFACES["himmelblau"], (-2.0, 0.5))
    trajectory.advance(9)
    for line in explain(trajectory, trajectory.last_step).lines:
        boxes = formula_boxes(line.substituted_x, 15.0)
        drawn = "".join(text for box in boxes for *_, text in box.texts)
        assert not set(drawn) & set("\\{}^_$"), line
        digits = [character for character in line.substituted_x if character.isdigit()]
        assert sorted(digits) == sorted(character for character in drawn if character.isdigit())
        assert all(sum(box.width for box in row) <= 200 or len(row) == 1 for row in wrapped_rows(boxes, 200.0))


def test_the_help_page_shows_the_lines_of_the_code_for_other_switches() -> None:
    note = "These lines are derived from the code."
    assert note not in optimizer_page(Run("lars"))
    switched = 1 - Run("lars").hyperparameters["nesterov"]
    assert note in optimizer_page(Run("lars", {"nesterov": switched}))
