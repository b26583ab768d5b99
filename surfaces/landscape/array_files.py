"""Reading of ``.npz`` files from anywhere: no pickles, and no memory for an array before its size is checked."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import IO

import numpy as np

from surfaces.data_error import DataError

UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
DAMAGED = "the file is damaged or not an .npz file"


def read_arrays(
    path: str | Path, limits: Mapping[str, int], optional: Mapping[str, int] | None = None
) -> dict[str, np.ndarray]:
    """Return some arrays of an ``.npz`` file by name.

    Parameters
    ----------
    path : str or Path
        The file.
    limits, optional : mapping of str to int
        The largest number of elements of each array that must be there, and of those that may be there.

    Raises
    ------
    DataError
        If the file cannot be read, has no such array, or has one that is too large or not made of numbers or text.
    """
    found: dict[str, np.ndarray] = {}
    members = {name: f"{name}.npy" for name in array_names(path)}
    try:
        with zipfile.ZipFile(path) as archive:
            for name, limit in {**limits, **(optional or {})}.items():
                if name in members:
                    with archive.open(members[name]) as stream:
                        found[name] = _read_array(stream, name, limit)
                elif name in limits:
                    raise DataError("the file has no array {name}; it has {names}", name=name, names=_listed(members))
    except UNREADABLE:
        raise DataError(DAMAGED) from None
    return found


def array_names(path: str | Path) -> list[str]:
    """Return the names of the arrays in an ``.npz`` file; DataError if it cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    except OSError as error:
        raise DataError("cannot read the file: {reason}", reason=error.strerror or str(error)) from None
    except UNREADABLE:
        raise DataError(DAMAGED) from None


def read_npy(path: str | Path, limit: int) -> np.ndarray:
    """Return the array in an ``.npy`` file with at most ``limit`` elements; DataError if it cannot be read."""
    with Path(path).open("rb") as stream:
        return _read_array(stream, Path(path).stem, limit)


def _listed(names: Collection[str]) -> str:
    shown = [name[:40] for name in list(names)[:8]]
    return ", ".join(shown) + (" ..." if len(names) > len(shown) else "") if shown else "none"


def _read_array(stream: IO[bytes], name: str, limit: int) -> np.ndarray:
    try:
        version = np.lib.format.read_magic(stream)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[
            version
        ]
        shape, fortran_order, dtype = read_header(stream)
    except (ValueError, KeyError):
        raise DataError("the array {name} is damaged", name=name) from None
    if dtype.kind not in "biufU":
        raise DataError("the array {name} has no numbers; files with pickled objects are not read", name=name)
    count = math.prod(shape)
    if count > limit or dtype.itemsize > 1 << 22:
        raise DataError(
            "the array {name} has {count:,} elements; at most {limit:,} are read", name=name, count=count, limit=limit
        )
    data = stream.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise DataError("the array {name} is damaged", name=name)
    array = np.frombuffer(data, dtype)
    return array.reshape(shape[::-1]).T if fortran_order else array.reshape(shape)
