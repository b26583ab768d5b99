"""The room of views and panels: the grid, maximized and floating views, whole rows, rows that keep their place."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pytest
from PyQt6.QtCore import QPoint, QRect, QSize, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QStyleOptionViewItem, QWidget

from app.gui.panels.presentation_caption import PresentationCaption
from app.gui.panels.setup.run_list import RunItemDelegate
from app.gui.panels.setup.surface_selector import DESCRIPTION_LINES
from app.gui.widgets.corner_buttons import ActionButton, CornerMenuButton
from app.gui.widgets.elided_text import ElidedText
from app.gui.window.floating_docks import best_rect
from app.gui.window.main_window import MainWindow
from app.gui.window.view_controls import VIEW_CONTROLS, context_menu
from app.model.experiment import Experiment
from app.model.run import Run
from app.session.session import Session
from app.theming.theme import LIGHT
from app.utils.i18n import load_language, set_language, tr
from surfaces import SURFACES
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
SIZES = [(1024, 738), (1366, 770), (1920, 1050)]  # of the window on screens of 768, 800 and 1080 pixels
OPTIMIZERS = ("sgd", "momentum", "adam", "rmsprop", "adagrad", "adamw", "nadam", "lion")


def experiment_with(count: int, surface: str = "rosenbrock") -> Experiment:
    return Experiment(surface, runs=tuple(Run(name) for name in OPTIMIZERS[:count]))


def dock_sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    """Return width and height of every visible dock."""
    docks = window.dock_layout.docks
    return {name: (dock.width(), dock.height()) for name, dock in docks.items() if dock.isVisible()}


def double_click(widget: QWidget) -> None:
    QTest.mouseDClick(widget, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton)


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("surface", "views"), [("rosenbrock", 3), ("linear_regression", 4)])
def test_every_view_has_a_third_of_the_height_and_every_run_a_row(
    open_window: Open, size: tuple[int, int], surface: str, views: int
) -> None:
    window = open_window(experiment_with(3, surface), size=size)
    heights = [dock.height() for name, dock in window.dock_layout.docks.items() if name in window.canvases]
    visible = [height for height, canvas in zip(heights, window.canvases.values(), strict=True) if canvas.isVisible()]
    assert len(visible) == views
    assert min(visible) >= window.height() / 3
    widths = {canvas.width() for canvas in window.canvases.values() if canvas.isVisible()}
    assert max(widths) - min(widths) <= 2


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 3, 8])
def test_no_row_of_the_values_is_cut_and_no_room_is_left_below_them(
    open_window: Open, size: tuple[int, int], count: int
) -> None:
    table = open_window(experiment_with(count), size=size).readout_table
    viewport = table.viewport()
    assert viewport is not None
    assert 0 <= viewport.height() - count * table.rowHeight(0) < 3


@pytest.mark.slow
@pytest.mark.parametrize("tab", [0, 1])
def test_no_row_is_cut_where_the_results_are_made_lower_by_hand(
    open_window: Open, application: QApplication, tab: int
) -> None:
    window = open_window(experiment_with(8), size=(1366, 770))
    window.results_tabs.tab_bar.setCurrentIndex(tab)
    process_events(application)
    dock = window.dock_layout.docks["results"]
    table = window.results_tabs.results_page.table if tab else window.readout_table
    viewport, scroll_bar = table.viewport(), table.verticalScrollBar()
    assert viewport is not None
    assert scroll_bar is not None
    counts = set()
    for height in range(dock.height(), 80, -7):
        window.resizeDocks([dock], [height], Qt.Orientation.Vertical)
        process_events(application, 3)
        whole_rows, rest = divmod(viewport.height(), table.rowHeight(0))
        assert table.rowHeight(0) >= table.row_height(table.fontMetrics())
        counts.add(whole_rows)
        assert not rest or whole_rows >= 8
        for position in (0, scroll_bar.maximum()):
            scroll_bar.setValue(position)
            tops = [table.rowViewportPosition(row) for row in range(8)]
            assert 0 in tops, "the first visible row is whole"
    assert len(counts) > 2


@pytest.mark.slow
def test_the_results_follow_the_number_of_runs_and_the_tab(open_window: Open, application: QApplication) -> None:
    window = open_window(experiment_with(1))
    dock = window.dock_layout.docks["results"]
    low = dock.height()
    window.session.change(lambda e: e.with_added_run(Run("adam")))
    process_events(application)
    high = dock.height()
    assert high > low + 15
    window.results_tabs.tab_bar.setCurrentIndex(1)
    process_events(application)
    table = window.results_tabs.results_page.table
    assert table.viewport().height() >= 2 * table.rowHeight(0)  # type: ignore[union-attr]
    window.results_tabs.tab_bar.setCurrentIndex(0)
    process_events(application)
    assert dock.height() == high
    window.session.change(lambda e: e.without_run(1))
    process_events(application)
    assert dock.height() == low


@pytest.mark.slow
def test_entering_and_leaving_presentation_mode_leaves_every_size(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1100, 700))
    window.dock_layout.views_window.resizeDocks([window.dock_layout.docks["contour"]], [333], Qt.Orientation.Horizontal)
    process_events(application)
    before = dock_sizes(window)
    for _ in range(10):
        window.presentation_mode.toggle()
        process_events(application)
        window.presentation_mode.toggle()
        while window.presentation_mode.restore_timer.isActive():
            process_events(application, 1)
        process_events(application)
        assert dock_sizes(window) == before


@pytest.mark.slow
def test_a_double_click_on_the_title_maximizes_a_view_and_restores_the_others(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    before, area = dock_sizes(window), window.dock_layout.views_window.size()
    dock = window.dock_layout.docks["relief"]
    double_click(dock.title_label)
    process_events(application)
    assert dock_sizes(window) == {name: before[name] for name in ("side", "results")} | {
        "relief": (area.width(), area.height())
    }
    window.session.advance(3)
    window.session.change(lambda e: e.with_added_run(Run("adam")))
    process_events(application)
    assert not window.canvases["contour"].isVisible(), "an edit does not end it"
    window.session.change(lambda e: e.without_run(3))
    process_events(application)
    double_click(dock.title_label)
    process_events(application)
    assert dock_sizes(window) == before
    assert window.canvases["contour"].displayed_step == window.session.race.step


@pytest.mark.slow
def test_a_maximized_view_that_is_hidden_or_stops_to_apply_gives_its_room_back(
    open_window: Open, application: QApplication
) -> None:
    window = open_window(experiment_with(1, "linear_regression"))
    window.dock_layout.docks["fit"].maximize_action.trigger()
    process_events(application)
    window.session.change(lambda e: e.with_surface("sphere"))
    process_events(application)
    assert set(dock_sizes(window)) == {"side", "results", "contour", "relief", "loss"}
    window.dock_layout.docks["loss"].maximize_action.trigger()
    window.toggle_dock("loss")
    process_events(application)
    assert set(dock_sizes(window)) == {"side", "results", "contour", "relief"}
    window.dock_layout.docks["relief"].maximize_action.trigger()
    window.close()
    assert set(dock_sizes(open_window(experiment_with(1)))) == {"side", "results", "contour", "relief"}


@pytest.mark.slow
def test_playback_in_a_maximized_view_needs_no_full_draw(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.dock_layout.docks["contour"].maximize_action.trigger()
    process_events(application)
    canvas = window.canvases["contour"]
    draws = canvas.full_draw_count
    for _ in range(20):
        window.session.advance(1)
        process_events(application, 1)
    assert canvas.full_draw_count == draws
    assert canvas.displayed_step == window.session.race.step


@pytest.mark.slow
def test_the_corner_buttons_of_a_view_and_its_context_menu_do_the_same(open_window: Open) -> None:
    window = open_window()
    for name in window.canvases:
        dock = window.dock_layout.docks[name]
        shown = set()
        for button in (*dock.corner_buttons, dock.float_button, dock.close_button):
            assert button.toolTip()
            assert not button.icon().isNull()
            if isinstance(button, ActionButton):
                shown.add(button.action)
            elif isinstance(button, CornerMenuButton):
                shown.update(button.menu().actions())  # type: ignore[union-attr]
        menu = context_menu(name, dock, window.action_registry)
        in_menu = {action.text() for action in menu.actions() if not action.isSeparator()}
        assert {action.text() for action in shown if not action.isSeparator()} == in_menu
        assert dock.maximize_action in menu.actions()
    for controls in VIEW_CONTROLS.values():
        names = {controls.home, controls.scale, *controls.options} - {""}
        assert names <= set(window.action_registry)


@pytest.mark.slow
def test_a_scale_button_shows_and_switches_the_scale(open_window: Open, application: QApplication) -> None:
    window = open_window()
    action = window.action_registry["log_y"]
    button = next(
        each
        for each in window.dock_layout.docks["loss"].corner_buttons
        if isinstance(each, ActionButton) and each.action is action
    )
    before = window.session.experiment.loss_plot.y_scale
    assert button.isChecked() == (before == "log")
    button.click()
    process_events(application)
    assert window.session.experiment.loss_plot.y_scale != before
    assert button.isChecked() != (before == "log")


SCREEN = QRect(0, 0, 1920, 1080)


@pytest.mark.parametrize("window", [QRect(0, 0, 1100, 800), QRect(800, 100, 1120, 900)])
def test_a_float_opens_beside_the_window_where_there_is_room(window: QRect) -> None:
    views, floats = window.adjusted(0, 100, -340, -150), []
    for _ in range(2):
        rect = best_rect(QSize(460, 380), views.topLeft(), SCREEN, window, views, floats)
        assert SCREEN.contains(rect)
        assert not rect.intersects(window)
        assert not any(rect.intersects(other) for other in floats)
        floats.append(rect)


@pytest.mark.parametrize("screen", [QRect(0, 0, 1024, 768), QRect(-1366, 20, 1366, 780), QRect(0, 0, 300, 200)])
def test_a_float_stays_on_the_screen_and_off_other_floats(screen: QRect) -> None:
    floats: list[QRect] = []
    for _ in range(3):
        rect = best_rect(QSize(400, 300), QPoint(5000, -70), screen, screen, screen, floats)
        assert screen.contains(rect)
        assert screen.width() < 400 or not any(rect.intersects(other) for other in floats)
        floats.append(rect)


@pytest.mark.slow
def test_detached_docks_are_on_the_screen_and_restored_there(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(700, 600))
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    dock = window.dock_layout.docks["loss"]
    dock.float_button.click()
    process_events(application)
    assert screen.availableGeometry().contains(dock.geometry())
    dock.move(screen.availableGeometry().right() - 100, 50)
    process_events(application)
    window.close()
    restored = open_window(size=(700, 600)).dock_layout.docks["loss"]
    assert restored.isFloating()
    assert screen.availableGeometry().contains(restored.geometry())


def test_rows_of_the_side_panel_keep_their_place(open_shell: Open, application: QApplication) -> None:
    window = open_shell(experiment_with(1), size=(1366, 770))
    panel = window.side_panel
    watched = [panel.run_list.buttons["Add"], panel.comparison_panel.mode_combo, panel.editor.picker]

    def places() -> list[QPoint]:
        process_events(application)
        return [widget.mapTo(window, QPoint(0, 0)) for widget in watched]

    before = places()
    for _ in range(7):
        panel.run_list.add()
        assert places() == before
    combo = panel.comparison_panel.mode_combo
    for index in range(combo.count()):
        combo.activated.emit(index)
        combo.setCurrentIndex(index)
        assert places() == before
    field = panel.start_point.fields[0]
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "abc")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert panel.start_point.error_label.isVisible()
    assert places() == before


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("pixels", [None, 17])
def test_the_rows_below_a_surface_keep_their_place(
    open_shell: Open, application: QApplication, language: str, pixels: int | None
) -> None:
    set_language(load_language(language))
    window = open_shell(experiment_with(1), size=(1024, 738))
    selector = window.side_panel.surface_selector
    if pixels:
        window.side_panel.setStyleSheet(f"QWidget {{ font-size: {pixels}px; }}")
    watched, label = window.side_panel.run_list.buttons["Add"], selector.note_label
    places, elided = set(), set()
    for name, surface in SURFACES.items():
        window.session.change(lambda e, name=name: e.with_surface(name))  # type: ignore[misc]
        process_events(application)
        places.add(watched.mapTo(window, QPoint(0, 0)).y())
        lines = label.text().split("\n")
        assert len(lines) <= DESCRIPTION_LINES
        assert max(map(label.fontMetrics().horizontalAdvance, lines)) <= label.width() + 1
        assert label.full_text.startswith(tr(surface.summary))
        assert label.text().endswith("…") == bool(label.toolTip())
        if label.toolTip():
            elided.add(name)
            assert escape(label.full_text) in label.toolTip()
        else:
            assert " ".join(lines) == label.full_text
    assert len(places) == 1
    assert elided


def test_a_text_is_elided_only_where_it_does_not_fit(application: QApplication) -> None:
    label = ElidedText(2)
    label.resize(200, 40)
    for text in ("", "one", "one two", "W" * 500, "a <b> & c " * 40, "두 단어 " * 60, " " * 90):
        label.show_text(text)
        assert label.text().count("\n") < 2
        assert label.text().endswith("…") == bool(label.toolTip()) == (len(text.strip()) > 20)
    label.resize(20_000, 40)
    label.show_text("a <b> & c " * 40)
    assert label.text().strip() == ("a <b> & c " * 40).strip()
    assert not label.toolTip()


def test_a_long_label_leaves_room_for_the_status(open_shell: Open, application: QApplication) -> None:
    window = open_shell(Experiment("rosenbrock", runs=(Run.parse("averaged_momentum lr=0.00012345 momentum=0.98765"),)))
    window.session.advance(3)
    window.update_texts()
    process_events(application)
    listed = window.side_panel.run_list.list
    status = window.session.run_status(0).short_text
    option = QStyleOptionViewItem()
    option.widget, option.rect = listed, listed.visualItemRect(listed.item(0))
    delegate = listed.itemDelegate()
    assert isinstance(delegate, RunItemDelegate)
    delegate.initStyleOption(option, listed.indexFromItem(listed.item(0)))
    assert option.text.endswith(status)
    assert "…" in option.text


@pytest.mark.parametrize("count", [1, 3, 8])
@pytest.mark.parametrize("width", [600, 1366])
def test_the_caption_counts_the_runs_that_it_leaves_out(application: QApplication, count: int, width: int) -> None:
    session = Session(experiment_with(count))
    session.advance(20)
    caption = PresentationCaption(session)
    caption.selected_run = lambda: 0
    caption.resize(width, caption.sizeHint().height())
    caption.refresh(LIGHT)
    metrics = caption.fontMetrics()
    _, shown = caption._fitting_runs(metrics, metrics.capHeight() * 1.3)
    assert 1 <= shown <= count
    assert shown == count or width == 600 or count == 8
    assert session.run_status(0).sentence in caption.sentence
    assert caption.sentence in caption.accessibleName()
    session.stop()


@pytest.mark.parametrize("width", [1024, 1366])
def test_the_caption_tells_runs_of_one_optimizer_apart(application: QApplication, width: int) -> None:
    session = Session(Experiment("elongated_bowl", runs=tuple(Run("sgd", {"lr": lr}) for lr in (0.5, 0.9, 1, 1.02))))
    session.advance(20)
    caption = PresentationCaption(session)
    caption.resize(width, caption.sizeHint().height())
    caption.refresh(LIGHT)
    metrics = caption.fontMetrics()
    length, shown = caption._fitting_runs(metrics, metrics.capHeight() * 1.3)
    assert shown == 4
    assert len({texts[length] for _, texts in caption.run_entries}) == 4
    session.stop()


@pytest.mark.slow
def test_the_timeline_keeps_its_width_up_to_a_thousand_steps(open_window: Open, application: QApplication) -> None:
    window = open_window(Experiment(runs=(Run("sgd", {"lr": 0.001}),)), size=SIZES[0])
    bar, session, widths = window.timeline_bar, window.session, set()
    session.race.advance(1000)
    for step in (7, 70, 700, 1000):
        session.show_step(step)
        for _ in range(3):
            window.update_texts()
            process_events(application)
        assert bar.step_label.text() == f"Step {step:,}"
        widths.add(bar.timeline.width())
    assert len(widths) == 1


@pytest.mark.slow
def test_presentation_mode_scales_the_side_panel_and_keeps_the_axis_labels(
    open_window: Open, application: QApplication
) -> None:
    window = open_window(experiment_with(3, "linear_regression"))
    label = window.side_panel.comparison_panel.mode_combo
    height = label.fontMetrics().height()
    window.presentation_mode.toggle()
    process_events(application)
    for name in ("contour", "loss", "fit"):
        assert window.canvases[name].view.axes.xaxis.label.get_visible(), name
    assert window.canvases["relief"].view.labels()
    window.toggle_dock("side")
    process_events(application)
    assert label.fontMetrics().height() > 1.15 * height
    window.presentation_mode.toggle()
    process_events(application)
    assert label.fontMetrics().height() == height
