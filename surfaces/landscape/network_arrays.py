"""A rebuilt network as arrays of a landscape file."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np

from surfaces.data_error import DataError
from surfaces.landscape.loss_grid import LossGrid
from surfaces.problems.network_data import MAX_NUMBERS, MAX_PARAMETERS, NetworkData
from surfaces.problems.recognition import Shapes, recognize_network

LIMITS = {
    "network": 1,
    "network_inputs": MAX_NUMBERS,
    "network_targets": MAX_NUMBERS,
    "network_start": MAX_PARAMETERS,
    "network_origin": MAX_PARAMETERS,
    "network_directions": 2 * MAX_PARAMETERS,
}
ARRAYS = ("inputs", "targets", "start", "origin", "directions")
FACTS = ("sizes", "activation", "loss", "scale")


def rebuilt_arrays(
    shapes: Shapes,
    outputs_first: bool,
    data: tuple[np.ndarray, np.ndarray] | None,
    snapshots: np.ndarray,
    grid: LossGrid,
) -> dict[str, Any]:
    """Return the arrays of the network that has the losses of a landscape; none, with a warning, if there is none."""
    if data is None:
        return {}
    try:
        network = recognize_network(shapes, outputs_first, data, snapshots, grid.path_losses, grid.plane)
    except DataError as error:
        warnings.warn(f"the network is not rebuilt: {error}", stacklevel=3)
        return {}
    return to_arrays(network)


def to_arrays(network: NetworkData) -> dict[str, Any]:
    """Return a network as arrays of a file."""
    facts = json.dumps({name: getattr(network, name) for name in FACTS})
    return {"network": facts, **{f"network_{name}": getattr(network, name) for name in ARRAYS}}


def take_network(arrays: dict[str, np.ndarray]) -> NetworkData | None:
    """Remove the arrays of a network from those of a file, and return it; None if there is none."""
    found = {name: arrays.pop(name) for name in LIMITS if name in arrays}
    if len(found) < len(LIMITS):
        return None
    try:
        facts = json.loads(str(found["network"]))
        return NetworkData(
            tuple(map(int, facts["sizes"])),
            str(facts["activation"]),
            str(facts["loss"]),
            float(facts["scale"]),
            **{name: found[f"network_{name}"].astype(float) for name in ARRAYS},
        )
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError):
        raise DataError("the description of the recorded network is damaged") from None
