"""The values table and number fields at usual window sizes: complete numbers, stable columns, errors shown in place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QObject, QRect, Qt
from PyQt6.QtGui import QFontMetrics, QPaintEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from app.gui.panels.results.readout_table import MIN_FONT_SIZE, ReadoutTable
from app.gui.panels.results.results_tabs import RESULTS_TAB
from app.gui.widgets.number_field import WIDEST_TEXT, NumberField
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils.number_format import format_fixed_width
from optimizers import OPTIMIZERS, Hyperparameter
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
ANY_SIZE = Hyperparameter(0.0, 1.0, minimum=-np.inf, label="a number")
SIZES = [(1024, 700), (1280, 720), (1920, 1080)]


def longest_optimizer_name() -> str:
    return max(OPTIMIZERS, key=lambda name: len(OPTIMIZERS[name].name))


def assert_numbers_not_cut(table: ReadoutTable) -> None:
    columns, view, model = table.column_header, table.viewport(), table.runs
    assert view is not None
    headings = QFontMetrics(columns.font())
    for column in range(1, model.columnCount()):
        heading = model.headerData(column, Qt.Orientation.Horizontal)
        assert headings.horizontalAdvance(heading) + 18 <= table.columnWidth(column), heading
        for row in range(model.rowCount()):
            assert table.sizeHintForIndex(model.index(row, column)).width() <= table.columnWidth(column)
    assert sum(map(table.columnWidth, range(model.columnCount()))) <= view.width()
    assert table.columnWidth(0) >= 60


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_numbers_are_never_cut(open_window: Open, application: QApplication, size: tuple[int, int]) -> None:
    runs = Run("sgd", {"lr": 1.0133}), Run(longest_optimizer_name()), Run("sgd", {"lr": 0.01})
    window = open_window(Experiment("sphere", (-987.654, 0.001), runs), size=size)
    table = window.readout_table
    for count in (0, 7, 14_000):
        window.session.race.advance(count)
        window.update_texts()
        process_events(application, 2)
        assert_numbers_not_cut(table)
    cell, name = table.runs.index(0, 1), table.runs.index(1, 0)
    assert cell.data() == f"diverged at {window.session.race.trajectories[0].diverged_at:,}" > "diverged at 10,000"
    assert name.data(Qt.ItemDataRole.ToolTipRole) == window.session.experiment.labels[1]
    assert table.font().pointSize() >= MIN_FONT_SIZE


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_rows_that_fit_need_no_scroll_bar(open_window: Open, application: QApplication, size: tuple[int, int]) -> None:
    window = open_window(size=size)
    for _ in range(4):
        rows, columns = window.readout_table.verticalScrollBar(), window.readout_table.horizontalScrollBar()
        assert rows is not None
        assert columns is not None
        assert (rows.maximum(), columns.maximum()) == (0, 0)
        assert_numbers_not_cut(window.readout_table)
        window.session.change(lambda e: e.with_added_run(Run("adam")))
        process_events(application)


@pytest.mark.slow
def test_a_large_window_shows_many_rows(open_window: Open, application: QApplication) -> None:
    window = open_window(size=(1920, 1080))
    for _ in range(7):
        window.session.change(lambda e: e.with_added_run(Run("adam")))
    process_events(application)
    view = window.readout_table.viewport()
    assert view is not None
    assert window.readout_table.rowHeight(0) * 10 <= view.height() <= window.height() / 3
    assert window.readout_table.font().pointSize() >= 14


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_column_positions_do_not_change_with_the_numbers(
    open_window: Open, application: QApplication, size: tuple[int, int]
) -> None:
    window, widths = open_window(size=size), set()
    for _ in range(60):
        window.session.advance(97)
        window.update_texts()
        process_events(application, 1)
        widths.add(tuple(map(window.readout_table.columnWidth, range(6))))
    assert len(widths) == 1


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["rosenbrock", "linear_regression"])
def test_coordinates_have_the_names_that_the_surface_gives_them(open_window: Open, surface: str) -> None:
    window = open_window()
    window.session.change(lambda e: e.with_surface(surface))
    model, axes = window.readout_table.runs, window.session.race.surface.axis_labels
    for column, axis in zip((2, 3), axes, strict=True):
        assert model.headerData(column, Qt.Orientation.Horizontal) == axis.split()[0]
        assert not model.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)


def test_zero_has_no_sign() -> None:
    assert [format_fixed_width(value) for value in (-0.0, 0.0, -1.5, 1e-4)] == [
        "0.00000",
        "0.00000",
        "-1.50000",
        "1.000e-04",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", [2.220446049250313e-16, -1.2345678901234e-7, 0.1 + 0.2, 123456789.1234567, -1e300 / 3, 0.0, 1e6]
)
def test_a_field_shows_the_whole_exponent_and_keeps_every_digit(open_shell: Open, value: float) -> None:
    window = open_shell()
    field = NumberField(ANY_SIZE)
    field.setParent(window)
    field.show_value(value)
    text, metrics = field.text(), field.fontMetrics()
    assert metrics.horizontalAdvance(text) <= metrics.horizontalAdvance(WIDEST_TEXT)
    assert float(text) == pytest.approx(value, rel=2e-3)
    assert ("e" in text) == ("e" in f"{value:.10g}")
    committed_values: list[float] = []
    field.value_committed.connect(committed_values.append)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.value == value
    assert not committed_values


def enter_text(application: QApplication, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    process_events(application, 3)


def test_both_start_fields_report_invalid_input(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    window.activateWindow()
    start = window.side_panel.start_point
    enter_text(application, start.fields[0], "1e9")
    enter_text(application, start.fields[1], "abc")
    for field, text in zip(start.fields, ("1e9", "abc"), strict=True):
        assert field.property("wrong")
        assert field.text() == text
        assert field.message in start.error_label.text().split("\n")
    enter_text(application, start.fields[1], "0.25")
    assert window.session.experiment.start == (-0.5, 0.25)
    assert start.error_label.text() == start.fields[0].message
    enter_text(application, start.fields[0], "1")
    assert window.session.experiment.start == (1.0, 0.25)
    assert not start.error_label.isVisible()


class PaintedRegion(QObject):
    """An event filter that records which region of a widget is painted."""

    def __init__(self) -> None:
        super().__init__()
        self.rects: list[QRect] = []

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if isinstance(event, QPaintEvent):
            self.rects.append(event.rect())
        return False


def test_the_whole_frame_turns_red_although_nothing_else_changes(open_shell: Open, application: QApplication) -> None:
    window = open_shell()
    window.set_theme("light")
    field = NumberField(ANY_SIZE)
    field.show()
    field.activateWindow()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "abc")
    process_events(application)
    painted = PaintedRegion()
    field.installEventFilter(painted)
    QTest.keyClick(field, Qt.Key.Key_Return)
    process_events(application)
    assert field.rect() in painted.rects
    image = field.grab().toImage()
    edge = image.pixelColor(image.width() // 2, 0)
    assert edge.red() > edge.green() + 80
    field.deleteLater()


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape])
def test_after_a_field_keys_control_the_playback_even_when_the_window_lost_focus(
    open_shell: Open, application: QApplication, key: Qt.Key
) -> None:
    window = open_shell()
    window.activateWindow()
    for field in (window.playback_bar.speed.number_field, window.side_panel.start_point.fields[0]):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "2")
        QTest.keyClick(field, key)
        other = QWidget()
        other.show()
        other.activateWindow()
        process_events(application)
        window.activateWindow()
        process_events(application)
        assert window.focusWidget() is window
        step, speed = window.session.race.step, window.session.clock.speed
        QTest.keyClick(window, Qt.Key.Key_Right)
        QTest.keyClick(window, Qt.Key.Key_Right)
        QTest.keyClick(window, Qt.Key.Key_Left)
        assert (window.session.race.step, window.session.clock.speed) == (step + 1, speed)
        other.deleteLater()


@pytest.mark.slow
def test_an_invalid_speed_does_not_move_the_layout(open_window: Open, application: QApplication) -> None:
    window = open_window(DEFAULT_EXPERIMENT, size=(1024, 700))
    window.activateWindow()
    slider_field = window.playback_bar.speed
    positions = [canvas.mapTo(window, canvas.rect().topLeft()) for canvas in window.canvases.values()]
    draws, high = [canvas.full_draw_count for canvas in window.canvases.values()], window.playback_bar.height()
    enter_text(application, slider_field.number_field, "1e9")
    assert slider_field.error_label.isVisible()
    assert slider_field.error_label.text() == slider_field.number_field.message != ""
    assert window.rect().contains(slider_field.error_label.geometry())
    assert (
        slider_field.error_label.y()
        >= slider_field.number_field.mapTo(window, slider_field.number_field.rect().bottomLeft()).y()
    )
    assert (
        slider_field.error_label.height()
        >= slider_field.error_label.heightForWidth(slider_field.error_label.width())
        > 10
    )
    assert [canvas.mapTo(window, canvas.rect().topLeft()) for canvas in window.canvases.values()] == positions
    assert ([canvas.full_draw_count for canvas in window.canvases.values()], window.playback_bar.height()) == (
        draws,
        high,
    )
    window.set_theme("dark")
    process_events(application)
    assert not [label for label in window.findChildren(QWidget, "slip") if label.isVisible()], (
        "it is hidden with its field"
    )
    enter_text(application, window.playback_bar.speed.number_field, "30")
    assert window.session.clock.speed == 30
    assert not window.playback_bar.speed.error_label.isVisible()


@pytest.mark.slow
def test_a_race_advanced_without_step_signals_is_drawn_in_every_view(
    open_window: Open, application: QApplication
) -> None:
    """As when a drag of the start ends: the same race at a later step."""
    window = open_window(DEFAULT_EXPERIMENT)
    window.session.race.advance(1500)
    window.session.trajectories_changed.emit()
    process_events(application)
    visible_canvases = {name: canvas for name, canvas in window.canvases.items() if canvas.isVisible()}
    before = {name: np.asarray(canvas.buffer_rgba()).copy() for name, canvas in visible_canvases.items()}
    for name, canvas in visible_canvases.items():
        assert canvas.displayed_step == window.session.race.step
        canvas.draw()
        changed = np.abs(np.asarray(canvas.buffer_rgba()).astype(int) - before[name]).max(axis=2) > 40
        assert changed.mean() < 0.001, name
    assert window.canvases["loss"].view.axis_limits.x_length >= 1500


class ResizeCounter(QObject):
    """Counts the resize events of a viewport; it drops them from a number on, so that a loop of them ends."""

    count, maximum = 0, 20

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Resize:
            self.count += 1
        return self.count > self.maximum


@pytest.mark.slow
@pytest.mark.parametrize("tab", [0, RESULTS_TAB])
@pytest.mark.parametrize("run_count", [1, 3, 5])
def test_scroll_bars_cause_no_endless_layout(
    open_window: Open, application: QApplication, monkeypatch: pytest.MonkeyPatch, tab: int, run_count: int
) -> None:
    runs = Run("sgd"), Run(longest_optimizer_name()), Run("lion"), Run("adam"), Run("adamw")
    window = open_window(Experiment("sphere", (-987.654, 0.001), runs[:run_count]))
    dock = window.dock_layout.docks["results"]
    dock.setFloating(True)
    window.results_tabs.setCurrentIndex(tab)
    process_events(application)
    table = window.results_tabs.results_page.table if tab else window.readout_table
    counter = ResizeCounter()
    viewport = table.viewport()
    assert viewport is not None
    viewport.installEventFilter(counter)
    sizes = [
        (386, 140),
        (440, 100),
        *((width, height) for width in range(300, 720, 60) for height in range(100, 260, 25)),
    ]
    fits, fit_columns = [], table.fit_columns
    monkeypatch.setattr(table, "fit_columns", lambda: (fits.append(table.size()), fit_columns()))
    for size in sizes:
        counter.count = 0
        fits.clear()
        dock.resize(*size)
        process_events(application, 2)
        assert len(fits) <= 1, size
        assert counter.count <= 5, size
        font, widths = table.font().pointSize(), [table.columnWidth(k) for k in range(table.runs.columnCount())]
        dock.resize(size[0] + 200, size[1] + 200)
        process_events(application, 2)
        dock.resize(*size)
        process_events(application, 2)
        assert table.font().pointSize() == font, "the layout must depend on the size only"
        assert [table.columnWidth(k) for k in range(table.runs.columnCount())] == widths


@pytest.mark.slow
def test_runs_of_one_optimizer_are_told_apart(open_window: Open) -> None:
    runs = (Run("sgd", {"lr": 0.1}), Run("sgd", {"lr": 0.2}), Run("adam", {"lr": 0.3}))
    window = open_window(Experiment("sphere", None, runs))
    names = [window.readout_table.runs.index(row, 0).data() for row in range(3)]
    assert names == ["SGD, lr 0.1", "SGD, lr 0.2", "Adam"]
