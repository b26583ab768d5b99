"""Reading of HDF5 files that are compressed or have a newer structure, with the optional package h5py."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.hdf5 import NewerStructureError
from surfaces.landscape.landscape import MAX_LINES

MAX_CHUNK = 1 << 22  # numbers, which are unpacked together


def read_compressed_hdf5(path: Path, wanted: Collection[str]) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return the names of the root group of a file, and those wanted arrays of numbers that it has, as floats.

    Raises DataError if the file cannot be read, or h5py is not installed. Links to other files are not followed.
    """
    try:
        import h5py  # only for such a file
    except ImportError:
        raise NewerStructureError from None
    try:
        with h5py.File(path, "r") as file:
            members = {name: file[name] for name in file if isinstance(file.get(name, getlink=True), h5py.HardLink)}
            arrays = {
                name: _read(name, member)
                for name, member in members.items()
                if name in wanted and isinstance(member, h5py.Dataset)
            }
            return sorted(members), arrays
    except (OSError, RuntimeError, KeyError):
        raise DataError("the HDF5 file is damaged") from None


def _read(name: str, dataset: Any) -> np.ndarray:
    """Return an array after its size is checked; one that is kept in other files is refused."""
    if dataset.external or dataset.is_virtual or dataset.dtype.kind not in "iuf":
        raise DataError("the array {name} must be numbers", name=name)
    if dataset.size > MAX_LINES**2:
        raise DataError(
            "the array {name} has {count:,} elements; at most {limit:,} are read",
            name=name,
            count=dataset.size,
            limit=MAX_LINES**2,
        )
    if dataset.chunks and math.prod(dataset.chunks) > MAX_CHUNK:
        raise DataError("the array {name} is stored in chunks that are too large", name=name)
    return np.asarray(dataset[()], float)
