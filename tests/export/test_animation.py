"""Films: every frame is what a picture of that step would be, and nothing is left of one that was not finished."""

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
from tests.edits import turn

SMALL = Options(size=(6.4, 4.2), dpi=50, fps=10, seconds=1.0)
FIT = Experiment("linear_regression", runs=(Run("momentum", {"lr": 0.005}), Run("sgd", {"lr": 0.01})))


def raced(steps: int, experiment: Experiment = DEFAULT_EXPERIMENT) -> Race:
    race = Race(experiment)
    race.advance(steps)
    return race


def frames_of(path: Path) -> list[np.ndarray]:
    """The frames (height, width, 3) of a film, read by Pillow or by ffmpeg."""
    if path.suffix == ".gif":
        with Image.open(path) as film:
            frames = []
            for k in range(film.n_frames):  # type: ignore[attr-defined]
                film.seek(k)
                frames.append(np.asarray(film.convert("RGB"), float))
            return frames
    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    answer = subprocess.run(
        [ffmpeg, "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
        capture_output=True,
        check=True,
    )
    assert not answer.stderr
    width, height = SMALL.pixels
    return list(np.frombuffer(answer.stdout, np.uint8).reshape(-1, height, width, 3).astype(float))


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
@pytest.mark.parametrize("experiment", [DEFAULT_EXPERIMENT, FIT], ids=["surface", "fit"])
def test_a_film_begins_at_the_start_and_ends_as_the_picture(
    suffix: str, experiment: Experiment, tmp_path: Path
) -> None:
    race = turn(raced(200, experiment), 0, lr=0.0005)
    race.advance(50)
    export(race, tmp_path / f"a{suffix}", SMALL)
    export(race, tmp_path / "last.png", SMALL)
    frames = frames_of(tmp_path / f"a{suffix}")
    assert len(frames) == len(frame_steps(250, SMALL)) == 10
    assert {frame.shape for frame in frames} == {(210, 320, 3)}
    last = np.asarray(Image.open(tmp_path / "last.png").convert("RGB"), float)
    assert np.abs(frames[-1] - last).mean() < 3
    assert np.abs(frames[0] - last).mean() > np.abs(frames[-1] - last).mean()


@pytest.mark.parametrize(
    "experiment",
    [DEFAULT_EXPERIMENT, FIT, replace(DEFAULT_EXPERIMENT, runs=(Run("sgd", {"lr": 0.2}), Run("adam", {"lr": 0.1})))],
    ids=["surface", "fit", "diverged"],
)
def test_frames_drawn_one_after_the_other_are_those_drawn_at_once(experiment: Experiment) -> None:
    race = raced(700, experiment)
    slowly, at_once = FrameRenderer(race, SMALL), FrameRenderer(race, SMALL)
    for step in range(0, 701, 7):
        slow = slowly.render_frame(step, 0.0).astype(float)
    fast = at_once.render_frame(700, 0.0).astype(float)
    assert np.abs(slow - fast).mean() < 0.2


def test_the_camera_turns(tmp_path: Path) -> None:
    race = raced(40)
    film = FrameRenderer(race, replace(SMALL, view="relief", camera_speed=90.0))
    first, still, later = (film.render_frame(40, seconds).copy().astype(float) for seconds in (0.0, 0.0, 1.0))
    assert (first == still).all()
    assert np.abs(first - later).mean() > 3


def test_a_film_is_of_the_past_when_it_began_whatever_happens_later(tmp_path: Path) -> None:
    race = raced(100)
    work = iter_export(race, tmp_path / "a.gif", SMALL)
    export(race, tmp_path / "b.gif", SMALL)
    next(work)
    race.advance(500)
    later = race.with_experiment(replace(race.experiment, start=(1.0, 1.0)))
    later.advance(300)
    shares = list(work)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert (tmp_path / "a.gif").read_bytes() == (tmp_path / "b.gif").read_bytes()


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_film_that_is_cancelled_leaves_no_file(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / f"a{suffix}"
    target.write_text("old")
    work = iter_export(raced(50), target, SMALL)
    for _ in range(3):
        next(work)
    work.close()
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert target.read_text() == "old"


def test_a_gif_keeps_its_time_and_its_colors(tmp_path: Path) -> None:
    export(raced(60), tmp_path / "a.gif", replace(SMALL, fps=30.0, legend=False))
    with Image.open(tmp_path / "a.gif") as film:
        times = []
        for k in range(film.n_frames):  # type: ignore[attr-defined]
            film.seek(k)
            times.append(film.info["duration"])
        assert sum(times) == pytest.approx(1000 * len(times) / 30, abs=10)
        assert film.info["loop"] == 0
        shown = {color for _, color in film.convert("RGB").getcolors(1 << 20)}  # type: ignore[union-attr]
    assert (255, 255, 255) in shown
    for color in LIGHT.run_colors[
        : len(DEFAULT_EXPERIMENT.runs)
    ]:  # though nothing of them is to be seen in the first frame
        assert tuple(bytes.fromhex(color[1:])) in shown


@pytest.mark.parametrize(
    ("last", "wish", "steps"),
    [
        (8, {"fps": 2.0, "seconds": 3.0}, [0, 2, 4, 6, 8, 8]),
        (10, {"fps": 2.0, "steps_per_frame": 4}, [0, 4, 8, 10, 10, 10]),
        (10, {"fps": 2.0, "steps_per_frame": 4, "seconds": 1.0}, [0, 4]),
        (10, {"fps": 2.0, "steps_per_frame": 4, "seconds": 4.0}, [0, 4, 8, 10, 10, 10, 10, 10]),
        (2, {"fps": 2.0}, [0, 1, 2, 2, 2]),
        (0, {"fps": 2.0}, [0, 0, 0]),
    ],
)
def test_which_step_each_frame_shows(last: int, wish: dict, steps: list[int]) -> None:
    assert frame_steps(last, Options(**wish)) == steps


def test_films_that_cannot_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    race = raced(20_000, Experiment("sphere", runs=(Run("sgd"),)))
    for name, wish, told in (
        ("a.gif", {"fps": 60.0}, "a GIF shows at most 50"),
        ("a.gif", {"steps_per_frame": 1}, "at most 10,000 frames"),
        ("a.mp4", {"size": (100.0, 50.0), "dpi": 100}, "pixels a frame"),
    ):
        with pytest.raises(ExperimentError, match=told):
            export(race, tmp_path / name, Options(**wish))
    monkeypatch.setattr(movie_writers, "find_spec", lambda name: None)
    with pytest.raises(ExperimentError, match="pip install imageio-ffmpeg"):
        export(race, tmp_path / "a.mp4", SMALL)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_a_disk_that_is_full_before_the_end_leaves_the_old_film(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / "films" / f"a{suffix}"
    target.parent.mkdir()
    target.write_text("old")
    code = (
        "import resource, sys\nfrom app.cli.main import main\nresource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.exit(main(['export', 'rosenbrock_momentum', '--steps', '50', '--fps', '5', '--to', sys.argv[1]]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(target)], capture_output=True, text=True, cwd=Path(__file__).parents[2]
    )
    assert answer.returncode == 3
    assert answer.stderr.startswith("thalweg: ")
    assert answer.stderr.count("\n") == 1
    assert target.read_text() == "old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]
