"""The results table: its numbers, how they are written and copied, and rows that stay with their runs."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from app.analysis.results import (
    COLUMNS,
    MISSING,
    STEPS_COLUMN,
    TOLERANCE,
    RunResult,
    format_cells,
    run_results,
    sort_results,
)
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.engine.update_timing import measure_update_time
from app.export.results_text import as_csv, as_latex, as_markdown, to_latex
from app.gui.panels.results.results_page import COPY_FORMATS, ResultsPage
from app.gui.widgets.palette import create_palette
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.session.session import Session
from app.theming.stylesheet import build_stylesheet
from app.theming.theme import DARK, LIGHT, Theme
from app.utils.number_format import format_significant
from optimizers import OPTIMIZERS
from tests.conftest import settle

NAMES = [column.name for column in COLUMNS]
SEVERAL = Experiment(
    "rosenbrock",
    (-0.5, 2.5),
    (
        Run("sgd", {"lr": 0.001}),
        Run("adam", {"lr": 0.15}),
        Run("sgd", {"lr": 0.1}),
        Run("steepest_descent_wolfe"),
        Run("adam", {"lr": 0.01, "noise": 0.1}),
    ),
)
ONE = RunResult(0, 0, "Adam", "lr 0.05", 12, 5, 1.25, 0.5, 3.0, 12, 0, 2.0, None)


def column(name: str) -> int:
    return NAMES.index(name)


def assert_right(standing: RunResult, race: Race, step: int) -> None:
    """Compare with the same facts computed from the columns of the track in the plainest way."""
    track, surface = race.trajectories[standing.index], race.surface
    last = min(step, track.last_step)
    x, y, loss = track.xs, track.ys, track.losses
    assert (standing.step_count, standing.loss) == (last, loss[last])
    path = math.fsum(math.dist((x[k - 1], y[k - 1]), (x[k], y[k])) for k in range(1, last + 1))
    assert standing.path_length == pytest.approx(path, rel=1e-12, abs=0)
    assert standing.gradient_evaluations == track.evaluation_arrays(last)[0][last]
    assert standing.value_evaluations == track.evaluation_arrays(last)[1][last]
    gone = track.diverged_at is not None and track.diverged_at <= step
    assert standing.diverged_at == (track.diverged_at if gone else None)
    if surface.minimum_loss is None:
        assert math.isnan(standing.distance_to_minimum)
        assert standing.steps_to_tolerance is not None
        assert math.isnan(standing.steps_to_tolerance)
        return
    assert standing.distance_to_minimum == min(math.hypot(x[last] - a, y[last] - b) for a, b in surface.minima)
    reached = last + 1
    while reached and loss[reached - 1] - surface.minimum_loss <= TOLERANCE * (loss[0] - surface.minimum_loss):
        reached -= 1
    assert standing.steps_to_tolerance == (None if gone or reached > last else reached)


# The numbers


@pytest.mark.parametrize(
    "experiment", [SEVERAL, replace(SEVERAL, surface_id="himmelblau"), replace(SEVERAL, surface_id="saddle")]
)
def test_every_number_is_right_at_every_step_whatever_was_asked_before(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.analysis.results.CHECKPOINT_INTERVAL", 64)
    race = Race(experiment)
    reached = set()
    for count in (0, 1, 7, 120, 2000):
        race.advance(count)
        for step in (race.step, race.step // 3, 63, 64, 65, 128, race.step):
            if step <= race.step:
                for standing in run_results(race, step):
                    assert_right(standing, race, step)
                    reached.add(standing.steps_to_tolerance)
    assert race.surface.minimum_loss is None or (None in reached and any(reached))
    assert [standing.index for standing in run_results(race)] == list(range(5))


def test_a_run_that_comes_and_goes_has_not_reached_the_tolerance_before_it_stays() -> None:
    race = Race(Experiment("sphere", (3.0, 0.0), (Run("momentum", {"lr": 0.05, "momentum": 0.95}),)))
    race.advance(2000)
    loss = np.array(race.trajectories[0].losses)
    inside = np.flatnonzero(loss <= TOLERANCE * loss[0])
    first, last = int(inside[0]), run_results(race)[0].steps_to_tolerance
    assert last is not None
    assert first < last
    for step in (*range(first - 2, last + 2, 3), 2000):
        assert_right(run_results(race, step)[0], race, step)


def test_a_run_that_diverged_stands_where_it_last_was() -> None:
    race = Race(Experiment("rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.1}),)))
    race.advance(100)
    gone = race.trajectories[0].diverged_at
    assert gone is not None
    before, after = run_results(race, gone - 1)[0], run_results(race)[0]
    assert (before.diverged_at, after.diverged_at) == (None, gone)
    assert (before.step_count, before.loss, before.path_length) == (after.step_count, after.loss, after.path_length)
    assert format_cells(after)[STEPS_COLUMN] == f"diverged at {gone}"
    race.trajectories = [Trajectory(Run("sgd"), race.surface, (1e200, 1e200))]  # where the surface has no height
    lost = run_results(race)[0]
    assert (lost.step_count, lost.steps_to_tolerance, lost.diverged_at) == (0, None, 0)
    assert format_cells(lost)[column("loss")] == MISSING


def test_the_start_in_the_minimum_needs_no_step() -> None:
    race = Race(Experiment("sphere", (0.0, 0.0), (Run("sgd"),)))
    race.advance(3)
    found = run_results(race)[0]
    assert (found.steps_to_tolerance, found.path_length, found.distance_to_minimum, found.loss) == (0, 0.0, 0.0, 0.0)


def test_a_track_that_went_another_way_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.analysis.results.CHECKPOINT_INTERVAL", 64)
    race = Race(SEVERAL)
    race.advance(200)
    run_results(race)
    race.step = 100
    other = race.with_experiment(
        race.experiment.with_run(0, race.experiment.runs[0].with_change_at_step(race.step, {"lr": 0.0005}))
    )
    other.advance(100)
    for standing in run_results(other):
        assert_right(standing, other, other.step)
    assert other.trajectories[0] is not race.trajectories[0]


def test_settings_are_those_of_the_step_that_is_shown() -> None:
    run = Run("sgd", {"lr": 0.001}).with_change_at_step(50, {"lr": 0.0005})
    race = Race(replace(DEFAULT_EXPERIMENT, runs=(run,)))
    race.advance(100)
    assert [run_results(race, step)[0].hyperparameter_text for step in (10, 100)] == [
        run.as_of_step(10).hyperparameter_text,
        run.hyperparameter_text,
    ]
    assert run.as_of_step(10).hyperparameter_text != run.hyperparameter_text


@pytest.mark.parametrize("name", ["sgd", "adam", "bfgs", "cma_es"])
def test_the_time_of_an_update_is_measured_once(name: str) -> None:
    first, second = (
        Race(replace(DEFAULT_EXPERIMENT, start=start, runs=(Run(name),))).trajectories[0]
        for start in ((-0.5, 2.5), (0.5, 0.5))
    )
    pace = measure_update_time(first)
    assert 0 < pace < math.inf
    assert measure_update_time(first) == measure_update_time(second) == pace
    assert first.last_step == 0
    assert math.isnan(measure_update_time(Trajectory(Run("adagrad"), Race(DEFAULT_EXPERIMENT).surface, (1e200, 1e200))))


def test_another_surface_or_part_is_measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Trajectory] = []
    monkeypatch.setattr("app.engine.update_timing._cached_update_times", {})
    monkeypatch.setattr(
        "app.engine.update_timing._measure", lambda track: measured.append(track) or float(len(measured))
    )
    runs = Run("adam"), Run("adam", {"lr": 0.5}), Run("adam", {"noise": 0.1}), Run("adam", {"noise": 0.0}), Run("sgd")
    race = Race(replace(DEFAULT_EXPERIMENT, runs=runs))
    assert [measure_update_time(track) for track in race.trajectories] == [1, 1, 2, 1, 3]
    points = tuple(np.arange(9.0)), tuple(np.arange(9.0) ** 2)
    for experiment, new in (
        (DEFAULT_EXPERIMENT.with_surface("sphere"), 4),
        (DEFAULT_EXPERIMENT.with_data(*points), 5),
        (DEFAULT_EXPERIMENT.with_data(points[1], points[0]), 5),
    ):
        assert measure_update_time(Race(replace(experiment, runs=runs[:1])).trajectories[0]) == new


# Words and text


def test_figures_have_five_digits() -> None:
    known = {
        0.0: "0",
        0.0012345678: "0.0012346",
        1.5: "1.5000",
        -987.6543: "-987.65",
        1234.56: "1,234.6",
        98765.4: "98,765",
        123456.0: "1.235e+05",
        0.000999: "9.990e-04",
        -1e-300: "-1.000e-300",
    }
    assert {value: format_significant(value) for value in known} == known
    assert format_significant(1.23456, 3) == "1.23"


def test_cells_say_what_there_is() -> None:
    assert format_cells(ONE) == ["1", "Adam", "lr 0.05", "12", "5", "1.2500", "0.50000", "3.0000", "12", "0", "2.00"]
    none = replace(
        ONE,
        hyperparameter_text="",
        step_count=1_234_567,
        steps_to_tolerance=None,
        loss=math.nan,
        distance_to_minimum=math.nan,
        path_length=math.inf,
        update_time_us=math.nan,
    )
    assert format_cells(none) == [
        "1",
        "Adam",
        MISSING,
        "1,234,567",
        MISSING,
        MISSING,
        MISSING,
        MISSING,
        "12",
        "0",
        MISSING,
    ]
    assert len(format_cells(ONE)) == len(COLUMNS)


def test_csv_keeps_every_digit() -> None:
    race = Race(SEVERAL)
    race.advance(3000)
    found = run_results(race)
    for delimiter in ",\t":
        rows = list(csv.DictReader(io.StringIO(as_csv(found, delimiter)), delimiter=delimiter))
        assert list(rows[0]) == [*NAMES, "diverged at"]
        for row, standing in zip(rows, found, strict=True):
            assert row["run"] == str(standing.index + 1)
            assert (row["optimizer"], row["hyperparameters"]) == (standing.optimizer_name, standing.hyperparameter_text)
            assert [float(row[name]) for name in ("steps", "loss", "path length")] == [
                standing.step_count,
                standing.loss,
                standing.path_length,
            ]
            assert row["steps to tolerance"] == (
                "" if standing.steps_to_tolerance is None else str(standing.steps_to_tolerance)
            )
            assert row["time per update (µs)"] == ""
            assert row["diverged at"] == str(standing.diverged_at or "")
    assert any(standing.diverged_at for standing in found)


HOSTILE = "50% & a_b #1 $2 {x} ~ ^ \\ | −3 “<>” \n end"


def test_markdown_keeps_its_columns() -> None:
    text = as_markdown([replace(ONE, optimizer_name=HOSTILE), ONE])
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]] for line in text.splitlines()]
    assert [len(row) for row in rows] == [len(COLUMNS)] * 4
    assert [cell.endswith(":") for cell in rows[1]] == [not column.is_text for column in COLUMNS]
    assert rows[0] == [name.capitalize() for name in NAMES]
    assert rows[3] == format_cells(ONE)
    assert re.sub(r"\\(.)", r"\1", rows[2][1]) == " ".join(HOSTILE.split())


def test_latex_escapes_what_means_something_to_it() -> None:
    assert to_latex("_ % & # $ { }") == r"\_ \% \& \# \$ \{ \}"
    assert to_latex("~^\\ − – µs") == r"\textasciitilde{}\textasciicircum{}\textbackslash{} $-$ -- $\mu$s"
    assert to_latex("1.235e-05") == r"$1.235\times10^{-5}$"
    assert to_latex("-1.5e+300") == r"$-1.5\times10^{300}$"
    known = {"-0.5": "$-0.5$", "-1,234.5": "$-1{,}234.5$", "1,234": "1,234", "12": "12", "0.05": "0.05"}
    assert {word: to_latex(word) for word in known} == known
    assert to_latex("lr 1e-05, beta_1 0.9, seed 3") == r"lr $1\times10^{-5}$, beta\_1 0.9, seed 3"
    assert to_latex("adam-2 v1.0e5x 1.2.3") == "adam-2 v1.0e5x 1.2.3"
    text = as_latex([replace(ONE, optimizer_name=HOSTILE), replace(ONE, loss=1.2e-7)])
    first, second = (line for line in text.splitlines() if line.startswith("1 "))
    assert len(re.findall(r"(?<!\\)&", first)) == len(re.findall(r"(?<!\\)&", second)) == len(COLUMNS) - 1
    assert not re.search(r"(?<!\\)[#%~]|[−|]{2}|\n", first)
    assert len(re.findall(r"(?<!\\)\$", first)) % 2 == 0
    assert r"$1.200\times10^{-7}$" in second
    assert text.startswith(r"\begin{tabular}{rllrrrrrrrr}")
    assert text.endswith("\\hline\n\\end{tabular}\n")


def test_what_has_no_value_is_sorted_last_either_way() -> None:
    values = [3, None, 20, math.nan, 3, 100]
    found = [replace(ONE, index=k, steps_to_tolerance=value) for k, value in enumerate(values)]
    by = COLUMNS[column("steps to tolerance")]
    assert [standing.index for standing in sort_results(found, by)] == [0, 4, 2, 5, 1, 3]
    assert [standing.index for standing in sort_results(found, by, descending=True)] == [5, 2, 0, 4, 1, 3]
    settings = ["lr 0.5", "", "lr 1e-05", "lr 10", "lr 2, beta1 0.5", "b"]
    texts = [replace(ONE, index=k, hyperparameter_text=text) for k, text in enumerate(settings)]
    assert [standing.index for standing in sort_results(texts, COLUMNS[column("hyperparameters")])] == [
        5,
        2,
        0,
        4,
        3,
        1,
    ]
    for each in COLUMNS:
        assert len(sort_results(found, each)) == len(found)


# The panel


Open = Callable[..., ResultsPage]


@pytest.fixture
def open_panel(application: QApplication) -> Iterator[Open]:
    """Shown panels of a session of their own."""
    opened: list[ResultsPage] = []

    def open_one(
        experiment: Experiment = SEVERAL, steps: int = 3000, theme: Theme = LIGHT, size: tuple[int, int] = (1100, 200)
    ) -> ResultsPage:
        application.setPalette(create_palette(theme))
        application.setStyleSheet(build_stylesheet(theme))
        session = Session(experiment)
        session.race.advance(steps)
        panel = ResultsPage(session, theme)
        panel.resize(*size)
        panel.show()
        settle(application, 3)
        opened.append(panel)
        return panel

    yield open_one
    for panel in opened:
        panel.session.stop()
        panel.close()
        panel.deleteLater()
    settle(application)


def shown(panel: ResultsPage) -> list[list[str]]:
    table = panel.table
    return [[table.item(row, k).text() for k in range(table.columnCount())] for row in range(table.rowCount())]  # type: ignore[union-attr]


def runs_shown(panel: ResultsPage) -> list[int]:
    """The index of the run in each row."""
    return [int(row[0]) - 1 for row in shown(panel)]


def click(panel: ResultsPage, row: int) -> None:
    view = panel.table.viewport()
    assert view is not None
    place = QPoint(panel.table.columnViewportPosition(1) + 5, panel.table.rowViewportPosition(row) + 5)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


def click_heading(panel: ResultsPage, name: str) -> None:
    view = panel.table.column_header.viewport()
    assert view is not None
    place = panel.table.column_header.sectionViewportPosition(column(name)) + 5
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(place, 10))


def test_the_table_shows_every_run(open_panel: Open) -> None:
    panel = open_panel()
    found = run_results(panel.session.race, measure_update_time=measure_update_time)
    assert shown(panel) == [format_cells(standing) for standing in found]
    assert "10⁻⁶" in panel.criterion_label.text()
    gone = panel.table.item(2, STEPS_COLUMN)
    assert gone is not None
    assert gone.foreground().color() == QColor(LIGHT.warning)
    assert panel.table.accessibleName()
    panel.session.store.set(panel.session.experiment.with_surface("saddle"))
    panel.refresh()
    assert "no known minimum" in panel.criterion_label.text()
    assert shown(panel)[0][column("distance to nearest minimum")] == MISSING


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("width", [700, 1000, 1500])
def test_no_figure_and_no_heading_is_cut(open_panel: Open, theme: Theme, width: int) -> None:
    longest = max(OPTIMIZERS, key=lambda name: len(OPTIMIZERS[name].name))
    panel = open_panel(
        Experiment("sphere", (-987.654, 0.001), (Run("sgd", {"lr": 1.0133}), Run(longest), *SEVERAL.runs[:3])),
        0,
        theme,
        (width, 160),
    )
    table, metrics = panel.table, panel.table.column_header.fontMetrics()
    for count in (0, 7, 14_000):
        panel.session.race.advance(count)
        panel.refresh()
        for k, each in enumerate(COLUMNS):
            heading = table.horizontalHeaderItem(k)
            assert heading is not None
            assert all(
                metrics.horizontalAdvance(line) + 8 <= table.columnWidth(k) for line in heading.text().split("\n")
            )
            for row in range(table.rowCount()):
                model = table.model()
                assert model is not None
                needed = table.sizeHintForIndex(model.index(row, k)).width()
                assert needed <= table.columnWidth(k) or (each.is_text and width < 1500)
    view = table.viewport()
    assert view is not None
    if width >= 1000:
        assert sum(map(table.columnWidth, range(len(COLUMNS)))) <= view.width()


def test_a_click_on_a_heading_sorts_by_numbers_and_again_the_other_way(open_panel: Open) -> None:
    panel = open_panel()
    losses = [standing.loss for standing in run_results(panel.session.race)]
    click_heading(panel, "loss")
    assert runs_shown(panel) == sorted(range(5), key=losses.__getitem__)
    assert panel.table.sort_state == (column("loss"), False)
    assert panel.table.horizontalHeaderItem(column("loss")).text() == "▲ Loss"  # type: ignore[union-attr]
    click_heading(panel, "loss")
    assert runs_shown(panel) == sorted(range(5), key=losses.__getitem__, reverse=True)
    for name in NAMES:
        for _ in "ab":
            click_heading(panel, name)
            words = [row[column(name)] for row in shown(panel)]
            assert MISSING not in words[: len(words) - words.count(MISSING)]


def test_the_order_stands_still_while_figures_run(open_panel: Open, application: QApplication) -> None:
    panel = open_panel(steps=0)
    panel.table.sort_by(column("loss"))
    before = runs_shown(panel)
    panel.session.clock.play()
    panel.session.race.advance(3000)
    panel.refresh()
    assert runs_shown(panel) == before
    assert panel.table_text("csv").splitlines()[1].startswith(f"{before[0] + 1},")
    panel.session.clock.pause()
    losses = [standing.loss for standing in run_results(panel.session.race)]
    assert runs_shown(panel) == sorted(range(5), key=losses.__getitem__) != before
    panel.session.clock.play()
    panel.table.sort_by(0)
    assert runs_shown(panel) == list(range(5))


def test_a_row_chooses_its_run_and_stays_with_it(open_panel: Open) -> None:
    panel = open_panel()
    told: list[int] = []
    panel.run_selected.connect(told.append)
    click(panel, 1)
    click(panel, 1)
    assert told == [1]
    for name in ("loss", "loss", "steps"):
        click_heading(panel, name)
        assert runs_shown(panel)[panel.table.currentRow()] == 1
        assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [panel.table.currentRow()]  # type: ignore[union-attr]
    panel.select_run(3)
    assert runs_shown(panel)[panel.table.currentRow()] == 3
    assert told == [1]
    QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert told == [1, runs_shown(panel)[panel.table.currentRow()]]
    chosen = panel.session.experiment.runs[told[-1]]
    panel.session.store.set(panel.session.experiment.without_run(0 if told[-1] else 1))
    panel.refresh()
    assert panel.session.experiment.runs[runs_shown(panel)[panel.table.currentRow()]].slot == chosen.slot
    panel.select_run(-1)
    assert not panel.table.selectedItems()
    panel.refresh()
    assert not panel.table.selectedItems()
    assert len(told) == 2


def test_a_run_cannot_be_unchosen_by_a_person(open_panel: Open) -> None:
    panel = open_panel()
    told: list[int] = []
    panel.run_selected.connect(told.append)
    click(panel, 2)
    view = panel.table.viewport()
    assert view is not None
    place = QPoint(panel.table.columnViewportPosition(1) + 5, panel.table.rowViewportPosition(2) + 5)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, view.height() - 2))
    assert panel.table.selectedItems()
    assert panel.table.currentRow() == 2
    assert told == [2]


def test_nothing_is_written_when_nothing_changed_or_nobody_looks(
    open_panel: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = open_panel()
    written: list[tuple[int, int]] = []
    model = panel.table.model()
    assert model is not None
    model.dataChanged.connect(lambda first, last, _: written.append((first.row(), first.column())))
    panel.refresh()
    assert not written
    panel.session.race.advance(1)
    panel.refresh()
    changed = set(written)
    assert (0, STEPS_COLUMN) in changed
    assert not {(row, k) for row in range(5) for k in (0, 1, 2, column("time per update (µs)"))} & changed
    assert not {(2, k) for k in range(len(COLUMNS))} & changed, "it has diverged"
    panel.hide()
    monkeypatch.setattr("app.gui.panels.results.results_page.run_results", lambda *_, **__: pytest.fail("nobody looks"))
    panel.refresh()


def test_rows_come_and_go_with_runs(open_panel: Open) -> None:
    panel = open_panel()
    panel.session.store.set(replace(panel.session.experiment, runs=()))
    panel.refresh()
    assert shown(panel) == []
    assert panel.table_text("csv").splitlines() == [",".join([*NAMES, "diverged at"])]
    panel.session.store.set(panel.session.experiment.with_added_run(Run("adam")).with_added_run(Run("adam")))
    panel.refresh()
    assert [row[:2] for row in shown(panel)] == [["1", "Adam"], ["2", "Adam"]]


def test_the_table_is_copied_as_it_is_sorted(open_panel: Open) -> None:
    panel = open_panel()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    told: list[str] = []
    panel.copied.connect(told.append)
    panel.table.sort_by(column("path length"))
    found = sort_results(
        run_results(panel.session.race, measure_update_time=measure_update_time), COLUMNS[column("path length")]
    )
    for action, kind, write in zip(
        panel.copy_menu.actions(), COPY_FORMATS, (as_csv, as_markdown, as_latex), strict=False
    ):
        action.trigger()
        assert clipboard.text() == panel.table_text(kind) == write(found)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    rows = list(csv.reader(io.StringIO(clipboard.text()), delimiter="\t"))
    assert [int(row[0]) - 1 for row in rows[1:]] == runs_shown(panel)
    assert told == [
        f"Copied the results table as {form}." for form in ("CSV", "Markdown", "LaTeX", "tab-separated text")
    ]


@pytest.mark.parametrize(("key", "kept"), [(Qt.Key.Key_C, True), (Qt.Key.Key_Space, False), (Qt.Key.Key_Right, False)])
def test_the_table_takes_only_the_keys_it_needs(open_panel: Open, key: Qt.Key, kept: bool) -> None:
    panel = open_panel()
    modifier = Qt.KeyboardModifier.ControlModifier if kept else Qt.KeyboardModifier.NoModifier
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
    event.ignore()
    panel.table.event(event)
    assert event.isAccepted() == kept


def test_the_keyboard_sorts_by_the_menu_of_the_table(open_panel: Open) -> None:
    panel = open_panel()
    sorting = panel.table.actions()[0].menu()
    assert sorting is not None
    assert [action.text() for action in sorting.actions()] == [name.capitalize() for name in NAMES]
    for expected in (False, True, False):
        sorting.actions()[column("loss")].trigger()
        assert panel.table.sort_state == (column("loss"), expected)
