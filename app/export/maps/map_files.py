"""Write a map to a file: a figure (PNG, SVG, PDF), arrays (NPZ) or a table (CSV). A file is complete or absent."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
from matplotlib.figure import Figure

from app.export.maps.map_data import MapData
from app.export.options import Options
from app.plotting import fonts
from app.utils.atomic_write import atomic_write
from app.utils.i18n import tr
from app.utils.validation import ExperimentError, make_printable

Draw = Callable[[Options], Figure]
FIGURE_SUFFIXES, DATA_SUFFIXES = (".png", ".svg", ".pdf"), (".npz", ".csv")


def check_map_path(path: Path) -> None:
    """Raise ExperimentError if a map cannot be written to a file of this name."""
    if path.suffix.lower() not in FIGURE_SUFFIXES + DATA_SUFFIXES:
        raise ExperimentError(
            tr(
                "a map cannot be written to {path}; use one of {exports}",
                path=make_printable(str(path)),
                exports=", ".join(FIGURE_SUFFIXES + DATA_SUFFIXES),
            )
        )


def write_map(path: Path, title: str, data: MapData, draw: Draw, options: Options) -> None:
    """Write a map to a file in the format of its suffix."""
    check_map_path(path)
    suffix = path.suffix.lower()
    if suffix == ".npz":
        _write_npz(path, data.arrays)
    elif suffix == ".csv":
        _write_csv(path, data.columns)
    else:
        _write_figure(path, suffix.lstrip("."), title, draw, options)


def _write_figure(path: Path, kind: str, title: str, draw: Draw, options: Options) -> None:
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Title": title},
        "svg": {"Title": title, "Date": None, "Creator": "Thalweg"},
        "pdf": {"Title": title, "CreationDate": None, "Creator": "Thalweg"},
    }
    with fonts.covering(title), atomic_write(path, "wb") as file:
        draw(options).savefig(
            file, format=kind, dpi=options.dpi, transparent=options.transparent, metadata=metadata[kind]
        )


def _write_npz(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with atomic_write(path, "wb") as file, ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, values, allow_pickle=False)


def _write_csv(path: Path, columns: dict[str, np.ndarray]) -> None:
    with atomic_write(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in zip(*(column.tolist() for column in columns.values()), strict=True):
            writer.writerow("" if isinstance(cell, float) and math.isnan(cell) else cell for cell in row)
