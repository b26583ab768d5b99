"""How an experiment is plotted, apart from its loss plot: heights, levels, colors, markers and lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.utils.i18n import gettext_noop
from app.utils.validation import check_bool, check_choice, check_integer

HEIGHT_SCALES = ("auto", "linear", "log")
LEVEL_STYLES = ("filled", "lines")
COLORMAPS = ("viridis", "cividis", "plasma", "inferno", "magma")  # the perceptually uniform ones of matplotlib
MIN_LEVELS, MAX_LEVELS = 3, 40
SWITCHES = ("level_labels", "color_bar", "equal_axes", "step_markers", "dashes", "basin_map", "step_arrows")


@dataclass(frozen=True)
class PlotOptions:
    """Options of the contour plot, of the 3D surface and of the paths on them.

    Attributes
    ----------
    height_scale
        Scale of the vertical axis of the 3D surface; "auto" is logarithmic only where losses span many decades.
    level_scale
        Spacing of contour levels and colors; "auto" is that of the surface.
    levels, level_labels, level_style
        About how many contour lines there are, whether they have labels, and whether areas between them are filled.
    colormap, color_bar
        Name of a colormap, and whether the contour plot shows it at its side.
    equal_axes
        Whether x and y have the same scale in the contour plot.
    step_markers
        Whether the steps of a path are marked where they are far enough apart.
    dashes
        Whether paths are dashed in every theme.
    basin_map
        Whether the contour plot shows, instead of filled levels, to which minimum every start leads.
    step_arrows
        Whether the parts of the displayed step of the selected run are drawn as arrows.
    """

    height_scale: str = "auto"
    level_scale: str = "auto"
    levels: int = 10
    level_labels: bool = True
    level_style: str = "filled"
    colormap: str = "viridis"
    color_bar: bool = True
    equal_axes: bool = False
    step_markers: bool = True
    dashes: bool = False
    basin_map: bool = False
    step_arrows: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        check_choice(gettext_noop("height scale"), self.height_scale, HEIGHT_SCALES)
        check_choice(gettext_noop("scale"), self.level_scale, HEIGHT_SCALES)
        check_integer(gettext_noop("number of contour levels"), self.levels, MIN_LEVELS, MAX_LEVELS)
        check_choice(gettext_noop("level style"), self.level_style, LEVEL_STYLES)
        check_choice(gettext_noop("colormap"), self.colormap, COLORMAPS)
        for name in SWITCHES:
            check_bool(name, getattr(self, name))


DEFAULT_PLOT_OPTIONS = PlotOptions()
