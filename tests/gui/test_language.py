"""Translations are complete, and every displayed text can be translated."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from string import Formatter

import pytest
from matplotlib.text import Text
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QTabWidget,
    QWidget,
)

from app.gui.canvas.plot_canvas import PlotCanvas
from app.gui.help.help_pages import optimizer_page, surface_page
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import display_name, examples
from app.model.catalog import sections, surface_entries
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.model.source_text import source_parts, translate_source
from app.utils.i18n import (
    ENGLISH,
    LANGUAGES_FOLDER,
    Language,
    current_language,
    language_codes,
    load_language,
    set_language,
    strip_mnemonic,
    system_language,
    tr,
)
from optimizers import MODIFIERS, OPTIMIZERS
from optimizers.frameworks import presets
from surfaces import SURFACES
from tests.qt_fixtures import process_events
from tests.texts import PROPER_NAMES, literal_texts, table_texts

Open = Callable[..., MainWindow]

OTHERS = [code for code in language_codes() if code != "en"]


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_placeholders_of_its_original(code: str) -> None:
    texts = load_language(code).texts
    assert texts
    assert {english: placeholders(message) for english, message in texts.items()} == {
        english: placeholders(english) for english in texts
    }


def test_english_is_used_where_no_language_is_known() -> None:
    assert load_language("tlh") is ENGLISH
    assert load_language("../languages/ko") is ENGLISH
    assert tr("{n} of {most}", n=2, most="{n}") == "2 of {n}"


def test_the_current_language_translates_texts() -> None:
    set_language(load_language("ko"))
    assert current_language().code == "ko"
    assert (current_language().name, tr("English")) == ("한국어(&K)", "English")
    assert tr("never written {here}", here=3) == "never written 3"


@pytest.mark.parametrize(
    ("message", "code"), [("ko_KR.UTF-8", "ko"), ("ko", "ko"), ("en_US.UTF-8", "en"), ("C", "en"), ("de", "en")]
)
def test_the_system_selects_the_language(message: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", message)
    assert system_language() == code


class Pseudo(dict[str, str]):
    """A language that translates every text to itself in brackets, which reveals untranslated text.

    ``requested`` are the texts whose translation was requested.
    """

    def __init__(self) -> None:
        super().__init__()
        self.requested: set[str] = set()

    def get(self, text: str, default: object = None) -> str:  # type: ignore[override]
        self.requested.add(text)
        return f"⟦{text}⟧"


def proper_names() -> set[str]:
    """Return what is the same in every language: names, sources, framework calls, languages and keys."""
    names = {
        "Thalweg",
        "Ctrl",
        "Shift",
        "Alt",
        "Left",
        "Right",
        "Up",
        "Down",
        "Space",
        "Home",
        "End",
        "Esc",
        "Del",
        *(strip_mnemonic(load_language(code).name) for code in language_codes()),
    }
    for optimizer_id in (*OPTIMIZERS.values(), *MODIFIERS.values()):
        names |= {
            optimizer_id.name,
            optimizer_id.id,
            optimizer_id.source,
            *optimizer_id.hyperparameters,
            getattr(optimizer_id, "implementation", ""),
        }
    for surface in SURFACES.values():
        names |= {surface.name, surface.id, surface.source, *surface.axis_labels}
    return (
        names
        | {preset.call for optimizer_id in OPTIMIZERS for preset in presets(optimizer_id)}
        | {"PyTorch", "Keras", "Optax", "TensorFlow 1"}
    )


def untranslated(text: str, names: set[str]) -> bool:
    """Return whether text remains outside of brackets that is not a name, a number or a key."""
    bare = re.sub(r"<[^>]*>|&nbsp;|\$[^$]*\$", " ", text)
    while bare != (bare := re.sub(r"⟦[^⟦⟧]*⟧", " ", bare)):  # innermost brackets first
        pass
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1:
            bare = bare.replace(name, " ")
    return bool(re.search(r"[A-Za-z]{3,}", bare))


def words_of(widget: QWidget) -> Iterator[str]:
    """Yield all texts of a widget, except those written by a person or a file, and those that Qt translates."""
    if widget.objectName().startswith(("qt_", "Scroll")):
        return
    yield widget.accessibleName()
    yield widget.toolTip()
    yield widget.windowTitle() if widget.isWindow() and not isinstance(widget, MainWindow) else ""
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(k) for k in range(widget.count()))
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(k) for k in range(widget.count()))
    if isinstance(widget, QGroupBox):
        yield widget.title()
    if isinstance(widget, QMenu) and widget.objectName() != "recent":
        yield widget.title()
        yield from (action.text() for action in widget.actions())
    if isinstance(widget, QTableView):
        model = widget.model()
        assert model is not None
        for k in range(model.columnCount()):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield model.headerData(k, Qt.Orientation.Horizontal, role) or ""
    if isinstance(widget, PlotCanvas):
        yield widget.accessibleDescription()
        yield from (text.get_text() for text in widget.figure.findobj(Text) if text.get_visible())


def use_pseudo_language(window: MainWindow, application: QApplication) -> Pseudo:
    language = Pseudo()
    set_language(Language("xx", "Pseudo", language))
    window.session.retranslate()
    window.rebuild_panels()
    window.view_area.retranslate()
    process_events(application)
    return language


def assert_translated(root: QWidget) -> None:
    names = proper_names()
    untranslated_texts = {
        (type(widget).__name__, message)
        for widget in [root, *root.findChildren(QWidget)]
        for message in words_of(widget)
        if message and untranslated(message, names)
    }
    assert not untranslated_texts, "\n".join(f"{kind}: {message}" for kind, message in sorted(untranslated_texts))


@pytest.mark.slow
@pytest.mark.parametrize(
    "experiment",
    [DEFAULT_EXPERIMENT, Experiment("linear_regression", runs=(Run("adam", {"noise": 0.1}), Run("newton")))],
)
def test_the_window_shows_no_text_that_cannot_be_translated(
    open_window: Open, application: QApplication, experiment: Experiment
) -> None:
    window = open_window(experiment)
    window.session.advance(30)
    language = use_pseudo_language(window, application)
    for page in range(window.results_tabs.count()):
        window.results_tabs.setCurrentIndex(page)
        process_events(application)
    assert_translated(window)
    known = literal_texts() | table_texts() | proper_names() | PROPER_NAMES
    known |= {load_language(code).name for code in language_codes()}
    known |= {part for method in (*OPTIMIZERS.values(), *MODIFIERS.values()) for part in source_parts(method.source)}
    unknown = {text for text in language.requested - known if len(text) > 1 and "⟦" not in text}  # 1: an axis
    assert unknown == set()


@pytest.mark.slow
@pytest.mark.parametrize("code", OTHERS)
def test_a_language_is_complete(code: str) -> None:
    texts = load_language(code).texts
    assert sorted(literal_texts() | table_texts()) == sorted(texts)


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_is_translated_only_once(code: str) -> None:
    files = [json.loads(path.read_text(encoding="utf-8")) for path in (LANGUAGES_FOLDER / code).glob("*.json")]
    assert not [text for text, count in Counter(text for file in files for text in file).items() if count > 1]


@pytest.mark.slow
def test_the_names_of_surfaces_and_examples_follow_the_language(open_window: Open, application: QApplication) -> None:
    window = open_window()
    english, path = examples()["elongated_bowl"]
    window.documents.open_path(path)
    assert window.windowTitle().startswith(english)
    for code, name in (("ko", "길쭉한 그릇"), ("en", "Elongated bowl")):
        window.appearance.set_language(code)
        process_events(application)
        assert window.windowTitle().removesuffix("[*] – Thalweg") == tr(english)
        assert window.windowTitle().startswith(name)
        assert window.panels.side_panel.surface_selector.picker.itemText(0) == name
    assert window.session.experiment.title == english
    assert not window.isWindowModified()


def test_a_title_that_the_user_wrote_stays_in_every_language() -> None:
    set_language(load_language("ko"))
    assert tr("Saddle") != "Saddle"
    assert display_name(Experiment("saddle", title="Saddle")) == "Saddle"
    assert display_name(Experiment("saddle", title="Elongated bowl: SGD zigzags?")) == "Elongated bowl: SGD zigzags?"
    assert display_name(Experiment("saddle")) == tr("Saddle")


def test_a_surface_is_found_by_its_name_in_both_languages() -> None:
    set_language(load_language("ko"))
    entries = surface_entries()
    for query in ("egg crate", "달걀판", "egg_crate"):
        assert next(entry.id for _, found in sections(entries, (), query) for entry in found) == "egg_crate"


def test_every_fixed_text_of_the_help_pages_is_translated() -> None:
    """All but names, ids of the state and numbers; authors and titles pass through the translation unchanged."""
    set_language(Language("xx", "Pseudo", Pseudo()))
    runs = [
        Run(method.id, {each.id: each.default_strength for each in method.modifiers.values()})
        for method in OPTIMIZERS.values()
    ]
    pages = [optimizer_page(run) for run in runs] + [surface_page(Experiment(id)) for id in SURFACES]
    set_language(ENGLISH)
    names = proper_names() | {state for method in OPTIMIZERS.values() for state in method.state}
    texts = [re.sub("[<>]", " ", unescape(re.sub(r"<[^>]*>", " ", page))) for page in pages]
    assert [text for text in texts if untranslated(text, names)] == []


def test_the_notes_of_a_source_are_translated_and_its_references_stay() -> None:
    set_language(load_language("ko"))
    assert translate_source(OPTIMIZERS["adamw"].source) == (
        "Loshchilov & Hutter 2019, arXiv:1711.05101, 알고리즘 2; 감쇠에 학습률을 곱함, PyTorch와 같음"
    )
    page = optimizer_page(Run("adam_optax", {"clip_norm": 1.0}))
    assert "추가 기법: 기울기 클리핑(노름)" in page
    assert "optax.adam의 eps_root(제곱근 안)" in page
    assert "Optax(eps_root 사용)에서와" in page
    for source in (each.source for each in (*OPTIMIZERS.values(), *MODIFIERS.values(), *SURFACES.values())):
        links = re.compile(r"(?:doi|arXiv):[^\s;,]+\d")
        assert links.findall(translate_source(source)) == links.findall(source)
    set_language(ENGLISH)
    for source in (each.source for each in (*OPTIMIZERS.values(), *MODIFIERS.values(), *SURFACES.values())):
        assert translate_source(source) == source
