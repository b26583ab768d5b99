"""What other programs read is in English, whatever the window speaks; what a person reads beside the window is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.text import Text

from app.analysis.run_status import run_status
from app.engine.race import Race
from app.engine.trajectory import Trajectory
from app.export.formats import EXPORT_FORMATS, export
from app.export.options import Options
from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.help.shortcuts_dialog import menu_sections
from app.gui.panels.results.results_page import COPY_FORMATS, ResultsPage
from app.gui.widgets.mnemonics import strip_mnemonic
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load
from app.io.experiment_json import from_json
from app.model.dataset import get_surface
from app.model.experiment import Experiment
from app.model.run import Run
from app.theming.theme import LIGHT
from app.utils.i18n import ENGLISH, Language, current_language, in_english, set_language, tr
from app.utils.validation import ExperimentError
from surfaces import SURFACES
from tests.edits import turn
from tests.gui.test_language import Pseudo, assert_translated, proper_names, untranslated

READ = [
    suffix
    for suffix, made in EXPORT_FORMATS.items()
    if made.kind in ("data", "code", "experiment") and suffix != ".npz"
]
Open = Callable[..., MainWindow]


BRACKETS = Language("xx", "Brackets", Pseudo())
NAMES = proper_names() | {"thalweg", "NumPy", "SVG", "PDF", "GIF"}


def raced() -> Race:
    """A run that was turned and left a branch, one whose lr is no rate, and one that has diverged."""
    race = Race(
        Experiment("rosenbrock", (-0.5, 2.5), (Run("adam", {"lr": 0.05}), Run("nelder_mead"), Run("sgd", {"lr": 1.0})))
    )
    race.advance(12)
    race.seek(6)
    race = turn(race, 0, lr=0.01)
    race.advance(8)
    assert race.experiment.branches
    return race


@pytest.mark.parametrize("suffix", READ)
def test_data_and_scripts_are_the_same_in_every_language(suffix: str, tmp_path: Path) -> None:
    race = raced()
    if suffix in (".torch.py", ".keras.py"):
        race = Race(Experiment("rosenbrock", None, (Run("adam", {"lr": 0.05}),)))
        race.advance(5)
    texts = []
    for language in (ENGLISH, BRACKETS):
        set_language(language)
        export(race, tmp_path / f"a{suffix}")
        assert current_language() is language
        texts.append((tmp_path / f"a{suffix}").read_text(encoding="utf-8"))
    assert texts[0] == texts[1]


@pytest.mark.parametrize("kind", COPY_FORMATS)
def test_a_copied_table_is_the_same_in_every_language(open_window: Open, kind: str) -> None:
    window = open_window(raced().experiment)
    window.session.advance(12)
    panel = ResultsPage(window.session, LIGHT)
    before = panel.table_text(kind)
    set_language(BRACKETS)
    assert panel.table_text(kind) == before


def test_a_data_file_is_refused_in_the_language_that_is_spoken(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("1,2\n3,x\n5,6\n")
    for language, words in (
        (ENGLISH, "cannot open bad.csv: a row is not two finite numbers: line 2 ('3,x')"),
        (BRACKETS, "⟦cannot open bad.csv: ⟦a row is not two finite numbers: line 2 ('3,x')⟧⟧"),
    ):
        set_language(language)
        with pytest.raises(ExperimentError) as caught:
            load(path)
        assert str(caught.value) == words
    with pytest.raises(ExperimentError, match="⟦a line needs at least two points with different x⟧"):
        get_surface("linear_regression", ((1.0, 1.0), (2.0, 3.0)))


def test_english_for_a_while() -> None:
    set_language(BRACKETS)
    with in_english():
        assert tr("loss") == "loss"
    assert tr("loss") == "⟦loss⟧"


def test_the_key_of_a_command_is_no_part_of_its_name() -> None:
    texts = ("Save &As…", "다른 이름으로 저장(&A)…", "&Play")
    assert [strip_mnemonic(text) for text in texts] == ["Save As…", "다른 이름으로 저장…", "Play"]


def test_a_language_is_called_as_it_calls_itself(open_window: Open) -> None:
    window = open_window()
    window.set_language("ko")
    assert [window.action_registry[f"language_{code}"].text() for code in ("en", "ko")] == ["English", "한국어"]


def test_the_names_of_axes_are_names() -> None:
    """A coordinate is called by the first word, which is a letter: what stands in brackets behind it may be translated."""
    assert all(len(axis.split()[0]) <= 2 for land in SURFACES.values() for axis in land.axis_labels)


# -- what a person reads

RUNS = [
    "sgd lr=1e-3",
    "sgd lr=1.0",
    "momentum lr=0.01",
    "adam lr=0.3",
    "adam lr=0.1 noise=1",
    "signsgd lr=0.05",
    "newton",
    "adamw lr=0.05 weight_decay=0.3",
    "nelder_mead",
    "sgd lr=0",
    "sgd lr=1e-9",
]


@pytest.mark.parametrize(
    "surface",
    [
        "elongated_bowl",
        "rosenbrock",
        "saddle",
        "monkey_saddle",
        "himmelblau",
        "easom",
        "mccormick",
        "linear_regression",
    ],
)
def test_every_verdict_is_said_in_the_language(surface: str) -> None:
    set_language(BRACKETS)
    said = set()
    for run in RUNS:
        track = Trajectory(Run.parse(run), SURFACES[surface], SURFACES[surface].start)
        track.advance(400)
        for step in (0, 1, 5, 20, 100, 400):
            found = run_status(track, min(step, track.last_known_step))
            said |= {found.text, found.short_text}
    assert [words for words in said if untranslated(words, NAMES)] == []


@pytest.mark.parametrize("view", ["all", "contour", "relief", "loss"])
def test_every_word_of_a_figure_is_said_in_the_language(
    view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is drawn: titles, axes, legends, and words that are painted without being kept."""
    drawn, draw = set(), Text.draw

    def remembering(text: Text, renderer: object) -> None:
        if text.get_visible():
            drawn.add(text.get_text())
        draw(text, renderer)

    monkeypatch.setattr(Text, "draw", remembering)
    race = raced()
    set_language(BRACKETS)
    export(race, tmp_path / "a.png", Options(view=view))
    assert any("⟦" in words for words in drawn)
    assert [words for words in drawn if untranslated(words, NAMES)] == []


@pytest.mark.parametrize("name", ["export_picture", "export_film"])
def test_the_export_dialogs_are_said_in_the_language(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    window = open_window()
    set_language(BRACKETS)
    seen = []

    def look(dialog: ExportDialog) -> int:
        assert_translated(dialog)
        seen.append(dialog.windowTitle())
        return 0

    monkeypatch.setattr(ExportDialog, "exec", look)
    window.action_registry[name].trigger()
    assert seen
    assert not untranslated(seen[0], NAMES)


def test_the_table_of_keys_is_headed_by_the_menus_as_they_are_called(open_window: Open) -> None:
    window = open_window()
    set_language(BRACKETS)
    window.action_registry.retranslate()
    assert [heading for heading, _ in menu_sections(window) if untranslated(heading, NAMES)] == []
    assert any(heading.count("⟦") == 2 for heading, _ in menu_sections(window))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "x",
        '{"thalweg": 9}',
        '{"thalweg": 1, "thalweg": 1}',
        '{"thalweg": 1, "runs": 3}',
        '{"thalweg": 1, "runs": [3]}',
        '{"thalweg": 1, "surface": "here"}',
        '{"thalweg": 1, "start": [1]}',
        '{"thalweg": 1, "shown": NaN}',
        '{"thalweg": 1, "start": [1e9, 0]}',
        '{"thalweg": 1, "settled": 3}',
        '{"thalweg": 1, "title": 3}',
        '{"thalweg": 1, "steps": -1}',
        '{"thalweg": 1, "curve": {"quantity": "q"}}',
        '{"thalweg": 1, "runs": [{"optimizer": "adam", "color": "red"}]}',
        '{"thalweg": 1, "data": [[1], [1]]}',
        '{"thalweg": 1, "branches": [{"runs": []}]}',
        '{"thalweg": 1, "fair": {"mode": "m"}}',
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_the_language(text: str) -> None:
    set_language(BRACKETS)
    with pytest.raises(ExperimentError) as caught:
        from_json(text)
    assert str(caught.value).startswith("⟦")
    assert not untranslated(str(caught.value), NAMES)
