"""The start page: when it is shown, how it is closed, and what its entries do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.gui.panels.start_page import StartPage
from app.gui.window.main_window import MainWindow
from app.io import experiment_files
from tests.gui.test_accessibility import assert_all_named
from tests.lesson_sample import choice_lesson
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]


def shown_page(window: MainWindow, application: QApplication) -> StartPage:
    window.start_page.show()
    process_events(application)
    page = window.start_page.page
    assert isinstance(page, StartPage)
    return page


def test_it_is_shown_at_start_until_that_is_switched_off(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    assert window.start_page.page is None  # a window of a test or of a file
    window.start_page.show_at_start()
    process_events(application)
    page = window.start_page.page
    assert page.isVisible()
    assert page.start_check_box.isChecked()
    page.start_check_box.click()
    page.close_button.click()
    assert window.start_page.page is None
    other = open_shell()
    other.start_page.show_at_start()
    process_events(application)
    assert other.start_page.page is None
    assert not shown_page(other, application).start_check_box.isChecked()


def test_it_is_shown_only_without_a_file_and_options(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.cli import main
    from app.gui.window import application

    asked: list[bool] = []
    monkeypatch.setattr(application, "open_window", lambda *_, welcome=False: asked.append(welcome) or 0)
    monkeypatch.setattr(application, "require_display", lambda: None)
    for arguments in ([], ["elongated_bowl"], ["--reset"]):
        assert main.main(arguments) == 0
    assert asked == [True, False, False]


def test_space_plays_and_escape_and_a_click_in_a_plot_close_it(open_window: Open, application: QApplication) -> None:
    window = open_window()
    canvas = window.canvases["contour"]
    page = shown_page(window, application)
    assert QApplication.focusWidget() is page
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert window.start_page.page is None
    assert QApplication.focusWidget() is canvas
    shown_page(window, application)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert window.start_page.page is None
    page = shown_page(window, application)
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert window.session.clock.running
    assert window.start_page.page is None
    window.session.clock.pause()
    shown_page(window, application)
    window.session.set_start(1.0, 1.0)
    assert window.start_page.page is None


def test_tab_goes_through_it(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    page = shown_page(window, application)
    visited = []
    for _ in range(8):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    assert visited[:4] == list(page.buttons.values())
    assert page.example_list in visited
    assert page.close_button in visited
    assert_all_named(page)
    page.close_page()
    process_events(application)
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not None


def test_an_example_or_a_recent_file_is_opened(open_shell: Open, application: QApplication, tmp_path: Path) -> None:
    window = open_shell()
    path = tmp_path / "mine.json"
    experiment_files.save(experiment_files.load("saddle"), path)
    window.settings.add_recent_file(path)
    window.settings.add_recent_file(tmp_path / "gone.json")
    page = shown_page(window, application)
    assert page.example_list.count() == len(experiment_files.examples())
    page.example_list.setFocus()
    QTest.keyClick(page.example_list, Qt.Key.Key_Home)
    process_events(application)
    QTest.keyClick(page.example_list, Qt.Key.Key_Return)
    assert window.session.experiment.title == next(iter(experiment_files.examples().values()))[0]
    page = shown_page(window, application)
    page.recent_list.itemClicked.emit(page.recent_list.item(1))
    assert window.documents.document_state.path == path
    errors: list[str] = []
    window.show_error = errors.append  # type: ignore[method-assign]
    page = shown_page(window, application)
    page.recent_list.itemClicked.emit(page.recent_list.item(1))
    assert "gone.json" in errors[0]
    assert window.documents.document_state.path == path


def test_its_buttons_open_lessons_and_the_formula_field(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    shown_page(window, application).buttons["lessons"].click()
    process_events(application)
    assert window.lessons.panel.isVisible()
    page = shown_page(window, application)
    window.action_registry["lessons"].trigger()
    process_events(application)
    assert window.start_page.page is None
    assert QApplication.focusWidget() is window.lessons.panel.list.tree
    page = shown_page(window, application)
    window.lessons.panel.list.tree.setFocus()
    window.lessons.panel.begin(choice_lesson)
    assert window.start_page.page is None
    assert QApplication.focusWidget() is window.lessons.panel.page.next_control
    page = shown_page(window, application)
    page.buttons["function"].click()
    process_events(application)
    field = window.side_panel.surface_selector.formula_editor.field
    assert field.isVisible()
    assert QApplication.focusWidget() is field


@pytest.mark.parametrize("size", [(1024, 768), (640, 480), (1900, 1000)])
def test_it_stays_in_the_middle_of_the_plots(
    open_shell: Open, application: QApplication, size: tuple[int, int]
) -> None:
    window = open_shell()
    page = shown_page(window, application)
    window.resize(*size)
    process_events(application)
    area = window.dock_layout.views_window
    center = area.mapTo(window, area.rect().center()) - page.geometry().center()
    assert page.width() >= page.minimumSizeHint().width()
    assert size == (640, 480) or max(abs(center.x()), abs(center.y())) <= 2


def test_it_stays_open_in_another_language(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    shown_page(window, application)
    window.appearance.set_language("ko")
    process_events(application)
    assert window.start_page.page.close_button.text() == "닫기"
