"""Landscapes in files of other programs, read with numpy alone and without pickles.

Known are the ``.h5`` surface files of the loss-landscape code of Li et al. 2018 as h5py writes them by default, the
``plane.npz`` of the mode-connectivity code of Garipov et al. 2018, and two-dimensional ``.npy`` arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.array_files import read_arrays, read_npy
from surfaces.landscape.hdf5 import NewerStructureError, read_hdf5
from surfaces.landscape.landscape import MAX_LINES, Landscape
from surfaces.landscape.landscape_file import read_landscape

HDF5_MAGIC, ZIP_MAGIC, NPY_MAGIC, PICKLE_MAGIC = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04", b"\x93NUMPY", b"\x80"
MAX_FILE_SIZE = 64 << 20  # bytes
NOT_COMPUTED = -1.0  # in the files of Li et al.
LOSS_NAMES = ("train_loss", "test_loss")
HDF5Reader = Callable[[Path, Collection[str]], tuple[list[str], dict[str, np.ndarray]]]


def read_any_landscape(path: str | Path, read_newer: HDF5Reader | None = None) -> Landscape:
    """Return the landscape in a file of Thalweg or of another program; DataError if it cannot be read.

    ``read_newer`` reads the HDF5 files that ``read_hdf5`` cannot: path, names of arrays -> as ``read_hdf5``.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            magic = file.read(8)
        if magic != HDF5_MAGIC[: len(magic)] and magic[:4] != ZIP_MAGIC and path.stat().st_size > MAX_FILE_SIZE:
            raise DataError("the file is larger than {size} MB", size=MAX_FILE_SIZE >> 20)
    except OSError as error:
        raise DataError("cannot read the file: {reason}", reason=error.strerror or str(error)) from None
    if magic == HDF5_MAGIC:
        return _from_hdf5(path, read_newer)
    if magic[:4] == ZIP_MAGIC:
        return _from_mode_connectivity(path) or read_landscape(path)
    if magic[:6] == NPY_MAGIC:
        return _from_array(path)
    if magic[:1] == PICKLE_MAGIC:
        raise DataError(
            "the file is a pickle, which can run any program when it is read; save the arrays with numpy.savez"
        )
    if "tfevents" in path.name:
        raise DataError("the file is a log of TensorBoard, which holds no parameters; record the training instead")
    raise DataError("the file is not a landscape: .npz, .npy, or .h5")


def _from_hdf5(path: Path, read_newer: HDF5Reader | None) -> Landscape:
    if path.stat().st_size > MAX_FILE_SIZE:
        raise DataError("the file is larger than {size} MB", size=MAX_FILE_SIZE >> 20)
    wanted = (*LOSS_NAMES, "xcoordinates", "ycoordinates")
    try:
        names, arrays = read_hdf5(path.read_bytes(), wanted)
    except NewerStructureError:
        if read_newer is None:
            raise
        names, arrays = read_newer(path, wanted)
    losses = next((arrays[name] for name in LOSS_NAMES if name in arrays), None)
    if losses is None or not {"xcoordinates", "ycoordinates"} <= set(arrays):
        raise DataError(
            "the file has no losses over two directions; it has {names}", names=", ".join(names[:8]) or "nothing"
        )
    xs, ys = arrays["xcoordinates"].ravel(), arrays["ycoordinates"].ravel()
    if losses.size != xs.size * ys.size:
        raise DataError("the losses in the file do not fit its coordinates")
    # Their code fills the array in the order of numpy.meshgrid(xs, ys), whatever shape it declares
    heights = losses.reshape(len(ys), len(xs))
    return Landscape(xs, ys, np.where(np.isfinite(heights) & (heights != NOT_COMPUTED), heights, np.nan), kind="random")


def _from_mode_connectivity(path: Path) -> Landscape | None:
    """Return the landscape if the file is a ``plane.npz`` of Garipov et al., whose grid has the shape (nx, ny, 2)."""
    arrays = read_arrays(path, {}, {"grid": 2 * MAX_LINES**2, "tr_loss": MAX_LINES**2})
    if set(arrays) != {"grid", "tr_loss"}:
        return None
    grid, losses = arrays["grid"].astype(float), arrays["tr_loss"].astype(float)
    if grid.ndim != 3 or grid.shape[2] != 2 or losses.shape != grid.shape[:2]:
        raise DataError("the losses in the file do not fit its coordinates")
    heights = np.where(np.isfinite(losses), losses, np.nan).T
    return Landscape(grid[:, 0, 0], grid[0, :, 1], heights, kind="snapshots")


def _from_array(path: Path) -> Landscape:
    heights = read_npy(path, MAX_LINES**2).astype(float)
    if heights.ndim != 2:
        raise DataError("the array has {count} dimensions; a landscape has 2", count=heights.ndim)
    ys, xs = (np.linspace(-1.0, 1.0, n) for n in heights.shape)
    facts = {"coordinates": "unknown, shown from -1 to 1"}
    return Landscape(xs, ys, np.where(np.isfinite(heights), heights, np.nan), facts=facts)
