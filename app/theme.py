"""Colors, marks and line widths: light and dark, said once for the figures, the window and the exported picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

MARKERS = ("o", "s", "^", "D", "v", "p", "P", "X")


@dataclass(frozen=True)
class Style:
    """How one run is drawn in every view; the mark tells it apart where colors cannot."""

    color: str
    marker: str
    pale: str
    visible: bool = True


@dataclass(frozen=True)
class Theme:
    """One look. ``map_mix`` and ``map_toward`` say how far viridis is drawn toward a plain color, so that paths stand out."""

    name: str
    face: str
    panel: str
    field: str
    text: str
    muted: str
    line: str
    accent: str
    on_accent: str
    halo: str
    warning: str
    map_mix: float
    map_toward: str
    runs: tuple[str, ...]

    @cached_property
    def colormap(self) -> Colormap:
        """Viridis, softened, low to high."""
        from matplotlib import colormaps
        from matplotlib.colors import ListedColormap, to_rgb

        colors = colormaps["viridis"](np.linspace(0.06, 1, 256))[:, :3]
        mixed = colors * (1 - self.map_mix) + np.array(to_rgb(self.map_toward)) * self.map_mix
        return ListedColormap(mixed, name=f"thalweg {self.name}")

    def blend(self, color: str, share: float, toward: str | None = None) -> str:
        """The color moved by ``share`` toward another, opaque: what may be drawn twice without darkening."""
        a, b = (np.array([int(c[i: i + 2], 16) for i in (1, 3, 5)]) for c in (color, toward or self.face))
        return "#" + "".join(f"{round(v):02x}" for v in a * (1 - share) + b * share)

    def styles(self, runs: Any) -> list[Style]:
        """A style for each run of an experiment: its own color, or the palette's by its slot."""
        styles = []
        for i, run in ((run.slot or 0, run) for run in runs):
            color = run.color or self.runs[i % len(self.runs)]
            styles.append(Style(color, MARKERS[(i + i // len(self.runs)) % len(MARKERS)],
                                self.blend(color, 0.45, self.map_toward), run.visible))
        return styles


LIGHT = Theme(
    name="light", face="#ffffff", panel="#f5f6f8", field="#ffffff", text="#1d2430", muted="#5d6675", line="#d5dae1",
    accent="#1f5fbf", on_accent="#ffffff", halo="#ffffff", warning="#b3261e", map_mix=0.30, map_toward="#ffffff",
    runs=("#d1350f", "#0b3fa8", "#111111", "#b3148f", "#7a4300", "#006a4e", "#e08a00", "#5b6b7b"))
DARK = Theme(
    name="dark", face="#171b22", panel="#1f242d", field="#12161c", text="#e7eaf0", muted="#9aa4b2", line="#39414e",
    accent="#6aa5ff", on_accent="#0c1420", halo="#0b0e13", warning="#ff8a80", map_mix=0.35, map_toward="#10141a",
    runs=("#ff7a4d", "#6fc3ff", "#ffffff", "#ff8fe0", "#ffc83d", "#5fe0a8", "#d7b899", "#aab6c5"))
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
