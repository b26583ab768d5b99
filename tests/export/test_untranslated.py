"""Exports for other programs are in English in every language; figures, dialogs and errors are translated."""

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
from app.gui.window.main_window import MainWindow
from app.io.experiment_files import load
from app.io.experiment_json import from_json
from app.model.dataset import get_surface
from app.model.experiment import Experiment
from app.model.run import Run
from app.theming.theme import LIGHT
from app.utils.i18n import ENGLISH, Language, current_language, in_english, set_language, strip_mnemonic, tr
from app.utils.validation import ExperimentError
from surfaces import SURFACES
from tests.edits import with_hyperparameters
from tests.gui.test_language import Pseudo, assert_translated, proper_names, untranslated

READ_BY_PROGRAMS = [
    suffix
    for suffix, export_format in EXPORT_FORMATS.items()
    if export_format.kind in ("data", "code", "experiment") and suffix != ".npz"
]
OpenWindow = Callable[..., MainWindow]


BRACKETS = Language("xx", "Brackets", Pseudo())
NAMES = proper_names() | {"thalweg", "NumPy", "SVG", "PDF", "GIF"}


def make_race() -> Race:
    """Return a race with a changed run and its branch, a run without a learning rate, and a diverged run."""
    race = Race(
        Experiment("rosenbrock", (-0.5, 2.5), (Run("adam", {"lr": 0.05}), Run("nelder_mead"), Run("sgd", {"lr": 1.0})))
    )
    race.advance(12)
    race.seek(6)
    race = with_hyperparameters(race, 0, lr=0.01)
    race.advance(8)
    assert race.experiment.branches
    return race


@pytest.mark.parametrize("suffix", READ_BY_PROGRAMS)
def test_data_and_scripts_are_the_same_in_every_language(suffix: str, tmp_path: Path) -> None:
    race = make_race()
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", COPY_FORMATS)
def test_a_copied_table_is_the_same_in_every_language(open_shell: OpenWindow, kind: str) -> None:
    window = open_shell(make_race().experiment)
    window.session.advance(12)
    panel = ResultsPage(window.session, LIGHT)
    before = panel.table_text(kind)
    set_language(BRACKETS)
    assert panel.table_text(kind) == before


def test_the_error_for_a_bad_data_file_is_translated(tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("1,2\n3,x\n5,6\n")
    for language, text in (
        (ENGLISH, f"cannot open {path}: one row does not contain two finite numbers: line 2 ('3,x')"),
        (BRACKETS, f"⟦cannot open {path}: ⟦one row does not contain two finite numbers: line 2 ('3,x')⟧⟧"),
    ):
        set_language(language)
        with pytest.raises(ExperimentError) as error:
            load(path)
        assert str(error.value) == text
    with pytest.raises(ExperimentError, match="⟦fitting a line requires at least two points with different x values⟧"):
        get_surface("linear_regression", ((1.0, 1.0), (2.0, 3.0)))


def test_in_english_switches_the_language_temporarily() -> None:
    set_language(BRACKETS)
    with in_english():
        assert tr("loss") == "loss"
    assert tr("loss") == "⟦loss⟧"


def test_mnemonics_are_stripped_from_command_names() -> None:
    texts = ("Save &As…", "다른 이름으로 저장(&A)…", "&Play", "&S&&S", "this & that")
    assert [strip_mnemonic(text) for text in texts] == [
        "Save As…",
        "다른 이름으로 저장…",
        "Play",
        "S&S",
        "this & that",
    ]


def test_languages_are_listed_by_their_own_names(open_shell: OpenWindow) -> None:
    window = open_shell()
    window.appearance.set_language("ko")
    texts = [window.action_registry[f"language_{code}"].text() for code in ("en", "ko")]
    assert [strip_mnemonic(text) for text in texts] == ["English", "한국어"]


def test_axis_labels_begin_with_a_short_symbol() -> None:
    """Only the text in parentheses after the symbol of a coordinate is translated."""
    assert all(len(axis.split()[0]) <= 2 for surface in SURFACES.values() for axis in surface.axis_labels)


# -- texts for people

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


@pytest.mark.slow
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
def test_every_run_status_is_translated(surface: str) -> None:
    set_language(BRACKETS)
    texts = set()
    for run in RUNS:
        trajectory = Trajectory(Run.parse(run), SURFACES[surface], SURFACES[surface].start)
        trajectory.advance(400)
        for step in (0, 1, 5, 20, 100, 400):
            status = run_status(trajectory, min(step, trajectory.last_known_step))
            texts |= {status.sentence, status.short_text}
    assert [text for text in texts if untranslated(text, NAMES)] == []


@pytest.mark.slow
@pytest.mark.parametrize("view", ["all", "contour", "relief", "loss"])
def test_every_text_of_a_figure_is_translated(view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is drawn: titles, axes, legends, and texts that are drawn without being added to the figure."""
    drawn, original_draw = set(), Text.draw

    def recording_draw(text: Text, renderer: object) -> None:
        if text.get_visible():
            drawn.add(text.get_text())
        original_draw(text, renderer)

    monkeypatch.setattr(Text, "draw", recording_draw)
    race = make_race()
    set_language(BRACKETS)
    export(race, tmp_path / "a.png", Options(view=view))
    assert any("⟦" in text for text in drawn)
    assert [text for text in drawn if untranslated(text, NAMES)] == []


@pytest.mark.slow
@pytest.mark.parametrize("action_id", ["export_picture", "export_film"])
def test_the_export_dialogs_are_translated(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, action_id: str
) -> None:
    window = open_window()
    set_language(BRACKETS)
    titles = []

    def check_dialog(dialog: ExportDialog) -> int:
        assert_translated(dialog)
        titles.append(dialog.windowTitle())
        return 0

    monkeypatch.setattr(ExportDialog, "exec", check_dialog)
    window.action_registry[action_id].trigger()
    assert titles
    assert not untranslated(titles[0], NAMES)


@pytest.mark.slow
def test_the_shortcut_table_has_translated_menu_names(open_window: OpenWindow) -> None:
    window = open_window()
    set_language(BRACKETS)
    window.action_registry.retranslate()
    assert [heading for heading, _ in menu_sections(window.menuBar()) if untranslated(heading, NAMES)] == []
    assert any(heading.count("⟦") == 2 for heading, _ in menu_sections(window.menuBar()))


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
def test_errors_in_an_experiment_file_are_translated(text: str) -> None:
    set_language(BRACKETS)
    with pytest.raises(ExperimentError) as error:
        from_json(text)
    assert str(error.value).startswith("⟦")
    assert not untranslated(str(error.value), NAMES)
