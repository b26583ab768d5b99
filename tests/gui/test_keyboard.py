"""Everything can be done without a mouse, and no key has two meanings."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor, QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.help.shortcuts_dialog import menu_sections
from app.gui.window.focus_navigation import tab_stops
from app.gui.window.main_window import INITIAL_STEPS, MainWindow
from app.io.experiment_files import examples
from app.model.experiment import DEFAULT_EXPERIMENT
from app.utils.i18n import language_codes, load_language, set_language
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
KEY, NO_MODIFIER = Qt.Key, Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def focus_widget(window: MainWindow) -> QWidget:
    widget = window.focusWidget()
    assert widget is not None
    return widget


def within(widget: QWidget, descendant: QWidget) -> bool:
    return descendant is widget or descendant.isAncestorOf(widget)


def middle(window: MainWindow, widget: QWidget) -> int:
    return widget.mapTo(window, QPoint(0, widget.height() // 2)).y()


def test_no_two_commands_share_a_shortcut(open_window: Open) -> None:
    keys = Counter(
        key.toString() for _, action in open_window().action_registry.actions.values() for key in action.shortcuts()
    )
    assert not [key for key, count in keys.items() if count > 1]
    assert "" not in keys, "a key unknown to Qt"


def test_the_table_of_shortcuts_contains_every_key(open_window: Open) -> None:
    window = open_window()
    listed_keys = " ".join(keys for _, rows in menu_sections(window.menuBar()) for keys, _ in rows)
    for _, action in window.action_registry.actions.values():
        for keys in action.shortcuts():
            assert keys.toString(QKeySequence.SequenceFormat.NativeText) in listed_keys


@pytest.mark.slow
@pytest.mark.parametrize(
    "standard",
    [
        "Copy",
        "Cut",
        "Paste",
        "SelectAll",
        "Delete",
        "MoveToStartOfLine",
        "MoveToEndOfLine",
        "MoveToNextChar",
        "SelectNextWord",
        "SelectPreviousWord",
        "MoveToPreviousWord",
    ],
)
def test_a_line_edit_keeps_the_editing_keys(open_shell: Open, standard: str) -> None:
    window = open_shell()
    line = window.side_panel.start_point.fields[0]
    line.setFocus()
    line.selectAll()
    for sequence in QKeySequence.keyBindings(QKeySequence.StandardKey[standard]):
        pressed = sequence[0]
        QTest.keyClick(line, pressed.key(), pressed.keyboardModifiers())
    assert window.session.experiment == DEFAULT_EXPERIMENT
    assert window.session.race.step == INITIAL_STEPS
    assert window.focusWidget() is line


def mnemonic_of(text: str) -> str:
    return QKeySequence.mnemonic(text).toString()


def duplicates(texts: list[str]) -> list[str]:
    """Return the mnemonics that more than one of some texts has."""
    return [key for key, count in Counter(map(mnemonic_of, texts)).items() if key and count > 1]


def retranslate_menus(window: MainWindow, code: str) -> None:
    set_language(load_language(code))
    window.action_registry.retranslate()
    window.action_registry.apply_theme()


@pytest.mark.slow
def test_every_menu_row_has_a_mnemonic_of_its_own(open_window: Open) -> None:
    window = open_window()
    for path in [path for _, path in examples().values()][:3]:
        window.settings.add_recent_file(path)
    bar = window.menuBar()
    assert bar is not None
    for code in language_codes():
        retranslate_menus(window, code)
        tops = list(window.action_registry.menus.values())
        menus = {
            id(menu): menu for menu in (*tops, *(action.menu() for top in tops for action in top.actions())) if menu
        }.values()
        assert len(menus) > len(tops)
        for menu in (bar, *menus):  # the menus of the panels have no mnemonics
            if isinstance(menu, QMenu):
                menu.aboutToShow.emit()
            texts = [action.text() for action in menu.actions() if not action.isSeparator()]
            assert not duplicates(texts), texts
            assert [text for text in texts if not mnemonic_of(text) and not re.match(r"\d\d ", text)] == []


def test_mnemonics_are_shown_only_in_menus(open_window: Open) -> None:
    window = open_window()
    for code in language_codes():
        retranslate_menus(window, code)
        sections = menu_sections(window.menuBar())
        texts = [heading for heading, _ in sections] + [effect for _, rows in sections for _, effect in rows]
        for action in window.action_registry.values():
            shortcut = action.shortcut().toString()  # "B" is shown as a mnemonic would be
            texts += [action.iconText(), html.unescape(action.whatsThis()).replace(f"({shortcut})", "")]
        texts += [button.toolTip() for button in window.playback_bar.findChildren(QToolButton)]
        assert len(texts) > 100
        assert [text for text in texts if "&" in text or re.search(r"\([A-Z]\)", text)] == []


def test_pause_keeps_the_mnemonic_of_play(open_window: Open) -> None:
    window = open_window()
    play = mnemonic_of(window.action_registry["play"].text())
    window.session.clock.play()
    assert mnemonic_of(window.action_registry["play"].text()) == play
    window.session.clock.pause()


@pytest.mark.slow
def test_tab_visits_every_control_once_from_top_to_bottom(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1400, 900))
    expected = [control for pane in window.focus_navigation.panes() for control in tab_stops(window, pane)]
    assert len(expected) > 30
    expected[-1].setFocus()
    visited = []
    for _ in expected:
        QTest.keyClick(focus_widget(window), KEY.Key_Tab)
        visited.append(focus_widget(window))
    assert visited == expected
    for pane in window.focus_navigation.panes():
        stops = tab_stops(window, pane)
        for above, below in pairwise(stops):
            assert middle(window, below) >= middle(window, above) - max(above.height(), below.height())
    QTest.keyClick(focus_widget(window), KEY.Key_Backtab)
    assert focus_widget(window) is expected[-2]
    skipped = [
        widget
        for kind in (QLineEdit, QAbstractSpinBox, QSlider, QCheckBox, QComboBox, QPushButton)
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.window() is window
        and widget not in expected
        and widget.focusProxy() is None
    ]
    assert not skipped, skipped


def test_controls_added_later_are_visited_at_their_position(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1400, 900))
    window.side_panel.editor.picker.selected.emit("adam")  # rebuilds the hyperparameter fields
    process_events(application)
    order = [control for pane in window.focus_navigation.panes() for control in tab_stops(window, pane)]
    editor = window.side_panel.editor
    expected = [editor.picker, editor.fields["lr"].slider, editor.fields["beta1"].slider, editor.add_button]
    positions = [order.index(widget) for widget in expected]
    assert positions == sorted(positions)


def test_f6_cycles_through_the_panes_and_returns_to_the_focused_control(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    window.activateWindow()
    process_events(application)
    window.canvases["contour"].setFocus()
    visited_panes = []
    for _ in [pane for pane in window.focus_navigation.panes() if tab_stops(window, pane)]:
        QTest.keyClick(focus_widget(window), KEY.Key_F6)
        visited_panes.append(
            next(pane for pane in window.focus_navigation.panes() if within(focus_widget(window), pane))
        )
        assert focus_widget(window).parentWidget().objectName() != "dock_title", (
            "whoever presses Space there makes it float"
        )
    assert len(set(visited_panes)) == len(visited_panes) >= 7
    assert focus_widget(window) is window.canvases["contour"]
    QTest.keyClick(focus_widget(window), KEY.Key_F6)
    assert focus_widget(window) is window.canvases["relief"]
    slider = window.side_panel.editor.fields["lr"].slider
    slider.setFocus()
    QTest.keyClick(slider, KEY.Key_F6, SHIFT)
    assert not within(focus_widget(window), window.side_panel)
    QTest.keyClick(focus_widget(window), KEY.Key_F6)
    assert focus_widget(window) is slider


@pytest.mark.slow
@pytest.mark.parametrize(
    "key",
    [
        KEY.Key_Space,
        KEY.Key_Left,
        KEY.Key_Right,
        KEY.Key_Home,
        KEY.Key_End,
        KEY.Key_Up,
        KEY.Key_Down,
        KEY.Key_A,
    ],
)
def test_keys_go_to_the_control_that_uses_them(open_window: Open, key: Qt.Key) -> None:
    window = open_window()
    clock, session = window.session.clock, window.session
    bar = window.results_tabs.tab_bar
    window.results_tabs.setCurrentIndex(2)
    arrows = {
        KEY.Key_Left,
        KEY.Key_Right,
        KEY.Key_Home,
        KEY.Key_End,
    }
    uses: list[tuple[QWidget, set[Qt.Key]]] = [
        (
            window.side_panel.run_list.list,
            arrows
            | {
                KEY.Key_Space,
                KEY.Key_Up,
                KEY.Key_Down,
                KEY.Key_A,
            },
        ),
        (window.side_panel.run_list.buttons["Color…"], set()),
        (window.timeline_bar.stop_checkbox, {KEY.Key_Space}),
        (
            window.side_panel.comparison_panel.mode_combo,
            arrows - {KEY.Key_Left, KEY.Key_Right},
        ),
        (window.side_panel.editor.fields["lr"].slider, arrows),
        (window.side_panel.start_point.fields[0], arrows | {KEY.Key_Space, KEY.Key_A}),
        (window.playback_bar.widgetForAction(window.action_registry["back"]), set()),
        (bar, arrows),
    ]  # type: ignore[list-item]
    for widget, keys in uses:
        if key in keys:
            widget.setFocus()
            assert widget.hasFocus()
            step = session.race.step
            QTest.keyClick(widget, key)
            assert not clock.running, f"{key.name} on {widget}"
            assert session.race.step == step or widget is window.timeline_bar.timeline, f"{key.name} on {widget}"


def test_space_presses_the_focused_button(open_shell: Open) -> None:
    window = open_shell()
    button = window.playback_bar.widgetForAction(window.action_registry["back"])
    assert button is not None
    button.setFocus()
    QTest.keyClick(button, KEY.Key_Space)
    assert not window.session.clock.running
    assert window.session.race.step == INITIAL_STEPS - 1


@pytest.mark.slow
def test_f2_renames_a_branch_when_the_list_has_the_focus(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.action_registry["keep_branch"].trigger()
    window.results_tabs.setCurrentIndex(2)
    process_events(application)
    listed = window.results_tabs.branch_list.list
    listed.setCurrentRow(0)
    listed.setFocus()
    QTest.keyClick(listed, KEY.Key_F2)
    assert window.dock_layout.is_dock_enabled("contour"), "the shortcut of the window was not triggered"
    editor = listed.findChild(QLineEdit)
    assert editor is not None
    editor.setText("mine")
    QTest.keyClick(editor, KEY.Key_Return)
    process_events(application)
    assert window.session.experiment.branches[0].name == "mine"


@pytest.mark.slow
def test_keys_move_the_start_and_a_burst_is_one_undo_step(open_window: Open) -> None:
    window = open_window()
    contour, before = window.canvases["contour"], window.session.experiment
    contour.setFocus()
    for _ in range(5):
        QTest.keyClick(contour, KEY.Key_Right, CONTROL | SHIFT)
    QTest.keyClick(contour, KEY.Key_Up, CONTROL | SHIFT)
    (left, right), (bottom, top) = contour.view.visible_bounds
    assert window.session.experiment.start is not None
    assert before.start is not None
    x, y = window.session.experiment.start
    assert x == pytest.approx(before.start[0] + 0.05 * (right - left), rel=0.01)
    assert y == pytest.approx(before.start[1] + 0.01 * (top - bottom), rel=0.01)
    assert window.session.race.step == INITIAL_STEPS, "the paths are recomputed"
    contour.idle_timer.timeout.emit()
    assert not window.session.store.interaction_active
    window.action_registry["undo"].trigger()
    assert window.session.experiment == before
    assert not window.session.store.undo_stack


@pytest.mark.slow
def test_keys_rotate_the_3d_surface_which_is_drawn_in_full_afterwards(open_window: Open) -> None:
    window = open_window()
    relief = window.canvases["relief"]
    before = relief.view.camera
    relief.setFocus()
    for key, modifier in (
        (KEY.Key_Left, ALT | SHIFT),
        (KEY.Key_Up, ALT | SHIFT),
        (KEY.Key_Plus, ALT),
    ):
        QTest.keyClick(relief, key, modifier)
    assert relief.view.camera.azimuth != before.azimuth
    assert relief.view.camera.elevation > before.elevation
    assert relief.view.camera.zoom > before.zoom
    relief.idle_timer.timeout.emit()
    assert not relief.view.rotating


@pytest.mark.slow
def test_keys_select_and_hide_a_run(open_window: Open) -> None:
    window = open_window()
    contour = window.canvases["contour"]
    contour.setFocus()
    QTest.keyClick(contour, KEY.Key_PageDown, CONTROL)
    assert window.side_panel.run_list.selected_row == 1
    QTest.keyClick(contour, KEY.Key_H, CONTROL)
    assert [run.visible for run in window.session.experiment.runs] == [True, False, True]
    QTest.keyClick(contour, KEY.Key_H, CONTROL)
    QTest.keyClick(contour, KEY.Key_PageUp, CONTROL)
    QTest.keyClick(contour, KEY.Key_PageUp, CONTROL)
    assert window.side_panel.run_list.selected_row == 2
    assert all(run.visible for run in window.session.experiment.runs)


def test_the_color_of_a_run_can_be_set_without_a_mouse(open_shell: Open) -> None:
    window = open_shell()
    window.side_panel.run_list.move_selection(1)
    window.action_registry["color_run"].trigger()
    dialog = window.findChild(QColorDialog)
    assert dialog is not None, "the dialog is not modal"
    dialog.setCurrentColor(QColor("#123456"))
    dialog.accept()
    assert [run.color for run in window.session.experiment.runs] == [None, "#123456", None]


@pytest.mark.slow
def test_every_field_of_the_export_dialog_is_reached_by_a_mnemonic(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    dialog_texts: list[list[str]] = []

    def inspect(dialog: ExportDialog) -> int:
        labels = [
            label.text()
            for label in dialog.findChildren(QLabel)
            if label.buddy() and label.text() and label.isVisibleTo(dialog)
        ]
        boxes = [check_box.text() for check_box in dialog.findChildren(QCheckBox) if check_box.isVisibleTo(dialog)]
        dialog_texts.append([*labels, *boxes, *(button.text() for button in dialog.findChildren(QPushButton))])
        return 0

    monkeypatch.setattr(ExportDialog, "exec", inspect)
    monkeypatch.setattr(ExportDialog, "refresh_preview", lambda dialog: None)  # a Korean font may be missing
    for code in language_codes():
        set_language(load_language(code))
        for name in ("export_picture", "export_film"):
            window.action_registry[name].trigger()
    assert len(dialog_texts) == 2 * len(language_codes())
    for texts in dialog_texts:
        assert len(texts) >= 10
        assert all(map(mnemonic_of, texts))
        assert not duplicates(texts), texts


@pytest.mark.slow
def test_keys_with_a_modifier_are_left_to_the_window(open_window: Open) -> None:
    window = open_window()
    slider, start = window.side_panel.editor.fields["lr"].slider, window.session.experiment.start
    assert start is not None
    slider.setFocus()
    QTest.keyClick(slider, KEY.Key_Left, Qt.KeyboardModifier.ControlModifier | SHIFT)
    now = window.session.experiment
    assert now.start is not None
    assert now.start[0] < start[0]
    assert now.runs[0].hyperparameters == DEFAULT_EXPERIMENT.runs[0].hyperparameters


def test_delete_in_the_branch_list_deletes_a_branch(open_shell: Open) -> None:
    window = open_shell()
    window.session.keep_branch()
    window.results_tabs.setCurrentIndex(2)
    branches = window.results_tabs.branch_list.list
    branches.setFocus()
    QTest.keyClick(branches, KEY.Key_Delete)
    assert not window.session.experiment.branches
    assert len(window.session.experiment.runs) == len(DEFAULT_EXPERIMENT.runs)


def test_after_enter_tab_continues_from_the_field(open_shell: Open) -> None:
    window = open_shell()
    slider_field = window.side_panel.editor.fields["lr"]
    slider_field.number_field.setFocus()
    slider_field.number_field.selectAll()
    QTest.keyClicks(slider_field.number_field, "0.002")
    QTest.keyClick(slider_field.number_field, KEY.Key_Return)
    assert not slider_field.number_field.hasFocus()
    QTest.keyClick(window, KEY.Key_Tab)
    assert focus_widget(window) is slider_field.reset_button


def test_tab_continues_when_the_last_focused_field_was_removed(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    field = window.side_panel.editor.fields["lr"].number_field
    field.setFocus()
    QTest.keyClick(field, KEY.Key_Return)
    window.set_theme("dark")
    process_events(application)
    window.setFocus()
    QTest.keyClick(window, KEY.Key_Tab)
    assert focus_widget(window) is not window


@pytest.mark.slow
def test_changing_the_theme_keeps_the_focus(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1000, 500))
    slider = window.side_panel.editor.fields["lr"].slider
    slider.setFocus()
    window.side_panel.scroll_position = 120
    window.set_theme("dark")
    process_events(application)
    assert focus_widget(window) is window.side_panel.editor.fields["lr"].slider is not slider
    assert window.side_panel.scroll_position == 120
