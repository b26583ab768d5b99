"""The pickers: search results and their order; the list operated with keys and mouse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from app.engine.problem_experiment import with_problem
from app.gui.widgets.picker import Picker
from app.gui.window.main_window import MainWindow
from app.model.catalog import CatalogEntry, optimizer_entries, sections, surface_entries
from app.model.experiment import DEFAULT_EXPERIMENT
from app.session.settings import Settings
from app.theming.theme import LIGHT
from optimizers import OPTIMIZERS
from surfaces import SURFACES
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
ENTRIES = [
    CatalogEntry("b_one", "Bravo One", "Early", "Falls down steep walls.", "Müller & Lévy 1983"),
    CatalogEntry(
        "a_two",
        "Alfa",
        "Late",
        "Climbs.",
        "Nobody 2001",
        find_aliases=lambda id: "Alfa (Keras) alfa_keras Keras, Optax",
    ),
    CatalogEntry("c_three", "Charlie", "Early", "Is like alfa, but slower.", "Kingma 2014"),
]


def found_ids(text: str, entries: list[CatalogEntry] = ENTRIES) -> list[str]:
    return [entry.id for _, rows in sections(entries, query=text) for entry in rows]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("brav", ["b_one"]),
        ("B_ONE", ["b_one"]),
        ("one bravo", ["b_one"]),
        ("early", ["b_one", "c_three"]),
        ("steep", ["b_one"]),
        ("muller levy", ["b_one"]),
        ("MÜLLER", ["b_one"]),
        ("keras alfa", ["a_two"]),
        ("alfa", ["a_two", "c_three"]),
        ("alfa zulu", []),
        ("", ["b_one", "c_three", "a_two"]),
    ],
)
def test_search_results_and_their_order(text: str, ids: list[str]) -> None:
    assert found_ids(text) == ids


def test_optimizers_are_found_by_their_switches() -> None:
    entries = optimizer_entries()
    assert {"adam", "adamw", "nadam", "rmsprop"} <= set(found_ids("bias", entries))
    assert "sgd" not in found_ids("bias", entries)
    assert "rmsprop" in found_ids("centered", entries)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("saddlefree", "saddle_free_newton"),
        ("heavy-ball", "momentum"),
        ("NAG", "nesterov"),
        ("cmaes", "cma_es"),
        ("nadamw", "nadam"),
        ("tf rmsprop", "rmsprop"),
        ("torch.optim.LBFGS", "lbfgs"),
    ],
)
def test_optimizers_are_found_by_their_common_names(text: str, id: str) -> None:
    assert id in found_ids(text, optimizer_entries())


def test_a_surface_is_found_by_its_nickname() -> None:
    assert found_ids("banana", surface_entries()) == ["rosenbrock"]


def test_entries_are_grouped_by_family_with_favorites_on_top() -> None:
    headings = [heading for heading, _ in sections(ENTRIES, ["c_three", "gone"])]
    assert headings == ["Favorites", "Early", "Late"]
    assert [heading for heading, _ in sections(ENTRIES, ["c_three"], "alfa")] == ["Late", "Early"], (
        "the best match first"
    )


def test_every_optimizer_and_surface_is_found_by_its_name() -> None:
    optimizers, surfaces = optimizer_entries(), surface_entries()
    for name, optimizer in OPTIMIZERS.items():
        assert (optimizer.variant_of or name) in found_ids(optimizer.name, optimizers)
        assert (optimizer.variant_of or name) in found_ids(name, optimizers)
    for name, surface in SURFACES.items():
        assert name in found_ids(surface.name, surfaces)
    assert found_ids("keras adam", optimizers)[0] == "adam"
    assert all(not OPTIMIZERS[entry.id].variant_of and entry.summary for entry in optimizers)


@pytest.fixture
def open_picker(open_shell: Open, application: QApplication) -> tuple[MainWindow, Picker]:
    window = open_shell()
    window.activateWindow()
    picker = window.side_panel.editor.picker
    QTest.keyClick(picker, Qt.Key.Key_Down)
    process_events(application)
    return window, picker


def test_an_entry_is_selected_by_typing_and_enter(open_picker: tuple[MainWindow, Picker]) -> None:
    window, picker = open_picker
    popup = picker.popup
    assert popup.isVisible()
    assert popup.search_field.hasFocus()
    assert popup.current_entry is not None
    assert popup.current_entry.id == "sgd", "it opens at the selected entry"
    QTest.keyClicks(popup.search_field, "nesterov")
    assert popup.current_entry.id == "nesterov"
    QTest.keyClick(popup.search_field, Qt.Key.Key_Return)
    assert not popup.isVisible()
    assert window.session.experiment.runs[0].optimizer == "nesterov"
    assert picker.currentText() == "Nesterov"
    assert len(window.session.store.undo_stack) == 1


def test_arrows_skip_headings_and_stop_at_the_ends(open_picker: tuple[MainWindow, Picker]) -> None:
    _, picker = open_picker
    popup, visited_entries = picker.popup, []
    entries = [row for row in popup.model.rows if isinstance(row, CatalogEntry)]
    for _ in range(len(entries) + 3):
        visited_entries.append(popup.current_entry)
        QTest.keyClick(popup.search_field, Qt.Key.Key_Down)
    assert visited_entries[: len(entries)] == entries
    assert visited_entries[-1] == entries[-1]
    for _ in range(len(entries)):
        QTest.keyClick(popup.search_field, Qt.Key.Key_PageUp)
    assert popup.current_entry == entries[0]


def test_escape_changes_nothing(open_picker: tuple[MainWindow, Picker]) -> None:
    window, picker = open_picker
    QTest.keyClicks(picker.popup.search_field, "adam")
    QTest.keyClick(picker.popup.search_field, Qt.Key.Key_Escape)
    assert not picker.popup.isVisible()
    assert window.session.experiment == DEFAULT_EXPERIMENT


def test_an_empty_result_is_reported(open_picker: tuple[MainWindow, Picker]) -> None:
    window, picker = open_picker
    popup = picker.popup
    QTest.keyClicks(popup.search_field, "zzz")
    assert popup.no_match_label.isVisible()
    assert "zzz" in popup.no_match_label.text()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(popup.search_field, key)
    QTest.keyClick(popup.search_field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert popup.isVisible()
    assert window.session.experiment == DEFAULT_EXPERIMENT
    popup.search_field.clear()
    assert not popup.no_match_label.isVisible()
    assert popup.current_entry is not None


def center_of_entry(picker: Picker, name: str) -> QPoint:
    """Return the center of the first row of an entry in the list."""
    popup = picker.popup
    row = next(i for i, row in enumerate(popup.model.rows) if isinstance(row, CatalogEntry) and row.id == name)
    return popup.list.visualRect(popup.model.index(row)).center()


def test_a_click_selects_and_the_release_after_opening_does_not(open_picker: tuple[MainWindow, Picker]) -> None:
    window, picker = open_picker
    rows = picker.popup.list.viewport()
    QTest.mouseRelease(rows, Qt.MouseButton.LeftButton, pos=center_of_entry(picker, "adam"))
    assert picker.popup.isVisible()
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=QPoint(20, 4))
    assert picker.popup.isVisible(), "a heading cannot be selected"
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=center_of_entry(picker, "adam"))
    assert window.session.experiment.runs[0].optimizer == "adam"


def test_favorites_are_marked_remembered_and_on_top(open_picker: tuple[MainWindow, Picker], open_window: Open) -> None:
    window, picker = open_picker
    popup = picker.popup
    rows = popup.list.viewport()
    assert rows is not None
    star = QPoint(rows.width() - 12, center_of_entry(picker, "sgd").y())
    QTest.mouseClick(rows, Qt.MouseButton.LeftButton, pos=star)
    QTest.keyClicks(popup.search_field, "lion")
    QTest.keyClick(popup.search_field, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert popup.isVisible()
    assert window.session.experiment == DEFAULT_EXPERIMENT
    QTest.keyClick(popup.search_field, Qt.Key.Key_Escape)
    for again in (window, open_window()):
        picker_again = again.side_panel.editor.picker
        picker_again.showPopup()
        ids = [row if isinstance(row, str) else row.id for row in picker_again.popup.model.rows]
        top = ids[1 : ids.index("First-order")]
        assert ids[0] == "Favorites"
        assert "lion" in top
        assert "sgd" not in top
        picker_again.popup.hide()


def test_rows_have_no_widgets(open_picker: tuple[MainWindow, Picker]) -> None:
    _, picker = open_picker
    assert picker.popup.model.rowCount() > 40
    assert len(picker.popup.findChildren(QWidget)) < 30


@pytest.mark.slow
@pytest.mark.parametrize("corner", [(0, 0), (300, 500), (790, 590)])
def test_the_popup_stays_on_the_screen(open_window: Open, application: QApplication, corner: tuple[int, int]) -> None:
    window = open_window(size=(700, 500))
    window.move(*corner)
    process_events(application)
    screen = QGuiApplication.primaryScreen()
    assert screen is not None
    for picker in (window.side_panel.surface_selector.picker, window.side_panel.editor.picker):
        picker.showPopup()
        assert screen.availableGeometry().contains(picker.popup.geometry())
        assert picker.popup.width() <= 420
        picker.popup.hide()


@pytest.mark.slow
def test_the_commands_open_the_pickers(open_window: Open, application: QApplication) -> None:
    window = open_window()
    for name, picker in (
        ("pick_surface", window.side_panel.surface_selector.picker),
        ("pick_optimizer", window.side_panel.editor.picker),
    ):
        window.action_registry[name].trigger()
        process_events(application)
        assert picker.popup.isVisible()
        picker.popup.hide()
    window.toggle_dock("side")
    window.action_registry.refresh()
    assert not window.action_registry["pick_surface"].isEnabled()


def test_qt_deletes_the_model_of_a_list_with_the_list(application: QApplication) -> None:
    """If Python deleted it first, Qt would warn about a selection without a model."""
    picker = Picker("optimizer", ENTRIES, Settings(), LIGHT)
    assert not sip.ispyowned(picker.popup.model)
    assert picker.popup.model.parent() is picker.popup.list


def test_optimizers_that_are_too_slow_for_a_problem_are_not_listed(
    open_window: Open, application: QApplication
) -> None:
    window = open_window()
    picker = window.side_panel.editor.picker
    window.session.change(lambda e: with_problem(e, "moons", {"points": 20}))
    process_events(application)
    picker.showPopup()
    listed = {entry.id for entry in picker.popup.model.rows if isinstance(entry, CatalogEntry)}
    assert {"bfgs", "sgd"} <= listed
    assert not {"newton", "cma_es"} & listed
    assert "354 parameters" in picker.popup.note_label.text()
    picker.popup.hide()
    window.session.change(lambda e: e.with_surface("rosenbrock"))
    process_events(application)
    picker.showPopup()
    assert {"newton", "cma_es"} <= {entry.id for entry in picker.popup.model.rows if isinstance(entry, CatalogEntry)}
    assert picker.popup.note_label.isHidden()
    picker.popup.hide()
