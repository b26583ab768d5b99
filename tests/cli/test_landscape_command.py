"""``thalweg landscape`` computes the losses of a recorded training with the user's own loss function."""

from pathlib import Path

import numpy as np
import pytest

from app.cli.main import main
from surfaces.landscape import Recorder
from surfaces.landscape.recording import read_recording

LOSS_FILE = """
import numpy as np
from own_helper import CURVATURES

def loss(parameters):
    vector = np.concatenate([parameters["w"].ravel(), parameters["b"]])
    return CURVATURES @ vector**2

def fails(parameters):
    return parameters["missing"]

def overflows(parameters):
    if parameters["b"][0] < 0.5:
        raise OverflowError
    return float(parameters["b"][0])
"""
CURVATURES = np.arange(1.0, 9.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a recording, run.npz, and a file with losses, mine.py."""
    (tmp_path / "mine.py").write_text(LOSS_FILE)
    (tmp_path / "own_helper.py").write_text("import numpy as np\nCURVATURES = np.arange(1.0, 9.0)\n")
    record, parameters = Recorder(tmp_path / "run.npz", every=5), np.ones(8)
    for step in range(1, 61):
        parameters = parameters - 0.02 * CURVATURES * parameters
        record(step, {"w": parameters[:6].reshape(3, 2), "b": parameters[6:]}, 0.0)
    record.close()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("plane", ["ends", "pca", "random", "1,20,60"])
def test_heights_are_the_losses_of_the_points_on_the_plane(folder: Path, plane: str) -> None:
    arguments = ["landscape", "run.npz", "--loss", "mine.py:loss", "--plane", plane, "--grid", "9", "--to", "plane.npz"]
    assert main(arguments) == 0
    with np.load("plane.npz", allow_pickle=False) as file:
        arrays = dict(file)
    recording = read_recording("run.npz")
    order = [*range(2, 8), 0, 1]  # the keys of a dict are recorded in their order: b before w
    losses = recording.snapshots[:, order] ** 2 @ CURVATURES
    np.testing.assert_allclose(arrays["path_losses"], losses, rtol=1e-12)
    on_plane = arrays["path_off_plane"] < 1e-12
    np.testing.assert_allclose(arrays["path_heights"][on_plane], losses[on_plane], rtol=1e-9)
    assert on_plane.sum() >= (1 if plane in ("pca", "random") else 2)
    assert np.isfinite(arrays["heights"]).all()
    assert arrays["heights"].shape == (9, 9)


def test_the_program_says_that_it_runs_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["landscape", "run.npz", "--loss", "mine.py:loss", "--grid", "5", "--to", "plane.npz"]) == 0
    assert "thalweg: running mine.py" in capsys.readouterr().err


def test_losses_that_overflow_are_unknown(folder: Path) -> None:
    arguments = ["landscape", "run.npz", "--loss", "mine.py:overflows", "--plane", "1,5,60", "--grid", "5"]
    assert main([*arguments, "--to", "plane.npz"]) == 2  # the last snapshot has no loss
    record = Recorder("other.npz")
    for step in range(3):
        record(step, {"b": np.array([1.0, step])}, 0.0)
    record.close()
    record = Recorder("two.npz")
    for step, b in enumerate([[1.0, 0.0], [2.0, 0.0], [3.0, 5.0]]):
        record(step, {"b": np.array(b)}, 0.0)
    record.close()
    assert main(["landscape", "two.npz", "--loss", "mine.py:overflows", "--grid", "9", "--to", "plane.npz"]) == 0
    with np.load("plane.npz") as file:
        assert np.isnan(file["heights"]).any()
        assert np.isfinite(file["heights"]).any()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"--loss": "mine.py:fails"}, "mine.py failed in line 10 with KeyError: 'missing'; it gets a dict of arrays"),
        ({"--loss": "mine.py:nothing"}, "mine.py has no function 'nothing'"),
        ({"--loss": "absent.py:loss"}, "must name a file and a function"),
        ({"--loss": "broken.py:loss"}, "broken.py failed in line 1 with ZeroDivisionError"),
        ({"--plane": "1,2,3"}, "step 2 is not recorded; the nearest recorded step is 1"),
        ({"--plane": "1,5"}, "three steps as in 1,50,200"),
        ({"--plane": "5,5,10"}, "did not change between the first two snapshots"),
        ({"--grid": "3"}, "from 5 to 513"),
        ({"--grid": "many"}, "must be an integer"),
        ({"--to": "plane.txt"}, "written to .npz files"),
        ({"--to": "run.npz"}, "would overwrite the recording"),
    ],
)
def test_errors_are_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str], words: str
) -> None:
    (folder / "broken.py").write_text("1 / 0\n")
    options = {"--loss": "mine.py:loss", "--plane": "ends", "--grid": "9", "--to": "plane.npz"} | changes
    arguments = ["landscape", "run.npz", *(word for pair in options.items() for word in pair)]
    assert main(arguments) == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert words in message
    assert not (folder / "plane.npz").exists()


TRAINING_FILE = """
from __future__ import annotations
import sys
from dataclasses import dataclass
import numpy as np
from own_helper import CURVATURES
from surfaces.landscape import Recorder

assert len(sys.argv) == 1

@dataclass
class Options:
    rate: float = 0.01

def loss(model):
    return CURVATURES @ np.concatenate([model["w"].ravel(), model["b"]]) ** 2

model = {"w": np.full((3, 2), 7.0), "b": np.full(2, 7.0)}
record = Recorder("again.npz", every=5)
for step in range(10):
    try:
        record(step, model)
    except Exception:
        pass

def too_late(model):
    return 0.0
"""


def landscape_of(name: str, recording: str = "run.npz") -> int:
    return main(["landscape", recording, "--loss", name, "--grid", "5", "--to", "plane.npz", "--quiet"])


def test_a_training_is_run_up_to_its_first_step_and_its_model_is_evaluated(folder: Path) -> None:
    (folder / "training.py").write_text(TRAINING_FILE)
    assert landscape_of("training.py:loss") == 0
    with np.load("plane.npz") as file:
        losses = file["path_losses"]
    order = [*range(2, 8), 0, 1]
    np.testing.assert_allclose(losses, read_recording("run.npz").snapshots[:, order] ** 2 @ CURVATURES, rtol=1e-12)
    assert not (folder / "again.npz").exists()
    record = Recorder(folder / "later.npz")  # recorders of the program itself work again
    record(0, np.ones(3))
    assert record.steps == [0]


def test_a_training_under_a_guard_is_run_as_well(folder: Path) -> None:
    guarded = "if __name__ == '__main__':\n    record = Recorder("
    text = TRAINING_FILE.replace("record = Recorder(", guarded).replace("for step in range(10):", "for step in [0]:")
    text = text.replace("        record(step, model)", "        globals().get('record', print)(step, model)")
    (folder / "training.py").write_text(text)
    assert landscape_of("training.py:loss") == 0
    assert not (folder / "again.npz").exists()


@pytest.mark.parametrize(
    ("old", "new", "function", "words"),
    [
        ("", "", "too_late", "no function 'too_late' before the first step that it records"),
        ("np.full(2, 7.0)", "np.full(3, 7.0)", "loss", "has other parameters than the recording"),
        ("import numpy as np", "raise SystemExit(3)", "loss", "ended the program with exit status 3"),
        ("model = {", "model = {{", "loss", "failed in line 18 with SyntaxError"),
    ],
)
def test_errors_of_a_training_are_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, function: str, words: str
) -> None:
    (folder / "training.py").write_text(TRAINING_FILE.replace(old, new, 1) if old else TRAINING_FILE)
    assert landscape_of(f"training.py:{function}") == 2
    assert words in capsys.readouterr().err.splitlines()[-1]
    assert not (folder / "plane.npz").exists()


def test_a_recording_with_data_of_another_network_is_shown_without_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = Recorder("data.npz", data=(np.ones((4, 3)), np.zeros(4)))
    for step in range(3):
        record(step, {"w": np.full((3, 2), 1.0 + step), "b": np.ones(2)})
    record.close()
    assert landscape_of("mine.py:loss", "data.npz") == 0
    assert "the network is not rebuilt: no network of fully connected layers" in capsys.readouterr().err
