"""Landscapes in ``.npz`` files of this program."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.array_files import array_names, read_arrays
from surfaces.landscape.landscape import KINDS, MAX_LINES, MAX_RUNS, PATH_COLUMNS, Landscape
from surfaces.landscape.network_arrays import LIMITS, take_network

MAX_PATH = 10_000
MAX_FACTS = 100_000  # characters


def read_landscape(path: str | Path) -> Landscape:
    """Return the landscape in an ``.npz`` file of Thalweg; DataError if it cannot be read."""
    limits = {"xs": MAX_LINES, "ys": MAX_LINES, "heights": MAX_LINES**2}
    columns = {"path": 2 * MAX_PATH, **dict.fromkeys(PATH_COLUMNS, MAX_PATH)}
    if "thalweg_recording" in array_names(path) and "heights" not in array_names(path):
        raise DataError(
            "the file is a recording without a landscape; compute one with: "
            "thalweg landscape FILE --loss FILE.py:NAME --to plane.npz"
        )
    runs = dict.fromkeys(("run_names", "run_lengths"), MAX_RUNS)
    others = {"shares": MAX_PATH, "kind": 1, "facts": 1}
    arrays = read_arrays(path, limits, {**columns, **runs, **others, **LIMITS})
    network = take_network(arrays)
    names = tuple(map(str, arrays.pop("run_names", np.zeros(0)).ravel()))
    texts = {name: str(arrays.pop(name, "")) for name in ("kind", "facts")}
    for name, array in arrays.items():
        if array.dtype.kind not in "iuf":
            raise DataError("the array {name} must be numbers", name=name)
        arrays[name] = array.astype(np.int64 if name in ("path_steps", "run_lengths") else float)
    lengths = tuple(arrays.pop("run_lengths", np.zeros(0, int)).ravel().tolist())
    heights = arrays["heights"]
    arrays["heights"] = np.where(np.isfinite(heights), heights, np.nan)
    kind = texts["kind"] if texts["kind"] in KINDS else ""
    facts = _read_facts(texts["facts"])
    return Landscape(**arrays, kind=kind, facts=facts, run_names=names, run_lengths=lengths, network=network)


def _read_facts(text: str) -> dict[str, Any]:
    try:
        facts = json.loads(text) if len(text) <= MAX_FACTS else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(facts, dict):
        return {}
    return {str(name): value for name, value in facts.items() if isinstance(value, (str, int, float))}
