"""Arguments of ``thalweg export``: settings, invalid options, sizes, help and its examples."""

from __future__ import annotations

import csv
import shlex
from dataclasses import fields, replace
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from app.cli.export_arguments import OPTION_FIELDS, build_options
from app.cli.export_command import EXAMPLES, help_epilog
from app.cli.main import main
from app.export.experiment_settings import EXPERIMENT_SETTERS, LOSS_PLOT_SETTINGS, OLD_NAMES, apply_setting
from app.export.formats import EXPORT_FORMATS
from app.export.options import Options, parse_size
from app.io.experiment_files import load
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT
from app.model.run import Run
from tests.cli.export_folder import check_refused, enter_experiment_folder, make_folder, parse_export


@pytest.fixture(autouse=True)
def experiment_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_experiment_folder(tmp_path, monkeypatch)


def test_set_changes_runs_and_experiment(capsys: pytest.CaptureFixture[str]) -> None:
    settings = [
        "run1.lr=0.0002", "adam.beta1=0.8", "momentum.lookahead_alpha=0.25", "start=-1,2", "curve.quantity=distance",
        "title=A = b", "run2.color=#123456", "run3.visible=no", "settled=true",
    ]  # fmt: skip
    arguments = [argument for setting in settings for argument in ("--set", setting)]
    assert main(["export", "race.json", *arguments, "--to", "b.json"]) == 0
    loaded = load("b.json")
    assert loaded.runs[0].hyperparameters["lr"] == 0.0002
    assert loaded.runs[2].hyperparameters["beta1"] == 0.8
    assert (loaded.runs[1].hyperparameters["lookahead"], loaded.runs[1].hyperparameters["lookahead_alpha"]) == (0, 0.25)
    assert (loaded.start, loaded.steps, loaded.loss_plot.quantity, loaded.title, loaded.stop_when_converged) == (
        (-1, 2),
        12,
        "distance",
        "A = b",
        True,
    )
    assert (loaded.runs[1].color, loaded.runs[2].visible) == ("#123456", False)
    assert main(["export", "race.json", "--set", "surface=beale", "--set", "steps=4", "--to", "c.json", "c.csv"]) == 0
    assert (load("c.json").surface_id, load("c.json").steps) == ("beale", 4)
    with open("c.csv", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 3 * 5


def test_set_changes_a_hyperparameter_from_the_start() -> None:
    changed_run = Run("adam", {"lr": 0.1}, history=((5, {"lr": 0.2}),))  # type: ignore[arg-type]
    Path("turned.json").write_text(to_json(replace(DEFAULT_EXPERIMENT, runs=(changed_run,))))
    assert (
        main(["export", "turned.json", "--set", "adam.lr=0.3", "--set", "adam.cosine_steps=50", "--to", "b.json"]) == 0
    )
    loaded = load("b.json").runs[0]
    assert [settings["lr"] for _, settings in loaded.hyperparameters_by_step] == [0.3]
    assert loaded.hyperparameters["cosine_steps"] == 50


@pytest.mark.parametrize(("arguments", "message"), [
    ("--set run4.lr=1", "unknown run 'run4'; choose from run1, run2, run3, sgd, momentum, adam"),
    ("--set run1.beta1=1", "sgd has no hyperparameter 'beta1'; available: lr"),
    ("--set run1.lr=fast", "lr of sgd must be a finite number, not 'fast'"),
    ("--set run1.lr", "--set requires name=value, for example run1.lr=0.02, not 'run1.lr'"),
    ("--set speed=2",
     "unknown setting 'speed'; choose from surface, start, steps, title, stop_when_converged, loss_plot.quantity"),
    ("--set curve.color=2",
     "unknown loss-plot setting 'color'; choose from quantity, x_quantity, x_scale, y_scale"),
    ("--set loss_plot.against=time",
     "unknown loss-plot setting 'against'; choose from quantity, x_quantity"),
    ("--height cubic", "unknown height scale 'cubic'; choose from auto, linear, log"),
    ("--colormap jet", "unknown colormap 'jet'; choose from viridis"),
    ("--levels many", "levels must be an integer, not 'many'"),
    ("--set plot_options.tint=1", "unknown plot setting 'tint'; choose from height_scale"),
    ("--set curve.quantity=joy", "unknown plotted quantity 'joy'; choose from loss"),
    ("--set steps=2.5", "steps must be an integer"),
    ("--set settled=perhaps", "stop_when_converged must be true or false, not 'perhaps'"),
    ("--set run1.slot=x", "slot must be an integer, not 'x'"),
    ("--size 100000x100000", "the width and height of a figure must be between 1 and 100 inches"),
    ("--size 99x99in --dpi 1200", "a figure can have at most 100 million pixels"),
    ("--size big", "size must have the form 1280x720, 16x9cm, or 8x4.5in, not 'big'"),
    ("--dpi 0", "dpi must be between 10 and 1200, not 0"),
    ("--dpi tiny", "dpi must be a finite number, not 'tiny'"),
    ("--view fit", "unknown view 'fit'; choose from all, contour, relief, loss"),
    ("--fps 0", "fps must be between 1 and 60"),
    ("--pace 1.5", "pace must be an integer, not '1.5'"),
    ("--seconds 0", "the duration must be between 0.1 and 3600 seconds"),
    ("--turn much", "turn must be a finite number, not 'much'"),
    ("--camera=1", "--camera requires 2 or 3 numbers, for example --camera=-60,42, not '1'"),
    ("--camera=1,99", "elevation must be between -90 and 90 degrees"),
    ("--camera -1,9", "needs an equals sign, for example --camera=-60,42"),
    ("--box -5,5,-5,5", "needs an equals sign, for example --box=-5,5,-5,5"),
    ("--formula -x^2", "needs an equals sign, for example --formula=-x^2"),
    ("--window=1,0,0,1", "lower limits come first"),
    ("--window=1,0", "--window requires 4 numbers, for example --window=-2,2,-1,3, not '1,0'"),
    ("--siz 100x100", "unrecognized arguments"),
    ("--size 100x100 --dpi 0", "dpi must be between 10 and 1200, not 0"),
])  # fmt: skip
def test_invalid_options_are_one_sentence(arguments: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in check_refused(capsys, "race.json", *shlex.split(arguments), "--to", "a.csv", "a.png")


@pytest.mark.parametrize(("arguments", "message"), [
    ("--transparent --to a.gif", "--transparent does not apply to .gif, only to .png, .svg, .pdf"),
    ("--transparent --to a.png a.mp4", "--transparent does not apply to .mp4, only to .png, .svg, .pdf"),
    ("--fps 10 --to a.png", "--fps does not apply to .png, only to .gif, .mp4"),
    ("--pace 2 --to a.csv a.png b.csv", "--pace does not apply to .csv, .png, only to .gif, .mp4"),
    ("--no-loop --to a.mp4", "--no-loop does not apply to .mp4, only to .gif"),
    ("--size 600x400 --to a.csv", "--size does not apply to .csv, only to .png, .svg, .pdf, .gif, .mp4"),
    ("--equal --to a.json a.py", "--equal does not apply to .json, .py, only to .png"),
    ("--height log --to a.csv", "--height does not apply to .csv, only to .png"),
])  # fmt: skip
def test_options_that_a_format_does_not_use_are_refused(
    arguments: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in check_refused(capsys, "race.json", *arguments.split())


def test_every_option_is_declared_by_a_format() -> None:
    declared = set().union(*(each.options for each in EXPORT_FORMATS.values()))
    computed = {"maps", "map_run"}  # by the window, which has them already
    assert set(OPTION_FIELDS.values()) | computed == declared == {field.name for field in fields(Options)}
    defaults = vars(parse_export("--to", "a.png"))
    others = {
        "experiment",
        "surface",
        "data",
        "x",
        "y",
        "standardize",
        "landscape",
        "formula",
        "param",
        "box",
        "start",
        "run",
        "steps",
        "title",
        "set",
        "to",
        "quiet",
    }
    assert {f"--{name.replace('_', '-')}" for name in defaults.keys() - others} == set(OPTION_FIELDS)
    assert all(defaults[option.strip("-").replace("-", "_")] in (None, False) for option in OPTION_FIELDS)


def test_options_apply_to_the_formats_that_use_them() -> None:
    arguments = ["--steps", "3", "--dpi", "20", "--view", "contour", "--transparent", "--to", "a.png", "a.csv"]
    assert main(["export", "race.json", *arguments]) == 0
    with Image.open("a.png") as image:
        assert image.mode == "RGBA"


def test_an_odd_size_is_exact_in_a_gif_and_told_for_an_mp4(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--steps", "3", "--view", "contour", "--size", "121x91", "--dpi", "50", "--seconds", "0.2"]
    assert main(["export", "race.json", *arguments, "--to", "a.gif", "a.mp4"]) == 0
    assert capsys.readouterr().err == (
        "thalweg: a.mp4: the sides of an MP4 must be even; it will have 120 x 90 pixels instead of 121 x 91\n"
    )
    with Image.open("a.gif") as animation:
        assert animation.size == (121, 91)
    assert next(imageio_ffmpeg.read_frames("a.mp4"))["size"] == (120, 90)


@pytest.mark.slow
def test_sizes_themes_and_defaults() -> None:
    for arguments in (
        "--size 640x480 --theme dark --equal --no-trials --camera=-30,20 --window=-2,2,-1,3 --to a.png",
        "--size 25.4x12.7cm --dpi screen --view contour --to b.png",
    ):
        assert main(["export", "race.json", *arguments.split()]) == 0
    with Image.open("a.png") as a, Image.open("b.png") as b:
        assert (a.size, b.size) == ((640, 480), (1000, 500))
        assert max(a.convert("L").getpixel((2, 2)), 60) == 60  # type: ignore[type-var]
    args = parse_export("--to", "x")
    assert (build_options(args, "picture").size, build_options(args, "picture").dpi) == ((12.8, 7.6), 150)
    assert (build_options(args, "film").pixels, build_options(args, "film").fps) == ((1280, 720), 25)


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "field", "value"), [
    ("--height log", "height_scale", "log"),
    ("--height linear", "height_scale", "linear"),
    ("--levels 25", "levels", 25),
    ("--lines", "level_style", "lines"),
    ("--colormap cividis", "colormap", "cividis"),
    ("--no-color-bar", "color_bar", False),
    ("--no-markers", "step_markers", False),
    ("--dashes", "dashes", True),
    ("--equal", "equal_axes", True),
    ("--set plot_options.level_scale=linear", "level_scale", "linear"),
    ("--set plot_options.level_labels=no", "level_labels", False),
    ("--set plot_options.levels=7", "levels", 7),
])  # fmt: skip
def test_plot_options_change_the_figure_and_belong_to_the_experiment_in_it(
    arguments: str, field: str, value: object
) -> None:
    small = ["--size", "1000x600", "--dpi", "100"]
    assert main(["export", "race.json", *small, "--to", "a.png"]) == 0
    assert main(["export", "race.json", *small, *arguments.split(), "--to", "b.png"]) == 0
    before, after = load("a.png"), load("b.png")
    assert getattr(after.plot_options, field) == value != getattr(before.plot_options, field)
    assert replace(after, plot_options=before.plot_options) == before
    with Image.open("a.png") as a, Image.open("b.png") as b:  # heights of this surface are linear by default
        assert (a.tobytes() != b.tobytes()) == (arguments != "--height linear")


def test_a_size_in_pixels_is_exact_at_every_dpi() -> None:
    for dpi in (50, 72, 96, 100, 150, 200, 300):
        for pixels in range(100, 4000, 7):
            assert all(int(side * dpi) == pixels for side in parse_size(f"{pixels}x{pixels}", dpi))


def test_the_help_has_all_options_and_formats(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as exit_info:
        main(["export", "--help"])
    assert exit_info.value.code == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    options = ("--set", "--size", "--dpi", "--theme", "--view", "--fps", "--camera")
    for expected in (*EXPORT_FORMATS, *options, "examples:", "exit status:"):
        assert expected in text
    assert main(["list", "formats"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(EXPORT_FORMATS)


@pytest.mark.slow
@pytest.mark.parametrize("command", [command for _, command in EXAMPLES])
def test_the_examples_in_the_help_run(command: str) -> None:
    make_folder("race")
    Path("cars.csv").write_text("weight,price\n1,3\n2,5\n4,8\n")
    args = parse_export(*shlex.split(command))
    suffixes = [next((suffix for suffix in EXPORT_FORMATS if name.endswith(suffix)), "") for name in args.to]
    assert (args.to[0] in help_epilog()) == all(suffixes)
    if all(suffixes):
        options = {EXPORT_FORMATS[suffix].kind: EXPORT_FORMATS[suffix].options for suffix in suffixes}
        small = ["--dpi", "20"] if any("dpi" in names for names in options.values()) else []
        small += ["--seconds", "1"] if "film" in options else []
        assert main(["export", *shlex.split(command), "--steps", "3", *small]) == 0


@pytest.mark.parametrize(("old", "current", "value"), [
    ("settled", "stop_when_converged", "true"),
    ("curve.quantity", "loss_plot.quantity", "gradient"),
    ("curve.against", "loss_plot.x_quantity", "evaluations"),
    ("curve.x_scale", "loss_plot.x_scale", "log"),
    ("curve.y_scale", "loss_plot.y_scale", "linear"),
])  # fmt: skip
def test_settings_keep_their_former_names(old: str, current: str, value: str) -> None:
    before = load("race.json")
    changed = apply_setting(before, f"{current}={value}")
    assert changed != before
    assert apply_setting(before, f"{old}={value}") == changed
    assert main(["export", "race.json", "--set", f"{old}={value}", "--to", "old.json"]) == 0
    assert load("old.json") == changed


def test_every_former_key_of_a_file_that_can_be_set_is_an_alias() -> None:
    assert set(OLD_NAMES.values()) == {
        "stop_when_converged", *(f"loss_plot.{name}" for name in LOSS_PLOT_SETTINGS)
    }  # fmt: skip
    assert not set(OLD_NAMES) & {*EXPERIMENT_SETTERS, *(f"loss_plot.{name}" for name in LOSS_PLOT_SETTINGS)}


def test_the_3d_surface_has_its_former_and_its_present_name() -> None:
    files = []
    for name in ("relief", "surface", "3d"):
        files.append(Path(f"{name}.png"))
        arguments = ["export", "race.json", "--steps", "3", "--dpi", "30", "--view", name, "--to", str(files[-1])]
        assert main(arguments) == 0
    assert len({file.read_bytes() for file in files}) == 1


def test_a_formula_is_raced_without_a_file() -> None:
    arguments = ["--formula", "x^2/20 + a y^2", "--box=-10,10,-5,5", "--param", "a=2", "--run", "sgd lr=0.1"]
    assert main(["export", *arguments, "--steps", "4", "--to", "b.json", "b.png", "b.csv"]) == 0
    loaded = load("b.json")
    assert (loaded.formula, loaded.parameters) == ("x^2/20 + a y^2", {"a": 2.0})
    assert loaded.domain == ((-10.0, 10.0), (-5.0, 5.0))
    assert load("b.png") == loaded
    assert main(["export", "b.png", "--param", "a=3", "--box=-1,1,-1,1", "--to", "c.json"]) == 0
    assert (load("c.json").parameters, load("c.json").domain) == ({"a": 3.0}, ((-1.0, 1.0), (-1.0, 1.0)))
    assert main(["export", "b.png", "--surface", "sphere", "--to", "d.json"]) == 0
    assert (load("d.json").surface_id, load("d.json").formula) == ("sphere", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--formula", "sine(x)"], "did you mean sin?"),
        (["--formula", "x", "--surface", "sphere"], "use either --surface or --formula"),
        (["--param", "a=1"], "--param requires --formula"),
        (["--box=-1,1,-1,1"], "--box requires --formula"),
        (["--formula", "a x", "--param", "a"], "--param requires NAME=VALUE"),
        (["--formula", "a x", "--param", "b=1"], "no parameter b"),
        (["--formula", "x + y", "--box=1,2,3"], "--box requires four numbers"),
        (["--formula", "x", "--box=1,2,3"], "--box requires two numbers for a formula without y"),
        (["--formula", "x", "--box=2,1,0,1"], "from a lower to a higher number"),
    ],
)
def test_invalid_formulas_are_refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert message in check_refused(capsys, *arguments, "--to", "b.json")
