"""Docks: moved, floated, hidden, restored, remembered and repaired; presentation mode."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from PyQt6.QtCore import QByteArray, QObject, QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.gui.window import window_state
from app.gui.window.floating_docks import is_reachable
from app.gui.window.layout_guard import LayoutGuard
from app.gui.window.main_window import MainWindow
from app.session.settings import Settings
from app.theming.theme import DARK
from tests.processes import ROOT
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
PANES = ("contour", "relief", "loss", "side", "results")


def visible_rects(window: MainWindow) -> dict[str, tuple[int, int, int, int]]:
    """Return the rectangle of every visible dock and view, in window coordinates."""
    docks = window.dock_layout.docks
    return {
        name: (*(lambda p: (p.x(), p.y()))(dock.mapTo(window, QPoint())), dock.width(), dock.height())
        for name, dock in docks.items()
        if dock.isVisible() and not dock.isFloating()
    }


@pytest.mark.slow
def test_the_views_fill_the_space_that_the_panels_leave(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1280, 720))
    small = visible_rects(window)
    assert set(small) == set(PANES)
    window.resize(1900, 1000)
    process_events(application)
    large = visible_rects(window)
    assert large["side"][2] == small["side"][2]
    assert large["contour"][2] / small["contour"][2] == pytest.approx(large["loss"][2] / small["loss"][2], rel=0.03)
    assert large["relief"][3] == pytest.approx(large["loss"][3], abs=2)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 720), (1024, 640)])
def test_every_view_is_first_drawn_in_its_final_size(
    application: QApplication, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setattr(window_state, "MAX_SIZE", QSize(*size))
    Settings().set_value("show/side", False)  # the screen of the tests is narrow, and the values need their width
    window = MainWindow()
    window.show()
    results_height = window.dock_layout.docks["results"].height()
    process_events(application)
    try:
        draws = {name: canvas.full_draw_count for name, canvas in window.canvases.items() if canvas.isVisible()}
        assert draws == {"contour": 2, "relief": 1, "loss": 1}, "the second one adds the deferred artists"
        assert window.dock_layout.docks["results"].height() == results_height, "the values change their font"
    finally:
        window.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", PANES)
def test_the_close_button_hides_a_dock_and_the_menu_shows_it(
    open_window: Open, application: QApplication, name: str
) -> None:
    window = open_window()
    before = visible_rects(window)
    action = window.action_registry[name if name in ("side", "results") else f"view_{name}"]
    window.dock_layout.docks[name].close_button.click()
    process_events(application)
    assert name not in visible_rects(window)
    assert not action.isChecked()
    action.trigger()
    process_events(application)
    assert set(visible_rects(window)) == set(before)
    assert action.isChecked()


@pytest.mark.slow
def test_a_floating_dock_is_updated_and_closes_like_a_window(open_window: Open, application: QApplication) -> None:
    window = open_window()
    dock, canvas = window.dock_layout.docks["loss"], window.canvases["loss"]
    dock.float_button.click()
    process_events(application)
    assert dock.isWindow()
    window.session.advance(5)
    assert canvas.displayed_step == window.session.race.step
    dock.close()
    process_events(application)
    assert not dock.isVisible()
    assert not window.dock_layout.is_dock_enabled("loss")
    window.toggle_dock("loss")
    process_events(application)
    assert dock.isWindow()
    assert dock.isVisible()
    dock.float_button.click()
    process_events(application)
    assert not dock.isWindow()
    assert canvas.displayed_step == window.session.race.step


@pytest.mark.slow
def test_reset_restores_the_layout(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1280, 720))
    first = visible_rects(window)
    docks = window.dock_layout.docks
    window.toggle_dock("relief")
    docks["side"].setFloating(True)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["results"])
    window.dock_layout.views_window.tabifyDockWidget(docks["contour"], docks["loss"])
    process_events(application)
    window.action_registry["reset_layout"].trigger()
    process_events(application)
    again = visible_rects(window)
    assert set(again) == set(first)
    assert again == {name: pytest.approx(rect, abs=6) for name, rect in first.items()}


@pytest.mark.slow
def test_the_layout_is_remembered(open_window: Open, application: QApplication) -> None:
    first = open_window()
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first.dock_layout.docks["side"])
    first.dock_layout.docks["relief"].setFloating(True)
    process_events(application)
    first.close()
    second = open_window()
    assert second.dockWidgetArea(second.dock_layout.docks["side"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert second.dock_layout.docks["relief"].isFloating()


@pytest.mark.slow
@pytest.mark.parametrize("garbage", [b"", b"nonsense", bytes(range(256)) * 40])
def test_an_invalid_layout_is_ignored(open_window: Open, application: QApplication, garbage: bytes) -> None:
    settings = Settings()
    for key in ("window", "figures", "geometry"):
        settings.set_value(f"layout/{key}", QByteArray(garbage))
    window = open_window()
    assert set(visible_rects(window)) == set(PANES)


@pytest.mark.slow
def test_a_layout_with_which_the_program_crashed_is_dropped(open_window: Open, application: QApplication) -> None:
    first = open_window()
    first.dock_layout.docks["relief"].setFloating(True)
    process_events(application)
    first.close()
    first.settings.backend.sync()
    code = "from PyQt6.QtCore import QObject; from app.gui.window.layout_guard import LayoutGuard as Guard; import os\n"
    code += "from app.session.settings import Settings; guard = Guard(QObject(), Settings()); os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 9
    second = open_window()
    assert "layout was not restored" in second.statusBar().currentMessage()
    assert not second.dock_layout.docks["relief"].isFloating()
    assert set(visible_rects(second)) == set(PANES)
    second.close()
    assert not open_window().layout_guard.layout_dropped


def test_a_layout_with_which_the_program_hangs_is_dropped(application: QApplication) -> None:
    settings, parent = Settings(), QObject()
    settings.set_value("layout/window", QByteArray(b"x"))
    settings.backend.sync()
    hanging = LayoutGuard(parent, settings)
    assert not LayoutGuard(parent, settings).layout_dropped, "it may still be starting"
    long_ago = time.time() - 60.0
    os.utime(hanging.lock.fileName(), (long_ago, long_ago))
    assert LayoutGuard(parent, settings).layout_dropped
    assert settings.get_bytes("layout/window") is None


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.3, 0.6, 0.95])
def test_a_partial_layout_shows_every_dock(open_window: Open, application: QApplication, size: float) -> None:
    first = open_window()
    first.close()
    settings = Settings()
    for key in ("window", "figures", "geometry"):
        state = settings.get_bytes(f"layout/{key}")
        assert state is not None
        settings.set_value(f"layout/{key}", state[: int(size * len(state))])
    second = open_window()
    assert set(visible_rects(second)) == set(PANES)


@pytest.mark.slow
def test_a_dock_on_a_missing_screen_is_moved_back(open_window: Open, application: QApplication) -> None:
    first = open_window()
    dock = first.dock_layout.docks["relief"]
    dock.setFloating(True)
    dock.move(50_000, 300)
    first.move(-40_000, 20)
    process_events(application)
    first.close()
    second = open_window()
    assert is_reachable(second)
    relief = second.dock_layout.docks["relief"]
    assert is_reachable(relief) or not relief.isFloating()


@pytest.mark.slow
def test_presentation_mode_shows_only_the_views_and_enlarges_them(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.toggle_dock("results")
    before, menu = visible_rects(window), window.menuBar()
    dpi = window.canvases["contour"].figure.dpi
    QTest.keyClick(window, Qt.Key.Key_F11)
    process_events(application)
    assert menu is not None
    assert window.isFullScreen()
    assert set(visible_rects(window)) == {"contour", "relief", "loss"}
    assert not any(widget.isVisible() for widget in (menu, window.playback_bar, window.timeline_bar))
    assert window.canvases["contour"].figure.dpi > 1.4 * dpi
    assert "Rosenbrock" in window.presentation_mode.caption.accessibleName()
    QTest.keyClick(window, Qt.Key.Key_Right)
    window.update_texts()
    assert f"{window.session.race.step}" in window.presentation_mode.caption.heading
    QTest.keyClick(window, Qt.Key.Key_F9)
    window.set_theme("dark")
    process_events(application)
    assert "side" in visible_rects(window)
    assert not window.playback_bar.isVisible()
    assert window.presentation_mode.caption.theme is DARK
    window.activateWindow()  # without a window manager the window is not activated by itself
    process_events(application)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    process_events(application)
    assert not window.isFullScreen()
    assert set(visible_rects(window)) == set(before)
    assert window.playback_bar.isVisible()
    assert menu.isVisible()
    assert window.canvases["contour"].figure.dpi == dpi


@pytest.mark.slow
def test_a_window_closed_in_presentation_mode_opens_in_its_previous_layout(
    open_window: Open, application: QApplication
) -> None:
    first = open_window()
    first.action_registry["present"].trigger()
    process_events(application)
    first.close()
    second = open_window()
    assert set(visible_rects(second)) == set(PANES)
    assert not second.isFullScreen()
    assert second.playback_bar.isVisible()


def test_escape_is_left_to_others_outside_presentation_mode(open_window: Open) -> None:
    window = open_window()
    leave = window.findChild(QAction, "leave")
    assert leave is not None
    assert not leave.isEnabled()


@pytest.mark.slow
def test_the_selected_language_is_remembered(open_window: Open, application: QApplication) -> None:
    first = open_window()
    draws = first.canvases["contour"].full_draw_count
    first.appearance.set_language("ko")
    process_events(application)
    assert first.canvases["contour"].full_draw_count > draws
    assert first.appearance.selected_language == "ko"
    first.close()
    assert open_window().appearance.selected_language == "ko"


@pytest.mark.slow
def test_leaving_presentation_mode_restores_the_docks_hidden_in_it(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    before = visible_rects(window)
    window.presentation_mode.toggle()
    window.toggle_dock("relief")
    process_events(application)
    window.presentation_mode.toggle()
    process_events(application)
    assert set(visible_rects(window)) == set(before)


class FakeStyleHints(QObject):
    """Style hints that apply the requested color scheme and are dark otherwise."""

    colorSchemeChanged = pyqtSignal()  # noqa: N815
    requested_scheme = Qt.ColorScheme.Unknown

    def setColorScheme(self, scheme: Qt.ColorScheme) -> None:
        self.requested_scheme = scheme

    def colorScheme(self) -> Qt.ColorScheme:
        return Qt.ColorScheme.Dark if self.requested_scheme == Qt.ColorScheme.Unknown else self.requested_scheme


@pytest.mark.slow
def test_the_system_theme_is_followed_again_after_another_was_selected(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints = FakeStyleHints()
    monkeypatch.setattr("app.gui.window.appearance.QGuiApplication.styleHints", lambda: hints)
    window = open_window()
    assert window.theme.name == "dark"
    window.set_theme("light")
    assert (window.theme.name, hints.requested_scheme) == ("light", Qt.ColorScheme.Light)
    window.set_theme("system")
    assert (window.theme.name, hints.requested_scheme) == ("dark", Qt.ColorScheme.Unknown)


@pytest.mark.slow
def test_an_unknown_theme_or_language_falls_back_to_that_of_the_system(open_window: Open) -> None:
    settings = Settings()
    settings.set_value("theme", "neon")
    settings.set_value("language", "tlh")
    window = open_window()
    assert (window.appearance.selected_theme, window.appearance.selected_language) == ("system", "system")


@pytest.mark.slow
def test_a_floating_message_moves_with_its_field(open_window: Open, application: QApplication) -> None:
    window = open_window()
    field = window.playback_bar.speed.number_field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "nothing")
    QTest.keyClick(field, Qt.Key.Key_Tab)
    floating_message = window.playback_bar.speed.error_label
    assert floating_message.isVisible()
    window.presentation_mode.toggle()
    assert not floating_message.isVisible()


@pytest.mark.parametrize("names", [["lessons"], ["step_panel"], ["step_panel", "lessons"], ["lessons", "step_panel"]])
def test_panels_beside_the_side_panel_leave_it_visible_in_a_wide_window(
    open_shell: Callable[..., MainWindow], application: QApplication, names: list[str]
) -> None:
    window = open_shell(size=(1600, 900))
    for name in names:
        window.action_registry[name].trigger()
        process_events(application)
    docks = window.dock_layout.docks
    newest = docks["lesson" if names[-1] == "lessons" else names[-1]]
    for dock in (docks["side"], newest):
        assert window.rect().contains(dock.geometry())
        assert not dock.visibleRegion().isEmpty()
    assert docks["side"].geometry().right() < newest.geometry().left()
