"""Fit the box of the 3D surface view and its labels to the pane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from app.views.camera import HALF_HEIGHT, Camera

MAX_STRETCH = 2.0  # of the scales of the two directions: x, y and loss have no common unit, so the box may be stretched
BOX_MARGIN = 6.0  # points around the box, for half a marker
LABEL_GAP = 3.0  # points between an edge and a text, and between two texts
ITERATIONS = 4  # the directions of the labels depend on the scale, and the scale on the labels
CORNERS = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-HALF_HEIGHT, HALF_HEIGHT)])


class BoxLabel(NamedTuple):
    """A text next to an edge of the box.

    Attributes
    ----------
    axis
        "x", "y", "loss", or "loss name", which reads upward.
    anchor, along
        A point (3,) of the edge, and another one in its direction; ``along`` is None for a label to its left.
    size
        Width and height of the text in inches.
    clearance
        Width and height in inches of the texts between the edge and this one.
    """

    axis: str
    text: str
    anchor: np.ndarray
    along: np.ndarray | None
    size: tuple[float, float]
    clearance: tuple[float, float] = (0.0, 0.0)


class Placement(NamedTuple):
    """Pixel of the center of the box (2,), and pixels per unit there to the right and upward (2,)."""

    center: np.ndarray
    scale: np.ndarray


def label_offset(label: BoxLabel, camera: Camera, scale: np.ndarray, dpi: float) -> np.ndarray:
    """Return the pixels (2,) from the anchor of a label to the center of its text, which is clear of the edge."""
    if label.along is None:
        direction = np.array([-1.0, 0.0])
    else:
        anchor, other = camera.project(np.stack([label.anchor, label.along]), (0.0, 0.0), scale)
        dx, dy = other - anchor
        direction = np.array([dy, -dx]) / max(float(np.hypot(dx, dy)), 1e-9)
        if direction @ anchor < 0:  # toward the center of the box
            direction = -direction
    needed_size = np.array(label.clearance) + np.array(label.size) / 2
    gap = LABEL_GAP / 72 * (1 + any(label.clearance))
    offset: np.ndarray = direction * (gap + np.abs(direction) @ needed_size) * dpi
    return offset


def fit_box(camera: Camera, labels: Sequence[BoxLabel], pane: np.ndarray, dpi: float) -> Placement:
    """Return the largest placement with which box and labels lie in a pane [[x0, y0], [x1, y1]] at a zoom of 1."""
    camera = Camera(camera.azimuth, camera.elevation)
    anchors = np.array([label.anchor for label in labels]).reshape(-1, 3)
    units = camera.project(np.concatenate([CORNERS, anchors]), (0.0, 0.0), 1.0)
    margins = np.full((len(CORNERS), 2), BOX_MARGIN / 72 * dpi)
    half_sizes = np.array([label.size for label in labels]).reshape(-1, 2) * dpi / 2
    size = pane[1] - pane[0]
    scale = np.full(2, max(min(size / np.ptp(units, axis=0)), 1.0))
    for _ in range(ITERATIONS):
        offsets = np.array([label_offset(label, camera, scale, dpi) for label in labels]).reshape(-1, 2)
        low = np.concatenate([-margins, offsets - half_sizes])
        high = np.concatenate([margins, offsets + half_sizes])
        scale = np.array([_largest_scale(units[:, k], low[:, k], high[:, k], size[k]) for k in (0, 1)])
        scale = np.minimum(scale, MAX_STRETCH * scale[::-1])
    lowest, highest = (units * scale + low).min(axis=0), (units * scale + high).max(axis=0)
    return Placement(pane.mean(axis=0) - (lowest + highest) / 2, scale)


def _largest_scale(units: np.ndarray, low: np.ndarray, high: np.ndarray, length: float) -> float:
    """Return the largest scale, at least 1, with which all ``scale * units + (low, high)`` (n,) fit into a length."""
    distances = units[:, None] - units
    with np.errstate(all="ignore"):
        scales = (length - high[:, None] + low) / distances
    return max(float(scales[distances > 1e-9].min()), 1.0)
