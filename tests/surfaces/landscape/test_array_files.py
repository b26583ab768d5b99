"""Files from anywhere are read without pickles and without memory for arrays that are too large."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from surfaces.data_error import DataError
from surfaces.landscape.array_files import read_arrays
from surfaces.landscape.recording import read_recording

LAYOUT = json.dumps({"names": ["w"], "shapes": [[2]], "outputs_first": False})
GOOD = {
    "thalweg_recording": 1,
    "layout": LAYOUT,
    "recorded_steps": [1, 2, 3],
    "recorded_losses": [3.0, 2.0, 1.0],
    "snapshots": np.arange(6.0).reshape(3, 2),
}


def header(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    """Return the beginning of an .npy file that claims a shape."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": dtype, "fortran_order": False, "shape": shape})
    return stream.getvalue()


@pytest.mark.parametrize("array", [np.arange(6.0).reshape(2, 3), np.asfortranarray(np.eye(3)), np.float32(2), "text"])
def test_arrays_are_read_as_numpy_reads_them(tmp_path: Path, array: object) -> None:
    np.savez_compressed(tmp_path / "a.npz", a=array)
    read = read_arrays(tmp_path / "a.npz", {"a": 100})["a"]
    with np.load(tmp_path / "a.npz") as file:
        assert read.tolist() == file["a"].tolist()
        assert read.dtype == file["a"].dtype


@pytest.mark.parametrize(
    ("member", "words"),
    [
        (header((10**9, 10**9)), "has 1,000,000,000,000,000,000 elements; at most 100 are read"),
        (header((50,)) + b"short", "is damaged"),
        (b"no header at all", "is damaged"),
        (header((3,), "|O") + b"pickle", "pickled objects are not read"),
        (header((1,), "<U300000000"), "elements"),
    ],
)
def test_arrays_that_cannot_be_right_are_refused(tmp_path: Path, member: bytes, words: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("a.npy", member)
    with pytest.raises(DataError, match=words):
        read_arrays(tmp_path / "a.npz", {"a": 100})


def test_files_that_are_not_archives_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 and nothing else")
    np.savez_compressed(tmp_path / "cut.npz", a=np.arange(1000.0))
    whole = (tmp_path / "cut.npz").read_bytes()
    (tmp_path / "cut.npz").write_bytes(whole[: len(whole) // 2])
    for name in ("a.npz", "cut.npz"):
        with pytest.raises(DataError, match=r"damaged or not an .npz file"):
            read_arrays(tmp_path / name, {"a": 10_000})
    with pytest.raises(DataError, match="No such file"):
        read_arrays(tmp_path / "absent.npz", {"a": 1})
    np.savez(tmp_path / "b.npz", b=1)
    with pytest.raises(DataError, match="has no array a; it has b"):
        read_arrays(tmp_path / "b.npz", {"a": 1})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layout": "[]"}, "names and shapes in the recording are damaged"),
        ({"layout": "[" * 100_000}, "names and shapes in the recording are damaged"),
        ({"layout": LAYOUT.replace("[2]", "[-2]")}, "names and shapes in the recording are damaged"),
        ({"layout": LAYOUT.replace("[2]", "[3]")}, "do not fit together"),
        ({"recorded_steps": [1, 2]}, "do not fit together"),
        ({"recorded_steps": [1, 3, 2]}, "must increase"),
        ({"snapshots": np.full((3, 2), np.nan)}, "not finite"),
        ({"recorded_steps": [1], "recorded_losses": [1.0], "snapshots": np.ones((1, 2))}, "at least two snapshots"),
    ],
)
def test_recordings_that_cannot_be_right_are_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    np.savez(tmp_path / "run.npz", **{**GOOD, **changes})  # type: ignore[arg-type]
    with pytest.raises(DataError, match=words):
        read_recording(tmp_path / "run.npz")


def test_parameters_are_arrays_by_name(tmp_path: Path) -> None:
    layout = json.dumps({"names": ["w", "b"], "shapes": [[1, 1], [1]], "outputs_first": True})
    np.savez(tmp_path / "run.npz", **(GOOD | {"layout": layout}))  # type: ignore[arg-type]
    recording = read_recording(tmp_path / "run.npz")
    named = recording.named(recording.snapshots[2])
    assert {name: array.tolist() for name, array in named.items()} == {"w": [[4.0]], "b": [5.0]}
