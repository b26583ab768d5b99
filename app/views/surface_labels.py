"""The labels of the 3D surface view: their texts, their sizes, and the edges of the box next to which they stand."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from app.utils.i18n import tr
from app.views.camera import HALF_HEIGHT, Camera
from app.views.scene import Scene
from app.views.surface_axes import TICK_FONT_SIZE, axis_ticks, height_ticks
from app.views.surface_fit import BoxLabel

TOP_VIEW_ELEVATION = 72  # degrees; from higher up the tick labels of the vertical axis would overlap
TEXT_HEIGHT = 1.2  # height of a line of text, in font sizes

LabelSizes = dict[str, tuple[float, float]]  # width and height in inches, by text


def axis_names(scene: Scene) -> list[str]:
    """Return the short names of x and y."""
    return [name.split()[0] for name in scene.surface.axis_labels]


def loss_axis_name(scene: Scene) -> str:
    """Return the name of the vertical axis, with its scale if that is logarithmic."""
    return tr("loss (log scale)") if scene.vertical_height_map.scale == "log" else tr("loss")


def measure_labels(scene: Scene, figure: Figure) -> LabelSizes:
    """Return the size of each label."""
    backend_renderer, font = figure.canvas.get_renderer(), FontProperties(size=TICK_FONT_SIZE)  # type: ignore[attr-defined]
    height_map = scene.vertical_height_map
    ticks = [*axis_ticks(height_map, 0), *axis_ticks(height_map, 1), *height_ticks(height_map)]
    texts = [text for _, text in ticks] + [*axis_names(scene), loss_axis_name(scene)]
    widths = [backend_renderer.get_text_width_height_descent(text, font, False)[0] for text in texts]
    return {
        text: (width / figure.dpi, TICK_FONT_SIZE * TEXT_HEIGHT / 72) for text, width in zip(texts, widths, strict=True)
    }


def box_labels(scene: Scene, camera: Camera, sizes: LabelSizes) -> list[BoxLabel]:
    """Return the labels that are visible from a camera, those of the loss from the top."""
    labels = [*_axis_labels(scene, camera, sizes, 0), *_axis_labels(scene, camera, sizes, 1)]
    if camera.elevation <= TOP_VIEW_ELEVATION:
        labels += _height_labels(scene, camera, sizes)
    return labels


def _axis_labels(scene: Scene, camera: Camera, sizes: LabelSizes, axis: int) -> list[BoxLabel]:
    """Return tick labels and name of x or y next to the near edge of the floor; from above, of the top."""
    sides, z = list(camera.near_sides), -HALF_HEIGHT
    if all(camera.above_sides):
        z = HALF_HEIGHT
        edge_centers = np.array([[1, 0, z], [-1, 0, z], [0, 1, z], [0, -1, z]])
        distances = camera.project(edge_centers, (0.0, 0.0), 1.0).sum(axis=1).reshape(2, 2)
        sides = [1.0 if plus < minus else -1.0 for plus, minus in distances]  # those on the left and at the bottom

    def label(text: str, position: float, clearance: tuple[float, float]) -> BoxLabel:
        anchor, along = (
            np.array([p, sides[1], z] if axis == 0 else [sides[0], p, z]) for p in (position, position + 0.1)
        )
        return BoxLabel("xy"[axis], text, anchor, along, sizes[text], clearance)

    ticks = [label(text, position, (0.0, 0.0)) for position, text in axis_ticks(scene.vertical_height_map, axis)]
    tick_sizes = np.array([tick.size for tick in ticks]).reshape(-1, 2)
    width, height = tick_sizes.max(axis=0, initial=0.0)
    return [*ticks, label(axis_names(scene)[axis], 0.0, (float(width), float(height)))]


def _height_labels(scene: Scene, camera: Camera, sizes: LabelSizes) -> list[BoxLabel]:
    """Return tick labels to the left of the leftmost vertical edge, from the top, and the name to their left."""
    sx, sy = camera.near_sides
    corners = camera.project(np.array([[sx, -sy, 0.0], [-sx, sy, 0.0]]), (0.0, 0.0), 1.0)
    x, y = (sx, -sy) if corners[0, 0] < corners[1, 0] else (-sx, sy)
    ticks = [
        BoxLabel("loss", text, np.array([x, y, z]), None, sizes[text])
        for z, text in reversed(height_ticks(scene.vertical_height_map))
    ]
    name = loss_axis_name(scene)
    length, height = sizes[name]
    clearance = max((tick.size[0] for tick in ticks), default=0.0), height
    center, top = np.array([x, y, 0.0]), np.array([x, y, HALF_HEIGHT])
    return [*ticks, BoxLabel("loss name", name, center, top, (height, length), clearance)]
