"""Paths computed in double precision by torch, optax, keras and TensorFlow 1, and their comparison with ours.

They are stored in data/paths.npz.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from optimizers import trace
from optimizers.frameworks import from_framework
from surfaces import SURFACES

DATA = Path(__file__).parents[1] / "data" / "paths.npz"
CHAOS = 1e9  # amplification of rounding errors beyond which two correct programs differ in the first digit


@dataclass(frozen=True)
class ReferencePath:
    """A path of a framework: the position after each of ``steps`` and the measured amplification of rounding errors.

    ``averaged`` is the final average position that torch's ASGD maintains.
    """

    framework: str
    cls: str
    id: str
    arguments: dict[str, Any]
    gamma: float
    surface: str
    start: tuple[float, float]
    count: int
    steps: np.ndarray
    positions: np.ndarray
    amplification: np.ndarray
    averaged: tuple[float, float] | None

    @property
    def name(self) -> str:
        return f"{self.framework}-{self.id}-{self.surface}"

    @property
    def exempt(self) -> str:
        """Reason why the path is not reproduced; empty if it is."""
        if self.id.endswith("_pyfloat"):
            return "rounded to single precision by the framework"
        if (self.framework, self.cls) in (("optax", "rprop"), ("keras", "ScheduleFreeAdamW")):
            return "broken in the framework"
        return ""


def load() -> tuple[list[ReferencePath], Any]:
    """Return all paths, and the surface (a, b) -> mean squared error of a line, which some of them use."""
    file = np.load(DATA)
    meta = json.loads(file["meta"].tobytes())
    offsets = file["off"]
    paths = [
        ReferencePath(
            m["framework"],
            m["optimizer"],
            m["id"],
            m["kwargs"],
            m.get("lr_gamma", 1.0),
            m["surface"],
            tuple(m["start"]),
            m["n_steps"],
            file["step"][first:last],
            file["pos"][first:last],
            file["amp"][first:last].astype(float),
            m.get("final_averaged"),
        )
        for m, first, last in zip(meta["runs"], offsets[:-1], offsets[1:], strict=True)
    ]
    xs, ys = np.array(meta["linreg_x"]), np.array(meta["linreg_y"])

    def mean_square(a: float, b: float) -> Any:
        residual = a * xs + b - ys
        return float((residual * residual).mean()), (float((2 * residual * xs).mean()), float(2 * residual.mean()))

    return paths, mean_square


def schedules() -> dict[str, list[float]]:
    """Return the learning rates of the frameworks' schedules for the first hundred steps."""
    return json.loads(np.load(DATA)["meta"].tobytes())["schedules"]


def surface_of(reference: ReferencePath, mean_square: Any) -> Any:
    """Return the surface of a path."""
    renamed = {"quad": "elongated_bowl", "quad_seed": "elongated_bowl"}
    return (
        mean_square
        if reference.surface == "linreg_mse"
        else SURFACES[renamed.get(reference.surface, reference.surface)]
    )


def compare(reference: ReferencePath, mean_square: Any) -> tuple[str, float, float]:
    """Return our optimizer id, the largest difference, and its ratio to the rounding tolerance (at most 1 if equal)."""
    id, settings = from_framework(reference.framework, reference.cls, reference.arguments)
    if reference.gamma != 1.0:
        initial_lr = settings["lr"]
        settings["lr"] = lambda t: initial_lr * reference.gamma ** (t - 1)
    path = trace(id, surface_of(reference, mean_square), reference.start, reference.count, **settings).positions
    compared = reference.amplification < CHAOS
    difference = np.abs(path[reference.steps[compared]] - reference.positions[compared]).max(axis=1)
    size = 1 + np.maximum.accumulate(np.abs(reference.positions).max(axis=1))[compared]
    allowed = 50 * 2.2e-16 * np.maximum(1.0, reference.amplification[compared]) * size
    return id, float(difference.max()), float((difference / allowed).max())
