"""Animations: each frame equals the image of its step, and a canceled or failed export leaves no file."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from app.engine.race import Race
from app.export import movie_writers
from app.export.animation import FrameRenderer, frame_steps
from app.export.formats import export, iter_export
from app.export.options import Options
from app.model.experiment import DEFAULT_EXPERIMENT, Experiment
from app.model.run import Run
from app.theming.theme import LIGHT
from app.utils.validation import ExperimentError
from tests.edits import with_hyperparameters

SMALL = Options(size=(6.4, 4.2), dpi=50, fps=10, seconds=1.0)
REGRESSION = Experiment("linear_regression", runs=(Run("momentum", {"lr": 0.005}), Run("sgd", {"lr": 0.01})))
CHANGING = Experiment(
    formula="(x^2 + y - 11)^2 + (x + y^2 - 7)^2 + a x",
    parameters={"a": 60.0},
    parameter_history=((350, {"a": 1.0}),),  # type: ignore[arg-type]  # Experiment converts pairs
    runs=(Run("adam", {"lr": 0.02}),),
)


def make_race(steps: int, experiment: Experiment = DEFAULT_EXPERIMENT) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


def read_frames(path: Path) -> list[np.ndarray]:
    """Return the frames (height, width, 3) of an animation, read by Pillow or ffmpeg."""
    if path.suffix == ".gif":
        with Image.open(path) as animation:
            frames = []
            for k in range(animation.n_frames):  # type: ignore[attr-defined]
                animation.seek(k)
                frames.append(np.asarray(animation.convert("RGB"), float))
            return frames
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    result = subprocess.run(
        [ffmpeg, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    )
    assert not result.stderr
    width, height = SMALL.pixels
    return list(np.frombuffer(result.stdout, np.uint8).reshape(-1, height, width, 3).astype(float))


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
@pytest.mark.parametrize("experiment", [DEFAULT_EXPERIMENT, REGRESSION], ids=["surface", "fit"])
def test_an_animation_begins_at_the_start_and_ends_like_the_image(
    suffix: str, experiment: Experiment, tmp_path: Path
) -> None:
    race = with_hyperparameters(make_race(200, experiment), 0, lr=0.0005)
    race.advance(50)
    export(race, tmp_path / f"a{suffix}", SMALL)
    export(race, tmp_path / "last.png", SMALL)
    frames = read_frames(tmp_path / f"a{suffix}")
    assert len(frames) == len(frame_steps(250, SMALL)) == 10
    assert {frame.shape for frame in frames} == {(210, 320, 3)}
    last_image = np.asarray(Image.open(tmp_path / "last.png").convert("RGB"), float)
    assert np.abs(frames[-1] - last_image).mean() < 3
    assert np.abs(frames[0] - last_image).mean() > np.abs(frames[-1] - last_image).mean()


@pytest.mark.slow
@pytest.mark.parametrize(
    "experiment",
    [
        DEFAULT_EXPERIMENT,
        REGRESSION,
        replace(DEFAULT_EXPERIMENT, runs=(Run("sgd", {"lr": 0.2}), Run("adam", {"lr": 0.1}))),
        CHANGING,
    ],
    ids=["surface", "fit", "diverged", "parameter changed"],
)
def test_a_frame_drawn_after_others_equals_a_frame_drawn_alone(experiment: Experiment) -> None:
    race = make_race(700, experiment)
    sequential_renderer, direct_renderer = FrameRenderer(race, SMALL), FrameRenderer(race, SMALL)
    for step in range(0, 701, 7):
        sequential = sequential_renderer.render_frame(step, 0.0).astype(float)
    direct = direct_renderer.render_frame(700, 0.0).astype(float)
    assert np.abs(sequential - direct).mean() < 0.2


def test_the_camera_rotates_with_time(tmp_path: Path) -> None:
    race = make_race(40)
    renderer = FrameRenderer(race, replace(SMALL, view="relief", camera_speed=90.0))
    frames = [renderer.render_frame(40, seconds).copy().astype(float) for seconds in (0.0, 0.0, 1.0, 1.0)]
    assert (frames[0] == frames[1]).all()
    assert np.abs(frames[0] - frames[2]).mean() > 3
    assert (frames[2] == frames[3]).all()


@pytest.mark.slow
def test_an_animation_is_not_affected_by_later_changes_of_the_race(tmp_path: Path) -> None:
    race = make_race(100)
    export_progress = iter_export(race, tmp_path / "a.gif", SMALL)
    export(race, tmp_path / "b.gif", SMALL)
    next(export_progress)
    race.advance(500)
    later = race.with_experiment(replace(race.experiment, start=(1.0, 1.0)))
    later.advance(300)
    fractions = list(export_progress)
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_canceled_animation_leaves_no_file(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"a{suffix}"
    target.write_text("old")
    export_progress = iter_export(make_race(50), target, SMALL)
    for _ in range(3):
        next(export_progress)
    export_progress.close()
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "old"


def test_a_gif_has_the_requested_duration_and_exact_colors(tmp_path: Path) -> None:
    export(make_race(60), tmp_path / "a.gif", replace(SMALL, fps=30.0, legend=False))
    with Image.open(tmp_path / "a.gif") as animation:
        durations = []
        for k in range(animation.n_frames):  # type: ignore[attr-defined]
            animation.seek(k)
            durations.append(animation.info["duration"])
        assert sum(durations) == pytest.approx(1000 * len(durations) / 30, abs=10)
        assert animation.info["loop"] == 0
        visible_colors = {color for _, color in animation.convert("RGB").getcolors(1 << 20)}  # type: ignore[union-attr]
    assert (255, 255, 255) in visible_colors
    for color in LIGHT.run_colors[: len(DEFAULT_EXPERIMENT.runs)]:  # none of them is visible in the first frame
        assert tuple(bytes.fromhex(color[1:])) in visible_colors


def test_a_gif_is_played_once_if_it_shall_not_loop(tmp_path: Path) -> None:
    export(make_race(3), tmp_path / "a.gif", replace(SMALL, view="contour", loop=False))
    with Image.open(tmp_path / "a.gif") as animation:
        assert animation.n_frames > 1  # type: ignore[attr-defined]
        assert "loop" not in animation.info


@pytest.mark.parametrize(
    ("last_step", "options", "steps"),
    [
        (8, {"fps": 2.0, "seconds": 3.0}, [0, 3, 5, 8, 8, 8]),
        (7, {"fps": 2.0, "seconds": 6.0}, [0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7]),
        (10, {"fps": 2.0, "steps_per_frame": 4}, [0, 4, 8, 10, 10, 10, 10, 10]),
        (10, {"fps": 2.0, "steps_per_frame": 4, "seconds": 1.0}, [0, 4]),
        (10, {"fps": 2.0, "steps_per_frame": 4, "seconds": 4.0}, [0, 4, 8, 10, 10, 10, 10, 10]),
        (2, {"fps": 2.0}, [0, 1, 2, 2, 2, 2, 2]),
        (0, {"fps": 2.0}, [0, 0, 0, 0, 0]),
    ],
)
def test_steps_shown_in_each_frame(last_step: int, options: dict, steps: list[int]) -> None:
    assert frame_steps(last_step, Options(**options)) == steps


def test_invalid_animations_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    race = make_race(20_000, Experiment("sphere", runs=(Run("sgd"),)))
    for name, options, message in (
        ("a.gif", {"fps": 60.0}, "GIF supports at most 50"),
        ("a.gif", {"steps_per_frame": 1}, "at most 10,000 frames"),
        ("a.mp4", {"size": (100.0, 50.0), "dpi": 100}, "pixels per frame"),
    ):
        with pytest.raises(ExperimentError, match=message):
            export(race, tmp_path / name, Options(**options))
    monkeypatch.setattr(movie_writers, "find_spec", lambda name: None)
    with pytest.raises(ExperimentError, match="pip install imageio-ffmpeg"):
        export(race, tmp_path / "a.mp4", SMALL)
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_full_disk_leaves_the_old_animation(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / "films" / f"a{suffix}"
    target.parent.mkdir()
    target.write_text("old")
    code = (
        "import resource, sys\nfrom app.cli.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.exit(main(['export', 'rosenbrock_momentum', '--steps', '50', '--fps', '5', '--to', sys.argv[1]]))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(target)], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert result.returncode == 3
    assert result.stderr.startswith("thalweg: ")
    assert result.stderr.count("\n") == 1
    assert target.read_text() == "old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]
