"""The paths that torch, optax, keras and TensorFlow 1 computed in double precision (data/paths.npz), and our walk beside them."""

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
CHAOS = 1e9  # an amplification of rounding beyond which two correct programs differ in the first digit


@dataclass(frozen=True)
class Reference:
    """One path of a framework: its position after each of ``steps``, with the measured amplification of rounding there.

    ``averaged`` is the mean that torch's ASGD keeps beside it, at the end.
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
        """Why the framework's path is not to be reproduced; empty where it is."""
        if self.id.endswith("_pyfloat"):
            return "rounded to single precision by the framework"
        if (self.framework, self.cls) in (("optax", "rprop"), ("keras", "ScheduleFreeAdamW")):
            return "broken in the framework"
        return ""


def load() -> tuple[list[Reference], Any]:
    """All paths, and the function (a, b) -> mean squared error of the line that some of them descend."""
    file = np.load(DATA)
    meta = json.loads(file["meta"].tobytes())
    cuts = file["off"]
    paths = [
        Reference(
            m["framework"],
            m["optimizer"],
            m["id"],
            m["kwargs"],
            m.get("lr_gamma", 1.0),
            m["surface"],
            tuple(m["start"]),
            m["n_steps"],
            file["step"][low:high],
            file["pos"][low:high],
            file["amp"][low:high].astype(float),
            m.get("final_averaged"),
        )
        for m, low, high in zip(meta["runs"], cuts[:-1], cuts[1:], strict=True)
    ]
    xs, ys = np.array(meta["linreg_x"]), np.array(meta["linreg_y"])

    def mean_square(a: float, b: float) -> Any:
        rest = a * xs + b - ys
        return float((rest * rest).mean()), (float((2 * rest * xs).mean()), float(2 * rest.mean()))

    return paths, mean_square


def schedules() -> dict[str, list[float]]:
    """The rates of the frameworks' schedules for the first hundred updates."""
    return json.loads(np.load(DATA)["meta"].tobytes())["schedules"]


def surface_of(reference: Reference, mean_square: Any) -> Any:
    """The surface that a path descends."""
    known = {"quad": "elongated_bowl", "quad_seed": "elongated_bowl"}
    return (
        mean_square if reference.surface == "linreg_mse" else SURFACES[known.get(reference.surface, reference.surface)]
    )


def compare(reference: Reference, mean_square: Any) -> tuple[str, float, float]:
    """Our optimizer's id, the largest difference, and that in units of what rounding allows: at most 1 is equality."""
    id, settings = from_framework(reference.framework, reference.cls, reference.arguments)
    if reference.gamma != 1.0:
        first = settings["lr"]
        settings["lr"] = lambda t: first * reference.gamma ** (t - 1)
    path = trace(id, surface_of(reference, mean_square), reference.start, reference.count, **settings).positions
    judged = reference.amplification < CHAOS
    difference = np.abs(path[reference.steps[judged]] - reference.positions[judged]).max(axis=1)
    size = 1 + np.maximum.accumulate(np.abs(reference.positions).max(axis=1))[judged]
    allowed = 50 * 2.2e-16 * np.maximum(1.0, reference.amplification[judged]) * size
    return id, float(difference.max()), float((difference / allowed).max())
