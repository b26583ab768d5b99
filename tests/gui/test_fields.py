"""Number fields, sliders and sets of hyperparameters: keys, wheel, clipboard, undo."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QContextMenuEvent, QGuiApplication, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QMenu, QMessageBox, QSlider, QStyle, QStyleOptionSpinBox, QWidget

from app.gui.widgets.number_field import NumberField
from app.gui.widgets.slider_field import SliderField
from app.gui.window.main_window import MainWindow
from app.model.experiment import Experiment
from app.model.hyperparameter_text import format_hyperparameters
from app.model.run import Run
from app.session.playback_clock import MAX_SPEED
from optimizers import OPTIMIZERS
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
KEY, NO_MODIFIER, SHIFT = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
TWO = Experiment("rosenbrock", (-0.5, 2.5), (Run("adam", {"lr": 0.001}), Run("sgd", {"lr": 0.0001})))


@pytest.fixture
def window(open_shell: Open, application: QApplication) -> MainWindow:
    window = open_shell(TWO)
    window.activateWindow()
    window.session.advance(20)
    process_events(application, 2)
    return window


def slider_field_of(window: MainWindow, name: str = "lr") -> SliderField:
    slider_field = window.side_panel.editor.fields[name]
    assert isinstance(slider_field, SliderField)
    return slider_field


def value_of(window: MainWindow, name: str = "lr", row: int = 0) -> float:
    return window.session.experiment.runs[row].hyperparameters[name]


def enter(field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, KEY.Key_Return)


def press_handle(slider: QSlider) -> None:
    """Press the mouse on the handle of a slider."""
    x = slider.style().sliderPositionFromValue(0, slider.maximum(), slider.value(), slider.width())
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, slider.height() // 2))
    assert slider.isSliderDown()


def scroll(widget: QWidget, angle: int, modifiers: Qt.KeyboardModifier = NO_MODIFIER) -> QWheelEvent:
    """Scroll the wheel over a widget."""
    position = QPointF(5, 5)
    event = QWheelEvent(
        position,
        QPointF(widget.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


def test_arrows_change_a_learning_rate_by_a_tenth_of_a_decade_and_shift_or_page_keys_by_a_decade(
    window: MainWindow,
) -> None:
    slider_field, step = slider_field_of(window), window.session.race.step
    slider_field.number_field.setFocus()
    for key, modifier, value in (
        (KEY.Key_Up, NO_MODIFIER, 0.00125),
        (KEY.Key_Up, NO_MODIFIER, 0.0016),
        (KEY.Key_Up, SHIFT, 0.016),
        (KEY.Key_PageUp, NO_MODIFIER, 0.16),
        (KEY.Key_Down, NO_MODIFIER, 0.125),
        (KEY.Key_Down, SHIFT, 0.0125),
        (KEY.Key_PageDown, NO_MODIFIER, 0.00125),
        (KEY.Key_Down, NO_MODIFIER, 0.001),
    ):
        QTest.keyClick(slider_field.number_field, key, modifier)
        assert value_of(window) == value
        assert float(slider_field.number_field.text()) == value
        assert slider_field.slider.value() == round(slider_field.spec.to_slider(value) * slider_field.slider_steps)
        assert slider_field.number_field.edit.selectedText() == slider_field.number_field.text(), (
            "the text is selected, so typing replaces it"
        )
    assert not slider_field.reset_button.isEnabled()
    for key in (
        KEY.Key_Left,
        KEY.Key_Right,
        KEY.Key_Home,
        KEY.Key_End,
    ):
        QTest.keyClick(slider_field.number_field, key)
        QTest.keyClick(slider_field.number_field, key, SHIFT)
    assert window.session.race.step == step, "these keys move the text cursor"


@pytest.mark.slow
def test_a_burst_of_steps_is_one_edit_that_takes_effect_from_the_displayed_step(window: MainWindow) -> None:
    slider_field, session = slider_field_of(window), window.session
    before = session.experiment
    slider_field.number_field.setFocus()
    for _ in range(10):
        QTest.keyClick(slider_field.number_field, KEY.Key_Up)
    assert session.store.interaction_active
    slider_field.number_field.burst_timer.timeout.emit()
    assert not session.store.interaction_active
    assert [(since, values["lr"]) for since, values in session.race.trajectories[0].hyperparameters_by_step] == [
        (0, 0.001),
        (20, 0.01),
    ]
    QTest.keyClick(slider_field.number_field, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.experiment == before
    assert slider_field.number_field.text() == "0.001"


@pytest.mark.parametrize(
    "leave",
    [
        lambda window: window.setFocus(),
        lambda window: window.side_panel.hide(),
        lambda window: press_handle(slider_field_of(window).slider),
    ],
)
def test_a_held_key_ends_its_interaction_when_the_control_loses_focus(
    window: MainWindow, leave: Callable[[MainWindow], None]
) -> None:
    slider_field = slider_field_of(window)
    slider_field.slider.setFocus()
    QTest.keyPress(slider_field.slider, KEY.Key_Right)
    assert window.session.store.interaction_active
    leave(window)
    assert not slider_field.number_field.burst_timer.isActive()
    window.session.store.end_interaction()
    if QApplication.mouseButtons():
        QTest.mouseRelease(slider_field.slider, Qt.MouseButton.LeftButton)


@pytest.mark.slow
def test_a_step_starts_from_the_typed_value_unless_it_is_invalid(window: MainWindow) -> None:
    slider_field = slider_field_of(window)
    slider_field.number_field.setFocus()
    slider_field.number_field.selectAll()
    QTest.keyClicks(slider_field.number_field, "0,2")
    QTest.keyClick(slider_field.number_field, KEY.Key_Up)
    assert value_of(window) == 0.25
    slider_field.number_field.selectAll()
    QTest.keyClicks(slider_field.number_field, "1,000")
    QTest.keyClick(slider_field.number_field, KEY.Key_Down)
    assert value_of(window) == 0.8
    assert "1,000 was read as 1" in slider_field.error_label.text()
    QTest.keyClick(slider_field.number_field, KEY.Key_Escape)
    enter(slider_field.number_field, "0.25")
    slider_field.number_field.setFocus()
    slider_field.number_field.selectAll()
    QTest.keyClicks(slider_field.number_field, "0..2")
    QTest.keyClick(slider_field.number_field, KEY.Key_Up)
    assert value_of(window) == 0.25
    assert slider_field.number_field.text() == "0..2"
    assert "learning rate must be" in slider_field.error_label.text()


def test_the_wheel_changes_only_the_focused_control(window: MainWindow) -> None:
    slider_field = slider_field_of(window)
    window.setFocus()
    for widget in (
        slider_field.number_field,
        slider_field.slider,
        window.side_panel.comparison_panel.mode_combo,
        window.timeline_bar.timeline,
    ):
        assert not scroll(widget, -120).isAccepted(), "the panel scrolls"
    assert window.session.experiment.runs == TWO.runs
    assert window.session.race.step == 20
    for widget in (slider_field.number_field, slider_field.slider):
        widget.setFocus()
        assert scroll(widget, 120).isAccepted()
        assert value_of(window) == 0.00125
        scroll(widget, -240)
        assert value_of(window) == 0.0008
        QTest.keyPress(widget, KEY.Key_Shift, SHIFT)
        scroll(widget, 120, SHIFT)
        QTest.keyRelease(widget, KEY.Key_Shift)
        assert value_of(window) == 0.008
        for _ in range(4):
            scroll(widget, 30)
        assert value_of(window) == 0.01, "a touchpad scrolls by less than a notch"
        enter(slider_field.number_field, "0.001")


def test_slider_and_field_step_alike_and_the_slider_stops_at_its_end(window: MainWindow) -> None:
    slider_field = slider_field_of(window)
    slider_field.slider.setFocus()
    for key, modifier, value in (
        (KEY.Key_Right, NO_MODIFIER, 0.00125),
        (KEY.Key_Up, NO_MODIFIER, 0.0016),
        (KEY.Key_Left, NO_MODIFIER, 0.00125),
        (KEY.Key_Right, SHIFT, 0.0125),
        (KEY.Key_PageUp, NO_MODIFIER, 0.125),
        (KEY.Key_End, NO_MODIFIER, 10.0),
        (KEY.Key_Right, NO_MODIFIER, 10.0),
        (KEY.Key_Left, NO_MODIFIER, 8.0),
        (KEY.Key_Home, NO_MODIFIER, 1e-6),
        (KEY.Key_PageDown, NO_MODIFIER, 1e-6),
    ):
        QTest.keyClick(slider_field.slider, key, modifier)
        assert value_of(window) == value
        assert float(slider_field.number_field.text()) == value
    enter(slider_field.number_field, "42")
    QTest.keyClick(slider_field.slider, KEY.Key_Right)
    assert value_of(window) == 42, "it does not jump to the end of the slider"
    slider_field.slider.triggerAction(QSlider.SliderAction.SliderPageStepSub)
    assert value_of(window) == 4.2
    assert slider_field.slider.value() == round(slider_field.spec.to_slider(4.2) * slider_field.slider_steps)


def test_at_its_limit_a_field_shows_the_allowed_values_until_it_loses_focus(window: MainWindow) -> None:
    slider_field = slider_field_of(window, "beta1")
    enter(slider_field.number_field, "0.3")
    slider_field.number_field.setFocus()
    QTest.keyClick(slider_field.number_field, KEY.Key_PageDown)
    assert value_of(window, "beta1") == 0.0
    assert not slider_field.error_label.isVisible()
    QTest.keyClick(slider_field.number_field, KEY.Key_Down)
    assert slider_field.error_label.text() == "beta1 must be a number ≥ 0 and < 1"
    assert not slider_field.number_field.property("wrong")
    window.setFocus()
    assert not slider_field.error_label.isVisible()
    speed = window.playback_bar.speed
    speed.number_field.setFocus()
    for _ in range(12):
        QTest.keyClick(speed.number_field, KEY.Key_PageUp)
    assert window.session.clock.speed == MAX_SPEED
    assert "speed must be a number from" in speed.error_label.text()
    QTest.keyClick(speed.number_field, KEY.Key_Escape)
    assert not speed.error_label.isVisible()
    window.playback_bar.speed.reset_button.click()


def test_an_empty_field_keeps_the_last_valid_value(window: MainWindow) -> None:
    slider_field = slider_field_of(window)
    slider_field.number_field.clear()  # Qt does so for Ctrl+U on X11
    window.update_texts()
    assert slider_field.number_field.text() == "", "updated values do not replace what is being typed"
    for text in ("", "   "):
        slider_field.number_field.setFocus()
        slider_field.number_field.selectAll()
        QTest.keyClick(slider_field.number_field, KEY.Key_Delete)
        QTest.keyClicks(slider_field.number_field, text)
        QTest.keyClick(slider_field.number_field, KEY.Key_Return)
        assert slider_field.number_field.text() == "0.001"
        assert not slider_field.error_label.isVisible()
        assert not slider_field.number_field.hasFocus()
    assert window.session.experiment.runs == TWO.runs


@pytest.mark.slow
def test_the_interpretation_of_an_entry_is_shown_next_to_it(window: MainWindow) -> None:
    slider_field = slider_field_of(window)
    enter(slider_field.number_field, "1,000")
    assert value_of(window) == 1.0
    assert slider_field.number_field.text() == "1"
    assert "1,000 was read as 1" in slider_field.error_label.text()
    assert not slider_field.number_field.property("wrong")
    window.update_texts()
    assert slider_field.error_label.isVisible(), "updated values do not hide it"
    slider_field.number_field.setFocus()
    assert not slider_field.error_label.isVisible()


def test_typed_text_is_not_interpreted_as_markup(window: MainWindow) -> None:
    slider_field = slider_field_of(window)
    enter(slider_field.number_field, "<b>1</b>")
    assert slider_field.error_label.textFormat() == Qt.TextFormat.PlainText
    assert "<b>1</b>" in slider_field.error_label.text()
    assert "<b>" not in slider_field.number_field.toolTip()


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        lambda window: slider_field_of(window).slider.setValue(700),
        lambda window: window.session.store.undo(),
        lambda window: window.side_panel.run_list.list.setCurrentRow(1),
        lambda window: slider_field_of(window).reset_button.click(),
        lambda window: window.action_registry["reset_hyperparameters"].trigger(),
        lambda window: window.session.show_step(5),
    ],
)
def test_an_error_disappears_when_the_value_changes_elsewhere(
    window: MainWindow, change: Callable[[MainWindow], None]
) -> None:
    enter(slider_field_of(window).number_field, "0.5")
    enter(slider_field_of(window).number_field, "-3")
    assert slider_field_of(window).error_label.isVisible()
    assert value_of(window) == 0.5
    change(window)
    window.update_texts()
    slider_field = slider_field_of(window)
    assert not slider_field.error_label.isVisible()
    assert not slider_field.number_field.property("wrong")
    assert float(slider_field.number_field.text()) == slider_field.number_field.value != 0.5


def test_an_invalid_start_or_budget_disappears_with_what_it_was_entered_for(window: MainWindow) -> None:
    start, comparison_panel = window.side_panel.start_point, window.side_panel.comparison_panel
    enter(start.fields[0], "1e9")
    assert start.error_label.text() == "start x must be a number from -1000000 to 1000000, not 1e9"
    window.session.change(lambda e: e.with_surface("linear_regression"))
    window.update_texts()
    assert start.error_label.text() == ""
    assert start.fields[0].accessibleName() != "start x"
    comparison_panel._select_mode("evaluations")
    enter(comparison_panel.budget_field, "0")
    assert comparison_panel.error_label.text() == "evaluations must be an integer from 1 to 10000000, not 0"
    comparison_panel._select_mode("tuned")
    assert not comparison_panel.error_label.isVisible()
    assert comparison_panel.budget_field.text() == "500"
    assert comparison_panel.tuning_task.running
    comparison_panel.tuning_task.failed.emit("stopped")
    comparison_panel.tuning_task.cancel()
    comparison_panel._update_widgets()
    enter(comparison_panel.budget_field, "700")
    comparison_panel.tune_button.click()
    assert comparison_panel.budget_field.text() == "700", "the tuned budget stays visible"
    comparison_panel.cancel_button.click()


def test_the_start_is_stepped_by_a_hundredth_of_the_bounds_and_the_paths_follow(window: MainWindow) -> None:
    session, field = window.session, window.side_panel.start_point.fields[0]
    before = session.experiment
    field.setFocus()
    for key, modifier, x in (
        (KEY.Key_Up, NO_MODIFIER, -0.45),
        (KEY.Key_Down, SHIFT, -0.95),
        (KEY.Key_PageUp, NO_MODIFIER, -0.45),
    ):
        QTest.keyClick(field, key, modifier)
        assert session.experiment.start == (x, 2.5)
        assert (session.race.step, session.race.trajectories[0].xs[0]) == (20, x)
    field.end_interaction()
    session.store.undo()
    assert session.experiment == before


def test_buttons_step_a_field_that_has_no_slider(window: MainWindow) -> None:
    session, field = window.session, window.side_panel.start_point.fields[0]
    before, option = session.experiment, QStyleOptionSpinBox()
    field.initStyleOption(option)
    for control, modifier, x in (
        (QStyle.SubControl.SC_SpinBoxUp, NO_MODIFIER, -0.45),
        (QStyle.SubControl.SC_SpinBoxDown, NO_MODIFIER, -0.5),
        (QStyle.SubControl.SC_SpinBoxDown, NO_MODIFIER, -0.55),
        (QStyle.SubControl.SC_SpinBoxUp, SHIFT, -0.05),
    ):
        button = field.style().subControlRect(QStyle.ComplexControl.CC_SpinBox, option, control, field)
        QTest.mouseClick(field, Qt.MouseButton.LeftButton, modifier, button.center())
        assert session.experiment.start == (x, 2.5)
    field.end_interaction()
    session.store.undo()
    assert session.experiment == before


def test_a_click_beside_the_handle_of_a_slider_is_one_undo_step(window: MainWindow) -> None:
    slider_field, session = slider_field_of(window), window.session
    before = session.experiment
    for _ in range(2):
        QTest.mouseClick(
            slider_field.slider, Qt.MouseButton.LeftButton, pos=QPoint(3, slider_field.slider.height() // 2)
        )
    assert value_of(window) == 1e-5
    slider_field.number_field.end_interaction()
    session.store.undo()
    assert session.experiment == before


@pytest.mark.slow
def test_stop_step_and_budget_are_stepped_by_one_and_undone_in_one_step(window: MainWindow) -> None:
    session = window.session
    window.timeline_bar.stop_checkbox.click()
    window.side_panel.comparison_panel._select_mode("evaluations")
    for field, where in (
        (window.timeline_bar.stop_field, lambda: session.experiment.steps),
        (window.side_panel.comparison_panel.budget_field, lambda: session.experiment.comparison.budget),
    ):
        before = session.experiment
        field.setFocus()
        for key, value in (
            (KEY.Key_Up, 1001),
            (KEY.Key_PageUp, 1011),
            (KEY.Key_Down, 1010),
        ):
            QTest.keyClick(field, key)
            assert where() == value
        field.end_interaction()
        session.store.undo()
        assert session.experiment == before


def test_a_set_of_hyperparameters_is_copied_pasted_and_undone_by_keys(window: MainWindow) -> None:
    session, clipboard = window.session, QGuiApplication.clipboard()
    assert clipboard is not None
    both = Qt.KeyboardModifier.ControlModifier | SHIFT
    before = session.experiment
    QTest.keyClick(window, KEY.Key_H, both)
    copied = "adam lr=0.001 beta1=0.9 beta2=0.999 eps=1e-08 bias_correction=1"
    assert clipboard.text() == format_hyperparameters(TWO.runs[0]) == copied
    window.side_panel.run_list.list.setCurrentRow(1)
    QTest.keyClick(window, KEY.Key_V, both)
    adam, other = session.experiment.runs
    assert (other.optimizer, other.hyperparameters) == (adam.optimizer, adam.hyperparameters)
    assert other.slot == before.runs[1].slot
    assert "beta2" in window.side_panel.editor.fields
    session.store.undo()
    assert session.experiment == before


def test_a_pasted_set_takes_effect_from_the_displayed_step_and_omissions_are_reported(window: MainWindow) -> None:
    session, clipboard = window.session, QGuiApplication.clipboard()
    assert clipboard is not None
    window.side_panel.run_list.list.setCurrentRow(1)
    clipboard.setText("lr=0,0002, beta1=0.8")
    window.action_registry["paste_hyperparameters"].trigger()
    assert [(since, values["lr"]) for since, values in session.race.trajectories[1].hyperparameters_by_step] == [
        (0, 0.0001),
        (20, 0.0002),
    ]
    bar = window.statusBar()
    assert bar is not None
    assert bar.currentMessage() == "Set learning rate. SGD has no beta1."


def test_a_set_that_cannot_be_pasted_is_reported_in_a_message_box_and_changes_nothing(
    window: MainWindow, application: QApplication
) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    before = window.session.experiment
    clipboard.setText("adam lr=-1")
    window.action_registry["paste_hyperparameters"].trigger()
    (message_box,) = window.findChildren(QMessageBox)
    assert message_box.text() == "Learning rate must be a number ≥ 0, not -1."
    assert window.session.experiment == before
    assert len(window.session.store.undo_stack) == 0
    message_box.close()
    process_events(application)


def test_all_hyperparameters_are_reset_at_once_and_only_where_one_differs(window: MainWindow) -> None:
    editor, session = window.side_panel.editor, window.session
    assert not editor.reset_button.isEnabled()
    editor._set_hyperparameter("beta1", 0.5)
    editor._set_hyperparameter("weight_decay", 0.3)
    before = session.experiment
    assert editor.reset_button.isEnabled()
    assert window.action_registry["reset_hyperparameters"].isEnabled()
    editor.reset_button.click()
    values = session.experiment.runs[0].hyperparameters
    assert {name: values[name] for name in OPTIMIZERS["adam"].defaults} == OPTIMIZERS["adam"].defaults
    assert values["weight_decay"] == 0.01, "a modifier stays, with its default strength"
    assert not any(slider_field.reset_button.isEnabled() for slider_field in editor.fields.values())
    assert not editor.reset_button.isEnabled()
    session.store.undo()
    assert session.experiment == before


@pytest.mark.slow
def test_the_context_menu_of_the_hyperparameters_offers_the_same_commands(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    action_names: list[str] = []
    monkeypatch.setattr(
        QMenu, "exec", lambda actions, *_: action_names.extend(action.objectName() for action in actions)
    )
    label = slider_field_of(window).label
    QApplication.sendEvent(label, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, QPoint(3, 3)))
    assert action_names == ["copy_hyperparameters", "paste_hyperparameters", "reset_hyperparameters"]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["key", "menu"])
@pytest.mark.parametrize("name", ["speed", "start", "lr"])
def test_undo_discards_a_refused_entry(open_shell: Open, name: str, way: str) -> None:
    window = open_shell()
    window.timeline_bar.stop_checkbox.click()  # an edit that changes none of these values
    window.update_texts()
    field = {
        "speed": window.playback_bar.speed.number_field,
        "start": window.side_panel.start_point.fields[0],
        "lr": window.side_panel.editor.fields["lr"].number_field,
    }[name]
    text = field.text()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "99x")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.property("wrong")
    if way == "menu":
        window.action_registry["undo"].trigger()
    else:
        QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert (field.property("wrong"), field.text(), field.message) == (False, text, "")
    assert bool(window.session.store.undo_stack) == (way == "key"), "the key takes back the entry only"
    QTest.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not window.session.store.undo_stack
