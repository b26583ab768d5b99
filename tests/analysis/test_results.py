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

from app.analysis.results import COLUMNS, NONE, STEPS, TOLERANCE, Standing, cells, ordered, standings
from app.engine.race import Race
from app.engine.trajectory import Track
from app.engine.update_timing import microseconds
from app.export.results_text import as_csv, as_latex, as_markdown, latex
from app.gui.panels.results.results_page import FORMS, Standings
from app.gui.widgets.palette import palette
from app.model.experiment import FIRST, Experiment, Run
from app.session.session import Session
from app.theming.stylesheet import sheet
from app.theming.theme import DARK, LIGHT, Theme
from app.utils.number_format import significant
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
ONE = Standing(0, 0, "Adam", "lr 0.05", 12, 5, 1.25, 0.5, 3.0, 12, 0, 2.0, None)


def column(name: str) -> int:
    return NAMES.index(name)


def assert_right(standing: Standing, race: Race, step: int) -> None:
    """Compare with the same facts computed from the columns of the track in the plainest way."""
    track, surface = race.tracks[standing.index], race.surface
    last = min(step, track.extent)
    x, y, loss = track.xs, track.ys, track.losses
    assert (standing.steps, standing.loss) == (last, loss[last])
    path = math.fsum(math.dist((x[k - 1], y[k - 1]), (x[k], y[k])) for k in range(1, last + 1))
    assert standing.path == pytest.approx(path, rel=1e-12, abs=0)
    assert standing.gradients == track.evaluations(last)[0][last]
    assert standing.values == track.evaluations(last)[1][last]
    gone = track.diverged_at is not None and track.diverged_at <= step
    assert standing.diverged_at == (track.diverged_at if gone else None)
    if surface.lowest is None:
        assert math.isnan(standing.distance)
        assert standing.to_tolerance is not None
        assert math.isnan(standing.to_tolerance)
        return
    assert standing.distance == min(math.hypot(x[last] - a, y[last] - b) for a, b in surface.minima)
    reached = last + 1
    while reached and loss[reached - 1] - surface.lowest <= TOLERANCE * (loss[0] - surface.lowest):
        reached -= 1
    assert standing.to_tolerance == (None if gone or reached > last else reached)


# The numbers


@pytest.mark.parametrize(
    "experiment", [SEVERAL, replace(SEVERAL, surface="himmelblau"), replace(SEVERAL, surface="saddle")]
)
def test_every_number_is_right_at_every_step_whatever_was_asked_before(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.analysis.results.SPACING", 64)
    race = Race(experiment)
    reached = set()
    for count in (0, 1, 7, 120, 2000):
        race.advance(count)
        for step in (race.step, race.step // 3, 63, 64, 65, 128, race.step):
            if step <= race.step:
                for standing in standings(race, step):
                    assert_right(standing, race, step)
                    reached.add(standing.to_tolerance)
    assert race.surface.lowest is None or (None in reached and any(reached))
    assert [standing.index for standing in standings(race)] == list(range(5))


def test_a_run_that_comes_and_goes_has_not_reached_the_tolerance_before_it_stays() -> None:
    race = Race(Experiment("sphere", (3.0, 0.0), (Run("momentum", {"lr": 0.05, "momentum": 0.95}),)))
    race.advance(2000)
    loss = np.array(race.tracks[0].losses)
    inside = np.flatnonzero(loss <= TOLERANCE * loss[0])
    first, last = int(inside[0]), standings(race)[0].to_tolerance
    assert last is not None
    assert first < last
    for step in (*range(first - 2, last + 2, 3), 2000):
        assert_right(standings(race, step)[0], race, step)


def test_a_run_that_diverged_stands_where_it_last_was() -> None:
    race = Race(Experiment("rosenbrock", (-0.5, 2.5), (Run("sgd", {"lr": 0.1}),)))
    race.advance(100)
    gone = race.tracks[0].diverged_at
    assert gone is not None
    before, after = standings(race, gone - 1)[0], standings(race)[0]
    assert (before.diverged_at, after.diverged_at) == (None, gone)
    assert (before.steps, before.loss, before.path) == (after.steps, after.loss, after.path)
    assert cells(after)[STEPS] == f"diverged at {gone}"
    race.tracks = [Track(Run("sgd"), race.surface, (1e200, 1e200))]  # where the surface has no height
    lost = standings(race)[0]
    assert (lost.steps, lost.to_tolerance, lost.diverged_at) == (0, None, 0)
    assert cells(lost)[column("loss")] == NONE


def test_the_start_in_the_minimum_needs_no_step() -> None:
    race = Race(Experiment("sphere", (0.0, 0.0), (Run("sgd"),)))
    race.advance(3)
    found = standings(race)[0]
    assert (found.to_tolerance, found.path, found.distance, found.loss) == (0, 0.0, 0.0, 0.0)


def test_a_track_that_went_another_way_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.analysis.results.SPACING", 64)
    race = Race(SEVERAL)
    race.advance(200)
    standings(race)
    race.step = 100
    other = race.take(race.experiment.with_run(0, race.experiment.runs[0].turned_at(race.step, {"lr": 0.0005})))
    other.advance(100)
    for standing in standings(other):
        assert_right(standing, other, other.step)
    assert other.tracks[0] is not race.tracks[0]


def test_settings_are_those_of_the_step_that_is_shown() -> None:
    run = Run("sgd", {"lr": 0.001}).turned_at(50, {"lr": 0.0005})
    race = Race(replace(FIRST, runs=(run,)))
    race.advance(100)
    assert [standings(race, step)[0].settings for step in (10, 100)] == [run.at(10).settings, run.settings]
    assert run.at(10).settings != run.settings


@pytest.mark.parametrize("name", ["sgd", "adam", "bfgs", "cma_es"])
def test_the_time_of_an_update_is_measured_once(name: str) -> None:
    first, second = (
        Race(replace(FIRST, start=start, runs=(Run(name),))).tracks[0] for start in ((-0.5, 2.5), (0.5, 0.5))
    )
    pace = microseconds(first)
    assert 0 < pace < math.inf
    assert microseconds(first) == microseconds(second) == pace
    assert first.extent == 0
    assert math.isnan(microseconds(Track(Run("adagrad"), Race(FIRST).surface, (1e200, 1e200))))


def test_another_surface_or_part_is_measured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[Track] = []
    monkeypatch.setattr("app.engine.update_timing._measured", {})
    monkeypatch.setattr(
        "app.engine.update_timing._measure", lambda track: measured.append(track) or float(len(measured))
    )
    runs = Run("adam"), Run("adam", {"lr": 0.5}), Run("adam", {"noise": 0.1}), Run("adam", {"noise": 0.0}), Run("sgd")
    race = Race(replace(FIRST, runs=runs))
    assert [microseconds(track) for track in race.tracks] == [1, 1, 2, 1, 3]
    points = tuple(np.arange(9.0)), tuple(np.arange(9.0) ** 2)
    for experiment, new in (
        (FIRST.on("sphere"), 4),
        (FIRST.through(*points), 5),
        (FIRST.through(points[1], points[0]), 5),
    ):
        assert microseconds(Race(replace(experiment, runs=runs[:1])).tracks[0]) == new


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
    assert {value: significant(value) for value in known} == known
    assert significant(1.23456, 3) == "1.23"


def test_cells_say_what_there_is() -> None:
    assert cells(ONE) == ["1", "Adam", "lr 0.05", "12", "5", "1.2500", "0.50000", "3.0000", "12", "0", "2.00"]
    none = replace(
        ONE,
        settings="",
        steps=1_234_567,
        to_tolerance=None,
        loss=math.nan,
        distance=math.nan,
        path=math.inf,
        microseconds=math.nan,
    )
    assert cells(none) == ["1", "Adam", NONE, "1,234,567", NONE, NONE, NONE, NONE, "12", "0", NONE]
    assert len(cells(ONE)) == len(COLUMNS)


def test_csv_keeps_every_digit() -> None:
    race = Race(SEVERAL)
    race.advance(3000)
    found = standings(race)
    for delimiter in ",\t":
        rows = list(csv.DictReader(io.StringIO(as_csv(found, delimiter)), delimiter=delimiter))
        assert list(rows[0]) == [*NAMES, "diverged at"]
        for row, standing in zip(rows, found, strict=True):
            assert row["run"] == str(standing.index + 1)
            assert (row["optimizer"], row["hyperparameters"]) == (standing.optimizer, standing.settings)
            assert [float(row[name]) for name in ("steps", "loss", "path length")] == [
                standing.steps,
                standing.loss,
                standing.path,
            ]
            assert row["steps to tolerance"] == ("" if standing.to_tolerance is None else str(standing.to_tolerance))
            assert row["time per update (µs)"] == ""
            assert row["diverged at"] == str(standing.diverged_at or "")
    assert any(standing.diverged_at for standing in found)


HOSTILE = "50% & a_b #1 $2 {x} ~ ^ \\ | −3 “<>” \n end"


def test_markdown_keeps_its_columns() -> None:
    text = as_markdown([replace(ONE, optimizer=HOSTILE), ONE])
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)[1:-1]] for line in text.splitlines()]
    assert [len(row) for row in rows] == [len(COLUMNS)] * 4
    assert [cell.endswith(":") for cell in rows[1]] == [not column.textual for column in COLUMNS]
    assert rows[0] == [name.capitalize() for name in NAMES]
    assert rows[3] == cells(ONE)
    assert re.sub(r"\\(.)", r"\1", rows[2][1]) == " ".join(HOSTILE.split())


def test_latex_escapes_what_means_something_to_it() -> None:
    assert latex("_ % & # $ { }") == r"\_ \% \& \# \$ \{ \}"
    assert latex("~^\\ − – µs") == r"\textasciitilde{}\textasciicircum{}\textbackslash{} $-$ -- $\mu$s"
    assert latex("1.235e-05") == r"$1.235\times10^{-5}$"
    assert latex("-1.5e+300") == r"$-1.5\times10^{300}$"
    known = {"-0.5": "$-0.5$", "-1,234.5": "$-1{,}234.5$", "1,234": "1,234", "12": "12", "0.05": "0.05"}
    assert {word: latex(word) for word in known} == known
    assert latex("lr 1e-05, beta_1 0.9, seed 3") == r"lr $1\times10^{-5}$, beta\_1 0.9, seed 3"
    assert latex("adam-2 v1.0e5x 1.2.3") == "adam-2 v1.0e5x 1.2.3"
    text = as_latex([replace(ONE, optimizer=HOSTILE), replace(ONE, loss=1.2e-7)])
    first, second = (line for line in text.splitlines() if line.startswith("1 "))
    assert len(re.findall(r"(?<!\\)&", first)) == len(re.findall(r"(?<!\\)&", second)) == len(COLUMNS) - 1
    assert not re.search(r"(?<!\\)[#%~]|[−|]{2}|\n", first)
    assert len(re.findall(r"(?<!\\)\$", first)) % 2 == 0
    assert r"$1.200\times10^{-7}$" in second
    assert text.startswith(r"\begin{tabular}{rllrrrrrrrr}")
    assert text.endswith("\\hline\n\\end{tabular}\n")


def test_what_has_no_value_is_sorted_last_either_way() -> None:
    values = [3, None, 20, math.nan, 3, 100]
    found = [replace(ONE, index=k, to_tolerance=value) for k, value in enumerate(values)]
    by = COLUMNS[column("steps to tolerance")]
    assert [standing.index for standing in ordered(found, by)] == [0, 4, 2, 5, 1, 3]
    assert [standing.index for standing in ordered(found, by, descending=True)] == [5, 2, 0, 4, 1, 3]
    settings = ["lr 0.5", "", "lr 1e-05", "lr 10", "lr 2, beta1 0.5", "b"]
    texts = [replace(ONE, index=k, settings=text) for k, text in enumerate(settings)]
    assert [standing.index for standing in ordered(texts, COLUMNS[column("hyperparameters")])] == [5, 2, 0, 4, 3, 1]
    for each in COLUMNS:
        assert len(ordered(found, each)) == len(found)


# The panel


Open = Callable[..., Standings]


@pytest.fixture
def open_panel(application: QApplication) -> Iterator[Open]:
    """Shown panels of a session of their own."""
    opened: list[Standings] = []

    def open_one(
        experiment: Experiment = SEVERAL, steps: int = 3000, theme: Theme = LIGHT, size: tuple[int, int] = (1100, 200)
    ) -> Standings:
        application.setPalette(palette(theme))
        application.setStyleSheet(sheet(theme))
        session = Session(experiment)
        session.race.advance(steps)
        panel = Standings(session, theme)
        panel.resize(*size)
        panel.show()
        settle(application, 3)
        opened.append(panel)
        return panel

    yield open_one
    for panel in opened:
        panel.session.rest()
        panel.close()
        panel.deleteLater()
    settle(application)


def shown(panel: Standings) -> list[list[str]]:
    table = panel.table
    return [[table.item(row, k).text() for k in range(table.columnCount())] for row in range(table.rowCount())]  # type: ignore[union-attr]


def runs_shown(panel: Standings) -> list[int]:
    """The index of the run in each row."""
    return [int(row[0]) - 1 for row in shown(panel)]


def click(panel: Standings, row: int) -> None:
    view = panel.table.viewport()
    assert view is not None
    place = QPoint(panel.table.columnViewportPosition(1) + 5, panel.table.rowViewportPosition(row) + 5)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)


def click_heading(panel: Standings, name: str) -> None:
    view = panel.table.columns.viewport()
    assert view is not None
    place = panel.table.columns.sectionViewportPosition(column(name)) + 5
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(place, 10))


def test_the_table_shows_every_run(open_panel: Open) -> None:
    panel = open_panel()
    found = standings(panel.session.race, pace=microseconds)
    assert shown(panel) == [cells(standing) for standing in found]
    assert "10⁻⁶" in panel.words.text()
    gone = panel.table.item(2, STEPS)
    assert gone is not None
    assert gone.foreground().color() == QColor(LIGHT.warning)
    assert panel.table.accessibleName()
    panel.session.store.set(panel.session.experiment.on("saddle"))
    panel.refresh()
    assert "no known minimum" in panel.words.text()
    assert shown(panel)[0][column("distance to nearest minimum")] == NONE


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
    table, metrics = panel.table, panel.table.columns.fontMetrics()
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
                assert needed <= table.columnWidth(k) or (each.textual and width < 1500)
    view = table.viewport()
    assert view is not None
    if width >= 1000:
        assert sum(map(table.columnWidth, range(len(COLUMNS)))) <= view.width()


def test_a_click_on_a_heading_sorts_by_numbers_and_again_the_other_way(open_panel: Open) -> None:
    panel = open_panel()
    losses = [standing.loss for standing in standings(panel.session.race)]
    click_heading(panel, "loss")
    assert runs_shown(panel) == sorted(range(5), key=losses.__getitem__)
    assert panel.table.sorting == (column("loss"), False)
    assert panel.table.horizontalHeaderItem(column("loss")).text() == "▲ Loss"  # type: ignore[union-attr]
    click_heading(panel, "loss")
    assert runs_shown(panel) == sorted(range(5), key=losses.__getitem__, reverse=True)
    for name in NAMES:
        for _ in "ab":
            click_heading(panel, name)
            words = [row[column(name)] for row in shown(panel)]
            assert NONE not in words[: len(words) - words.count(NONE)]


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
    losses = [standing.loss for standing in standings(panel.session.race)]
    assert runs_shown(panel) == sorted(range(5), key=losses.__getitem__) != before
    panel.session.clock.play()
    panel.table.sort_by(0)
    assert runs_shown(panel) == list(range(5))


def test_a_row_chooses_its_run_and_stays_with_it(open_panel: Open) -> None:
    panel = open_panel()
    told: list[int] = []
    panel.chosen.connect(told.append)
    click(panel, 1)
    click(panel, 1)
    assert told == [1]
    for name in ("loss", "loss", "steps"):
        click_heading(panel, name)
        assert runs_shown(panel)[panel.table.currentRow()] == 1
        assert [index.row() for index in panel.table.selectionModel().selectedRows()] == [panel.table.currentRow()]  # type: ignore[union-attr]
    panel.choose(3)
    assert runs_shown(panel)[panel.table.currentRow()] == 3
    assert told == [1]
    QTest.keyClick(panel.table, Qt.Key.Key_Up)
    assert told == [1, runs_shown(panel)[panel.table.currentRow()]]
    chosen = panel.session.experiment.runs[told[-1]]
    panel.session.store.set(panel.session.experiment.removed(0 if told[-1] else 1))
    panel.refresh()
    assert panel.session.experiment.runs[runs_shown(panel)[panel.table.currentRow()]].slot == chosen.slot
    panel.choose(-1)
    assert not panel.table.selectedItems()
    panel.refresh()
    assert not panel.table.selectedItems()
    assert len(told) == 2


def test_a_run_cannot_be_unchosen_by_a_person(open_panel: Open) -> None:
    panel = open_panel()
    told: list[int] = []
    panel.chosen.connect(told.append)
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
    assert (0, STEPS) in changed
    assert not {(row, k) for row in range(5) for k in (0, 1, 2, column("time per update (µs)"))} & changed
    assert not {(2, k) for k in range(len(COLUMNS))} & changed, "it has diverged"
    panel.hide()
    monkeypatch.setattr("app.gui.panels.results.results_page.standings", lambda *_, **__: pytest.fail("nobody looks"))
    panel.refresh()


def test_rows_come_and_go_with_runs(open_panel: Open) -> None:
    panel = open_panel()
    panel.session.store.set(replace(panel.session.experiment, runs=()))
    panel.refresh()
    assert shown(panel) == []
    assert panel.table_text("csv").splitlines() == [",".join([*NAMES, "diverged at"])]
    panel.session.store.set(panel.session.experiment.added(Run("adam")).added(Run("adam")))
    panel.refresh()
    assert [row[:2] for row in shown(panel)] == [["1", "Adam"], ["2", "Adam"]]


def test_the_table_is_copied_as_it_is_sorted(open_panel: Open) -> None:
    panel = open_panel()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    told: list[str] = []
    panel.copied.connect(told.append)
    panel.table.sort_by(column("path length"))
    found = ordered(standings(panel.session.race, pace=microseconds), COLUMNS[column("path length")])
    for action, kind, write in zip(panel.menu.actions(), FORMS, (as_csv, as_markdown, as_latex), strict=False):
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
        assert panel.table.sorting == (column("loss"), expected)
