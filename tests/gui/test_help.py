"""Help shows what is declared and set; every control, key and command is explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import PYQT_VERSION_STR, Qt, QUrl
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWhatsThis, QWidget

from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.help.about_dialog import AboutDialog
from app.gui.help.citation_links import link_citations
from app.gui.help.help_browser import HelpBrowser
from app.gui.help.help_pages import optimizer_page, surface_page
from app.gui.help.help_window import HelpWindow
from app.gui.help.shortcuts_dialog import ShortcutsDialog
from app.gui.help.view_texts import MOUSE_GESTURES, VIEW_ACTION_PREFIXES, VIEW_DESCRIPTIONS
from app.gui.help.whats_this import WhatsThisFilter
from app.gui.widgets.math_image import math_image
from app.gui.window.actions import ACTIONS
from app.gui.window.main_window import MainWindow
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.system import package_versions
from app.system.package_versions import versions
from app.utils.i18n import load_language, set_language, tr
from optimizers import OPTIMIZERS
from optimizers.optimizer import MODIFIERS
from surfaces import SURFACES
from tests.processes import loaded_by
from tests.qt_fixtures import process_events

Open = Callable[..., MainWindow]
RULES = {**OPTIMIZERS, **MODIFIERS}


def help_window_of(window: MainWindow) -> HelpWindow:
    (help_window,) = window.findChildren(HelpWindow)
    return help_window


@pytest.fixture
def page_text(application: QApplication) -> Iterator[Callable[[str], str]]:
    """Return a function that gives the text of a page, with formulas in TeX."""
    browser = HelpBrowser()
    browser.resize(500, 500)

    def text_of(page: str) -> str:
        browser.show_page(page)
        return browser.to_plain_text()

    yield text_of
    browser.deleteLater()


@pytest.fixture
def documented_optimizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register an optimizer with every documented fact."""
    adam = OPTIMIZERS["adam"]
    symbols = {**adam.hyperparameters, "lr": replace(adam.hyperparameters["lr"], symbol=r"\eta")}
    monkeypatch.setitem(
        OPTIMIZERS,
        "adam",
        replace(
            adam,
            formula="m = g\n" r"x_{t+1} = x_t - \eta m < 3",
            description="Two & three.\n\nIt <goes> on.",
            hyperparameters=symbols,
        ),
    )


# Pages


@pytest.mark.slow
def test_every_formula_and_symbol_can_be_rendered(application: QApplication) -> None:
    lines = [line for each in RULES.values() for line in each.formula.split("\n") if line]
    symbols = [each.symbol for method in RULES.values() for each in method.hyperparameters.values() if each.symbol]
    for tex in {*lines, *symbols, *(surface.formula for surface in SURFACES.values())}:
        drawn = math_image(tex, 16.0, "#ff0000", 1.0)
        assert drawn.width() > 3, tex
        assert drawn.height() > 3, tex


def test_a_formula_image_has_the_size_of_its_text_and_the_resolution_of_the_screen(application: QApplication) -> None:
    plain, fine = math_image("x^2", 16.0, "#123456", 1.0), math_image("x^2", 16.0, "#123456", 2.0)
    assert fine.width() > 1.7 * plain.width()
    assert abs(fine.deviceIndependentSize().width() - plain.width()) < 2
    text_colors = {
        fine.pixelColor(x, y).name()
        for x in range(fine.width())
        for y in range(fine.height())
        if fine.pixelColor(x, y).alpha() == 255
    }
    assert text_colors == {"#123456"}


def test_the_page_of_an_optimizer_shows_all_declared_facts(
    page_text: Callable[[str], str], documented_optimizer: None
) -> None:
    message = page_text(optimizer_page(Run("adam", {"lr": 0.25, "weight_decay": 0.5})))
    optimizer = OPTIMIZERS["adam"]
    for fact in (
        optimizer.name,
        optimizer.summary,
        "m = g",
        r"x_{t+1} = x_t - \eta m < 3",
        "Two & three.",
        "It <goes> on.",
        r"\eta",
        "0.25",
        "0.001",
        optimizer.hyperparameters["beta1"].allowed_text,
        "m, v",
        optimizer.implementation,
        "Adam (Keras)",
        "arXiv:1412.6980",
        MODIFIERS["weight_decay"].name,
        MODIFIERS["weight_decay"].summary,
        "0.5",
    ):
        assert fact in message, fact


@pytest.mark.parametrize(("id", "default"), [("adam", 1), ("adamw", 1), ("nadam", 1), ("rmsprop", 0)])
def test_a_switch_that_no_framework_has_is_not_identical_to_a_framework(
    id: str, default: int, page_text: Callable[[str], str]
) -> None:
    pages = [page_text(optimizer_page(Run(id, {"bias_correction": value}))) for value in (default, 1 - default)]
    assert ["Numerically identical to PyTorch" in page for page in pages] == [True, False]
    assert all("bias correction" in page for page in pages)


def test_undeclared_facts_are_not_mentioned(page_text: Callable[[str], str]) -> None:
    message = page_text(optimizer_page(Run("cocob")))
    assert OPTIMIZERS["cocob"].name in message
    assert "convention" not in message
    assert "Combined" not in message
    assert "Symbol" not in message or OPTIMIZERS["cocob"].formula


def test_an_implementation_shows_the_description_of_its_method(
    page_text: Callable[[str], str], documented_optimizer: None
) -> None:
    assert "Two & three." in page_text(optimizer_page(Run("adam_keras")))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_has_a_page(name: str, page_text: Callable[[str], str]) -> None:
    message = page_text(optimizer_page(Run(name)))
    for fact in (
        OPTIMIZERS[name].name,
        OPTIMIZERS[name].summary,
        *(h.label for h in OPTIMIZERS[name].hyperparameters.values()),
    ):
        assert fact in message


@pytest.mark.parametrize("name", SURFACES)
def test_the_page_of_every_surface_lists_its_minima(name: str, page_text: Callable[[str], str]) -> None:
    surface = SURFACES[name]
    message = page_text(surface_page(Experiment(name, runs=DEFAULT_EXPERIMENT.runs)))
    assert surface.formula.translate({0x2081: "_1", 0x2082: "_2"}) in message
    for fact in (surface.name, surface.summary, surface.nonsmooth_note, surface.what_to_try, surface.source):
        assert fact in message
    assert ("no minimum" in message) == (not surface.minima)
    for x, y in surface.minima:
        assert f"{x:.8g}\n{y:.8g}\n" in message


@pytest.mark.parametrize(
    ("source", "addresses"),
    [
        (
            "Polyak 1964, doi:10.1016/0041-5553(64)90137-5 (heavy-ball method)",
            ["https://doi.org/10.1016/0041-5553(64)90137-5"],
        ),
        ("(see doi:10.1214/aoms/1177729586)", ["https://doi.org/10.1214/aoms/1177729586"]),
        (
            "A & B, arXiv:1412.6980, algorithm 1; arXiv:1711.05101.",
            ["https://arxiv.org/abs/1412.6980", "https://arxiv.org/abs/1711.05101"],
        ),
        ("optax.adam <new>", []),
    ],
)
def test_sources_are_linked(source: str, addresses: list[str], page_text: Callable[[str], str]) -> None:
    linked_source = link_citations(source)
    assert [link.partition('"')[0] for link in linked_source.split('href="')[1:]] == addresses
    assert page_text(f"<p>{linked_source}</p>") == source


def test_copied_text_contains_the_formulas(application: QApplication) -> None:
    browser = HelpBrowser()
    browser.show_page(surface_page(DEFAULT_EXPERIMENT))
    browser.selectAll()
    browser.copy()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert SURFACES[DEFAULT_EXPERIMENT.surface_id].formula in clipboard.text()
    browser.deleteLater()


def test_a_long_formula_is_scaled_to_fit(application: QApplication) -> None:
    browser = HelpBrowser()
    browser.show()
    for width in (900, 500):
        browser.resize(width, 400)
        browser.show_page(surface_page(Experiment("levy13", runs=DEFAULT_EXPERIMENT.runs)))
        bar = browser.horizontalScrollBar()
        assert bar is not None
        assert bar.maximum() == 0
        assert browser.to_plain_text().count(SURFACES["levy13"].summary) == 1
    browser.close()
    browser.deleteLater()


# The help window


@pytest.mark.slow
def test_the_help_follows_the_selected_run_and_its_changes(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.side_panel.editor.help_button.click()
    help_window = help_window_of(window)
    assert help_window.isVisible()
    assert help_window.windowTitle() == "SGD"
    window.side_panel.run_list.list.setCurrentRow(2)
    assert help_window.windowTitle() == "Adam"
    window.side_panel.editor.fields["lr"].value_committed.emit(0.375)
    assert "0.375" in help_window.optimizer_browser.to_plain_text()
    window.session.store.undo()
    assert "0.375" not in help_window.optimizer_browser.to_plain_text()
    window.side_panel.surface_selector.help_button.click()
    assert help_window_of(window) is help_window
    assert help_window.windowTitle() == "Rosenbrock"
    window.side_panel.surface_selector.picker.selected.emit("himmelblau")
    assert "Himmelblau" in help_window.surface_browser.to_plain_text()
    window.session.set_start(0.125, 0.25)
    assert "(0.125, 0.25)" in help_window.surface_browser.to_plain_text()


@pytest.mark.slow
def test_the_help_follows_a_change_of_theme(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.set_theme("light")
    window.action_registry["about_surface"].trigger()
    help_window = help_window_of(window)

    def text_color() -> str:
        drawn = help_window.surface_browser.loadResource(2, next(iter(formula_urls(help_window.surface_browser))))
        return next(
            drawn.pixelColor(x, y).name()
            for x in range(drawn.width())
            for y in range(drawn.height())
            if drawn.pixelColor(x, y).alpha() == 255
        )

    assert text_color() == window.theme.text
    window.set_theme("dark")
    process_events(application)
    assert text_color() == window.theme.text
    window.side_panel.run_list.list.setCurrentRow(1)
    help_window.tabs.setCurrentIndex(0)
    assert help_window.windowTitle() == "Momentum"


def formula_urls(browser: HelpBrowser) -> list[QUrl]:
    """Return the addresses of the formula images of a page."""
    return [QUrl(image.partition('"')[0]) for image in browser.page_html.split('src="')[1:]]


def test_escape_closes_the_help_and_an_empty_experiment_needs_none(open_window: Open) -> None:
    window = open_window(replace(DEFAULT_EXPERIMENT, runs=()))
    window.action_registry["about_optimizer"].trigger()
    help_window = help_window_of(window)
    assert "Add a run" in help_window.optimizer_browser.to_plain_text()
    QTest.keyClick(help_window.optimizer_browser, Qt.Key.Key_Escape)
    assert not help_window.isVisible()
    assert window.isVisible()


def test_a_page_that_is_rebuilt_keeps_its_scroll_position(open_window: Open) -> None:
    window = open_window()
    window.side_panel.run_list.list.setCurrentRow(2)
    window.action_registry["about_optimizer"].trigger()
    help_window = help_window_of(window)
    help_window.resize(320, 200)
    assert (
        help_window.optimizer_browser.to_plain_text().count(OPTIMIZERS["adam"].summary) == 1
    )  # also now that there is a scroll bar
    bar = help_window.optimizer_browser.verticalScrollBar()
    assert bar is not None
    bar.setValue(40)
    window.side_panel.editor.fields["lr"].value_committed.emit(0.375)
    assert bar.value() == 40


# What's this


def controls(window: QWidget) -> list[QWidget]:
    """Return the visible widgets of a window that take the focus or clicks."""
    return [
        each
        for each in window.findChildren(QWidget)
        if each.isVisibleTo(window)
        and each.focusPolicy() != Qt.FocusPolicy.NoFocus
        and each.focusProxy() is None
        and each.objectName() != "qt_spinbox_lineedit"
        and not each.findChildren(MainWindow)
    ]


def unexplained(window: MainWindow, parent: QWidget) -> list[str]:
    answers = window.help.whats_this_filter()
    matches = []
    for each in controls(parent):
        message = answers.help_html(each)
        if not (message.rstrip().endswith((".</p>", "</table>")) and len(message.split()) > 4):
            matches.append(f"{type(each).__name__} {each.objectName()} {each.accessibleName()}: {message}")
    answers.deleteLater()
    return matches


@pytest.mark.slow
def test_every_control_is_explained(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.session.advance(3)
    window.session.keep_branch()
    window.session.change(lambda e: e.with_run(0, Run("adam", {"noise": 0.5, "weight_decay": 0.1, "lookahead": 5})))
    for page in range(window.results_tabs.count()):
        window.results_tabs.setCurrentIndex(page)
        for mode in range(window.side_panel.comparison_panel.mode_combo.count()):
            window.side_panel.comparison_panel.mode_combo.setCurrentIndex(mode)
            window.side_panel.comparison_panel.mode_combo.activated.emit(mode)
            process_events(application, 2)
            assert unexplained(window, window) == []


@pytest.mark.slow
def test_every_control_of_a_dialog_is_explained(
    open_window: Open, application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window()
    dialogs: list[ExportDialog] = []

    def inspect(dialog: ExportDialog) -> bool:
        dialogs.append(dialog)
        assert unexplained(window, dialog) == []
        return False

    monkeypatch.setattr(ExportDialog, "exec", inspect)
    for name in ("export_picture", "export_film"):
        window.action_registry[name].trigger()
    assert len(dialogs) == 2
    for name, kind in (("about", AboutDialog), ("shortcuts", ShortcutsDialog), ("about_optimizer", HelpWindow)):
        window.action_registry[name].trigger()
        (dialog,) = window.findChildren(kind)
        assert unexplained(window, dialog) == []
        dialog.close()


@pytest.mark.slow
def test_every_view_is_described(open_window: Open) -> None:
    window = open_window()
    assert set(VIEW_DESCRIPTIONS) == set(MOUSE_GESTURES) == set(VIEW_ACTION_PREFIXES) == set(window.canvases)
    for name, description in VIEW_DESCRIPTIONS.items():
        assert description in window.action_registry[f"view_{name}"].whatsThis()


def test_a_control_shows_its_declared_description(open_window: Open) -> None:
    window = open_window()
    answers = window.help.whats_this_filter()
    slider_field = window.side_panel.editor.fields["lr"]
    for widget in (slider_field.slider, slider_field.number_field, slider_field.label):
        assert "lr: a number ≥ 0; default 0.01" in answers.help_html(widget)
    assert "Opens a searchable list" not in answers.help_html(slider_field.slider)
    button = next(each for each in window.playback_bar.findChildren(QWidget) if each.objectName() == "play")
    assert "Play (Space)" in answers.help_html(button)
    for name, canvas in window.canvases.items():
        message = answers.help_html(canvas)
        assert ("Ctrl+0" in message) == (name in ("contour", "curve"))
        assert ("Double-click" in message) == (name in ("contour", "curve", "relief"))
    menu = window.action_registry.menus["File"]
    menu.adjustSize()
    assert "Ctrl+E" in answers.help_html(menu, menu.actionGeometry(window.action_registry["export_picture"]).center())
    bar = window.menuBar()
    assert bar is not None
    assert "Export Animation…" in answers.help_html(bar, bar.actionGeometry(menu.menuAction()).center())
    assert "F9" in answers.help_html(window.dock_layout.docks["side"].title_label)
    assert "F3" in answers.help_html(window.dock_layout.docks["relief"].title_bar)


def action_help(action_id: str) -> str:
    """Return the English help of a command."""
    return next(row.help for row in ACTIONS if row.id == action_id)


def visible_explanations() -> list[QWidget]:
    """Return the visible boxes with explanations."""
    return [
        each
        for each in QApplication.topLevelWidgets()
        if each.metaObject().className() == "QWhatsThat" and each.isVisible()
    ]  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_clicked_control_is_explained_and_not_operated(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.action_registry["whats_this"].trigger()
    assert QWhatsThis.inWhatsThisMode()
    button = next(each for each in window.playback_bar.findChildren(QWidget) if each.objectName() == "play")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert visible_explanations()
    assert not window.session.clock.running
    assert not QWhatsThis.inWhatsThisMode()
    QWhatsThis.hideText()
    process_events(application)
    assert window.findChildren(WhatsThisFilter) == []
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.session.clock.running


def test_a_clicked_menu_row_is_explained_and_not_run(open_window: Open, application: QApplication) -> None:
    window = open_window()
    menu, action = window.action_registry.menus["Simulation"], window.action_registry["step"]
    step = window.session.race.step
    window.action_registry["whats_this"].trigger()
    menu.popup(window.mapToGlobal(window.rect().center()))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert visible_explanations()
    assert window.session.race.step == step
    assert "Step Forward (Right)" in action.whatsThis()
    assert action_help("step") in action.whatsThis()
    QWhatsThis.hideText()
    process_events(application)


@pytest.mark.slow
def test_the_help_of_a_command_follows_the_language(open_window: Open) -> None:
    window = open_window()
    action = window.action_registry["step"]
    set_language(load_language("ko"))
    window.action_registry.retranslate()
    assert tr(action_help("step")) in action.whatsThis()
    assert action_help("step") not in action.whatsThis()


@pytest.mark.slow
def test_without_a_mouse_the_focused_control_is_explained(open_window: Open, application: QApplication) -> None:
    window = open_window()
    window.activateWindow()
    window.side_panel.editor.fields["lr"].slider.setFocus()
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert not visible_explanations()
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ShiftModifier)
    assert visible_explanations()
    assert not QWhatsThis.inWhatsThisMode()
    QWhatsThis.hideText()


# Keys and versions


def test_every_key_is_listed_under_its_menu(open_window: Open) -> None:
    window = open_window()
    window.action_registry["shortcuts"].trigger()
    (dialog,) = window.findChildren(ShortcutsDialog)
    message = dialog.browser.to_plain_text().split("\n")
    for row, action in window.action_registry.actions.values():
        if row.shortcuts:
            at = message.index(" or ".join(row.shortcuts).replace("Delete", "Del"))
            assert message[at + 1] == action.text().replace("&", "")
    headings = [
        message.index(name) for name in ("File", "Edit", "Simulation", "View", "View › Pan Contour Plot", "Help")
    ]
    assert headings == sorted(headings)
    assert headings[0] < message.index("Ctrl+O") < headings[1] < message.index("Ctrl+Z") < headings[2]
    assert any("propose a starting point" in line for line in message)
    room = window.screen().availableGeometry()  # type: ignore[union-attr]
    assert dialog.width() <= min(1024, room.width())
    assert dialog.height() <= min(700, room.height())
    QTest.keyClick(dialog.browser, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_versions_in_use_are_shown_and_can_be_copied(open_window: Open) -> None:
    library_versions = dict(versions())
    assert library_versions["numpy"] == np.__version__
    assert library_versions["PyQt6"] == PYQT_VERSION_STR
    assert next(iter(library_versions)) == "Thalweg"
    window = open_window()
    window.action_registry["about"].trigger()
    (about_dialog,) = window.findChildren(AboutDialog)
    about_dialog.copy_button.click()
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    assert clipboard.text().split("\n") == [f"{name}: {number}" for name, number in versions()]
    assert all(number in about_dialog.text_label.text() for number in library_versions.values())
    about_dialog.close()


def test_the_about_dialog_is_translated_and_copies_english(
    application: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(package_versions.PACKAGES, "Qt", "no-such-package")
    set_language(load_language("ko"))
    parent = QWidget()
    dialog = AboutDialog(parent)
    text = dialog.text_label.text()
    assert "플랫폼" in text
    assert "pip으로 설치되지 않음" in text
    dialog.copy()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    assert "Platform: " in clipboard.text()
    assert "Qt: not installed with pip" in clipboard.text()
    parent.deleteLater()


def test_versions_are_found_without_loading_the_packages() -> None:
    loaded = loaded_by("from app.system.package_versions import versions; assert versions()")
    assert not loaded & {"PyQt6", "numpy", "matplotlib"}
