"""Landscapes in files of Thalweg and of other programs; what cannot be right is refused in a sentence."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from surfaces.data_error import DataError
from surfaces.landscape import Landscape, from_landscape, read_any_landscape

DATA = Path(__file__).parents[2] / "data"
XS, YS = np.linspace(-2, 3, 9), np.linspace(-1, 1, 7)
HEIGHTS = np.add.outer(YS**2, XS**2)
GOOD = {"xs": XS, "ys": YS, "heights": HEIGHTS}
PATH = {
    "path": [[1.0, 0.5], [0.1, 0.0]],
    "path_steps": [1, 10],
    "path_losses": [1.3, 0.02],
    "path_heights": [1.25, 0.01],
    "path_off_plane": [0.0, 0.3],
}


def test_a_landscape_is_read_as_it_was_written(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **GOOD, **PATH, kind="pca", shares=[0.7, 0.2], facts='{"parameters": 99}')  # type: ignore[arg-type]
    landscape = read_any_landscape(tmp_path / "a.npz")
    assert landscape.heights.tolist() == HEIGHTS.tolist()
    assert landscape.path.tolist() == PATH["path"]
    assert (landscape.kind, landscape.facts, landscape.shares.tolist()) == ("pca", {"parameters": 99}, [0.7, 0.2])
    assert from_landscape(landscape).start == (1.0, 0.5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"heights": HEIGHTS[:, :5]}, "the heights have the shape 7 x 5, but there are 7 y and 9 x"),
        ({"heights": HEIGHTS[:1], "ys": YS[:1]}, "needs 4 to 513 y coordinates, not 1"),
        ({"heights": np.full((7, 9), np.nan)}, "almost all heights"),
        ({"heights": np.full((7, 9), "a")}, "heights must be numbers"),
        ({"xs": XS[::-1]}, "x coordinates of a landscape must rise evenly"),
        ({"ys": YS**3}, "y coordinates of a landscape must rise evenly"),
        ({"xs": np.full(9, np.nan)}, "x coordinates of a landscape must rise evenly"),
        ({"path": [[1.0, np.inf], [0.0, 0.0]]}, "pairs of finite numbers"),
        ({"path": [1.0, 2.0]}, "pairs of finite numbers"),
        ({"path_losses": [1.0]}, "path_losses of the landscape does not have one entry"),
        ({"path_steps": [10, 1]}, "steps of the path must increase"),
        ({"heights": np.ones((600, 600))}, "has 360,000 elements"),
    ],
)
def test_landscapes_that_cannot_be_right_are_refused(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    np.savez_compressed(tmp_path / "a.npz", **{**GOOD, **PATH, **changes})  # type: ignore[arg-type]
    with pytest.raises(DataError, match=words):
        read_any_landscape(tmp_path / "a.npz")


@pytest.mark.parametrize("facts", ["", "[1]", "{", "[" * 50_000, '{"a": [1], "b": 2}'])
def test_damaged_facts_are_left_out(tmp_path: Path, facts: str) -> None:
    np.savez(tmp_path / "a.npz", **GOOD, facts=facts)  # type: ignore[arg-type]
    assert read_any_landscape(tmp_path / "a.npz").facts in ({}, {"b": 2})


def test_an_interrupted_grid_is_used_at_its_finest_complete_level() -> None:
    xs, ys = np.linspace(0, 1, 33), np.linspace(0, 2, 33)
    heights = np.full((33, 33), np.nan)
    heights[::4, ::4] = 1.0
    heights[:12:2, ::2] = 1.0
    known_xs, known_ys, known = Landscape(xs, ys, heights).known_grid
    assert known.shape == (9, 9)
    assert (known_xs[-1], known_ys[-1]) == (1.0, 2.0)
    heights = np.full((33, 33), 1.0)
    heights[:4] = np.nan  # losses that overflow are no reason to use a coarser grid
    assert Landscape(xs, ys, heights).known_grid[2].shape == (33, 33)


def test_a_surface_file_of_the_loss_landscape_code() -> None:
    landscape = read_any_landscape(DATA / "loss_landscape.h5")
    xs, ys = np.linspace(-1, 1, 7), np.linspace(-0.5, 1, 5)
    expected = np.add.outer(3 * ys**2, xs**2)
    expected[1, 2] = np.nan  # not computed
    np.testing.assert_array_equal(landscape.heights, expected)
    np.testing.assert_array_equal(landscape.xs, xs)


def test_damaged_hdf5_files_are_refused(tmp_path: Path) -> None:
    content = (DATA / "loss_landscape.h5").read_bytes()
    rng = np.random.default_rng(0)
    for trial in range(300):
        damaged = bytearray(content[: rng.integers(8, len(content))] if trial % 3 == 0 else content)
        for position in rng.integers(8, len(damaged), 8):
            damaged[position] = rng.integers(256)
        (tmp_path / "a.h5").write_bytes(damaged)
        try:
            read_any_landscape(tmp_path / "a.h5")
        except DataError:
            continue


def test_hdf5_files_as_h5py_writes_them(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="h5py is not installed")
    values = np.arange(20, dtype=">f4").reshape(4, 5)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for k in range(40):  # more than one node of the tree
            file[f"other{k}"] = np.arange(k)
        file["train_loss"], file["xcoordinates"], file["ycoordinates"] = values, np.arange(5), np.arange(4.0)
    np.testing.assert_array_equal(read_any_landscape(tmp_path / "a.h5").heights, values)
    with h5py.File(tmp_path / "chunked.h5", "w") as file:
        file.create_dataset("train_loss", data=values, compression="gzip")
    with pytest.raises(DataError, match="install h5py"):
        read_any_landscape(tmp_path / "chunked.h5")
    with h5py.File(tmp_path / "new.h5", "w", libver="latest") as file:
        file["train_loss"] = values
    with pytest.raises(DataError, match="install h5py"):
        read_any_landscape(tmp_path / "new.h5")


def test_a_plane_of_the_mode_connectivity_code(tmp_path: Path) -> None:
    grid = np.stack(np.meshgrid(XS, YS, indexing="ij"), axis=-1)
    np.savez(tmp_path / "plane.npz", grid=grid, tr_loss=HEIGHTS.T, te_err=HEIGHTS.T)
    landscape = read_any_landscape(tmp_path / "plane.npz")
    np.testing.assert_array_equal(landscape.heights, HEIGHTS)
    np.testing.assert_array_equal(landscape.xs, XS)


def test_other_files(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", HEIGHTS.astype(np.float32))
    assert read_any_landscape(tmp_path / "a.npy").heights.shape == HEIGHTS.shape
    np.save(tmp_path / "line.npy", XS)
    np.save(tmp_path / "objects.npy", np.array([{}], object), allow_pickle=True)
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(HEIGHTS))
    (tmp_path / "events.out.tfevents.1").write_bytes(b"\x18\0\0\0\0\0\0\0")
    (tmp_path / "empty.npz").write_bytes(b"")
    (tmp_path / "a.txt").write_text("hello world")
    for name, words in {
        "line.npy": "1 dimensions",
        "objects.npy": "pickled objects are not read",
        "a.pkl": "is a pickle",
        "events.out.tfevents.1": "TensorBoard",
        "empty.npz": "not a landscape",
        "a.txt": "not a landscape",
        "absent.npz": "No such file",
    }.items():
        with pytest.raises(DataError, match=words):
            read_any_landscape(tmp_path / name)
