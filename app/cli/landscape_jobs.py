"""The work of ``thalweg landscape``: choose a plane, compute the losses on it, and rebuild the network."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from app.cli.process_setup import print_message
from app.cli.progress_line import ProgressLine
from app.cli.user_loss import load_loss
from app.export.experiment_settings import parse_integer
from app.model.dataset import to_experiment_error
from app.utils.atomic_write import atomic_write, resolve_target
from app.utils.validation import ExperimentError, check_integer, make_printable, shorten_repr
from surfaces.landscape.loss_grid import MAX_GRID, MIN_GRID, LossGrid, compute_loss_grid
from surfaces.landscape.network_arrays import to_arrays
from surfaces.landscape.planes import Plane, plane_through, plane_through_ends, principal_plane, random_plane
from surfaces.landscape.recording import Recording, read_recording
from surfaces.problems.recognition import recognize_network

MAX_SEED = 2**32 - 1


def compute_landscape(args: argparse.Namespace) -> int:
    """Compute the landscape and write the file; invalid arguments raise ExperimentError before anything is computed."""
    target = resolve_target(Path(args.to))
    if target.suffix.lower() != ".npz":
        raise ExperimentError(f"a landscape is written to .npz files, not to {make_printable(args.to)}")
    if target == Path(args.recording).resolve():
        raise ExperimentError(f"{make_printable(args.to)} would overwrite the recording; choose another name")
    grid = check_integer("--grid", parse_integer("--grid", args.grid), MIN_GRID, MAX_GRID)
    seed = check_integer("--seed", parse_integer("--seed", args.seed), 0, MAX_SEED)
    try:
        recording = read_recording(args.recording)
        plane = choose_plane(recording, args.plane, seed)
    except ValueError as error:
        raise to_experiment_error(error) from None
    loss = load_loss(args.loss, recording)
    result: LossGrid | None = None
    try:
        with ProgressLine(sys.stderr, args.quiet) as progress:
            steps = compute_loss_grid(loss, plane, recording.snapshots, recording.steps, grid)
            for share, known in steps:
                result = known
                progress("computing the landscape", share)
    except ValueError as error:
        raise to_experiment_error(error) from None
    finally:
        if result is not None:
            arrays = {**result.to_arrays(loss=args.loss), **_network_arrays(recording, result)}
            with atomic_write(target, "wb") as file:
                np.savez(file, **arrays)
    return 0


def _network_arrays(recording: Recording, result: LossGrid) -> dict[str, Any]:
    """Return the arrays of the network with the losses of the landscape, and say whether there is one."""
    if recording.data is None:
        return {}
    try:
        network = recognize_network(
            recording.shapes,
            recording.outputs_first,
            recording.data,
            recording.snapshots,
            result.path_losses,
            result.plane,
        )
    except ValueError as error:
        print_message(f"the network is not rebuilt: {to_experiment_error(error)}")
        return {}
    sizes = "-".join(map(str, network.sizes))
    print_message(f"the network is rebuilt: {sizes}, {network.activation}, {network.loss}")
    return to_arrays(network)


def choose_plane(recording: Recording, kind: str, seed: int) -> Plane:
    """Return the plane of a kind, "ends", "pca", "random" or three recorded steps; ValueError if there is none."""
    snapshots = recording.snapshots
    if kind == "ends":
        return plane_through_ends(snapshots)
    if kind == "pca":
        return principal_plane([snapshots])
    if kind == "random":
        return random_plane(snapshots[-1], recording.shapes, recording.outputs_first, seed)
    try:
        steps = [int(step) for step in kind.split(",")]
    except ValueError:
        steps = []
    if len(steps) != 3:
        raise ExperimentError(
            f"--plane must be ends, pca, random, or three steps as in 1,50,200, not {shorten_repr(kind)}"
        )
    known = recording.steps.tolist()
    for step in steps:
        if step not in known:
            nearest = min(known, key=lambda recorded: abs(recorded - step))
            raise ExperimentError(f"step {step} is not recorded; the nearest recorded step is {nearest}")
    return plane_through(*(snapshots[known.index(step)] for step in steps))
