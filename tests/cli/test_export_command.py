"""``thalweg export``: files and folders, exit status, errors before and during the export."""

from __future__ import annotations

import errno
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli import export_jobs
from app.cli.main import main
from app.export import movie_writers
from app.export.formats import EXPORT_FORMATS, ExportFormat
from app.io.experiment_files import load
from app.io.experiment_json import to_json
from app.utils import atomic_write
from app.utils.validation import ExperimentError
from tests.cli.export_folder import OLD_TEXT, ROOT, check_refused, enter_experiment_folder, make_folder, written_files
from tests.processes import loaded_by


@pytest.fixture(autouse=True)
def experiment_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return enter_experiment_folder(tmp_path, monkeypatch)


@pytest.mark.slow
def test_every_format_is_written_by_its_suffix() -> None:
    files = [f"a{suffix}" for suffix in EXPORT_FORMATS]
    assert main(["export", "race.json", "--dpi", "50", "--seconds", "1", "--to", *files]) == 0
    assert written_files() == {f"a{suffix}" for suffix in EXPORT_FORMATS}
    assert load("a.json") == load("race.json")


@pytest.mark.parametrize(("targets", "message"), [
    ("a.csv plain", "'plain' has no supported file extension; use one of .png"),
    ("a.csv a.xyz", "'a.xyz' has no supported file extension"),
    ("folder.csv/sub", "'folder.csv/sub' is a folder; add a file name"),
    ("a.csv ..", "'..' is a folder; add a file name"),
    ("a.csv gone/a.csv", "cannot write gone/a.csv: the folder"),
    ("a.csv gone/a.csv", "does not exist"),
    ("a.csv race.json/a.csv", "does not exist"),
    ("a.csv folder.csv", "cannot write folder.csv: it is a folder"),
    ("a.csv ./a.csv", "is given as an output twice"),
    ("a.csv race.json", "race.json would overwrite an input file"),
    ("a.csv .json", "race.json would overwrite an input file"),
    ("a.csv link.csv", "link.csv: it is a device"),
])  # fmt: skip
def test_invalid_files_are_refused_before_anything_is_written(
    targets: str, message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("folder.csv/sub").mkdir(parents=True)
    Path("link.csv").symlink_to("/dev/null")
    monkeypatch.setattr(export_jobs, "_run_job", lambda *_: pytest.fail("it was begun"))
    assert message in check_refused(capsys, "race.json", "--to", *targets.split())
    assert Path("/dev/null").is_char_device()


def test_the_data_file_is_not_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("data.csv").write_text("x,y\n1,2\n2,4\n3,5\n")
    assert main(["export", "--data", "data.csv", "--to", "data.csv"]) == 2
    assert "data.csv would overwrite an input file" in capsys.readouterr().err


@pytest.mark.slow
def test_a_folder_of_experiments(capsys: pytest.CaptureFixture[str]) -> None:
    make_folder("a", "b", "c")
    (Path("races") / "old.data.json").write_text("{}")
    (Path("races") / "._a.json").write_text("metadata of macOS")
    Path("out").mkdir()
    assert main(["export", "races", "--dpi", "30", "--to", ".png", "out/{name}.csv"]) == 0
    assert {path.name for path in Path("out").iterdir()} == {"a.csv", "b.csv", "c.csv"}
    assert [load(f"races/{name}.png").steps for name in "abc"] == [3, 4, 5]
    assert [len(Path(f"out/{name}.csv").read_text().splitlines()) for name in "abc"] == [5, 6, 7]
    assert capsys.readouterr().err == ""


def test_several_experiments_and_an_example() -> None:
    assert main(["export", "race.json", "four_valleys", "--steps", "2", "--to", "{name}-2.csv"]) == 0
    assert written_files() == {"race-2.csv", "four_valleys-2.csv"}
    assert main(["export", "four_valleys", "--steps", "2", "--to", ".data.json"]) == 0
    assert "four_valleys.data.json" in written_files()


def test_a_file_that_cannot_be_opened_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_folder("a", "c")
    (folder / "b.json").write_text("not at all")
    assert main(["export", "races", "--to", ".csv"]) == 1
    message = capsys.readouterr().err
    assert (message.startswith("thalweg: cannot open races/b.json: it is not valid JSON"), message.count("\n")) == (
        True,
        1,
    )
    assert {"races/a.csv", "races/c.csv"} <= written_files()
    assert main(["export", "races", "race.json", "--set", "run2.lr=0.0001", "--to", "{name}-new.json"]) == 1
    assert "thalweg: races/a.json: unknown run 'run2'; choose from run1, adam\n" in capsys.readouterr().err
    assert "race-new.json" in written_files()
    assert main(["export", "races", "--set", "run9.lr=1", "--to", ".csv"]) == 2


def test_a_format_that_refuses_a_race_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raise_error(*_: object) -> None:
        raise ExperimentError("this cannot be said in code")

    monkeypatch.setitem(EXPORT_FORMATS, ".code", ExportFormat(".code", "Code", "code", raise_error))
    assert main(["export", "race.json", "--to", "a.code", "a.csv"]) == 1
    assert capsys.readouterr().err.endswith("a.code: this cannot be said in code\n")
    assert written_files() == {"a.csv"}
    assert "this cannot be said in code" in check_refused(capsys, "race.json", "--to", "b.code")


def test_invalid_combinations_of_folders_and_files_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    make_folder("a", "b")
    Path("empty").mkdir()
    assert "the folder empty contains no experiments (.json)" in check_refused(capsys, "empty", "--to", ".csv")
    assert "each needs its own output file: use {name} in a.csv" in check_refused(capsys, "races", "--to", "a.csv")
    assert "does not exist" in check_refused(capsys, "races", "--to", "gone/{name}.csv")
    assert "is given as an output twice" in check_refused(
        capsys, "races", "race.json", "races/a.json", "--to", "{name}.csv"
    )
    assert "uses the name of the experiment file" in check_refused(capsys, "--to", ".csv")
    assert "there is no file" in check_refused(capsys, "x" * 5000, "--to", "a.csv")


def test_an_exported_image_is_exported_again_at_its_step() -> None:
    loaded = replace(load("race.json"), displayed_step=7)
    Path("kept.json").write_text(to_json(loaded))
    Path("open.json").write_text(to_json(replace(loaded, steps=None)))
    assert main(["export", "race.json", "--steps", "5", "--dpi", "30", "--to", "a.png"]) == 0
    assert main(["export", "a.png", "kept.json", "open.json", "--to", "{name}.csv"]) == 0
    for name, steps in (("a.csv", 5), ("kept.csv", 12), ("open.csv", 7)):
        assert len(Path(name).read_text().splitlines()) == 1 + 3 * (steps + 1)


def test_an_invalid_animation_is_refused_before_the_simulation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(export_jobs, "_run_job", lambda *_: pytest.fail("it was begun"))
    assert "an animation can have at most" in check_refused(capsys, "race.json", "--size", "6000x4000", "--to", "a.gif")
    assert "frames, not" in check_refused(capsys, "race.json", "--seconds", "3000", "--to", "a.csv", "a.gif")
    assert "at most 50 frames per second" in check_refused(capsys, "race.json", "--fps", "60", "--to", "a.gif")
    assert "nothing to animate at step 0" in check_refused(capsys, "race.json", "--steps", "0", "--to", "a.gif")
    assert "do not fit" in check_refused(capsys, "race.json", "--size", "8x5cm", "--to", "a.svg")
    monkeypatch.setattr(movie_writers, "find_spec", lambda name: None)
    assert "pip install imageio-ffmpeg" in check_refused(capsys, "race.json", "--to", "a.mp4")


@pytest.mark.slow
@pytest.mark.parametrize(
    "suffix", [suffix for suffix, kind in EXPORT_FORMATS.items() if kind.kind in ("data", "picture")]
)
def test_a_full_disk_leaves_the_old_file(
    suffix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real_temporary_file = tempfile.NamedTemporaryFile

    def make_limited_file(*arguments: Any, **settings: Any) -> Any:
        file = real_temporary_file(*arguments, **settings)
        write, bytes_left = file.write, [3000]

        def limited(data: Any) -> int:
            bytes_left[0] -= len(data)
            if bytes_left[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return int(write(data))

        file.write = limited
        return file

    monkeypatch.setattr(atomic_write.tempfile, "NamedTemporaryFile", make_limited_file)
    Path(f"a{suffix}").write_text(OLD_TEXT)
    assert main(["export", "race.json", "--to", f"a{suffix}", "b.csv"]) == 3
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "no space left on device" in message
    assert Path(f"a{suffix}").read_text() == OLD_TEXT
    assert written_files() == {f"a{suffix}"}


def export_process_arguments(folder: Path, steps: int) -> list[str]:
    files = [str(folder / "race.json"), "--to", str(folder / "a.csv")]
    return [sys.executable, "-m", "app", "export", "--steps", str(steps), *files]


@pytest.mark.slow
def test_a_file_size_limit_leaves_the_old_file(experiment_folder: Path) -> None:
    Path("a.csv").write_text(OLD_TEXT)
    result = subprocess.run(
        export_process_arguments(experiment_folder, 5000),
        capture_output=True, text=True, cwd=ROOT, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )  # fmt: skip
    assert (result.returncode, result.stderr.count("\n")) == (3, 1)
    assert "file too large" in result.stderr
    assert (written_files(), Path("a.csv").read_text()) == ({"a.csv"}, OLD_TEXT)


def test_a_folder_without_write_permission_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(atomic_write.os, "access", lambda *_: False)
    assert "permission to write to the folder" in check_refused(capsys, "race.json", "--to", "a.csv")


def restore_signals() -> None:
    """Undo what the shell that runs the tests may ignore, such as SIGINT in the background and SIGHUP under nohup."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent_signal", "status", "file_count"),
    [(signal.SIGINT, 130, 1), (signal.SIGTERM, 143, 1), (signal.SIGHUP, 129, 1), (signal.SIGKILL, -9, 2)],
)
def test_a_stopped_process_leaves_the_old_file(
    sent_signal: signal.Signals, status: int, file_count: int, experiment_folder: Path
) -> None:
    Path("a.csv").write_text(OLD_TEXT)
    process = subprocess.Popen(
        export_process_arguments(experiment_folder, 400_000),
        stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=restore_signals,
    )  # fmt: skip
    try:
        while not any(path.stat().st_size > 200_000 for path in experiment_folder.glob(".a.csv.*.part")):
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.02)
        process.send_signal(sent_signal)
        message = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert process.returncode == status
    assert message == ("" if sent_signal is signal.SIGKILL else "thalweg: interrupted\n")
    assert Path("a.csv").read_text() == OLD_TEXT
    files = written_files()
    assert len(files) == file_count  # a killed process leaves its temporary file, which is hidden
    assert all(name == "a.csv" or (name.startswith(".a.csv.") and name.endswith(".part")) for name in files)
    assert main(["export", "race.json", "--steps", "3", "--to", "b.csv"]) == 0
    assert written_files() == {"a.csv", "b.csv"}


def test_an_ignored_signal_stays_ignored() -> None:
    code = (
        "import os, signal\nfrom app.cli import main\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "main.run = lambda _: os.kill(os.getpid(), signal.SIGHUP) or 7\nassert main.main([]) == 7"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_an_interrupted_simulation_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def raise_interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export_jobs, "_simulate", raise_interrupt)
    assert main(["export", "race.json", "--to", "a.csv"]) == 130
    assert capsys.readouterr().err == "thalweg: interrupted\n"
    assert written_files() == set()


@pytest.mark.slow
def test_simple_commands_do_not_import_heavy_packages() -> None:
    heavy = {"matplotlib", "PIL", "PyQt6"}
    for arguments, unwanted in (
        (["--version"], {*heavy, "numpy"}),
        (["--help"], {*heavy, "numpy"}),
        (["list", "optimizers"], heavy),
        (["list", "examples"], heavy),
    ):
        modules = loaded_by(f"from app.cli.main import main; assert main({arguments!r}) == 0")
        assert not modules & unwanted, arguments
