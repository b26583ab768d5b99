"""Colors, marks and dashes: light, dark and high contrast, said once for the figures, the window and the exported picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

MARKERS = ("o", "s", "^", "D", "v", "p", "P", "X")
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (7.0, 1.3),
    (7.0, 1.3, 1.3, 1.3),
    (2.2, 1.3),
)  # in widths of the line; () is solid


@dataclass(frozen=True)
class Style:
    """How one run is drawn in every view; its mark and its dashes tell it apart where colors cannot."""

    color: str
    marker: str
    pale: str
    visible: bool = True
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class Theme:
    """One look. ``map_mix`` and ``map_toward`` say how far viridis is drawn toward a plain color, so that paths stand out.

    ``line`` divides, ``grid`` is the quietest line of a figure; ``border`` and ``ring`` are the pixels of a control's edge, and of
    the frame around what has the focus. ``runs`` are the colors of matplotlib's okabe_ito in its order, each light or dark enough
    to be seen on this face.
    """

    name: str
    face: str
    panel: str
    field: str
    text: str
    muted: str
    line: str
    grid: str
    edge: str
    accent: str
    on_accent: str
    halo: str
    warning: str
    map_mix: float
    map_toward: str
    runs: tuple[str, ...]
    border: int = 1
    ring: int = 2

    @property
    def chosen(self) -> str:
        """What lies behind a chosen row or a pressed toggle."""
        return self.blend(self.accent, 0.8, self.field)

    @property
    def faded(self) -> str:
        """The words of what cannot be used now."""
        return self.blend(self.muted, 0.45, self.panel)

    def blend(self, color: str, share: float, toward: str | None = None) -> str:
        """The color moved by ``share`` toward another, opaque: what may be drawn twice without darkening."""
        a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (color, toward or self.face))
        return "#" + "".join(f"{round(v):02x}" for v in a * (1 - share) + b * share)

    def styles(self, runs: Any) -> list[Style]:
        """A style for each run of an experiment: its own color, or the palette's by its slot.

        A second round of the colors has other marks and other dashes, so that 32 runs are told apart.
        """
        styles = []
        for i, run in ((run.slot or 0, run) for run in runs):
            color, turn = run.color or self.runs[i % len(self.runs)], i + i // len(self.runs)
            styles.append(
                Style(
                    color,
                    MARKERS[turn % len(MARKERS)],
                    self.blend(color, 0.45, self.map_toward),
                    run.visible,
                    DASHES[turn % len(DASHES)],
                )
            )
        return styles


LIGHT = Theme(
    name="light",
    face="#ffffff",
    panel="#f5f6f8",
    field="#ffffff",
    text="#1d2430",
    muted="#5d6675",
    line="#d5dae1",
    grid="#e4e7ec",
    edge="#868f9d",
    accent="#1f5fbf",
    on_accent="#ffffff",
    halo="#ffffff",
    warning="#b3261e",
    map_mix=0.30,
    map_toward="#ffffff",
    runs=("#000000", "#c68600", "#3f95c8", "#009e73", "#9a9000", "#0072b2", "#d55e00", "#c76a9f"),
)
DARK = Theme(
    name="dark",
    face="#171b22",
    panel="#1f242d",
    field="#12161c",
    text="#e7eaf0",
    muted="#9aa4b2",
    line="#39414e",
    grid="#2a303a",
    edge="#717b8a",
    accent="#6aa5ff",
    on_accent="#0c1420",
    halo="#0b0e13",
    warning="#ff8a80",
    map_mix=0.35,
    map_toward="#10141a",
    runs=("#ffffff", "#e69f00", "#56b4e9", "#0fb488", "#f0e442", "#3d8fd1", "#f0741a", "#d98ab6"),
)
CONTRAST = Theme(
    name="contrast",
    face="#000000",
    panel="#000000",
    field="#000000",
    text="#ffffff",
    muted="#e6e6e6",
    line="#ffffff",
    grid="#4d4d4d",
    edge="#ffffff",
    accent="#ffd700",
    on_accent="#000000",
    halo="#000000",
    warning="#ffa07a",
    map_mix=0.55,
    map_toward="#000000",
    border=2,
    ring=3,
    runs=("#ffffff", "#ffb000", "#6cc5ff", "#19d6a3", "#f7ee5a", "#5ba8ff", "#ff8432", "#f09cca"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}
