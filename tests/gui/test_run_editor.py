"""The editor of a run: conventions, presets, parts, switches and whole numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.gui.panels.setup.run_editor import MenuButton, RunEditor
from app.gui.widgets.slider_field import Knob
from app.gui.widgets.switch_field import Switch
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment, Run
from optimizers import OPTIMIZERS, PARTS
from optimizers.frameworks import presets
from tests.conftest import settle

Open = Callable[..., MainWindow]


def with_run(open_window: Open, words: str) -> tuple[MainWindow, RunEditor]:
    window = open_window(Experiment("rosenbrock", (-0.5, 2.5), (Run.parse(words),)))
    return window, window.side.editor


def entries(button: MenuButton) -> dict[str, Callable[[], None]]:
    """What a menu holds when it is opened, and what triggers it."""
    menu = button.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    return {action.text(): action.trigger for action in menu.actions()}


def test_the_convention_can_be_chosen(open_window: Open) -> None:
    window, editor = with_run(open_window, "adam lr=0.05 beta1=0.8")
    combo = editor.convention
    assert combo.isVisible()
    assert [combo.itemData(k) for k in range(3)] == ["adam", "adam_keras", "adam_optax"]
    assert combo.currentText() == OPTIMIZERS["adam"].convention
    combo.setCurrentIndex(1)
    combo.activated.emit(1)
    (run,) = window.session.experiment.runs
    assert (run.optimizer, run.hyperparameters["lr"], run.hyperparameters["beta1"]) == ("adam_keras", 0.05, 0.8)
    assert window.session.experiment.labels[0].startswith(OPTIMIZERS["adam_keras"].name)
    assert editor.picker.currentText() == "Adam", "the optimizer is the same"
    editor.picker.chosen.emit("adam")
    assert window.session.experiment.runs == (run,), "choosing it again changes nothing"
    window.session.store.undo()
    assert combo.currentIndex() == 0


def test_where_there_is_one_convention_a_line_names_it(open_window: Open) -> None:
    _, editor = with_run(open_window, "sgd")
    assert not editor.convention.isVisible()
    assert editor.named.text() == f"Convention: {OPTIMIZERS['sgd'].convention}"


@pytest.mark.parametrize("name", ["sgd", "adam", "momentum"])
def test_a_preset_sets_everything_in_one_step(open_window: Open, name: str) -> None:
    window, editor = with_run(open_window, f"{name} lr=5 noise=1")
    before = window.session.experiment
    offered = presets(name)
    assert {preset.framework for preset in offered} >= {"PyTorch", "Keras"}
    for preset in offered:
        entries(editor.preset)[f"{preset.framework}:  {preset.call}"]()
        (run,) = window.session.experiment.runs
        assert run == replace(before.runs[0], optimizer=preset.id, hyperparameters=preset.hyperparameters)
        window.session.store.undo()
        assert window.session.experiment == before


def test_every_part_can_be_added_and_removed_while_it_races(open_window: Open, application: QApplication) -> None:
    window, editor = with_run(open_window, "sgd lr=0.0001")
    assert "Mini-batches" not in entries(editor.add), "there are no data to choose from"
    window.session.change(lambda e: e.on("linear_regression"))
    window.session.advance(10)
    race = window.session.race
    for name, part in PARTS.items():
        entries(editor.add)[part.name]()
        assert window.session.experiment.runs[0].hyperparameters[name] == part.on
        assert set(editor.knobs) >= set(part.hyperparameters)
        assert f"{name} {part.on:g}" in window.session.experiment.labels[0]
        assert part.name not in entries(editor.add)
        settle(application)
        window.session.advance(10)
    assert not editor.add.isVisible(), "there is none left to add"
    assert window.session.race is race
    assert race.step == 10 + 10 * len(PARTS)
    for name in PARTS:
        editor.body.crosses[name].click()
        assert name not in window.session.experiment.runs[0].hyperparameters
    assert list(editor.knobs) == ["lr"]
    window.session.store.undo()
    assert list(editor.body.crosses) == list(PARTS)[-1:]


def test_a_part_is_felt_from_the_next_update_on(open_window: Open) -> None:
    window, editor = with_run(open_window, "sgd lr=0.0001")
    window.session.advance(3)
    entries(editor.add)[PARTS["clip_norm"].name]()
    window.session.advance(1)
    x, y, _ = window.session.race.tracks[0].part(3, 4)
    assert ((x[1] - x[0]) ** 2 + (y[1] - y[0]) ** 2) ** 0.5 == pytest.approx(1e-4), (
        "a gradient of length 1, times the rate"
    )
    window.session.show_step(3)
    assert ["clip_norm" in values for _, values in window.session.race.tracks[0].timeline] == [False, True]


def test_the_reset_of_a_part_leads_to_where_it_began(open_window: Open) -> None:
    window, editor = with_run(open_window, "sgd weight_decay=0.5")
    knob = editor.knobs["weight_decay"]
    knob.reset.click()
    assert window.session.experiment.runs[0].hyperparameters["weight_decay"] == PARTS["weight_decay"].on
    assert not knob.reset.isEnabled()


def test_a_switch_is_a_check_box(open_window: Open) -> None:
    name, rule = next((n, r) for r in OPTIMIZERS.values() for n, h in r.hyperparameters.items() if h.scale == "switch")
    window, editor = with_run(open_window, rule.id)
    switch = editor.knobs[name]
    assert isinstance(switch, Switch)
    default = bool(rule.defaults[name])
    switch.box.click()
    assert window.session.experiment.runs[0].hyperparameters[name] == float(not default)
    assert switch.reset.isEnabled()
    switch.reset.click()
    assert switch.box.isChecked() == default
    assert window.session.experiment.runs[0].hyperparameters[name] == float(default)


def test_a_whole_number_is_turned_one_by_one(open_window: Open, application: QApplication) -> None:
    window, editor = with_run(open_window, "sgd lookahead=5")
    knob = editor.knobs["lookahead"]
    assert isinstance(knob, Knob)
    window.activateWindow()
    knob.slider.setFocus()
    settle(application)
    for key, value in ((Qt.Key.Key_Right, 6.0), (Qt.Key.Key_Right, 7.0), (Qt.Key.Key_Left, 6.0)):
        QTest.keyClick(knob.slider, key)
        assert window.session.experiment.runs[0].hyperparameters["lookahead"] == value
        assert knob.field.text() == f"{value:g}"
    knob.field.setText("2.5")
    knob.field.setModified(True)
    knob.field.editingFinished.emit()
    assert knob.wrong.isVisible()
    assert "whole number" in knob.wrong.text()
    assert window.session.experiment.runs[0].hyperparameters["lookahead"] == 6.0


def test_nothing_is_cut_where_the_panel_is_narrow(open_window: Open, application: QApplication) -> None:
    window = open_window()
    body, bar = window.side.widget(), window.side.verticalScrollBar()
    assert body is not None
    assert bar is not None
    room = window.side.minimumWidth() - bar.sizeHint().width()
    for name, rule in OPTIMIZERS.items():
        run = Run(name, {part.id: part.on for part in rule.parts.values()})
        window.session.change(lambda e, run=run: replace(e, runs=(run,)))
        settle(application, 2)
        assert body.minimumSizeHint().width() <= room, name
