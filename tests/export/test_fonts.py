"""Characters of titles and branch names that DejaVu Sans does not have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import rc_context, rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from pypdf import PdfReader

from app.cli.main import main
from app.engine.race import Race
from app.export.figure import build_figure
from app.export.formats import export
from app.export.options import Options
from app.model.experiment import DEFAULT_EXPERIMENT
from app.plotting import fonts
from app.system import platform_support
from app.system.font_packages import SCRIPTS, script_of
from app.utils.i18n import Language, set_language

TEXTS = {
    "Korean": "학습률 비교",
    "Japanese": "がくしゅう率",
    "Chinese": "学习率",
    "Arabic": "معدل التعلم",
    "emoji": "☃ 😀 ❤️",
}
UNASSIGNED = "\U0003fffd"  # no font has it
SMALL = Options(size=(9.0, 5.5), dpi=60)


def titled(title: str, steps: int = 3) -> Race:
    race = Race(replace(DEFAULT_EXPERIMENT, title=title))
    race.advance(steps)
    return race


def require_fonts(text: str) -> None:
    if fonts.missing_glyphs_message(text):
        pytest.skip("no font with these characters is installed")


def title_pixels(title: str) -> np.ndarray:
    figure = build_figure(titled(title), SMALL).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())[:30, :270]


@pytest.mark.slow
@pytest.mark.parametrize("script", TEXTS)
def test_letters_follow_the_text_in_every_format(
    script: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Matplotlib warns of a missing glyph, and warnings are errors in tests."""
    require_fonts(TEXTS[script])
    race = titled(TEXTS[script])
    for suffix in (".png", ".svg", ".pdf", ".gif"):
        export(race, tmp_path / f"a{suffix}", SMALL)
    assert capfd.readouterr().err == ""
    assert TEXTS[script] in "".join(ElementTree.parse(tmp_path / "a.svg").getroot().itertext())
    words = PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
    assert script == "Arabic" or TEXTS[script].split()[0] in words
    with Image.open(tmp_path / "a.gif") as image:
        assert image.n_frames > 1


def test_the_regional_form_of_han_characters_follows_the_rest_of_the_text() -> None:
    for script, text in (("Korean", "學習 학습"), ("Japanese", "学習 がく"), ("Chinese", "学习")):
        require_fonts(text)
        families = fonts.font_families(text)
        preferred = next(each.families for each in SCRIPTS if each.name == script)
        assert families[1] == next(each for each in preferred if each in fonts.available_families())
    set_language(Language("ko", "한국어"))
    assert fonts.font_families("学习")[1] == fonts.font_families("한")[1]


def test_two_texts_differ_in_pixels_and_not_only_in_the_number_of_boxes() -> None:
    require_fonts("학습")
    assert (title_pixels("학습") != title_pixels("비교")).any()


def embedded_fonts(path: Path) -> list[dict]:
    fonts_of_page = PdfReader(path).pages[0]["/Resources"]["/Font"]
    return [fonts_of_page[name].get_object() for name in fonts_of_page]


@pytest.mark.slow
def test_a_pdf_embeds_outlines_that_readers_can_draw(tmp_path: Path) -> None:
    """A font with PostScript outlines that is embedded as TrueType is invisible."""
    require_fonts("한글")
    for name, title in (("latin", "Latin"), ("hangul", "한글")):
        export(titled(title), tmp_path / f"{name}.pdf", SMALL)
    assert {each["/Subtype"] for each in embedded_fonts(tmp_path / "latin.pdf")} == {"/Type0"}
    for font in embedded_fonts(tmp_path / "hangul.pdf"):
        if font["/Subtype"] == "/Type0":
            descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert b"CFF " not in descriptor["/FontFile2"].get_object().get_data()[:400]


def test_families_are_used_only_for_the_figure_that_needs_them() -> None:
    before = rcParams["font.family"]
    assert "Noto Sans CJK KR" not in fonts.font_families("Latin, λ, العربية")
    build_figure(titled("한글"), SMALL)
    assert rcParams["font.family"] == before


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".png", ".svg", ".gif"])
def test_a_figure_does_not_depend_on_the_font_of_the_window(suffix: str, tmp_path: Path) -> None:
    options = replace(SMALL, camera_speed=90.0)  # the ticks of a rotating surface are made for every frame
    with rc_context():
        for family in ("DejaVu Sans", "DejaVu Serif"):
            fonts.set_font_family(family)
            export(titled("Title"), tmp_path / f"{family}{suffix}", options)
            assert rcParams["font.family"][0] == family
    assert len({path.read_bytes() for path in tmp_path.glob(f"*{suffix}")}) == 1


@pytest.mark.slow
def test_missing_characters_are_one_sentence_with_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform_support, "distribution_family", lambda: "debian")
    arguments = ["--surface", "sphere", "--run", "adam", "--steps", "3", "--dpi", "50", "--title", f"a{UNASSIGNED}b"]
    targets = [str(tmp_path / f"a{suffix}") for suffix in (".png", ".pdf", ".gif", ".csv")]
    assert main(["export", *arguments, "--quiet", "--to", *targets]) == 0
    captured = capfd.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith(f"thalweg: no font on this computer has {UNASSIGNED}")
    assert captured.err.rstrip().endswith("fonts-noto-cjk")
    assert main(["export", *arguments, "--quiet", "--to", str(tmp_path / "a.svg"), str(tmp_path / "b.csv")]) == 0
    assert capfd.readouterr().err == "", "an SVG holds the text, and tables draw none"


@pytest.mark.parametrize(
    ("distribution", "text", "packages"),
    [
        ("debian", "한글", ["fonts-noto-cjk"]),
        ("fedora", "漢字", ["google-noto-sans-cjk-fonts"]),
        ("arch", "かな", ["noto-fonts-cjk"]),
        ("debian", "🚀", ["fonts-symbola"]),
        ("debian", "한🚀ก", ["fonts-noto-core", "fonts-noto-cjk", "fonts-symbola"]),
        ("arch", "🚀", []),
        ("", "한", []),
    ],
)
def test_the_sentence_names_the_packages_of_the_distribution(
    distribution: str, text: str, packages: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform_support, "distribution_family", lambda: distribution)
    monkeypatch.setattr(fonts, "_families_and_missing", lambda family, characters: ((family,), characters))
    message = fonts.missing_glyphs_message(text)
    assert all(character in message for character in text)
    assert ("; install" in message) == bool(packages)
    assert set(message.split(" -y ")[-1].split(" install ")[-1].split(" --needed ")[-1].split()) >= set(packages)


def test_every_script_holds_its_characters_and_no_latin() -> None:
    assert [script_of(character).name for character in "한がカ学🚀☃😀"] == [
        *("Korean", "Japanese", "Japanese", "Chinese", "emoji", "emoji", "emoji")
    ]
    assert {script_of(character).name for character in "aÄλпш→≤"} == {"other"}
