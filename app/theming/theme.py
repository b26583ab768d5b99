"""Colors, markers and dashes of the light, dark and high-contrast themes, for views, window and exported figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.model.run import Run

MARKERS = ("o", "s", "^", "D", "v", "p", "P", "X")
# Lengths of dashes and gaps in line widths; () is solid.
DASHES: tuple[tuple[float, ...], ...] = ((), (7.0, 1.3), (7.0, 1.3, 1.3, 1.3), (2.2, 1.3))


@dataclass(frozen=True)
class Style:
    """How one run is drawn in every view; the marker, and dashes if there are any, distinguish runs without color."""

    color: str
    marker: str
    pale_color: str
    visible: bool = True
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Theme:
    """The colors and line widths of a theme.

    The colormap is blended by ``colormap_mix`` toward ``colormap_target``, so that paths stand out from it.
    ``border_width`` and ``focus_ring_width`` are in pixels. ``run_colors`` are matplotlib's okabe_ito in its order,
    each made light or dark enough for contrast with the background. ``dashed`` is whether paths are dashed.
    """

    name: str
    figure_background: str
    panel_background: str
    input_background: str
    text: str
    muted_text: str
    divider: str
    grid_color: str
    control_border: str
    accent: str
    on_accent: str
    outline_color: str
    warning: str
    colormap_mix: float
    colormap_target: str
    run_colors: tuple[str, ...]
    border_width: int = 1
    focus_ring_width: int = 2
    dashed: bool = False

    @property
    def selected_background(self) -> str:
        """The background of a selected row or a checked toggle."""
        return self.blend(self.accent, 0.8, self.input_background)

    @property
    def disabled_text(self) -> str:
        """The text color of a disabled control."""
        return self.blend(self.muted_text, 0.45, self.panel_background)

    def blend(self, color: str, fraction: float, target: str | None = None) -> str:
        """Blend a color by ``fraction`` toward another, by default the figure background.

        The result is opaque, unlike a color with alpha, so overlapping marks do not become darker.
        """
        a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (color, target or self.figure_background))
        return "#" + "".join(f"{round(v):02x}" for v in a * (1 - fraction) + b * fraction)

    def styles(self, runs: Iterable[Run], dashes: bool = False) -> list[Style]:
        """Return the style of each run: its own color or that of its slot.

        When the colors repeat, markers and dashes are shifted, so that 32 runs are distinguishable. Lines are solid
        unless the theme has dashes, ``dashes`` asks for them or all colors are shades of gray.
        """
        styles, slots = [], [(run, run.slot or 0) for run in runs]
        colors = [run.color or self.run_colors[slot % len(self.run_colors)] for run, slot in slots]
        dashed = dashes or self.dashed or (len(colors) > 1 and all(map(is_gray, colors)))
        for (run, slot), color in zip(slots, colors, strict=True):
            style_index = slot + slot // len(self.run_colors)
            styles.append(
                Style(
                    color,
                    MARKERS[style_index % len(MARKERS)],
                    self.blend(color, 0.45, self.colormap_target),
                    run.visible,
                    DASHES[style_index % len(DASHES)] if dashed else (),
                )
            )
        return styles


def is_gray(color: str) -> bool:
    """Return whether a color "#rrggbb" is black, white or a shade of gray."""
    return color[1:3].lower() == color[3:5].lower() == color[5:7].lower()


LIGHT = Theme(
    name="light",
    figure_background="#ffffff",
    panel_background="#f5f6f8",
    input_background="#ffffff",
    text="#1d2430",
    muted_text="#5d6675",
    divider="#d5dae1",
    grid_color="#e4e7ec",
    control_border="#868f9d",
    accent="#1f5fbf",
    on_accent="#ffffff",
    outline_color="#ffffff",
    warning="#b3261e",
    colormap_mix=0.30,
    colormap_target="#ffffff",
    run_colors=("#000000", "#c68600", "#3f95c8", "#009e73", "#9a9000", "#0072b2", "#d55e00", "#c76a9f"),
)
DARK = Theme(
    name="dark",
    figure_background="#171b22",
    panel_background="#1f242d",
    input_background="#12161c",
    text="#e7eaf0",
    muted_text="#9aa4b2",
    divider="#39414e",
    grid_color="#2a303a",
    control_border="#717b8a",
    accent="#6aa5ff",
    on_accent="#0c1420",
    outline_color="#0b0e13",
    warning="#ff8a80",
    colormap_mix=0.35,
    colormap_target="#10141a",
    run_colors=("#ffffff", "#e69f00", "#56b4e9", "#0fb488", "#f0e442", "#3d8fd1", "#f0741a", "#d98ab6"),
)
CONTRAST = Theme(
    name="contrast",
    figure_background="#000000",
    panel_background="#000000",
    input_background="#000000",
    text="#ffffff",
    muted_text="#e6e6e6",
    divider="#ffffff",
    grid_color="#4d4d4d",
    control_border="#ffffff",
    accent="#ffd700",
    on_accent="#000000",
    outline_color="#000000",
    warning="#ffa07a",
    colormap_mix=0.55,
    colormap_target="#000000",
    border_width=2,
    focus_ring_width=3,
    dashed=True,
    run_colors=("#ffffff", "#ffb000", "#6cc5ff", "#19d6a3", "#f7ee5a", "#5ba8ff", "#ff8432", "#f09cca"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}
