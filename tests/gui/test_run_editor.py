"""The run editor: implementations, presets, modifiers, switches and integer hyperparameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.gui.panels.setup.run_editor import RunEditor
from app.gui.widgets.buttons import MenuButton
from app.gui.widgets.slider_field import SliderField
from app.gui.widgets.switch_field import SwitchField
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.run import Run
from optimizers import MODIFIERS, OPTIMIZERS
from optimizers.frameworks import presets
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]


def open_with_run(open_window: Open, message: str) -> tuple[MainWindow, RunEditor]:
    window = open_window(Experiment("rosenbrock", (-0.5, 2.5), (Run.parse(message),)))
    return window, window.side_panel.editor


def menu_entries(button: MenuButton) -> dict[str, Callable[[], None]]:
    """Return the entries of an open menu and the functions that trigger them."""
    menu = button.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return {action.text(): action.trigger for action in menu.actions()}


def test_the_implementation_can_be_selected(open_shell: Open) -> None:
    window, editor = open_with_run(open_shell, "adam lr=0.05 beta1=0.8")
    combo = editor.implementation_row.combo
    assert combo.isVisible()
    assert [combo.itemData(k) for k in range(3)] == ["adam", "adam_keras", "adam_optax"]
    assert combo.currentText() == OPTIMIZERS["adam"].implementation
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    (run,) = window.session.experiment.runs
    assert (run.optimizer, run.hyperparameters["lr"], run.hyperparameters["beta1"]) == ("adam_keras", 0.05, 0.8)
    assert window.session.experiment.labels[0].startswith(OPTIMIZERS["adam_keras"].name)
    assert editor.picker.currentText() == "Adam", "the optimizer is the same"
    editor.picker.selected.emit("adam")
    assert window.session.experiment.runs == (run,), "selecting it again changes nothing"
    window.session.store.undo()
    assert combo.currentIndex() == 0


def test_a_single_implementation_is_named_in_a_line_of_text(open_shell: Open) -> None:
    _, editor = open_with_run(open_shell, "sgd")
    assert not editor.implementation_row.combo.isVisible()
    assert editor.implementation_row.label.text() == f"Implementation: {OPTIMIZERS['sgd'].implementation}"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sgd", "adam", "momentum"])
def test_a_preset_sets_everything_in_one_undo_step(open_shell: Open, name: str) -> None:
    window, editor = open_with_run(open_shell, f"{name} lr=5 noise=1")
    before = window.session.experiment
    offered_presets = presets(name)
    assert {preset.framework for preset in offered_presets} >= {"PyTorch", "Keras"}
    for preset in offered_presets:
        menu_entries(editor.preset_button)[f"{preset.framework}:  {preset.call}"]()
        (run,) = window.session.experiment.runs
        assert run == replace(before.runs[0], optimizer=preset.id, hyperparameters=preset.hyperparameters)
        window.session.store.undo()
        assert window.session.experiment == before


@pytest.mark.slow
def test_every_modifier_can_be_added_and_removed_while_playing(open_window: Open, application: QApplication) -> None:
    window, editor = open_with_run(open_window, "sgd lr=0.0001")
    assert "Mini-batches" not in menu_entries(editor.add_button), "the surface has no data"
    window.session.change(lambda e: e.with_surface("linear_regression"))
    window.session.advance(10)
    race = window.session.race
    for name, modifier in MODIFIERS.items():
        menu_entries(editor.add_button)[modifier.name]()
        assert window.session.experiment.runs[0].hyperparameters[name] == modifier.default_strength
        assert set(editor.fields) >= set(modifier.hyperparameters)
        label = modifier.hyperparameters[name].text_label(name)
        assert f"{label} {modifier.default_strength:g}" in window.session.experiment.labels[0]
        assert modifier.name not in menu_entries(editor.add_button)
        process_events(application)
        window.session.advance(10)
    assert not editor.add_button.isVisible(), "no modifier is left to add"
    assert window.session.race is race
    assert race.step == 10 + 10 * len(MODIFIERS)
    for name in MODIFIERS:
        editor.form.remove_buttons[name].click()
        assert name not in window.session.experiment.runs[0].hyperparameters
    assert list(editor.fields) == ["lr"]
    window.session.store.undo()
    assert list(editor.form.remove_buttons) == list(MODIFIERS)[-1:]


def test_a_modifier_takes_effect_from_the_next_step(open_shell: Open) -> None:
    window, editor = open_with_run(open_shell, "sgd lr=0.0001")
    window.session.advance(3)
    menu_entries(editor.add_button)[MODIFIERS["clip_norm"].name]()
    window.session.advance(1)
    x, y, _ = window.session.race.trajectories[0].values_between(3, 4)
    assert ((x[1] - x[0]) ** 2 + (y[1] - y[0]) ** 2) ** 0.5 == pytest.approx(1e-4), (
        "a gradient of length 1, times the rate"
    )
    window.session.show_step(3)
    assert ["clip_norm" in values for _, values in window.session.race.trajectories[0].hyperparameters_by_step] == [
        False,
        True,
    ]


def test_the_reset_button_of_a_modifier_restores_its_initial_value(open_shell: Open) -> None:
    window, editor = open_with_run(open_shell, "sgd weight_decay=0.5")
    slider_field = editor.fields["weight_decay"]
    slider_field.reset_button.click()
    assert (
        window.session.experiment.runs[0].hyperparameters["weight_decay"] == MODIFIERS["weight_decay"].default_strength
    )
    assert not slider_field.reset_button.isEnabled()


def test_a_switch_is_a_check_box(open_shell: Open) -> None:
    name, optimizer = next(
        (n, r) for r in OPTIMIZERS.values() for n, h in r.hyperparameters.items() if h.scale == "switch"
    )
    window, editor = open_with_run(open_shell, optimizer.id)
    switch = editor.fields[name]
    assert isinstance(switch, SwitchField)
    default = bool(optimizer.defaults[name])
    switch.check_box.click()
    assert window.session.experiment.runs[0].hyperparameters[name] == float(not default)
    assert switch.reset_button.isEnabled()
    switch.reset_button.click()
    assert switch.check_box.isChecked() == default
    assert window.session.experiment.runs[0].hyperparameters[name] == float(default)


def test_an_integer_is_changed_one_by_one(open_shell: Open, application: QApplication) -> None:
    window, editor = open_with_run(open_shell, "sgd lookahead=5")
    slider_field = editor.fields["lookahead"]
    assert isinstance(slider_field, SliderField)
    window.activateWindow()
    slider_field.slider.setFocus()
    process_events(application)
    for key, value in ((Qt.Key.Key_Right, 6.0), (Qt.Key.Key_Right, 7.0), (Qt.Key.Key_Left, 6.0)):
        QTest.keyClick(slider_field.slider, key)
        assert window.session.experiment.runs[0].hyperparameters["lookahead"] == value
        assert slider_field.number_field.text() == f"{value:g}"
    slider_field.number_field.edit.setText("2.5")
    slider_field.number_field.edit.editingFinished.emit()
    assert slider_field.error_label.isVisible()
    assert "an integer" in slider_field.error_label.text()
    assert window.session.experiment.runs[0].hyperparameters["lookahead"] == 6.0


@pytest.mark.slow
def test_no_text_is_cut_in_a_narrow_panel(open_window: Open, application: QApplication) -> None:
    window = open_window()
    body, bar = window.side_panel.widget(), window.side_panel.verticalScrollBar()
    assert body is not None
    assert bar is not None
    room = window.side_panel.minimumWidth() - bar.sizeHint().width()
    for name, optimizer in OPTIMIZERS.items():
        run = Run(name, {modifier.id: modifier.default_strength for modifier in optimizer.modifiers.values()})
        window.session.change(lambda e, run=run: replace(e, runs=(run,)))
        process_events(application, 2)
        assert body.minimumSizeHint().width() <= room, name
