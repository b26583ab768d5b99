"""Images as PNG, SVG and PDF: their size, their content and the experiment that they contain."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from app.engine.race import Race
from app.export.figure import build_figure
from app.export.formats import export, export_note
from app.export.options import Options, parse_size
from app.io.experiment_files import load
from app.io.experiment_json import from_json
from app.io.strict_json import MAX_FILE_SIZE
from app.model.comparison import ComparisonMode
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.plot_options import PlotOptions
from app.model.run import Run
from app.theming.theme import DARK
from app.utils.validation import ExperimentError

SVG, DC = "{http://www.w3.org/2000/svg}", "{http://purl.org/dc/elements/1.1/}"
NOISY = Experiment(
    "rosenbrock", (-1.5, 2.0), (Run("sgd", {"lr": 1e-4, "noise": 30.0}), Run("adam", {"lr": 0.02, "noise": 30.0}))
)


def make_race(steps: int = 60, experiment: Experiment = DEFAULT_EXPERIMENT) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


def read_text(path: Path) -> str:
    """Return the text of a vector image."""
    if path.suffix == ".pdf":
        return "\n".join(page.extract_text() for page in PdfReader(path).pages)
    return "\n".join("".join(text.itertext()) for text in ElementTree.parse(path).iter(f"{SVG}text"))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_experiment_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in "ab":
        export(make_race(), tmp_path / f"{name}{suffix}", Options(dpi=80))
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Glyph .* missing")
@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_no_title_makes_a_file_that_cannot_be_read(suffix: str, tmp_path: Path) -> None:
    title = "".join(map(chr, (*range(160), 0x85, 0x2028, 0x202E, 0xFDD0, 0xFFFD, 0xFFFE, 0xFFFF)))
    race = Race(replace(DEFAULT_EXPERIMENT, title=title))
    export(race, tmp_path / f"a{suffix}", options=Options(view="loss", size=(6.4, 4.2), dpi=50))
    if suffix == ".pdf":
        assert PdfReader(tmp_path / "a.pdf").metadata["/Title"] == race.experiment.title
    else:
        assert load(tmp_path / f"a{suffix}") == race.experiment


def test_an_svg_has_vectors_text_and_one_bitmap(tmp_path: Path) -> None:
    experiment = replace(DEFAULT_EXPERIMENT, plot_options=PlotOptions(height_scale="log"))
    export(make_race(60, experiment), tmp_path / "a.svg", Options(size=(10.0, 6.0), dpi=100))
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert (root.get("width"), root.get("height")) == ("720pt", "432pt")
    assert len(list(root.iter(f"{SVG}path"))) > 50
    assert len(list(root.iter(f"{SVG}image"))) == 1  # the mesh of the 3D surface
    text = read_text(tmp_path / "a.svg")
    for expected in ("Rosenbrock", "Adam, lr 0.15", "60 steps", "loss (log scale)"):
        assert expected in text
    source = next(root.iter(f"{DC}source")).text
    assert source
    assert from_json(source).runs == DEFAULT_EXPERIMENT.runs


@pytest.mark.slow
def test_a_pdf_has_the_requested_size_and_its_text(tmp_path: Path) -> None:
    export(make_race(), tmp_path / "a.pdf", Options(size=(16 / 2.54, 12 / 2.54), view="contour"))
    page = PdfReader(tmp_path / "a.pdf").pages[0]
    assert [round(float(side) / 72 * 2.54, 2) for side in (page.mediabox.width, page.mediabox.height)] == [16.0, 12.0]
    assert not page.images
    assert "Momentum, lr 0.0006" in read_text(tmp_path / "a.pdf")


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".svg", ".pdf"])
@pytest.mark.parametrize("left_out", ["title", "legend", "mode"])
def test_title_legend_and_comparison_mode_can_be_left_out(suffix: str, left_out: str, tmp_path: Path) -> None:
    race = make_race(20, replace(DEFAULT_EXPERIMENT, title="My race", comparison=ComparisonMode("evaluations", 500)))
    texts = {"title": "My race", "legend": "Adam, lr 0.15", "mode": "500 evaluations per run"}
    path = tmp_path / f"a{suffix}"
    export(race, path, Options(view="contour", **{left_out: False}))
    text = read_text(path)
    assert {name for name, text_of_part in texts.items() if text_of_part in text} == texts.keys() - {left_out}


def test_a_transparent_image_has_an_alpha_channel(tmp_path: Path) -> None:
    for name, transparent in (("a", False), ("b", True)):
        export(make_race(5), tmp_path / f"{name}.png", Options(dpi=40, transparent=transparent))
    alpha = [np.asarray(Image.open(tmp_path / f"{name}.png").convert("RGBA"))[..., 3] for name in "ab"]
    assert alpha[0].min() == 255
    assert alpha[1][0, 0] == 0
    assert (alpha[1] == 255).any()


@pytest.mark.slow
def test_a_small_image_is_laid_out_larger_and_scaled_down(tmp_path: Path) -> None:
    export(make_race(), tmp_path / "a.png", Options(size=(3.2, 2.1), dpi=100))
    export(make_race(), tmp_path / "b.png", Options(size=(6.4, 4.2), dpi=50))
    small, large = (np.asarray(Image.open(tmp_path / f"{name}.png").convert("RGB"), float) for name in "ab")
    assert small.shape == large.shape == (210, 320, 3)
    assert np.abs(small - large).mean() < 1
    with pytest.raises(ExperimentError, match=r"use a size of at least 16\.\d x 10\.\d cm"):
        export(make_race(), tmp_path / "a.svg", Options(size=(3.2, 2.1)))
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.parametrize(
    "experiment",
    [DEFAULT_EXPERIMENT, Experiment("elongated_bowl", runs=(Run("sgd", {"lr": 0.1, "noise": 1.0}, replicas=4),))],
    ids=["runs", "replicas"],
)
def test_an_image_shows_no_steps_after_the_displayed_step(experiment: Experiment, tmp_path: Path) -> None:
    early, rewound = make_race(12, experiment), make_race(200, experiment)
    for race in (early, rewound):
        race.compute_pending()
    rewound.seek(12)
    for name, race in (("a", early), ("b", rewound)):
        export(race, tmp_path / f"{name}.png", Options(dpi=60, view="contour"))
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_dark_theme_has_a_dark_background(tmp_path: Path) -> None:
    export(make_race(3), tmp_path / "a.png", Options(dpi=40, theme=DARK))
    corner = Image.open(tmp_path / "a.png").convert("RGB").getpixel((1, 1))
    assert "#{:02x}{:02x}{:02x}".format(*corner) == DARK.figure_background  # type: ignore[misc]


@pytest.mark.slow
def test_a_long_noisy_path_is_simplified_in_a_vector_file(tmp_path: Path) -> None:
    sizes = []
    for steps in (20_000, 60_000):
        export(make_race(steps, NOISY), tmp_path / "a.svg", Options(view="contour"))
        sizes.append((tmp_path / "a.svg").stat().st_size)
    assert sizes[1] < 1.5 * sizes[0]


@pytest.mark.parametrize(
    ("text", "width", "height"),
    [
        ("1280x720", 12.8, 7.2),
        (" 1280 × 720 px", 12.8, 7.2),
        ("16x9cm", 16 / 2.54, 9 / 2.54),
        ("160*90 mm", 16 / 2.54, 9 / 2.54),
        ("8x4.5in", 8, 4.5),
        ("8x4,5 IN", 8, 4.5),
    ],
)
def test_sizes_are_parsed_with_units(text: str, width: float, height: float) -> None:
    assert parse_size(text, 100) == pytest.approx((width, height))


@pytest.mark.parametrize(
    "text", ["", "1280", "1280x", "axb", "1e3x5", "-3x4", "3x4furlong", "1.2.3x4", "9" * 40 + "x1"]
)
def test_invalid_sizes_are_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match=re.compile("must")):
        parse_size(text, 100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": (1000.0, 1000.0)}, "inches"),
        ({"size": (100.0, 100.0), "dpi": 1000}, "million pixels, not 100,000 x 100,000"),
        ({"size": (0.1, 5.0)}, "inches"),
        ({"size": (float("nan"), 5.0)}, "finite"),
        ({"dpi": 5}, "dpi must be between 10"),
        ({"fps": 0}, "fps must be"),
        ({"fps": 100}, "fps must be"),
        ({"seconds": 0.0}, "the duration must be"),
        ({"steps_per_frame": 0}, "at least 1 step"),
        ({"camera_speed": 1e9}, "can rotate at most"),
        ({"transparent": "yes"}, "true or false"),
    ],
)
def test_invalid_options_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ExperimentError, match=message):
        Options(**options)


def test_an_image_without_runs_can_be_written() -> None:
    from app.export.image import write_image

    file = BytesIO()
    write_image(make_race(5, Experiment("sphere")), file, "png", Options(dpi=40))
    assert Image.open(file).size == (512, 304)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(12.8, 7.6), (3.0, 3.0)])
def test_a_long_title_is_shortened_and_its_caption_stands_below(size: tuple[float, float]) -> None:
    race = make_race(5, replace(DEFAULT_EXPERIMENT, title="Many words about a race that has been raced " * 4))
    composed = build_figure(race, Options(size=size, dpi=60))
    caption, title = composed.figure.texts
    boxes = [text.get_window_extent() for text in (caption, title)]
    assert title.get_text().startswith("Many words about")
    assert title.get_text().endswith("…") or title.get_text() == race.experiment.title
    assert all(text.get_visible() for text in (caption, title))
    assert all(text_bounds.x0 >= 0 and text_bounds.x1 <= composed.figure.bbox.x1 for text_bounds in boxes)
    assert boxes[0].y1 <= boxes[1].y0
    assert all(view.axes.bbox.y1 < boxes[0].y0 for view in composed.views)
    short = build_figure(make_race(5), Options(size=(12.8, 7.6)))
    assert len({round(text.get_position()[1], 6) for text in short.figure.texts}) == 1


TOO_LARGE = [  # all but the last two are too large
    ({"newer": "x" * MAX_FILE_SIZE}, "larger than 16 MiB"),
    ({"newer": "\u00e9" * (MAX_FILE_SIZE // 6 + 1)}, "larger than 16 MiB"),
    ({"newer": [[]] * 600_000}, "too many hyperparameter changes"),
    ({"newer": [0] * 2_100_000}, "too many hyperparameter changes"),
    ({"newer": [0] * 1_000}, ""),
    ({"newer": "<\u00e9>" * 1_000}, ""),
]


@pytest.mark.slow
@pytest.mark.parametrize(("extra", "reason"), TOO_LARGE)
@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_a_figure_contains_its_experiment_or_the_export_says_why_not(
    suffix: str, extra: dict, reason: str, tmp_path: Path
) -> None:
    path, race = tmp_path / f"a{suffix}", Race(replace(DEFAULT_EXPERIMENT, extra=extra))
    export(race, path, options=Options(view="contour", size=(6.4, 4.2), dpi=50))
    note = export_note(race, path)
    if reason:
        assert re.fullmatch(f"the figure does not contain the experiment because it .*{reason}", note)
        with pytest.raises(ExperimentError, match="contains no experiment"):
            load(path)
        with pytest.raises(ExperimentError, match=f"cannot be saved because it .*{reason}"):
            export(race, tmp_path / "a.json")
        assert [file.name for file in tmp_path.iterdir()] == [path.name]
    else:
        assert (note, load(path)) == ("", race.experiment)
    assert export_note(race, tmp_path / "a.pdf") == "", "a PDF never contains an experiment"
