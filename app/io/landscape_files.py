"""Landscape files: losses on a grid of a plane, from this program or another one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.io.file_access import file_errors, open_regular_file
from app.model.dataset import to_experiment_error
from app.model.experiment import Experiment
from app.model.landscape_data import embed_landscape
from app.model.problem_data import embed_problem

LANDSCAPE_SUFFIXES = (".npz", ".npy", ".h5", ".hdf5", ".pkl", ".pickle", ".pt", ".pth")  # pickles are refused in words


def load_landscape(path: Path, current: Experiment) -> Experiment:
    """Return ``current`` on the surface of the landscape in a file; ExperimentError if there is none.

    If the network of the training was rebuilt, runs train it in all dimensions.
    """
    with file_errors(path):
        with open_regular_file(path):
            pass
        from app.io.compressed_hdf5 import read_compressed_hdf5
        from surfaces.landscape import read_any_landscape  # with zipfile, only for a landscape

        try:
            landscape = read_any_landscape(path, read_compressed_hdf5)
            embedded = embed_landscape(landscape, path.stem)
        except ValueError as error:
            raise to_experiment_error(error) from None
        if landscape.network is None:
            return current.with_landscape(embedded)
        return replace(current, problem=None).with_problem(embed_problem(landscape.network), embedded)
