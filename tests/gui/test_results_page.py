"""The results page: its table of all runs, sorting, selection and copying."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.analysis.results import COLUMNS, STEPS_COLUMN, RunResult, format_cells, run_results
from app.analysis.run_column import MISSING
from app.engine.race import Race
from app.engine.update_timing import measure_update_time
from app.export.results_text import as_csv, as_latex, as_markdown
from app.gui.panels.results.results_page import COPY_FORMATS, ResultsPage
from app.gui.panels.results.run_table_model import RunSortProxy, RunTableModel
from app.gui.widgets.palette import create_palette
from app.model.experiment import Experiment
from app.model.run import Run
from app.session.session import Session
from app.theming.stylesheet import build_stylesheet
from app.theming.theme import DARK, LIGHT, Theme
from optimizers import OPTIMIZERS
from tests.analysis.example_results import COLUMN_NAMES, FIVE_RUNS, ONE_RESULT, column_index
from tests.qt_fixtures import process_events

OpenPage = Callable[..., ResultsPage]


@pytest.fixture
def open_page(application: QApplication) -> Iterator[OpenPage]:
    """Open results pages, each of its own session, and close them after the test."""
    opened: list[ResultsPage] = []

    def open_one(
        experiment: Experiment = FIVE_RUNS, steps: int = 3000, theme: Theme = LIGHT, size: tuple[int, int] = (1100, 200)
    ) -> ResultsPage:
        application.setPalette(create_palette(theme))
        application.setStyleSheet(build_stylesheet(theme))
        session = Session(experiment)
        session.race.advance(steps)
        page = ResultsPage(session, theme)
        page.resize(*size)
        page.show()
        process_events(application, 3)
        opened.append(page)
        return page

    yield open_one
    for page in opened:
        page.session.stop()
        page.close()
        page.deleteLater()
    process_events(application)


def table_texts(page: ResultsPage) -> list[list[str]]:
    model = page.table.sorted_runs
    return [[model.index(row, k).data() for k in range(model.columnCount())] for row in range(model.rowCount())]


def current_row(page: ResultsPage) -> int:
    return page.table.currentIndex().row()


def selected_rows(page: ResultsPage) -> list[int]:
    selection = page.table.selectionModel()
    assert selection is not None
    return [index.row() for index in selection.selectedRows()]


def heading(page: ResultsPage, column: int) -> str:
    return str(page.table.sorted_runs.headerData(column, Qt.Orientation.Horizontal))


def row_runs(page: ResultsPage) -> list[int]:
    """Return the index of the run in each row."""
    return [int(row[0]) - 1 for row in table_texts(page)]


def click(page: ResultsPage, row: int) -> None:
    view = page.table.viewport()
    assert view is not None
    position = QPoint(page.table.columnViewportPosition(1) + 5, page.table.rowViewportPosition(row) + 5)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=position)


def click_heading(page: ResultsPage, name: str) -> None:
    view = page.table.column_header.viewport()
    assert view is not None
    x = page.table.column_header.sectionViewportPosition(column_index(name)) + 5
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))


def test_the_table_shows_every_run(open_page: OpenPage) -> None:
    page = open_page()
    results = run_results(page.session.race, measure_update_time=measure_update_time)
    assert table_texts(page) == [format_cells(result) for result in results]
    assert "10⁻⁶" in page.criterion_label.text()
    diverged_cell = page.table.sorted_runs.index(2, STEPS_COLUMN)
    assert diverged_cell.data(Qt.ItemDataRole.ForegroundRole) == QColor(LIGHT.warning)
    assert page.table.accessibleName()
    page.session.store.set(page.session.experiment.with_surface("saddle"))
    page.refresh()
    assert "no known minimum" in page.criterion_label.text()
    assert table_texts(page)[0][column_index("distance to nearest minimum")] == MISSING


@pytest.mark.slow
@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("width", [700, 1000, 1500])
def test_no_number_and_no_heading_is_cut_off(
    open_page: OpenPage, application: QApplication, theme: Theme, width: int
) -> None:
    longest_name = max(OPTIMIZERS, key=lambda name: len(OPTIMIZERS[name].name))
    page = open_page(
        Experiment("sphere", (-987.654, 0.001), (Run("sgd", {"lr": 1.0133}), Run(longest_name), *FIVE_RUNS.runs[:3])),
        0,
        theme,
        (width, 160),
    )
    table, metrics = page.table, page.table.column_header.fontMetrics()
    for count in (0, 7, 14_000):
        page.session.race.advance(count)
        page.refresh()
        process_events(application)  # Qt resizes the columns when it has time
        for k, column in enumerate(COLUMNS):
            assert all(
                metrics.horizontalAdvance(line) + 8 <= table.columnWidth(k) for line in heading(page, k).split("\n")
            )
            for row in range(len(page.session.race.trajectories)):
                needed = table.sizeHintForIndex(table.sorted_runs.index(row, k)).width()
                assert needed <= table.columnWidth(k) or (column.is_text and width < 1500)
    view = table.viewport()
    assert view is not None
    if width >= 1000:
        assert sum(map(table.columnWidth, range(len(COLUMNS)))) <= view.width()


def test_clicking_a_heading_sorts_by_value_and_a_second_click_reverses(open_page: OpenPage) -> None:
    page = open_page()
    losses = [result.loss for result in run_results(page.session.race)]
    click_heading(page, "loss")
    assert row_runs(page) == sorted(range(5), key=losses.__getitem__)
    assert page.table.sort_state == (column_index("loss"), False)
    assert heading(page, column_index("loss")) == "▲ Loss"
    click_heading(page, "loss")
    assert row_runs(page) == sorted(range(5), key=losses.__getitem__, reverse=True)
    for name in COLUMN_NAMES:
        for _ in range(2):
            click_heading(page, name)
            texts = [row[column_index(name)] for row in table_texts(page)]
            assert MISSING not in texts[: len(texts) - texts.count(MISSING)]


def sort_results(results: list[RunResult], name: str, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> list[int]:
    """Return the indices of the results in the order of the table."""
    race = Race(Experiment("sphere", runs=(Run("sgd"),) * len(results)))
    model = RunTableModel(LIGHT, None)
    model.show_rows(COLUMNS, results, race)
    sorted_runs = RunSortProxy(model, model)
    sorted_runs.sort(column_index(name), order)
    return sorted_runs.source_rows()


def test_missing_values_are_sorted_last_in_both_directions(application: QApplication) -> None:
    values = [3, None, 20, math.nan, 3, 100]
    results = [replace(ONE_RESULT, index=k, steps_to_tolerance=value) for k, value in enumerate(values)]
    assert sort_results(results, "steps to tolerance") == [0, 4, 2, 5, 1, 3]
    assert sort_results(results, "steps to tolerance", Qt.SortOrder.DescendingOrder) == [5, 2, 0, 4, 1, 3]
    hyperparameter_texts = ["lr 0.5", "", "lr 1e-05", "lr 10", "lr 2, beta1 0.5", "b"]
    results_with_texts = [
        replace(ONE_RESULT, index=k, hyperparameter_text=text) for k, text in enumerate(hyperparameter_texts)
    ]
    assert sort_results(results_with_texts, "hyperparameters") == [5, 2, 0, 4, 3, 1]
    for each_name in COLUMN_NAMES:
        assert len(sort_results(results, each_name)) == len(results)


def test_rows_keep_their_order_during_playback(open_page: OpenPage, application: QApplication) -> None:
    page = open_page(steps=0)
    page.table.sort_by(column_index("loss"))
    before = row_runs(page)
    page.session.clock.play()
    page.session.race.advance(3000)
    page.refresh()
    assert row_runs(page) == before
    assert page.table_text("csv").splitlines()[1].startswith(f"{before[0] + 1},")
    page.session.clock.pause()
    losses = [result.loss for result in run_results(page.session.race)]
    assert row_runs(page) == sorted(range(5), key=losses.__getitem__) != before
    page.session.clock.play()
    page.table.sort_by(0)
    assert row_runs(page) == list(range(5))


def test_selecting_a_row_selects_its_run_and_the_selection_follows_the_run(open_page: OpenPage) -> None:
    page = open_page()
    selected: list[int] = []
    page.run_selected.connect(selected.append)
    click(page, 1)
    click(page, 1)
    assert selected == [1]
    for name in ("loss", "loss", "steps"):
        click_heading(page, name)
        assert row_runs(page)[current_row(page)] == 1
        assert selected_rows(page) == [current_row(page)]
    page.select_run(3)
    assert row_runs(page)[current_row(page)] == 3
    assert selected == [1]
    QTest.keyClick(page.table, Qt.Key.Key_Up)
    assert selected == [1, row_runs(page)[current_row(page)]]
    selected_run = page.session.experiment.runs[selected[-1]]
    page.session.store.set(page.session.experiment.without_run(0 if selected[-1] else 1))
    page.refresh()
    assert page.session.experiment.runs[row_runs(page)[current_row(page)]].slot == selected_run.slot
    page.select_run(-1)
    assert not selected_rows(page)
    page.refresh()
    assert not selected_rows(page)
    assert len(selected) == 2


def test_mouse_clicks_cannot_clear_the_selection(open_page: OpenPage) -> None:
    page = open_page()
    selected: list[int] = []
    page.run_selected.connect(selected.append)
    click(page, 2)
    view = page.table.viewport()
    assert view is not None
    position = QPoint(page.table.columnViewportPosition(1) + 5, page.table.rowViewportPosition(2) + 5)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, position)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, view.height() - 2))
    assert selected_rows(page) == [2]
    assert current_row(page) == 2
    assert selected == [2]


def test_only_changed_cells_are_updated_and_none_while_hidden(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page()
    updated: list[tuple[int, int]] = []
    page.table.sorted_runs.dataChanged.connect(
        lambda first, last, _: updated.extend(
            (row, k) for row in range(first.row(), last.row() + 1) for k in range(first.column(), last.column() + 1)
        )
    )
    page.refresh()
    assert not updated
    page.session.race.advance(1)
    page.refresh()
    changed = set(updated)
    assert (0, STEPS_COLUMN) in changed
    assert not {(row, k) for row in range(5) for k in (0, 1, 2, column_index("time per step (µs)"))} & changed
    assert not {(2, k) for k in range(len(COLUMNS))} & changed, "the run has diverged"
    layouts: list[None] = []
    page.table.sorted_runs.layoutChanged.connect(lambda: layouts.append(None))
    page.refresh()
    assert not layouts, "the rows are in order"
    page.hide()
    monkeypatch.setattr(
        "app.gui.panels.results.results_page.run_results", lambda *_, **__: pytest.fail("computed while hidden")
    )
    page.refresh()


def test_rows_are_added_and_removed_with_runs(open_page: OpenPage) -> None:
    page = open_page()
    page.session.store.set(replace(page.session.experiment, runs=()))
    page.refresh()
    assert table_texts(page) == []
    assert page.table_text("csv").splitlines() == [",".join([*COLUMN_NAMES, "diverged at"])]
    page.session.store.set(page.session.experiment.with_added_run(Run("adam")).with_added_run(Run("adam")))
    page.refresh()
    assert [row[:2] for row in table_texts(page)] == [["1", "Adam"], ["2", "Adam"]]


def test_the_table_is_copied_in_its_sort_order(open_page: OpenPage) -> None:
    page = open_page()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    messages: list[str] = []
    page.copied.connect(messages.append)
    page.table.sort_by(column_index("path length"))
    results = sorted(
        run_results(page.session.race, measure_update_time=measure_update_time), key=lambda result: result.path_length
    )
    for action, copy_format, to_text in zip(
        page.copy_menu.actions(), COPY_FORMATS, (as_csv, as_markdown, as_latex), strict=False
    ):
        action.trigger()
        assert clipboard.text() == page.table_text(copy_format) == to_text(results)
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = list(csv.reader(io.StringIO(clipboard.text()), delimiter="\t"))
    assert [int(row[0]) - 1 for row in rows[1:]] == row_runs(page)
    assert messages == [
        f"Results table copied as {name}." for name in ("CSV", "Markdown", "LaTeX", "tab-separated text")
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "accepted"), [(Qt.Key.Key_C, True), (Qt.Key.Key_Space, False), (Qt.Key.Key_Right, False)]
)
def test_the_table_overrides_only_the_copy_shortcut(open_page: OpenPage, key: Qt.Key, accepted: bool) -> None:
    page = open_page()
    modifier = Qt.KeyboardModifier.ControlModifier if accepted else Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
    event.ignore()
    page.table.event(event)
    assert event.isAccepted() == accepted


def test_the_context_menu_of_the_table_sorts(open_page: OpenPage) -> None:
    page = open_page()
    sort_menu = page.table.actions()[0].menu()
    assert sort_menu is not None
    assert [action.text() for action in sort_menu.actions()] == [name.capitalize() for name in COLUMN_NAMES]
    for expected in (False, True, False):
        sort_menu.actions()[column_index("loss")].trigger()
        assert page.table.sort_state == (column_index("loss"), expected)


def test_columns_never_get_narrower_during_playback(open_page: OpenPage, application: QApplication) -> None:
    page = open_page(steps=0)
    before = [0] * len(COLUMNS)
    for _ in range(20):
        page.session.race.advance(61)
        page.refresh()
        process_events(application)
        needed = page.table.needed_widths(page.table.fontMetrics())
        assert all(map(int.__ge__, needed, before))
        before = needed


@pytest.mark.parametrize("count", [2, 5])
def test_at_the_height_of_its_size_hint_the_table_shows_every_run(
    open_page: OpenPage, application: QApplication, count: int
) -> None:
    page = open_page(replace(FIVE_RUNS, runs=FIVE_RUNS.runs[:count]))
    table = page.table
    for missing, scrolls in ((0, False), (4, True)):
        table.setMinimumHeight(0)
        table.setFixedHeight(table.sizeHint().height() - missing)
        process_events(application)
        bar = table.verticalScrollBar()
        assert bar is not None
        assert (bar.maximum() > 0) == scrolls
