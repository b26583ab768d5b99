"""Screen readers: every control has a name and a role, and the plots are described in text."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QWidget,
)

from app.analysis.run_status import run_status
from app.analysis.summary import describe
from app.engine.race import Race
from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.widgets.picker_popup import PickerPopup
from app.gui.window.main_window import INITIAL_STEPS, MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.session.playback_clock import FRAME_INTERVAL, REDUCED_MOTION_INTERVAL
from app.session.settings import REDUCED_MOTION_KEY as KEY
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
# Qt gives these classes and their subclasses a role; every other widget is a "panel" to a screen reader.
WITH_A_ROLE = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QProgressBar,
    QTabBar,
    QDialog,
)


def usable_widgets(root: QWidget) -> list[QWidget]:
    """Return the widgets that a person operates, without the inner parts of Qt's own controls."""

    def inside(widget: QWidget) -> bool:
        above = widget.parentWidget()
        return (
            isinstance(widget, QScrollBar)
            or widget.objectName().startswith(("qt_", "Scroll"))
            or widget.focusProxy() is not None
            or isinstance(above, (QAbstractSpinBox, QLineEdit, QAbstractItemView))
            or (above is not None and above.inherits("QComboBoxPrivateContainer"))
        )

    return [
        widget
        for widget in root.findChildren(QWidget)
        if not inside(widget) and (widget.focusPolicy() & Qt.FocusPolicy.TabFocus or isinstance(widget, WITH_A_ROLE))
    ]


def name_of(root: QWidget, widget: QWidget) -> str:
    """Return the accessible name as Qt forms it: the given name, a button's text, or the label whose buddy it is."""
    buddies = [label.text() for label in root.findChildren(QLabel) if label.buddy() is widget]
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return (
        widget.accessibleName()
        or text
        or " ".join(buddies)
        or (widget.windowTitle() if isinstance(widget, QDialog) else "")
    )


def assert_all_named(root: QWidget) -> None:
    widgets = usable_widgets(root)
    unnamed = [
        (type(widget).__name__, widget.objectName()) for widget in widgets if not name_of(root, widget).strip("&… ")
    ]
    assert not unnamed
    without_role = [
        (type(widget).__name__, widget.objectName())
        for widget in widgets
        if not isinstance(widget, WITH_A_ROLE) and not widget.accessibleDescription()
    ]
    assert not without_role, "a widget without a role needs a description"


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "lbfgs"])
def test_every_widget_of_the_window_has_a_name_and_a_role(
    open_window: Open, application: QApplication, optimizer: str
) -> None:
    window = open_window()
    for page in range(window.results_tabs.count()):
        window.results_tabs.setCurrentIndex(page)
    window.session.change(
        lambda e: e.with_run(0, e.runs[0].with_optimizer(optimizer).with_hyperparameter("noise", 0.5))
    )
    process_events(application)
    assert len(usable_widgets(window)) > 50
    assert_all_named(window)


@pytest.mark.slow
def test_every_widget_of_the_dialogs_has_a_name_and_a_role(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    window_titles = []

    def inspect(dialog: ExportDialog) -> int:
        assert_all_named(dialog)
        window_titles.append(dialog.windowTitle())
        return 0

    monkeypatch.setattr(ExportDialog, "exec", inspect)
    for name in ("export_picture", "export_film"):
        window.action_registry[name].trigger()
    for name in ("shortcuts", "about"):
        window.action_registry[name].trigger()
    window.show_error("this cannot be")
    dialogs = [each for each in window.findChildren(QDialog) if each.isVisible()]
    assert len(dialogs) == 3
    for dialog in dialogs:
        assert_all_named(dialog)
        dialog.close()
    assert window_titles == ["Export Figure", "Export Animation"]


@pytest.mark.slow
def test_picker_popups_have_names(open_window: Open) -> None:
    for popup in open_window().findChildren(PickerPopup):
        assert_all_named(popup)


@pytest.mark.slow
def test_tooltips_are_available_to_screen_readers(open_window: Open) -> None:
    """Qt reads a control's tooltip as its description, but not the tooltip of a plain label."""
    window = open_window()
    window.session.change(lambda e: e.with_run(0, e.runs[0].with_hyperparameter("noise", 0.5)))
    descriptions = [widget.accessibleDescription() or widget.toolTip() for widget in usable_widgets(window)]
    tooltips = [
        label.toolTip()
        for label in window.findChildren(QLabel)
        if label.toolTip() and not label.toolTip().startswith("<p>")
    ]
    assert tooltips
    assert not [message for message in tooltips if message not in descriptions]


@pytest.mark.slow
def test_a_number_is_read_and_set_as_the_value_of_a_spin_box(open_window: Open) -> None:
    """Qt gives QAbstractSpinBox the role, and reads these properties; PyQt6 has no QAccessible to ask it directly."""
    window = open_window()
    slider_field = window.side_panel.editor.fields["lr"]
    field = slider_field.number_field
    assert isinstance(field, QAbstractSpinBox)
    assert field.accessibleName() == "learning rate"
    assert [field.property(name) for name in ("value", "minimum", "maximum")] == [0.001, 0.0, math.inf]
    field.setProperty("value", 0.25)
    assert window.session.experiment.runs[0].hyperparameters["lr"] == field.property("value") == 0.25
    field.setProperty("value", -1.0)
    assert window.session.experiment.runs[0].hyperparameters["lr"] == field.property("value") == 0.25
    assert field.accessibleDescription() == "learning rate must be a number ≥ 0, not -1.0"
    field.edit.setText("0.5")  # as a screen reader edits text
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.session.experiment.runs[0].hyperparameters["lr"] == 0.5


@pytest.mark.slow
def test_runs_and_values_are_read_from_lists_and_tables(open_window: Open) -> None:
    window = open_window()
    item = window.side_panel.run_list.list.item(0)
    assert item is not None
    assert item.text().startswith("SGD")
    assert item.flags() & Qt.ItemFlag.ItemIsUserCheckable, "its visibility is announced"
    assert window.readout_table.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert window.readout_table.runs.headerData(4, Qt.Orientation.Horizontal) == "Loss"


def plot_description(window: MainWindow) -> str:
    message = {canvas.accessibleDescription() for canvas in window.canvases.values()}
    assert len(message) == 1
    return message.pop()


def test_the_description_gives_the_status_of_every_run_with_the_selected_run_first() -> None:
    race = Race(DEFAULT_EXPERIMENT)
    race.advance(60)
    message = describe(DEFAULT_EXPERIMENT, race, lambda k: run_status(race.trajectories[k], 60), selected_run=2)
    assert message.startswith("Rosenbrock at step 60. Adam, lr 0.15 (selected): loss ")
    assert run_status(race.trajectories[2], 60).sentence in message
    assert message.index("Adam") < message.index("SGD") < message.index("Momentum")
    assert (
        f"SGD, lr 0.001: loss {race.trajectories[0].losses[60]:.4g}, {run_status(race.trajectories[0], 60).short_text}."
        in message
    )
    empty = Experiment("sphere")
    assert (
        describe(empty, Race(empty), lambda k: run_status(race.trajectories[k], 0))
        == "Sphere at step 0. There are no runs."
    )


@pytest.mark.slow
def test_the_description_is_updated_on_pause_on_a_step_and_on_an_edit(open_window: Open) -> None:
    window = open_window()
    session, line = window.session, window.timeline_bar.timeline
    assert f"at step {INITIAL_STEPS}." in plot_description(window)

    def update_description() -> str:
        assert window.text_update_timer.isActive()
        window.text_update_timer.timeout.emit()
        return plot_description(window)

    session.clock.play()
    session.clock.advance_time(0.1)
    window.text_update_timer.stop()
    session.clock.pause()
    assert f"at step {session.race.step}." in update_description()
    window.action_registry["back"].trigger()
    assert f"at step {session.race.step}." in update_description()
    line.setValue(10)
    assert "at step 10." in update_description()
    window.side_panel.run_list.move_selection(1)
    assert "Momentum, lr 0.0006 (selected)" in update_description()
    session.change(lambda e: e.without_run(0))
    assert "SGD" not in plot_description(window)


@pytest.mark.slow
def test_an_unchanged_description_is_not_announced_again(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    messages: list[str] = []
    for canvas in window.canvases.values():
        monkeypatch.setattr(canvas, "setAccessibleDescription", messages.append)
    window.update_texts()
    assert not messages
    window.action_registry["step"].trigger()
    window.update_texts()
    assert len(messages) == len(window.canvases)


@pytest.mark.slow
def test_reduced_motion_draws_few_frames_of_the_same_race(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    window = open_window()
    clock, contour = window.session.clock, window.canvases["contour"]
    frames: list[int] = []
    advance = contour.advance
    monkeypatch.setattr(contour, "advance", lambda first, last: (frames.append(last), advance(first, last)))

    def play_one_second() -> tuple[int, int]:
        """Return the number of frames and of steps."""
        frames.clear()
        window.action_registry["start"].trigger()
        clock.play()
        for _ in range(1000 // clock._timer.interval()):
            clock.advance_time(clock._timer.interval() / 1000)
        clock.pause()
        return len(frames) - 1, window.session.race.step

    images, updates = play_one_second()
    assert clock._timer.interval() == FRAME_INTERVAL
    window.action_registry["reduce_motion"].trigger()
    assert clock._timer.interval() == REDUCED_MOTION_INTERVAL
    few, as_many = play_one_second()
    assert few <= 4 < 50 < images
    assert abs(as_many - updates) <= 2
    assert QApplication.cursorFlashTime() == 0
    window.action_registry["reduce_motion"].trigger()
    assert QApplication.cursorFlashTime() > 0
    assert not window.isAnimated(), "docks are never animated"


@pytest.mark.slow
def test_reduced_motion_also_runs_at_maximum_speed(open_window: Open) -> None:
    window = open_window()
    window.reduced_motion.toggle()
    clock = window.session.clock
    clock.unlimited = True
    counts: list[int] = []
    clock.steps_due.disconnect()
    clock.steps_due.connect(counts.append)
    for _ in range(5):
        clock.advance_time(REDUCED_MOTION_INTERVAL / 1000)
    assert counts == sorted(set(counts)), "later frames have time for more steps"
    clock.advance_time(2 * REDUCED_MOTION_INTERVAL / 1000)
    assert counts[-1] < counts[-2]
    window.reduced_motion.toggle()


@pytest.mark.slow
def test_reduced_motion_is_remembered_and_disables_the_rotating_camera(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_window()
    first.settings.set_value("film/turn", 30.0)
    first.action_registry["reduce_motion"].trigger()
    first.close()
    second = open_window()
    assert second.reduced_motion.active
    assert second.session.clock._timer.interval() == REDUCED_MOTION_INTERVAL
    assert second.action_registry["reduce_motion"].isChecked()
    camera_speeds = []
    monkeypatch.setattr(
        ExportDialog, "exec", lambda dialog: camera_speeds.append(dialog.form.camera_speed_field.value()) or 0
    )
    second.action_registry["export_film"].trigger()
    second.action_registry["reduce_motion"].trigger()
    second.action_registry["export_film"].trigger()
    assert camera_speeds == [0.0, 30.0]
    assert not second.settings.get_bool(KEY, True)
