"""Compressed and newer HDF5 files are read with h5py, within limits; without it a sentence names it."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.io.landscape_files import load_landscape
from app.model.experiment import DEFAULT_EXPERIMENT
from app.utils.validation import ExperimentError

HEIGHTS = np.add.outer(np.linspace(-1, 1, 7) ** 2, np.linspace(-1, 1, 9) ** 2)
XS, YS = np.linspace(-1, 1, 9), np.linspace(-1, 1, 7)


@pytest.fixture
def h5py() -> Any:
    return pytest.importorskip("h5py", reason="h5py is not installed")


def write(h5py: Any, path: Path, libver: str = "earliest", **options: Any) -> None:
    with h5py.File(path, "w", libver=libver) as file:
        file["xcoordinates"], file["ycoordinates"] = XS, YS
        file.create_dataset("train_loss", data=HEIGHTS, **options)


@pytest.mark.parametrize("options", [{"compression": "gzip"}, {"chunks": (2, 3)}, {"libver": "latest"}])
def test_compressed_and_newer_files_are_read(h5py: Any, tmp_path: Path, options: dict[str, Any]) -> None:
    write(h5py, tmp_path / "a.h5", **options)
    landscape = load_landscape(tmp_path / "a.h5", DEFAULT_EXPERIMENT).landscape
    assert landscape is not None
    np.testing.assert_allclose(landscape.landscape.heights, HEIGHTS, rtol=1e-8)


def test_files_that_cannot_be_right_are_refused(h5py: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    write(h5py, secret)
    with h5py.File(tmp_path / "links.h5", "w", libver="latest") as file:
        file["train_loss"] = h5py.ExternalLink("secret.h5", "/train_loss")
        file["xcoordinates"], file["ycoordinates"] = XS, YS
    with h5py.File(tmp_path / "external.h5", "w", libver="latest") as file:
        file["xcoordinates"], file["ycoordinates"] = XS, YS
        file.create_dataset("train_loss", (7, 9), "f8", external=[(str(secret), 0, 504)])
    with h5py.File(tmp_path / "bomb.h5", "w") as file:
        file["xcoordinates"], file["ycoordinates"] = XS, YS
        file.create_dataset("train_loss", (10**6, 10**6), "f8", chunks=(1000, 1000), compression="gzip")
    with h5py.File(tmp_path / "chunk.h5", "w") as file:
        file["xcoordinates"], file["ycoordinates"] = XS, YS
        file.create_dataset("train_loss", (7, 9), "f8", maxshape=(None, None), chunks=(3000, 3000), compression="gzip")
    for name, words in (
        ("chunk.h5", "chunks that are too large"),
        ("links.h5", "no losses over two directions"),
        ("external.h5", "must be numbers"),
        ("bomb.h5", "at most 263,169 are read"),
    ):
        with pytest.raises(ExperimentError, match=words):
            load_landscape(tmp_path / name, DEFAULT_EXPERIMENT)
    content = secret.read_bytes()
    (tmp_path / "cut.h5").write_bytes(content[: len(content) // 2])
    with pytest.raises(ExperimentError):
        load_landscape(tmp_path / "cut.h5", DEFAULT_EXPERIMENT)


def test_without_h5py_a_sentence_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = bytes([*b"\x89HDF\r\n\x1a\n", 3, 8, 8, 0]) + bytes(36)
    (tmp_path / "a.h5").write_bytes(newer)
    monkeypatch.setitem(sys.modules, "h5py", None)  # so that it is not found where it is installed
    with pytest.raises(ExperimentError, match="install h5py: pip install h5py"):
        load_landscape(tmp_path / "a.h5", DEFAULT_EXPERIMENT)
