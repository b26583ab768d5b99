"""``thalweg export``: folders, settings, what is refused before anything is done, what goes wrong on the way, exit codes."""

from __future__ import annotations

import csv
import errno
import io
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from app.cli import export_command
from app.cli.export_arguments import build_options
from app.cli.export_parser import EXAMPLES, build_parser, help_epilog
from app.cli.main import main
from app.cli.progress_line import ProgressLine
from app.export import movie_writers
from app.export.formats import EXPORT_FORMATS, ExportFormat
from app.export.options import parse_size
from app.io.experiment_files import load
from app.io.experiment_json import to_json
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.utils import atomic_write
from app.utils.validation import ExperimentError
from tests.cli.test_main import run
from tests.processes import loaded_by

ROOT = Path(__file__).parents[2]
OLD = "what was there before"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own, in which a race lies."""
    monkeypatch.chdir(tmp_path)
    Path("race.json").write_text(to_json(replace(DEFAULT_EXPERIMENT, steps=12)))
    return tmp_path


def folder_of(*names: str) -> Path:
    folder = Path("races")
    folder.mkdir()
    for k, name in enumerate(names):
        (folder / f"{name}.json").write_text(
            to_json(Experiment("sphere", (1.0, float(k)), (Run("adam"),), steps=3 + k))
        )
    return folder


def made() -> set[str]:
    return {str(path) for path in Path().rglob("*") if path.is_file()} - {"race.json"}


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The sentence with which a command is refused; nothing is written."""
    before = made()
    assert main(["export", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("thalweg: ")
    assert captured.err.count("\n") == 1
    assert made() == before
    return captured.err


def test_every_format_by_its_suffix() -> None:
    assert (
        main(
            [
                "export",
                "race.json",
                "--dpi",
                "50",
                "--seconds",
                "1",
                "--to",
                *(f"a{suffix}" for suffix in EXPORT_FORMATS),
            ]
        )
        == 0
    )
    assert made() == {f"a{suffix}" for suffix in EXPORT_FORMATS}
    assert load("a.json") == load("race.json")


def test_settings(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run1.lr=0.0002", "adam.beta1=0.8", "momentum.lookahead_alpha=0.25", "start=-1,2", "curve.quantity=distance",
             "title=A = b", "run2.color=#123456", "run3.visible=no", "settled=true"]  # fmt: skip
    assert main(["export", "race.json", *(word for pair in words for word in ("--set", pair)), "--to", "b.json"]) == 0
    kept = load("b.json")
    assert kept.runs[0].hyperparameters["lr"] == 0.0002
    assert kept.runs[2].hyperparameters["beta1"] == 0.8
    assert (kept.runs[1].hyperparameters["lookahead"], kept.runs[1].hyperparameters["lookahead_alpha"]) == (0, 0.25)
    assert (kept.start, kept.steps, kept.loss_plot.quantity, kept.title, kept.stop_when_converged) == (
        (-1, 2),
        12,
        "distance",
        "A = b",
        True,
    )
    assert (kept.runs[1].color, kept.runs[2].visible) == ("#123456", False)
    assert main(["export", "race.json", "--set", "surface=beale", "--set", "steps=4", "--to", "c.json", "c.csv"]) == 0
    assert (load("c.json").surface_id, load("c.json").steps) == ("beale", 4)
    with open("c.csv", newline="") as file:
        assert len(list(csv.reader(file))) == 1 + 3 * 5


def test_a_setting_counts_from_the_start_even_of_a_run_that_was_turned() -> None:
    turned = Run("adam", {"lr": 0.1}, history=((5, {"lr": 0.2}),))  # type: ignore[arg-type]
    Path("turned.json").write_text(to_json(replace(DEFAULT_EXPERIMENT, runs=(turned,))))
    assert (
        main(["export", "turned.json", "--set", "adam.lr=0.3", "--set", "adam.cosine_steps=50", "--to", "b.json"]) == 0
    )
    kept = load("b.json").runs[0]
    assert [settings["lr"] for _, settings in kept.hyperparameters_by_step] == [0.3]
    assert kept.hyperparameters["cosine_steps"] == 50


@pytest.mark.parametrize(("words", "told"), [
    ("--set run4.lr=1", "there is no run 'run4'; choose from run1, run2, run3, sgd, momentum, adam"),
    ("--set run1.beta1=1", "sgd has no hyperparameter 'beta1'; it has lr"),
    ("--set run1.lr=fast", "lr of sgd must be a finite number, not 'fast'"),
    ("--set run1.lr", "--set needs a name and a value, as in run1.lr=0.02, not 'run1.lr'"),
    ("--set speed=2", "there is no setting 'speed'; choose from surface, start, steps, title, settled, curve.quantity"),
    ("--set curve.color=2", "there is no setting of the curve 'color'; choose from quantity, x_scale, y_scale, against"),
    ("--set curve.quantity=joy", "there is no quantity 'joy'; choose from loss"),
    ("--set steps=2.5", "steps must be a whole number"),
    ("--set settled=perhaps", "settled must be true or false, not 'perhaps'"),
    ("--set run1.slot=x", "slot must be a whole number, not 'x'"),
    ("--size 100000x100000", "a picture must be from 1 to 100 inches wide and high"),
    ("--size 99x99in --dpi 1200", "a picture holds at most 100 million pixels"),
    ("--size big", "a size must look like 1280x720, 16x9cm or 8x4.5in, not 'big'"),
    ("--dpi 0", "dpi must be from 10 to 1200, not 0"),
    ("--dpi tiny", "dpi must be a finite number, not 'tiny'"),
    ("--view fit", "there is no view 'fit'; choose from all, contour, relief, loss"),
    ("--fps 0", "fps must be from 1 to 60"),
    ("--pace 1.5", "pace must be a whole number, not '1.5'"),
    ("--seconds 0", "a film lasts from 0.1 to 3600 seconds"),
    ("--turn much", "turn must be a finite number, not 'much'"),
    ("--camera=1", "--camera needs 2 or 3 numbers, as in --camera=-60,42, not '1'"),
    ("--camera=1,99", "a camera has an elevation from -90 to 90 degrees"),
    ("--camera -1,9", "expected one argument; write it as --camera=-60,42"),
    ("--window=1,0,0,1", "a window goes from a lower to a higher number"),
    ("--window=1,0", "--window needs 4 numbers, as in --window=-2,2,-1,3, not '1,0'"),
    ("--siz 100x100", "unrecognized arguments"),
])  # fmt: skip
def test_wrong_options_are_one_sentence(words: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert told in refused(capsys, "race.json", *shlex.split(words), "--to", "a.csv", "a.png")


@pytest.mark.parametrize(("targets", "told"), [
    ("a.csv plain", "'plain' has no suffix that is known; choose from .png"),
    ("a.csv a.xyz", "'a.xyz' has no suffix that is known"),
    ("a.csv gone/a.csv", "there is no folder"),
    ("a.csv race.json/a.csv", "there is no folder"),
    ("a.csv folder.csv", "it is a folder"),
    ("a.csv ./a.csv", "would be written twice"),
    ("a.csv race.json", "race.json is an experiment that is to be exported, and would be lost"),
    ("a.csv .json", "race.json is an experiment that is to be exported, and would be lost"),
    ("a.csv link.csv", "it is no file"),
])  # fmt: skip
def test_wrong_targets_are_refused_before_anything_is_written(
    targets: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("folder.csv").mkdir()
    Path("link.csv").symlink_to("/dev/null")
    monkeypatch.setattr(export_command, "_run_job", lambda *_: pytest.fail("it was begun"))
    assert told in refused(capsys, "race.json", "--to", *targets.split())
    assert Path("/dev/null").is_char_device()


def test_a_folder_of_experiments(capsys: pytest.CaptureFixture[str]) -> None:
    folder_of("a", "b", "c")
    (Path("races") / "old.data.json").write_text("{}")
    (Path("races") / "._a.json").write_text("what another system keeps beside a file")
    Path("out").mkdir()
    assert main(["export", "races", "--dpi", "30", "--to", ".png", "out/{name}.csv"]) == 0
    assert {path.name for path in Path("out").iterdir()} == {"a.csv", "b.csv", "c.csv"}
    assert [load(f"races/{name}.png").steps for name in "abc"] == [3, 4, 5]
    assert [len(Path(f"out/{name}.csv").read_text().splitlines()) for name in "abc"] == [5, 6, 7]
    assert capsys.readouterr().err == ""


def test_several_experiments_and_an_example() -> None:
    assert main(["export", "race.json", "four_valleys", "--steps", "2", "--to", "{name}-2.csv"]) == 0
    assert made() == {"race-2.csv", "four_valleys-2.csv"}
    assert main(["export", "four_valleys", "--steps", "2", "--to", ".data.json"]) == 0
    assert "four_valleys.data.json" in made()


def test_what_cannot_be_opened_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of("a", "c")
    (folder / "b.json").write_text("not at all")
    assert main(["export", "races", "--to", ".csv"]) == 1
    told = capsys.readouterr().err
    assert (told.startswith("thalweg: cannot open b.json: it is not JSON"), told.count("\n")) == (True, 1)
    assert {"races/a.csv", "races/c.csv"} <= made()
    assert main(["export", "races", "race.json", "--set", "run2.lr=0.0001", "--to", "{name}-new.json"]) == 1
    assert "thalweg: races/a.json: there is no run 'run2'; choose from run1, adam\n" in capsys.readouterr().err
    assert "race-new.json" in made()
    assert main(["export", "races", "--set", "run9.lr=1", "--to", ".csv"]) == 2


def test_a_format_that_refuses_a_race_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise ExperimentError("this cannot be said in code")

    monkeypatch.setitem(EXPORT_FORMATS, ".code", ExportFormat(".code", "Code", "code", refuse))
    assert main(["export", "race.json", "--to", "a.code", "a.csv"]) == 1
    assert capsys.readouterr().err.endswith("a.code: this cannot be said in code\n")
    assert made() == {"a.csv"}
    assert "this cannot be said in code" in refused(capsys, "race.json", "--to", "b.code")


def test_folders_that_make_no_sense(capsys: pytest.CaptureFixture[str]) -> None:
    folder_of("a", "b")
    Path("empty").mkdir()
    assert "there is no experiment (.json) in the folder empty" in refused(capsys, "empty", "--to", ".csv")
    assert "each of several experiments needs a file of its own: put {name} into a.csv" in refused(
        capsys, "races", "--to", "a.csv"
    )
    assert "there is no folder" in refused(capsys, "races", "--to", "gone/{name}.csv")
    assert "would be written twice" in refused(capsys, "races", "race.json", "races/a.json", "--to", "{name}.csv")
    assert "takes its name from the experiment's file" in refused(capsys, "--to", ".csv")
    assert "there is no file" in refused(capsys, "x" * 5000, "--to", "a.csv")


def test_an_exported_picture_is_exported_again_at_its_step() -> None:
    kept = replace(load("race.json"), displayed_step=7)
    Path("kept.json").write_text(to_json(kept))
    Path("open.json").write_text(to_json(replace(kept, steps=None)))
    assert main(["export", "race.json", "--steps", "5", "--dpi", "30", "--to", "a.png"]) == 0
    assert main(["export", "a.png", "kept.json", "open.json", "--to", "{name}.csv"]) == 0
    for name, steps in (("a.csv", 5), ("kept.csv", 12), ("open.csv", 7)):
        assert len(Path(name).read_text().splitlines()) == 1 + 3 * (steps + 1)


def test_a_film_that_cannot_be_is_refused_before_it_is_raced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export_command, "_run_job", lambda *_: pytest.fail("it was begun"))
    assert "a film has at most" in refused(capsys, "race.json", "--size", "6000x4000", "--to", "a.gif")
    assert "frames, not" in refused(capsys, "race.json", "--seconds", "3000", "--to", "a.csv", "a.gif")
    assert "at most 50 frames a second" in refused(capsys, "race.json", "--fps", "60", "--to", "a.gif")
    assert "at step 0 there is none" in refused(capsys, "race.json", "--steps", "0", "--to", "a.gif")
    assert "would not fit" in refused(capsys, "race.json", "--size", "8x5cm", "--to", "a.svg")
    monkeypatch.setattr(movie_writers, "find_spec", lambda name: None)
    assert "pip install imageio-ffmpeg" in refused(capsys, "race.json", "--to", "a.mp4")


def test_sizes_and_looks() -> None:
    assert main(["export", "race.json", "--size", "640x480", "--theme", "dark", "--equal", "--no-trials", "--camera=-30,20",
                 "--window=-2,2,-1,3", "--to", "a.png"]) == 0  # fmt: skip
    assert (
        main(["export", "race.json", "--size", "25.4x12.7cm", "--dpi", "screen", "--view", "contour", "--to", "b.png"])
        == 0
    )
    with Image.open("a.png") as a, Image.open("b.png") as b:
        assert (a.size, b.size) == ((640, 480), (1000, 500))
        assert max(a.convert("L").getpixel((2, 2)), 60) == 60  # type: ignore[type-var]
    chosen = build_parser().parse_args(["--to", "x"])
    assert (build_options(chosen, "picture").size, build_options(chosen, "picture").dpi) == ((12.8, 7.6), 150)
    assert (build_options(chosen, "film").pixels, build_options(chosen, "film").fps) == ((1280, 720), 25)


def test_pixels_are_as_many_as_are_asked_for() -> None:
    assert all(int(side * dpi) == pixels for dpi in (50, 72, 96, 100, 150, 200, 300) for pixels in range(100, 4000, 7)
               for side in parse_size(f"{pixels}x{pixels}", dpi))  # fmt: skip


@pytest.mark.parametrize(
    "suffix", [suffix for suffix, kind in EXPORT_FORMATS.items() if kind.kind in ("data", "picture")]
)
def test_a_disk_that_is_full_in_the_middle(
    suffix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = tempfile.NamedTemporaryFile

    def small(*words: Any, **settings: Any) -> Any:
        file = real(*words, **settings)
        write, room = file.write, [3000]

        def limited(piece: Any) -> int:
            room[0] -= len(piece)
            if room[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return int(write(piece))

        file.write = limited
        return file

    monkeypatch.setattr(atomic_write.tempfile, "NamedTemporaryFile", small)
    Path(f"a{suffix}").write_text(OLD)
    assert main(["export", "race.json", "--to", f"a{suffix}", "b.csv"]) == 3
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "no space left on device" in told
    assert Path(f"a{suffix}").read_text() == OLD
    assert made() == {f"a{suffix}"}


def test_a_file_that_may_not_grow(here: Path) -> None:
    Path("a.csv").write_text(OLD)
    answer = subprocess.run(
        [sys.executable, "-m", "app", "export", str(here / "race.json"), "--steps", "5000", "--to", str(here / "a.csv")],
        capture_output=True, text=True, cwd=ROOT, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip
    assert (answer.returncode, answer.stderr.count("\n")) == (3, 1)
    assert "file too large" in answer.stderr
    assert (made(), Path("a.csv").read_text()) == ({"a.csv"}, OLD)


def test_a_folder_without_permission(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(atomic_write.os, "access", lambda *_: False)
    assert "nothing may be written in the folder" in refused(capsys, "race.json", "--to", "a.csv")


@pytest.mark.parametrize(("sent", "status", "left"), [(signal.SIGINT, 130, 1), (signal.SIGKILL, -9, 2)])
def test_stopped_in_the_middle(sent: signal.Signals, status: int, left: int, here: Path) -> None:
    Path("a.csv").write_text(OLD)
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "export", str(here / "race.json"), "--steps", "400000", "--to", str(here / "a.csv")],
        stderr=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    while not any(path.stat().st_size > 200_000 for path in here.glob(".a.csv.*.part")):
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.send_signal(sent)
    told = process.communicate(timeout=60)[1]
    assert process.returncode == status
    assert told == ("thalweg: stopped\n" if sent is signal.SIGINT else "")
    assert Path("a.csv").read_text() == OLD
    files = made()
    assert len(files) == left  # a process that is killed cannot tidy up; what it leaves is hidden, and says what it is
    assert all(name == "a.csv" or (name.startswith(".a.csv.") and name.endswith(".part")) for name in files)


def test_stopped_while_it_races(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export_command, "_simulate", interrupted)
    assert main(["export", "race.json", "--to", "a.csv"]) == 130
    assert capsys.readouterr().err == "thalweg: stopped\n"
    assert made() == set()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.progress_line.MIN_INTERVAL", 0.0)
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert main(["export", "race.json", "--steps", "3000", "--to", "a.csv"]) == 0
    lines = screen.getvalue().split("\r")
    assert any(line.startswith("racing race 100%") for line in lines)
    assert any(line.startswith("a.csv 50%") for line in lines)
    assert lines[-1] == "" == lines[-2].strip()
    assert "\n" not in screen.getvalue()
    quiet = Terminal()
    monkeypatch.setattr(sys, "stderr", quiet)
    assert main(["export", "race.json", "--quiet", "--to", "a.csv"]) == 0
    assert quiet.getvalue() == ""


def test_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("app.cli.progress_line.perf_counter", lambda: now[0])
    screen = Terminal()
    with ProgressLine(screen) as progress:
        for share, seconds in ((0.0, 0.0), (0.01, 0.01), (0.25, 10.0), (0.5, 300.0), (1.0, 600.0)):
            now[0] = 100.0 + seconds
            progress("a.csv", share)
    shown = [line.strip() for line in screen.getvalue().split("\r") if line.strip()]
    assert shown == ["a.csv 0%", "a.csv 25%, 30 s left", "a.csv 50%, 5 min 00 s left", "a.csv 100%, 0 s left"]


def test_no_progress_where_there_is_no_terminal() -> None:
    answer = run("export", "four_valleys", "--to", str(Path("a.csv").resolve()))
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_the_help_is_complete(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main(["export", "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    for word in (
        *EXPORT_FORMATS,
        "--set",
        "--size",
        "--dpi",
        "--theme",
        "--view",
        "--fps",
        "--camera",
        "examples:",
        "exit status:",
    ):
        assert word in text
    assert main(["list", "formats"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(EXPORT_FORMATS)


@pytest.mark.parametrize("command", [command for _, command in EXAMPLES])
def test_the_examples_of_the_help_are_true(command: str) -> None:
    folder_of("race")
    chosen = build_parser().parse_args(shlex.split(command))
    suffixes = [next((suffix for suffix in EXPORT_FORMATS if word.endswith(suffix)), "") for word in chosen.to]
    assert (chosen.to[0] in help_epilog()) == all(suffixes)
    if all(suffixes):
        assert main(["export", *shlex.split(command), "--steps", "3", "--dpi", "20", "--seconds", "1"]) == 0


def test_nothing_heavy_is_loaded_to_name_things() -> None:
    for words in (["--version"], ["list", "optimizers"], ["list", "examples"]):
        loaded = loaded_by(f"from app.cli.main import main; assert main({words!r}) == 0")
        assert not loaded & {"matplotlib", "PIL", "PyQt6"}
